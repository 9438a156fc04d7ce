package browser

import (
	"bytes"
	"fmt"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"rsc.io/qr/coding"

	"abacus/test/harness"
)

// TestCode reads the QR codes of the page as a camera would, in light and dark.
func TestCode(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			p := open(t, url, look(320, scheme)...)
			p.grantClipboard()
			p.calculate("6 * 7")
			p.more("#move-session")
			p.wantCode(url + "/#session=" + get[string](p, `localStorage.getItem("abacus.session")`))
			p.press("Escape", "Escape")
			p.click("#share-open")
			p.click("#share-make")
			p.until(`document.getElementById("link").open`)
			made := get[string](p, link)
			p.wantCode(made)
			p.press("Escape")
			p.more("#links-open")
			p.click("#links-list li .actions button:first-child")
			p.wantCode(made)
		})
	}
}

// wantCode reads the QR code that the page shows and compares its text.
func (p *page) wantCode(want string) {
	p.Helper()
	p.until(`document.querySelector("#link svg[role=img][aria-label]") !== null`)
	if got := get[string](p, link); got != want {
		p.Errorf("the link beside the code is %s, want %s", got, want)
	}
	var shot []byte
	p.do(chromedp.CaptureScreenshot(&shot))
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		p.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		p.Fatalf("the code cannot be read: %v", err)
	}
	if got := result.GetText(); got != want {
		p.Errorf("the code says %s, want %s", got, want)
	}
}

// TestCodeIsTheStandard compares the codes of texts of every length, module by module, with those
// of rsc.io/qr with the same mask.
func TestCodeIsTheStandard(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.sources()
	text := strings.Repeat("https://abacus.example/#session=Aß0_", 6)
	const encode = `import("/app/qr.js").then(({ encode }) =>
		encode(%q)?.map((row) => row.map((dark) => dark ? "#" : ".").join("")).join("\n") ?? "")`
	for length := range 181 {
		// The cut may split a letter of two bytes.
		source := strings.ToValidUTF8(text[:length], "?")
		if got, want := getAsync[string](p, fmt.Sprintf(encode, source)), standard(t, source); got != want {
			t.Fatalf("the code of %q is\n%s\nwant\n%s", source, got, want)
		}
	}
	if got := getAsync[string](p, fmt.Sprintf(encode, strings.Repeat("x", 181))); got != "" {
		t.Errorf("a text that is too long has a code:\n%s", got)
	}
}

// standard returns the code of a text in the smallest version that holds it.
func standard(t *testing.T, text string) string {
	t.Helper()
	version, source := coding.Version(1), coding.String(text)
	for source.Bits(version) > version.DataBytes(coding.M)*8 {
		version++
	}
	plan, err := coding.NewPlan(version, coding.M, 0)
	if err != nil {
		t.Fatal(err)
	}
	code, err := plan.Encode(source)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for y := range code.Size {
		var row strings.Builder
		for x := range code.Size {
			if code.Black(x, y) {
				row.WriteByte('#')
			} else {
				row.WriteByte('.')
			}
		}
		rows = append(rows, row.String())
	}
	return strings.Join(rows, "\n")
}

// TestCodeIsLocal shows the code of a link: no request contains the link, and the module that draws
// codes is loaded only then.
func TestCodeIsLocal(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	var mutex sync.Mutex
	var sent []string
	requests := func() []string {
		mutex.Lock()
		defer mutex.Unlock()
		return slices.Clone(sent)
	}
	chromedp.ListenTarget(p.ctx, func(event any) {
		if e, is := event.(*network.EventRequestWillBeSent); is {
			mutex.Lock()
			defer mutex.Unlock()
			sent = append(sent, e.Request.URL)
		}
	})
	p.do(network.Enable())
	p.visit()
	p.calculate("1")
	early := requests()
	if all := strings.Join(early, " "); strings.Contains(all, "links") {
		t.Errorf("the module that draws codes is loaded too early: %s", all)
	}
	p.more("#move-session")
	p.until(`document.querySelector("#link svg") !== null`)
	if later := requests()[len(early):]; len(later) != 1 || !strings.Contains(later[0], "links") {
		t.Errorf("to show a code, the page requests %q", later)
	}
}

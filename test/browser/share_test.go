package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/app"
)

// link is the address in the dialog that made a share.
const link = `document.getElementById("link-text").value`

// makeLink makes and copies a link, and returns it: two actions, of which the
// first is to open the dialog.
func (p *page) makeLink() string {
	p.Helper()
	p.click("#share-open")
	p.click("#share-make")
	p.until(`document.getElementById("link").open && document.getElementById("link-status").textContent === "The link is copied."`)
	made := get[string](p, link)
	if got := getAsync[string](p, `navigator.clipboard.readText()`); got != made || !strings.HasPrefix(made, p.url+"/s/") {
		p.Fatalf("the clipboard holds %q, the dialog %q", got, made)
	}
	p.press("Escape")
	p.until(`!document.getElementById("link").open`)
	return made
}

// TestShare has one person share and another one read, continue, and lose it.
func TestShare(t *testing.T) {
	url := app.Start(t, app.Options{}).URL
	p := open(t, url)
	p.grantClipboard()
	p.click("#share-open")
	p.until(`document.getElementById("notice").textContent.includes("nothing to share yet")`)
	p.calculate("rate = 4.5%", "secret = 99", "area(r) = pi r^2", "area(2) * rate", "secret * 2")
	p.wantNames("rate = 0.045", "secret = 99", "area(r) = pi*r^2")

	// One entry: the dialog says what goes with it.
	p.choose("2", "Share")
	p.until(`document.getElementById("share").open`)
	p.until(`document.getElementById("share-words").textContent.includes("1 of your calculations, with results and times as they are now, and the names area, rate.")`)
	p.do(chromedp.SetValue("#share-title", `<b>"Area" & rate`, chromedp.ByQuery))
	p.click("#share-make")
	p.until(`document.getElementById("link").open`)
	one := get[string](p, link)
	p.press("Escape")

	other := open(t, url)
	other.calculate("mine = 1")
	other.do(chromedp.Navigate(one))
	text := get[string](other, `document.body.innerText`)
	for _, want := range []string{`<b>"Area" & rate`, "area(2) * rate", "0.565486677646163"} {
		if !strings.Contains(text, want) {
			t.Errorf("the shared page lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Errorf("the shared page shows more than was shared:\n%s", text)
	}

	// Continue from here.
	other.click(`a[href^="/#fork="]`)
	other.do(chromedp.WaitVisible("#confirm[open]", chromedp.ByQuery))
	other.press("Escape")
	other.wantNames("mine = 1")
	other.do(chromedp.Navigate(strings.Replace(one, "/s/", "/#fork=", 1)))
	other.until(`document.getElementById("confirm")?.open ?? false`)
	other.click("#confirm [data-answer=yes]")
	other.wantNames("rate = 0.045", "area(r) = pi*r^2")
	if hash := get[string](other, `location.hash`); hash != "" {
		t.Errorf("the address keeps %s", hash)
	}
	other.calculate("area(1) * rate")
	other.click("#earlier-session")
	other.wantNames("mine = 1")

	// The whole session, the list of links, and the end of one.
	all := p.makeLink()
	p.click("#links-open")
	p.until(`document.querySelectorAll("#links-list li").length === 2`)
	p.until(`document.querySelector("#links-list li:last-child").textContent.includes("opened")`)
	p.click("#links-list li:last-child [aria-label^=Revoke]")
	p.until(`document.querySelectorAll("#links-list li").length === 1`)
	p.press("Escape")
	other.do(chromedp.Navigate(one))
	if text := get[string](other, `document.body.innerText`); strings.Contains(text, "area(2)") {
		t.Errorf("a revoked link shows:\n%s", text)
	}
	other.do(chromedp.Navigate(all))
	if text := get[string](other, `document.body.innerText`); !strings.Contains(text, "secret * 2") {
		t.Errorf("the whole session lacks an entry:\n%s", text)
	}
	other.do(chromedp.Navigate(strings.Replace(one, "/s/", "/#fork=", 1)))
	other.until(`document.getElementById("notice")?.textContent.includes("cannot be followed") ?? false`)
}

// TestMove continues a session in another browser, by a link whose token no
// server sees.
func TestMove(t *testing.T) {
	url := app.Start(t, app.Options{}).URL
	p := open(t, url)
	p.grantClipboard()
	p.calculate("a = 6", "a * 7")
	p.click("#move-session")
	p.click("#link-copy")
	p.until(`document.getElementById("link-status").textContent.includes("copied")`)
	moved := getAsync[string](p, `navigator.clipboard.readText()`)
	if want := url + "/#session=" + get[string](p, `localStorage.getItem("abacus.session")`); moved != want {
		t.Fatalf("the link is %s, want %s", moved, want)
	}
	other := open(t, url)
	other.calculate("b = 1")
	other.do(chromedp.Navigate(moved))
	other.until(`document.getElementById("confirm").open && document.getElementById("confirm-text").textContent.includes("It has the name a. Its last calculation was a * 7,")`)
	other.click("#confirm [data-answer='']")
	other.wantNames("b = 1")
	other.do(chromedp.Navigate(moved))
	other.until(`document.getElementById("confirm").open`)
	other.click("#confirm [data-answer=yes]")
	other.wantNames("a = 6")
	other.until(`document.querySelectorAll("#log li").length === 2`)
	other.calculate("a + 1")
	p.visit()
	p.wantLog("a = 6 | 6", "a * 7 | 42", "a + 1 | 7")
	for _, broken := range []string{"/#session=AAAAAAAAAAAAAAAAAAAAAA", "/#fork=AAAAAAAAAAAAAAAAAAAAAA"} {
		other.do(chromedp.Navigate(url + broken))
		other.until(`!document.getElementById("notice").hidden && document.getElementById("notice").textContent.includes("cannot be followed")`)
		other.press("Escape")
	}
	other.do(chromedp.Navigate(url + "/#session=broken%20token"))
	other.wantNames("a = 6")
}

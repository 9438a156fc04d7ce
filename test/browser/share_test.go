package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// link is a script that returns the URL in the dialog of a link.
const link = `document.getElementById("link-text").value`

// makeLink makes and copies a link in two actions, and returns it.
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

// TestShareStandsStill chooses what to share: nothing moves under the pointer.
func TestShareStandsStill(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	names := []string{"electricity", "insurance", "maintenance", "subscriptions", "transportation"}
	for i, name := range names {
		p.calculate(name + " = " + strings.Repeat("1", i+1))
	}
	p.calculate(strings.Join(names, " + "))
	p.click("#share-open")
	p.click("#share-some")
	const top = `document.querySelector("#share-entries input").getBoundingClientRect().top`
	before := get[float64](p, top)
	p.click("#share-entries input")
	p.until(`document.getElementById("share-words").textContent.includes("transportation")`)
	if after := get[float64](p, top); after != before {
		t.Errorf("the box moves from %v to %v", before, after)
	}
}

// TestShare has one person share, and another one read, continue and lose the share.
func TestShare(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	p := open(t, url)
	p.grantClipboard()
	p.click("#share-open")
	p.until(`document.getElementById("toast").textContent.includes("nothing to share yet")`)
	p.calculate("rate = 4.5%", "secret = 99", "area(r) = pi r^2", "area(2) * rate", "secret * 2")
	p.wantNames("rate = 4.5%", "secret = 99", "area(r) = pi*r^2")

	// Share one entry: the dialog says what is shared with it.
	p.choose("2", "Share with its result")
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

	// The reader continues from the share.
	other.click(`a[href^="/#fork="]`)
	other.do(chromedp.WaitVisible("#confirm[open]", chromedp.ByQuery))
	other.press("Escape")
	other.wantNames("mine = 1")
	other.do(chromedp.Navigate(strings.Replace(one, "/s/", "/#fork=", 1)))
	other.until(`document.getElementById("confirm")?.open ?? false`)
	other.click("#confirm [data-answer=yes]")
	other.wantNames("rate = 4.5%", "area(r) = pi*r^2")
	if hash := get[string](other, `location.hash`); hash != "" {
		t.Errorf("the address keeps %s", hash)
	}
	other.calculate("area(1) * rate")
	other.more("#earlier-session")
	other.wantNames("mine = 1")

	// Share the whole session, list the links, and revoke one.
	all := p.makeLink()
	p.more("#links-open")
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
	other.until(`document.getElementById("toast")?.textContent.includes("cannot be followed") ?? false`)
}

// TestFewActions counts the actions from opening the page to a result, and on to a copied link.
func TestFewActions(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.grantClipboard()
	// The input is ready without a click.
	p.types("6 * 7")
	p.press("Enter")
	p.wantLog("6 * 7 | 42")

	actions := 0
	act := func(selector string) { actions++; p.click(selector) }
	act("#share-open")
	act("#share-make")
	p.until(`document.getElementById("link").open && document.getElementById("link-status").textContent === "The link is copied."`)
	copied := getAsync[string](p, `navigator.clipboard.readText()`)
	if actions > 3 {
		t.Errorf("a copied link takes %d actions", actions)
	}
	p.do(chromedp.Navigate(copied))
	if text := get[string](p, `document.querySelector("main ol").innerText`); !strings.Contains(text, "42") {
		t.Errorf("the copied link shows %q", text)
	}
	token := copied[strings.LastIndex(copied, "/")+1:]
	if len(token) > 22 || copied != p.url+"/s/"+token {
		t.Errorf("the link is %s", copied)
	}
}

// TestSendLink hands a link to the native share sheet, where there is one.
func TestSendLink(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1")
	p.do(chromedp.Evaluate(`navigator.share = undefined`, nil))
	p.click("#share-open")
	p.click("#share-make")
	p.until(`document.getElementById("link").open`)
	if get[bool](p, `document.getElementById("link-send").checkVisibility()`) {
		t.Error("there is a button for a share sheet although the browser has none")
	}
	p.press("Escape")
	p.do(chromedp.Evaluate(`navigator.share = async (what) => { window.sent = what; throw new DOMException("closed", "AbortError"); }`, nil))
	p.click("#share-open")
	p.until(`document.getElementById("share").open`)
	p.types("A title")
	p.do(chromedp.SetValue("#share-title", "A title", chromedp.ByQuery))
	p.click("#share-make")
	p.click("#link-send")
	p.until(`window.sent !== undefined`)
	if sent := get[map[string]string](p, `sent`); sent["title"] != "A title" || sent["url"] != get[string](p, link) || len(sent) != 2 {
		t.Errorf("the share sheet gets %q", sent)
	}
}

// TestShareIsExact changes the session after sharing: people and programs that follow the link get
// exactly what was shared.
func TestShareIsExact(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	p := open(t, url)
	p.calculate("hidden = 1", "a = 2", "unused(x) = x", "f(x) = x^a", "f(3)", "f(3) + hidden", "a = 4")
	p.click("#share-open")
	p.click("#share-some")
	p.click("#share-entries li:nth-child(3) label")
	p.click("#share-make")
	p.until(`document.getElementById("link").open`)
	made := get[string](p, link)
	p.press("Escape")
	p.calculate("a = 86753090217", "f(3)")

	other := open(t, url)
	other.do(chromedp.Navigate(made))
	rows := get[[]string](other, `[...document.querySelectorAll("main li")].map((row) => [...row.querySelectorAll(".expression, output, :scope > code")].map((part) => part.textContent).join(" "))`)
	// Times are in the reader's time zone, under a heading for the day.
	if day := get[string](other, `document.querySelector("main .day")?.textContent ?? ""`); !strings.Contains(day, "20") {
		t.Errorf("the heading of the day is %q", day)
	}
	if got, want := strings.Join(rows, " | "), "f(3) 9 | a = 4 | f(x) = x^a"; got != want {
		t.Errorf("the shared page shows %s, want %s", got, want)
	}
	record := getAsync[string](other, `fetch(location.href.replace("/s/", "/shares/")).then((reply) => reply.json())
		.then(({ entries, variables, definitions, ...rest }) => JSON.stringify([entries.map(({ at, ...entry }) => entry), variables, definitions, Object.keys(rest).sort()]))`)
	t.Log(record)
	for _, secret := range []string{"hidden", "unused", "86753090217", get[string](p, `localStorage.getItem("abacus.session")`)} {
		if strings.Contains(record, secret) || strings.Contains(get[string](other, `document.documentElement.outerHTML`), secret) {
			t.Errorf("the share has %s", secret)
		}
	}
}

// TestShareIsEnglish opens a share in a German browser: its dates are English like the text.
func TestShareIsEnglish(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.grantClipboard()
	p.calculate("1")
	made := p.makeLink()
	p.do(emulation.SetLocaleOverride().WithLocale("de-DE"))
	p.do(emulation.SetUserAgentOverride(get[string](p, `navigator.userAgent`)).WithAcceptLanguage("de-DE"))
	p.do(chromedp.Navigate(made))
	p.until(`document.querySelector("main .day") !== null`)
	if language := get[string](p, `Intl.DateTimeFormat().resolvedOptions().locale + " " + navigator.languages`); language != "de-DE de-DE" {
		t.Fatalf("the language of the browser is %s", language)
	}
	shown := get[string](p, `document.querySelector("main .day").textContent`)
	want := get[string](p, `new Date(document.querySelector(".entry time").dateTime).toLocaleDateString("en-GB",
		{ weekday: "long", day: "numeric", month: "long", year: "numeric" })`)
	if shown != want {
		t.Errorf("the day is %s, want %s", shown, want)
	}
}

// TestMove continues a session in another browser by a link whose token no server sees.
func TestMove(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	p := open(t, url)
	p.grantClipboard()
	p.calculate("a = 6", "a * 7")
	p.more("#move-session")
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
		other.until(`!document.getElementById("toast").hidden && document.getElementById("toast").textContent.includes("cannot be followed")`)
		other.press("Escape")
	}
	other.do(chromedp.Navigate(url + "/#session=broken%20token"))
	other.wantNames("a = 6")
}

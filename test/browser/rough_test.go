package browser

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// rough are hostile and odd texts to type, paste or put into a link.
var rough = map[string]string{
	"markup":         `1 # <img src=x onerror="document.title='broken'"><script>document.title="broken"</script>`,
	"entities":       "2 # &lt;b&gt; &amp; &#60; \"'`${7*7}",
	"right to left":  "3 # \u202eabc\u2066 שלום עולם مرحبا",
	"controls":       "4 # \u0001\u0007\u001b[31m\u0085\ufeff\u200b\u2028\u2029",
	"combining":      "5 # Z" + strings.Repeat("\u0301", 300),
	"astral":         "6 # 𝒳 😀 👩‍👩‍👧‍👦",
	"a long word":    "7 # " + strings.Repeat("w", 5000),
	"many lines":     strings.Repeat("8\n", 400) + "8",
	"10,000 digits":  strings.Repeat("9", 10_000),
	"a long decimal": "0." + strings.Repeat("3", 10_000),
	"deep":           strings.Repeat("(", 3000),
	"nul":            "9\u0000",
	"an identifier":  strings.Repeat("é", 2000),
	"a prototype":    "__proto__ = 1; constructor = 2; toString(x) = x; hasOwnProperty(x) = x",
	"a large paste":  strings.Repeat("sin(1) + ", 100_000) + "1",
}

// TestRough enters each of these texts, and shares what is accepted: nothing is lost, run as
// markup, or wider than the page, and the next calculation works.
func TestRough(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, look(320, "light")...)
	for name, text := range rough {
		t.Run(name, func(t *testing.T) {
			before := get[int](p, `document.querySelectorAll("#log li").length`)
			p.do(chromedp.Evaluate(`document.getElementById("input").focus()`, nil))
			p.types(text)
			p.press("Enter")
			p.settled()
			p.until(fmt.Sprintf(`!document.getElementById("problem").hidden || document.querySelectorAll("#log li").length === %d`, before+1))
			// A refused text stays in the input, an accepted one is shown as it was typed.
			kept := get[string](p, `document.getElementById("problem").hidden ? document.querySelector("#log li:last-child .expression").textContent
				: document.getElementById("input").value`)
			if kept != text {
				t.Errorf("%.60q became %.60q", text, kept)
			}
			p.measure(name)
			p.press("Escape")
			p.calculate("6 * 7")
			if got := get[string](p, `document.querySelector("#log li:last-child .result").textContent`); got != "42" {
				t.Errorf("the next result is %q", got)
			}
		})
	}
	p.do(chromedp.Evaluate(`document.getElementById("share-open").click()`, nil))
	p.until(`document.getElementById("share").open`)
	p.do(chromedp.SetValue("#share-title", "<script>document.title='broken'</script>\u202eabc", chromedp.ByQuery))
	p.click("#share-make")
	p.until(`document.getElementById("link").open`)
	p.unharmed()
	p.do(chromedp.Navigate(get[string](p, link)))
	p.unharmed()
	p.measure("shared page")
}

// unharmed checks that no text became markup.
func (p *page) unharmed() {
	p.Helper()
	if get[bool](p, `document.title === "broken" || document.querySelectorAll("main img, main script:not([src]), aside img, dialog img").length > 0`) {
		p.Errorf("a text was run as markup: %s", get[string](p, `document.title`))
	}
}

// TestRoughLinks opens the page at broken, truncated and made-up addresses.
func TestRoughLinks(t *testing.T) {
	address := harness.Start(t, harness.Options{}).URL
	p := open(t, address)
	p.calculate("a = 1")
	notice := `document.getElementById("toast").hidden ? "" : document.getElementById("toast").textContent`
	for _, fragment := range []string{
		"session=", "session=short", "session=%3Cb%3E", "session=" + strings.Repeat("x", 5000), "session=AAAAAAAAAAAAAAAAAAAAAA",
		"fork=", "fork=../../session", "fork=AAAAAAAAAAAAAAAAAAAAAA", "fork=%00",
	} {
		p.url = address + "/#" + fragment
		p.do(chromedp.Navigate("about:blank"))
		p.visit()
		p.until(`(` + notice + `).includes("cannot be followed")`)
		p.wantNames("a = 1")
		if hash := get[string](p, `location.hash`); hash != "" {
			t.Errorf("%s: the address keeps %s", fragment, hash)
		}
	}
	for name, text := range rough {
		if len(text) > 20_000 {
			continue
		}
		p.url = address + "/?q=" + url.QueryEscape(text)
		p.visit()
		// A text area ends its lines with \n alone.
		want, _ := json.Marshal(strings.ReplaceAll(text, "\r\n", "\n"))
		if !get[bool](p, `document.getElementById("input").value === `+string(want)) && !strings.Contains(text, "\u0000") {
			t.Errorf("%s: ?q= fills in %.80q", name, get[string](p, `document.getElementById("input").value`))
		}
		p.unharmed()
	}
	p.url = address
	p.visit()
	p.press("Escape")
	p.wantLog("a = 1 | 1")
}

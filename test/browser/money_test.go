package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestMoney converts money in the page: with the service's rates, then offline, then with newer
// rates.
func TestMoney(t *testing.T) {
	first := harness.Options{StateDir: t.TempDir(), Flags: ratesOf("2026-11-20", "1.25")}
	app := harness.Start(t, first)
	p := open(t, app.URL)
	p.types("100 USD in EUR")
	p.wantPreview("80 EUR rates of 2026-11-20, ECB")
	p.press("Enter")
	p.wantRows("100 USD in EUR | 80 EUR")
	p.calculate("2 + 2", "$50 + 10 EUR in EUR")
	p.wantRows("100 USD in EUR | 80 EUR", "2 + 2 | 4", "$50 + 10 EUR in EUR | 50 EUR")

	p.visit()
	p.do(chromedp.Evaluate(`window.fetch = async () => { throw new TypeError("no network"); }`, nil))
	p.types("50 USD in EUR")
	p.wantPreview("40 EUR rates of 2026-11-20, ECB")
	p.press("Enter")
	p.wantNote("calculated here, with rates of 2026-11-20, ECB")

	app.Kill()
	second := first
	second.Listen, second.Flags = app.URL[len("http://"):], ratesOf("2026-11-23", "1.6")
	harness.Start(t, second)
	p.visit()
	p.wantRows("100 USD in EUR | 80 EUR", "2 + 2 | 4", "$50 + 10 EUR in EUR | 50 EUR", "50 USD in EUR | 31.25 EUR")
	p.types("16 USD in EUR")
	p.wantPreview("10 EUR rates of 2026-11-23, ECB")
	p.until(`[...document.querySelectorAll("#log .stale .expression")].map((row) => row.textContent).join() === "100 USD in EUR,$50 + 10 EUR in EUR"`)
	p.press("F9")
	p.wantRows("100 USD in EUR | 62.5 EUR", "2 + 2 | 4", "$50 + 10 EUR in EUR | 41.25 EUR", "50 USD in EUR | 31.25 EUR")
	p.until(`document.querySelector("#log .stale") === null`)
}

// TestMoneyWithoutRates converts money while no rates can be fetched: that is an error like any
// other, and no row stays pending.
func TestMoneyWithoutRates(t *testing.T) {
	noRates := harness.Options{Flags: []string{"--variable", "rates_origin=http://127.0.0.1:9"}}
	p := open(t, harness.Start(t, noRates).URL)
	p.enter("100 USD in EUR")
	p.until(`(document.querySelector("#problem .detail")?.textContent ?? "").startsWith("there are no exchange rates yet")`)
	p.wantInput("100 USD in EUR")
	p.press("Escape")
	p.calculate("12 * 12")
	p.wantLog("12 * 12 | 144")
	if got := p.history(); len(got) != 1 {
		t.Errorf("the history has %q", got)
	}
}

// ratesOf returns flags for a host that has the rates of a day, and an origin that is unreachable.
func ratesOf(day, usd string) []string {
	table := fmt.Sprintf("rates:table=rates\tEUR\t%s\tECB\nrate\tUSD\t%s\nchecked\t%d\t\n", day, usd, time.Now().Unix())
	return []string{"--variable", "rates_origin=http://127.0.0.1:9", "--key-value", table}
}

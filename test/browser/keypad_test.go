package browser

import (
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestParenthesesClose checks that the parentheses that the page shows at the end of a text are
// stored with it, but not where something else must come first.
func TestParenthesesClose(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	p.key("More keys", "square root", "Numbers", "2", "Calculate")
	p.wantLog("sqrt(2) | 1.4142135623731")
	p.editRow(1, "sqrt(3 + max(1")
	p.press("Enter")
	p.wantRows("sqrt(3 + max(1)) | 2")
	p.key("Clear")
	p.enter("2 * (3 + ")
	p.until(`document.querySelector("#composer.invalid") !== null`)
	p.wantInput("2 * (3 + ")
}

// TestUnfinishedIsNotWrong checks that the page says nothing about a text that is only unfinished, however
// long typing pauses, until it is entered.
func TestUnfinishedIsNotWrong(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	// A problem would be shown after a pause, which ends here at once.
	p.do(chromedp.Evaluate(`{
		const later = window.setTimeout;
		window.setTimeout = (act, wait, ...rest) => later(act, wait === 800 ? 0 : wait, ...rest);
	}`, nil))
	for _, text := range []string{"sqrt(", "2 * (3 + ", "pmt(3%", "5 km in", "income"} {
		p.types("1 + hieght * 2")
		p.until(`!document.getElementById("problem").hidden`)
		p.press("Escape")
		p.types(text)
		p.until(`document.querySelector("#preview.stale") !== null`)
		if !getAsync[bool](p, `new Promise((done) => setTimeout(() => done(document.getElementById("problem").hidden), 100))`) {
			t.Errorf("%q is displayed as wrong", text)
		}
		p.press("Enter")
		p.until(`document.querySelector("#composer.invalid #problem:not([hidden])") !== null`)
		p.press("Escape")
	}
}

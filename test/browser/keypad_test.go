package browser

import (
	"fmt"
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
	p.do(chromedp.Focus("#input"))
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

// TestAngles checks that a phone writes angles in degrees, visibly, whatever keyboard it shows, unless
// the person prefers radians.
func TestAngles(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	ghost := func(want string) {
		t.Helper()
		p.until(fmt.Sprintf(`document.querySelector("#mirror .ghost")?.textContent === %q`, want))
	}
	p.key("More keys", "sin", "Numbers", "3", "0")
	ghost("°)")
	p.wantPreview("0.5")
	p.key("Calculate")
	p.wantLog("sin(30°) | 0.5")
	p.key("More keys", "cos", "Numbers", "minus", "6", "0", "close parenthesis", "times", "2")
	p.wantInput("cos(-60°)*2")
	p.key("Clear", "2", "More keys", "sin", "Numbers", "3", "0")
	ghost("°)")
	p.key("Clear", "More keys", "tan", "pi")
	ghost(")")
	p.key("Clear")
	p.editRow(1, "1 + ")
	p.key("cos", "Numbers", "6", "0", "Calculate")
	p.wantRows("1 + cos(60°) | 1.5")
	p.key("More keys", "Degrees", "sin", "Numbers", "0")
	ghost(")")
	p.wantPreview("0 in radiansuse degrees")
	p.click("#reading .offer")
	p.wantInput("sin(0°")
	p.visit()
	p.key("Clear", "More keys", "sin", "Numbers", "0")
	ghost(")")
	p.key("More keys", "Radians")
	ghost("°)")
	p.key("Calculate")
	p.wantRows("1 + cos(60°) | 1.5", "sin(0°) | 0")
	p.click("#keypad-toggle")
	p.types("sin(30")
	ghost("°)")
	p.press("Escape")
	p.types("2*sin 30")
	ghost("°")
	p.until(`document.getElementById("preview").textContent === "1"`)
	p.press("Escape")
	for _, key := range "sin(30)" {
		p.press(string(key))
	}
	p.wantInput("sin(30°)")
}

// TestClear empties the input with the button that it has without the keypad.
func TestClear(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	const button = "#composer [type=reset]"
	shows := `document.querySelector("` + button + `").checkVisibility({ visibilityProperty: true })`
	p.until("!" + shows)
	p.types("2 + 3")
	p.until(shows)
	p.click(button)
	p.wantInput("")
	p.wantFocus("#input")
	p.until("!" + shows)
	p.press("ArrowUp")
	p.wantInput("2 + 3")
	p.do(phone...)
	p.until(`document.getElementById("keypad").checkVisibility()`)
	p.until("!" + shows)
	p.click("#keypad-toggle")
	p.until(shows)
	if got := get[[]float64](p, `(({ width, height }) => [width, height])(document.querySelector("`+button+`").getBoundingClientRect())`); min(got[0], got[1]) < 40 {
		t.Errorf("the button is %v pixels", got)
	}
	p.click(button)
	p.wantInput("")
}

// TestUseCommas types decimal commas where points are set: the problem offers commas, with which
// the text is read as it was meant.
func TestUseCommas(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.types("3,5 * 2")
	p.click("#problem > .offer")
	p.wantInput("3,5 * 2")
	p.wantPreview("7")
	p.press("Enter")
	p.wantLog("3,5 * 2 | 7")
	p.set("number-format", "point")
	p.enter("1.250,50 + 1")
	p.until(`document.querySelector("#composer.invalid") !== null`)
	p.click("#problem > .offer")
	p.wantInput("1.250,50 + 1")
	p.press("Enter")
	p.wantLog("3,5 * 2 | 7", "1250,50 + 1 | 1251,5")
}

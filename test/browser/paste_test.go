package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// paste changes the input as pasting a text would. (Not every headless browser has access to the
// clipboard.)
func (p *page) paste(text string) {
	p.Helper()
	p.do(chromedp.Focus("#input"), chromedp.Evaluate(fmt.Sprintf(`{
		const area = document.getElementById("input");
		area.setRangeText(%q, area.selectionStart, area.selectionEnd, "end");
		area.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
	}`, text), nil))
}

// TestPasteLines pastes lists: each line becomes a row, and one press takes them all back. An
// expression that goes on over several lines stays one expression.
func TestPasteLines(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	toast := func(label string) {
		p.do(chromedp.Evaluate(fmt.Sprintf(`[...document.querySelectorAll("#toast button")]
			.find((button) => button.textContent === %q).click()`, label), nil))
	}

	p.paste("12.50\n8.99\n\n23.40\n")
	p.wantPreview("3 lines, each for a row of its own")
	p.press("Enter")
	rows := []string{"12.50 | 12.5", "8.99 | 8.99", "23.40 | 23.4"}
	p.wantRows(rows...)
	toast("Add their total")
	rows = append(rows, "sum(12.5, 8.99, 23.4) # total | 44.89")
	p.wantRows(rows...)

	p.paste("rent\t1200\nfood\t450\nbudget = 1200 + 450")
	p.press("Enter")
	p.wantRows(append(rows[:4:4], "1200 | 1200", "450 | 450", "budget = 1200 + 450 | 1650")...)
	if got := get[[]string](p, `[...document.querySelectorAll("#log .label")].map((label) => label.textContent)`); strings.Join(got, " ") != "total of 3 rows rent food" {
		t.Errorf("the labels are %q", got)
	}
	toast("Undo")
	p.wantRows(rows...)
	p.paste("1\n2")
	p.press("Enter")
	p.wantRows(append(rows[:4:4], "1 | 1", "2 | 2")...)
	p.press("Ctrl+z")
	p.wantRows(rows...)

	p.paste("(1 +\n 2)")
	p.press("Enter")
	p.wantRows(append(rows[:4:4], "(1 +\n 2) | 3")...)

	p.paste("1\nnothing\n2")
	p.press("Enter")
	p.until(`document.querySelector("#problem .detail")?.textContent === "unknown name nothing"`)
	p.wantInput("nothing")
	p.press("Escape")

	p.paste(strings.Repeat("1\n", 101))
	p.press("Enter")
	p.until(`(document.querySelector("#problem .hint")?.textContent ?? "").startsWith("100 lines fit at once")`)
	p.wantInput(strings.Repeat("1\n", 101))
}

// TestPasteElsewhere checks that what is pasted beside the input gets there, as what is typed does.
func TestPasteElsewhere(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("100 / 8", "2 + 2")
	p.click("#log li .result")
	p.until(`document.activeElement.closest("#log") !== null`)
	p.press("Ctrl+v")
	p.until(`document.activeElement.id === "input"`)
}

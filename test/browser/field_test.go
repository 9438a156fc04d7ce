package browser

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestOpenField keeps what was typed into the field of a row, whatever happens to the row.
func TestOpenField(t *testing.T) {
	address := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"the history is deleted elsewhere", fieldOfDeletedRow},
		{"other rows are deleted elsewhere", fieldBesideDeletedRow},
		{"another number format", fieldInOtherFormat},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(open(t, address)) })
	}
}

// set chooses an option of a select element, as a person would.
func (p *page) set(id, option string) {
	p.Helper()
	p.do(chromedp.Evaluate(fmt.Sprintf(`{
		const control = document.getElementById(%q);
		control.value = %q;
		control.dispatchEvent(new Event("change"));
	}`, id, option), nil))
}

func fieldOfDeletedRow(p *page) {
	p.calculate("rent = 1200", "rent * 12")
	other := p.tab()
	p.editRow(1, "rent = 1350")
	other.more("#clear-history")
	other.calculate("7") // deletes it for good
	p.wantRows("7 | 7")
	p.until(`document.querySelector("#toast p").textContent.startsWith("rent = 1350 is not stored. Its row is gone.")`)
	p.click("#toast .actions button")
	p.wantInput("rent = 1350")
}

func fieldBesideDeletedRow(p *page) {
	p.calculate("a = 1", "b = 2", "c = 3")
	other := p.tab()
	p.editRow(3, "c = 4")
	other.choose("2", "Delete")
	other.calculate("7")
	p.until(`document.querySelectorAll("#log li").length === 3`)
	p.until(`document.activeElement.matches("#log li:nth-child(2) .rewrite")`)
	p.until(`document.activeElement.value === "c = 4"`)
	p.press("Enter")
	p.wantRows("a = 1 | 1", "c = 4 | 4", "7 | 7")
}

func fieldInOtherFormat(p *page) {
	p.calculate("a = 1.5")
	p.types("max(0.5, a)")
	p.editRow(1, "a = max(2.5, 1)")
	p.set("number-format", "comma")
	p.until(`document.querySelector("#log .rewrite").value === "a = max(2,5; 1)"`)
	p.wantInput("max(0,5; a)")
	p.do(chromedp.Focus("#log .rewrite"))
	p.press("Enter")
	p.wantRows("a = max(2,5; 1) | 2,5")
}

// TestFieldOfRow edits rows with more than an expression: a time, which the field must not cover, and
// the comment of a total, which is not part of what is edited.
func TestFieldOfRow(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("food: 450", "50", "total")
	for row, want := range map[int]string{1: "food: 450", 3: "sum(450, 50)"} {
		p.click(fmt.Sprintf("#log li:nth-child(%d) .expression", row))
		p.until(fmt.Sprintf(`document.activeElement.matches(".rewrite") && document.activeElement.value === %q`, want))
		p.until(`getComputedStyle(document.querySelector(".editing time")).opacity === "0"`)
		p.press("Enter")
		p.until(`document.querySelector(".editing") === null`)
	}
	p.wantRows("450 | 450", "50 | 50", "sum(450, 50) # total | 500")
	p.editRow(3, "sum(450, 50, 1) # one more")
	p.press("Enter")
	p.wantRows("450 | 450", "50 | 50", "sum(450, 50, 1) # one more | 501")
}

// TestNotesFollowFormat checks that how a sentence was read is shown in the format that is set.
func TestNotesFollowFormat(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	notes := func(want string) {
		t.Helper()
		p.until(fmt.Sprintf(`[...document.querySelectorAll("#log .details")].map((note) => note.textContent).join("|") === %q`, want))
	}
	const comma = "read as pmt(3,5%/12; 25*12; 300000) for the monthly payment"
	p.set("number-format", "comma")
	p.calculate("mortgage 300000 at 3,5% over 25 years")
	notes(comma)
	p.set("number-format", "point")
	notes("read as pmt(3.5%/12, 25*12, 300000) for the monthly payment")
	p.set("number-format", "comma")
	notes(comma)
}

// TestRandomRows checks that random results are kept: only an edit of its own row changes one, and
// an undo brings the old number back.
func TestRandomRows(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("a = 1", "a + random()", "b = 2", "b = random()", "b * a")
	results := `[...document.querySelectorAll("#log .result")].map((result) => result.lastChild.textContent)`
	before := get[[]string](p, results)
	shows := func(row int, start string) {
		t.Helper()
		p.until(fmt.Sprintf(`document.querySelectorAll("#log .expression")[%d].textContent.startsWith(%q)`, row-1, start))
		p.settled()
	}
	edit := func(row int, expression string) {
		t.Helper()
		p.editRow(row, expression)
		p.press("Enter")
		shows(row, expression)
	}
	edit(1, "a = 2")
	edit(3, "b = 3")
	after := get[[]string](p, results)
	for i, changes := range []bool{true, false, true, false, true} {
		if changed := after[i] != before[i]; changed != changes {
			t.Errorf("row %d: %s, then %s", i+1, before[i], after[i])
		}
	}
	edit(4, "b = 5")
	p.press("Ctrl+z")
	shows(4, "b = 0")
	p.press("Ctrl+z")
	shows(3, "b = 2")
	p.press("Ctrl+z")
	shows(1, "a = 1")
	if got := get[[]string](p, results); !reflect.DeepEqual(got, before) {
		t.Errorf("after undo the results are\n%q, want\n%q", got, before)
	}
}

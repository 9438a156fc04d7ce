package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

const noToast = `document.getElementById("toast").hidden`

// TestUndoStays deletes and edits rows, on a phone and on a desk. The message about it has a line
// of its own, no clock, and goes when it is dismissed or at the next calculation. The menu More
// undoes as well.
func TestUndoStays(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, width := range []int64{360, 1280} {
		p := open(t, url, look(width, "light")...)
		if width == 360 {
			p.do(emulation.SetTouchEmulationEnabled(true), chromedp.Reload())
		}
		p.calculate("0")
		p.fill(20)
		p.visit()
		p.calculate("6 * 7", "1 + 1")
		field := get[float64](p, `document.querySelector(".field").getBoundingClientRect().top`)
		p.choose("1", "Delete")
		p.wantToast("Deleted 1 + 1.")
		if moved := get[float64](p, `document.querySelector(".field").getBoundingClientRect().top`) - field; moved != 0 {
			t.Errorf("%d pixels wide: the message moves the field by %v pixels", width, moved)
		}
		if get[bool](p, `{
			const [log, message, composer] = ["scroll", "toast", "composer"].map((id) => document.getElementById(id).getBoundingClientRect());
			log.bottom > message.top || message.bottom > composer.top || log.height < 40
		}`) {
			t.Errorf("%d pixels wide: the message covers something", width)
		}
		if n := get[int](p, `document.getElementById("toast").getAnimations().length`); n > 0 {
			t.Errorf("%d pixels wide: the message has a clock", width)
		}
		p.click(`#toast [aria-label="Close"]`)
		p.until(noToast)
		p.undoes("delete 1 + 1")
		p.wantRow(1, "1 + 1 | 2")

		p.choose("1", "Delete")
		p.wantToast("Deleted 1 + 1.")
		p.press("Escape")
		p.until(noToast)
		p.press("Ctrl+z")
		p.wantRow(1, "1 + 1 | 2")

		p.choose("2", "Delete")
		p.wantToast("Deleted 6 * 7.")
		p.calculate("5")
		p.until(noToast)
		p.undoes("delete 6 * 7")
		p.wantRow(3, "6 * 7 | 42")

		p.do(chromedp.Focus("#log li:last-child .expression"))
		p.press("F2")
		p.types(" + 3")
		p.press("Enter")
		p.wantToast("Changed: 5 + 3.")
		p.undoes("edit 5 + 3")
		p.wantRow(1, "5 | 5")
		p.click("#more-open")
		if !get[bool](p, `document.getElementById("undo").hidden`) {
			t.Errorf("%d pixels wide: the menu offers to undo what is undone", width)
		}
		p.press("Escape")

		p.more("#clear-history")
		p.undoes("delete the history")
		p.wantRow(1, "5 | 5")

		// A search does not find what is deleted, so the deletion is final.
		p.choose("1", "Delete")
		p.wantToast("Deleted 5.")
		p.click("#search-open")
		p.until(noToast)
	}
}

// undoes undoes through the menu More, whose item says what.
func (p *page) undoes(what string) {
	p.Helper()
	p.click("#more-open")
	if got := get[string](p, `document.getElementById("undo").textContent`); got != "Undo: "+what {
		p.Errorf("the menu says %q, want %q", got, "Undo: "+what)
	}
	p.click("#undo")
	p.until(noToast)
}

// wantRow waits until a row, counted from the newest, shows EXPRESSION | RESULT.
func (p *page) wantRow(place int, want string) {
	p.Helper()
	p.until(fmt.Sprintf(`[".expression", ".result"].map((part) => document.querySelector("#log li:nth-last-child(%d) " + part)
		?.textContent).join(" | ") === %q`, place, want))
}

// TestPressIsSteady presses a row while a message is shown that goes with the press: the row stays
// where it is until the press is over.
func TestPressIsSteady(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("0")
	p.fill(40)
	p.visit()
	p.choose("1", "Pin")
	p.wantToast("Pinned: it is in Names.")
	p.until(`(({ scrollTop, clientHeight, scrollHeight }) => scrollTop + clientHeight >= scrollHeight - 8)(
		document.getElementById("scroll"))`) // the log has made room for the message
	const row = `document.querySelector("#log li:nth-last-child(3) .expression").getBoundingClientRect()`
	x, y := get[float64](p, row+".x + 4"), get[float64](p, row+".y + 4")
	press := func(event input.MouseType) {
		p.do(input.DispatchMouseEvent(event, x, y).WithButton(input.Left).WithClickCount(1))
	}
	press(input.MousePressed)
	if moved := get[float64](p, row+".y + 4") - y; moved != 0 {
		t.Errorf("the row moves by %v pixels under the pointer", moved)
	}
	press(input.MouseReleased)
	p.until(noToast)
	p.wantFocus("#log li:nth-last-child(3) .rewrite")
}

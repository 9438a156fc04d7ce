package browser

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestNothingMovesUnderThePointer presses every control of every view, and releases elsewhere: the
// pressed control is still under the pointer, so a click would have hit it.
func TestNothingMovesUnderThePointer(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, width := range []int64{360, 1280} {
		p := open(t, url, look(width, "light")...)
		pressed := map[string]bool{}
		for _, v := range slices.Concat(views, others) {
			v.prepare(p)
			if v.name == "typing" {
				continue // this press closes the list of completions, which the next view needs
			}
			p.do(chromedp.Evaluate(`window.focused = document.activeElement; window.caret = focused?.selectionEnd`, nil))
			for _, c := range get[[]pressable](p, controls) {
				if key := v.name + c.Name; !pressed[key] && p.hits(c) {
					pressed[key] = true
					p.pressAndMeasure(v.name, c)
				}
			}
			p.do(chromedp.Evaluate(`window.focused?.focus(); if (focused?.matches("textarea")) focused.setSelectionRange(caret, caret)`, nil))
		}
		t.Logf("%d controls were pressed at %d pixels", len(pressed), width)
		if len(pressed) < 200 {
			t.Errorf("only %d controls were pressed", len(pressed))
		}
	}
}

// pressable is a control with its name and its middle.
type pressable struct {
	Name string
	X, Y float64
}

// controls lists what can be pressed, at most three of a kind. A press beside an open menu closes
// it, so only the menu's own items are listed then.
const controls = `(() => {
	const counts = {};
	const root = document.querySelector(":popover-open") ?? document;
	const all = root.querySelectorAll("button, a[href], summary, select, textarea, input, label, [role=slider]");
	return [...all].flatMap((node) => {
		const kind = node.id || node.tagName + "." + node.className;
		counts[kind] = (counts[kind] ?? 0) + 1;
		const { left, top, width, height } = node.getBoundingClientRect();
		if (counts[kind] > 3 || !node.checkVisibility() || !width) return [];
		node.dataset.pressed = kind + " " + counts[kind];
		return [{ Name: node.dataset.pressed, X: left + width / 2, Y: top + height / 2 }];
	});
})()`

// at returns the name of the control that is now where c was.
func (p *page) at(c pressable) string {
	p.Helper()
	return get[string](p, fmt.Sprintf(`document.elementFromPoint(%v, %v)?.closest("[data-pressed]")?.dataset.pressed ?? ""`, c.X, c.Y))
}

// hits reports whether a control is found at its own middle, so neither scrolled away nor covered.
func (p *page) hits(c pressable) bool {
	p.Helper()
	return p.at(c) == c.Name
}

func (p *page) pressAndMeasure(when string, c pressable) {
	p.Helper()
	mouse := func(kind input.MouseType, x, y float64) *input.DispatchMouseEventParams {
		return input.DispatchMouseEvent(kind, x, y).WithButton(input.Left).WithClickCount(1)
	}
	p.do(input.DispatchMouseEvent(input.MouseMoved, c.X, c.Y), mouse(input.MousePressed, c.X, c.Y))
	// By the second frame, everything that a press changes is laid out.
	getAsync[int](p, `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(0))))`)
	if got := p.at(c); got != c.Name {
		p.Errorf("%s: after pressing %q, the pointer is on %q", when, c.Name, got)
	}
	p.do(input.DispatchMouseEvent(input.MouseMoved, 1, 1).WithButton(input.Left), mouse(input.MouseReleased, 1, 1))
}

// TestPressBesideMenu presses beside open menus and beside the sheet of names: the press closes
// them and does nothing else.
func TestPressBesideMenu(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	p.calculate("a = 5", "a * 2")
	const row, key = "#log li:first-child .expression", "#keypad .key:nth-child(8)"
	for _, c := range [][2]string{
		{"#log li:last-child .more", row}, {"#log li:last-child .more", key}, {"#more-open", key}, {"#names-toggle", row},
	} {
		p.tap(c[0])
		p.until(isOpen)
		p.tap(c[1])
		p.until("!" + isOpen)
		p.wantInput("")
		if get[bool](p, `document.querySelector(".editing, dialog[open]") !== null`) {
			t.Errorf("%s: a press on %s does more than close the menu", c[0], c[1])
		}
	}
	p.tap(key)
	p.wantInput("7")
}

// isOpen is a script that reports whether a menu or the sheet of names is open.
const isOpen = `(document.querySelector(":popover-open, #names.open") !== null)`

// tap touches the middle of an element.
func (p *page) tap(selector string) {
	p.Helper()
	var at struct{ X, Y float64 }
	p.do(chromedp.Evaluate(fmt.Sprintf(`(({ left, top, width, height }) =>
		({ X: left + width / 2, Y: top + height / 2 }))(document.querySelector(%q).getBoundingClientRect())`, selector), &at))
	p.do(input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: at.X, Y: at.Y}}),
		input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}))
}

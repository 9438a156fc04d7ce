package browser

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestActions covers what the page offers besides calculating.
func TestActions(t *testing.T) {
	address := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"search", search},
		{"clear the view", clearView},
		{"menu of an entry", menu},
		{"confirmations", confirmations},
		{"query", query},
		{"keypad", keypad},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(open(t, address)) })
	}
}

// choose picks an action from the menu of an entry, counted from the end of the log.
func (p *page) choose(entry, action string) {
	p.Helper()
	p.click("#log li:nth-last-child(" + entry + ") .more")
	p.until(`document.activeElement.closest("#menu") !== null`)
	for get[string](p, `document.activeElement.textContent`) != action {
		p.press("ArrowDown")
		if get[bool](p, `document.activeElement === document.getElementById("menu").firstElementChild`) {
			p.Fatalf("the menu has no %q", action)
		}
	}
	p.press("Enter")
	p.until(`!document.getElementById("menu").matches(":popover-open")`)
}

func search(p *page) {
	p.calculate("side = 12", "side * 3", "2 + 2", "side^2")
	p.types("draft")
	p.press("Ctrl+k")
	p.wantFocus("#search-text")
	found := func(want string) {
		p.Helper()
		p.until(`[...document.querySelectorAll("#found li span:first-child")].map((option) => option.textContent).join(" | ") === "` + want + `"`)
	}
	found("side^2 | 2 + 2 | side * 3 | side = 12")
	p.types("side")
	found("side^2 | side * 3 | side = 12")
	p.selects("[name=kind]", "assignment")
	found("side = 12")
	p.selects("[name=days]", "0")
	found("side = 12")
	p.selects("[name=kind]", "")
	found("side^2 | side * 3 | side = 12")
	p.press("ArrowDown", "ArrowDown", "ArrowUp")
	p.until(`document.querySelector("#found [aria-selected=true]").id === document.getElementById("search-text").getAttribute("aria-activedescendant")`)
	p.press("Enter")
	p.until(`document.getElementById("input").value === "side * 3"`)
	p.wantFocus("#input")
	p.wantToast("Replaced draft.")
	p.click("#toast .actions button:first-child")
	p.wantInput("draft")
	p.press("ArrowUp")
	p.wantInput("side * 3")
	p.press("ArrowUp")
	p.wantInput("draft")
	p.press("Ctrl+k")
	p.types("36") // a result
	found("side * 3")
	reopen := func() {
		p.Helper()
		p.press("Escape")
		p.until(`!document.getElementById("search").open && document.getElementById("found").hidden`)
		p.press("Ctrl+k")
	}
	reopen()
	p.selects("[name=days]", "week")
	p.until(`document.getElementById("found-none").textContent === "No matching entries Search any time" && !document.getElementById("found-none").hidden`)
	p.click("#found-none button")
	found("side^2 | 2 + 2 | side * 3 | side = 12")
	p.wantFocus("#search-text")
	p.do(chromedp.Evaluate(`{
		const { now } = Date;
		window.Date = class extends Date {
			constructor(...time) { super(...(time.length ? time : [now() + 7 * 86400000])); }
		};
	}`, nil))
	p.selects("[name=days]", "week")
	found("side^2 | 2 + 2 | side * 3 | side = 12")
	reopen()
	p.types("nothing like this")
	p.until(`!document.getElementById("found-none").hidden`)
	p.press("Enter")
	p.until(`!document.getElementById("search").open`)
	p.wantInput("draft")
	p.click("#search-open")
	p.press("Escape")
	p.until(`!document.getElementById("search").open`)
	p.wantFocus("#input")
}

func (p *page) selects(control, value string) {
	p.Helper()
	p.do(chromedp.Evaluate(fmt.Sprintf(`{
		const control = document.querySelector(%q);
		control.value = %q;
		control.dispatchEvent(new Event("input", { bubbles: true }));
	}`, control, value), nil))
}

func clearView(p *page) {
	p.calculate("1", "2")
	p.types("3 +")
	p.more("#clear-view")
	p.wantLog()
	p.wantInput("")
	p.press("ArrowUp")
	p.wantInput("3 +")
	p.more("#clear-view")
	// Another tab shows new entries, but not the cleared ones.
	other := p.tab()
	other.calculate("4")
	p.until(`document.querySelectorAll("#log li").length === 1`)
	p.wantLog("4 | 4")
	p.more("#clear-view")
	p.click("#earlier")
	p.until(`document.querySelectorAll("#log li").length === 3`)
	p.wantLog("1 | 1", "2 | 2", "4 | 4")
	// Up and down go through each restored entry once.
	p.do(chromedp.Focus("#input"))
	p.press("ArrowUp", "ArrowUp", "ArrowUp")
	p.wantInput("1")
}

// confirmations checks that each action is confirmed, and that the next key press removes the
// confirmation.
func confirmations(p *page) {
	p.grantClipboard()
	p.calculate("1", "6 * 7")
	for action, want := range map[string]string{
		"Pin": "Pinned: it is in Names.", "Copy a link to the expression": "The link is copied.",
		"Copy the result": "The result is copied.", "Copy both": "Both are copied.",
	} {
		p.choose("1", action)
		p.wantToast(want)
		p.wantFocus("#input") // on the button of the menu, Home would go to the first row
		p.press("Home")
		p.until(`toast.hidden`)
	}
	p.press("Ctrl+k")
	p.until(`document.querySelectorAll("#found time").length === 2`)
	p.press("Escape")
	p.wantFocus("#input")
	p.do(chromedp.Focus("#log li:first-child .result"))
	p.press("Delete")
	p.wantLog("6 * 7 | 42")
	p.press("Ctrl+z")
	p.rows(2)
}

func menu(p *page) {
	p.grantClipboard()
	p.calculate("6 * 7", "f(x) = x")
	p.types("1 + ")
	p.choose("2", "Insert the result")
	p.wantInput("1 + 42")
	p.wantFocus("#input")
	p.choose("2", "Copy the expression")
	p.wantCopied("6 * 7")
	p.choose("1", "Copy a link to the expression")
	p.wantCopied(p.url + "/?q=f(x)%20%3D%20x")
	p.choose("2", "Calculate again")
	p.until(`document.querySelectorAll("#log li").length === 3`)
	p.wantLog("6 * 7 | 42", "f(x) = x | defined", "6 * 7 | 42")
	p.wantInput("1 + 42")
	p.choose("2", "Edit")
	p.until(`document.activeElement.matches(".rewrite") && document.activeElement.value === "f(x) = x"`)
	p.press("Escape")
	p.choose("2", "Change in a new row")
	p.wantInput("f(x) = x")
	// Escape closes the menu. The focus returns to where it was, or goes to the input if a mouse
	// opened the menu.
	more := "#log li:nth-last-child(1) .more"
	for want, opens := range map[string]func(){
		more:     func() { p.do(chromedp.Focus(more)); p.press("Enter") },
		"#input": func() { p.click(more) },
	} {
		opens()
		p.until(`document.getElementById("menu").matches(":popover-open")`)
		p.press("Escape")
		p.until(`!document.getElementById("menu").matches(":popover-open")`)
		p.wantFocus(want)
	}
}

// query opens the page at an address that holds an expression.
func query(p *page) {
	address := p.url
	for _, expression := range []string{"1+1", "50% + 10%", "a = 5; a^2", "größe/2 # <b>", "\"&?#"} {
		p.url = address + "/?q=" + url.QueryEscape(expression)
		p.visit()
		p.wantInput(expression)
		p.wantLog()
		if got := get[string](p, `location.search`); got != "" {
			p.Errorf("a reload would fill the input again: %s", got)
		}
	}
	for _, broken := range []string{"%", "%zz+%E4", "%00"} {
		p.url = address + "/?q=" + broken
		p.visit()
	}
	p.url = address
	p.press("Escape")
	p.types("typed")
	p.url = address + "/?q=2%2B3"
	p.visit()
	p.wantInput("2+3")
	p.press("ArrowUp")
	p.wantInput("typed")
}

func keypad(p *page) {
	if get[bool](p, `document.getElementById("keypad").checkVisibility()`) {
		p.Error("the keypad is shown although there is a keyboard")
	}
	p.do(chromedp.EmulateViewport(320, 700, chromedp.EmulateMobile, chromedp.EmulateTouch))
	p.until(`document.getElementById("keypad").checkVisibility()`)
	p.key("More keys", "square root", "Numbers", "1", "6", "close parenthesis", "times", "7", "5", "Delete", "divided by", "ans")
	p.wantInput("sqrt(16)*7/ans")
	p.wantFocus("#input")
	p.key("Delete", "Delete", "Delete", "2", "Left", "Left", "Right", "Calculate")
	p.wantLog("sqrt(16)*7/2 | 14")
	// An operator continues from the result; one press of Delete removes it.
	p.key("plus", "1", "Calculate")
	p.wantLog("sqrt(16)*7/2 | 14", "ans + 1 | 15")
	p.key("minus")
	p.wantInput("ans - ")
	p.key("Delete", "3", "Calculate")
	p.wantLog("sqrt(16)*7/2 | 14", "ans + 1 | 15", "-3 | -3")
	p.key("5", "Clear")
	p.wantInput("")
	inputMode := `document.getElementById("input").inputMode`
	if got := get[string](p, inputMode); got != "none" {
		p.Errorf("the input mode beside the keypad is %q", got)
	}
	p.click("#keypad-toggle")
	p.until(`!document.getElementById("keypad").checkVisibility() && ` + inputMode + ` === "text"`)
	p.visit()
	p.until(`!document.getElementById("keypad").checkVisibility()`)
}

package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestKeyboard does everything that the page offers, without a pointer. The focused element is
// always in view and visibly focused (WCAG 2.4.7 and 2.4.11).
func TestKeyboard(t *testing.T) {
	for _, width := range []int64{1280, 320} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			p := open(t, harness.Start(t, harness.Options{}).URL, look(width, "light")...)
			p.grantClipboard()
			keyboard{p}.everything()
		})
	}
}

// keyboard is a person without a pointer.
type keyboard struct{ *page }

func (k keyboard) everything() {
	k.Helper()
	k.wantFocus("#input")
	k.calculate("a = 5", "area(r) = pi r^2", "area(a) * 2")

	// A result, an expression and the menu of the newest entry.
	k.back("#log li:last-child .result")
	k.press("Enter")
	k.wantStatus("Copied 157.07963267949")
	k.press("ArrowLeft")
	k.wantFocus("#log li:last-child .expression")
	k.press("Enter")
	k.until(`document.activeElement.matches(".rewrite")`)
	k.retype("area(a) * 3")
	k.press("Tab", "Enter") // Recalculate
	k.wantRows("a = 5 | 5", "area(r) = pi r^2 | defined", "area(a) * 3 | 235.619449019234")
	k.press("Ctrl+z")
	k.wantRows("a = 5 | 5", "area(r) = pi r^2 | defined", "area(a) * 2 | 157.07963267949")
	k.wantFocus("#log li:last-child .expression")
	k.press("ArrowDown")
	k.wantFocus("#input")
	k.item("Insert the result")
	k.wantInput("157.07963267949")
	k.press("Escape")
	k.item("Calculate again")
	k.rows(4)
	k.settled()
	k.item("Pin")
	k.until(`document.querySelector("#pins .name") !== null`)
	k.press("Escape")
	k.item("Delete")
	k.rows(3)
	k.back("#toast .actions button:first-child")
	k.press("Enter")
	k.rows(4)

	// Rows by arrow keys, and a result without leaving the input.
	k.press("Escape")
	k.do(chromedp.Focus("#input"))
	k.back("#log li:last-child .result")
	k.press("ArrowUp", "ArrowUp")
	k.wantFocus("#log li:nth-child(2) .expression")
	k.press("End", "ArrowDown")
	k.wantFocus("#input")
	k.types("1 + ")
	k.press("Alt+ArrowUp")
	k.wantInput("1 + 157.07963267949")
	k.press("Alt+ArrowUp", "Alt+ArrowUp")
	k.wantInput("1 + 5")
	k.types(" * 2 - ")
	k.press("Alt+ArrowUp")
	k.wantInput("1 + 5 * 2 - 157.07963267949")
	k.press("Escape")

	// The search.
	k.press("Ctrl+k")
	k.wantFocus("#search-text")
	k.types("area(r)")
	k.until(`document.querySelectorAll("#found li").length === 1`)
	k.forth("[name=kind]")
	k.press("Escape")
	k.wantFocus("#input")

	// A link: make it, show its code, revoke it.
	k.back("#share-open")
	k.press("Enter")
	k.until(`document.getElementById("share").open`)
	k.forth("#share-title")
	k.types("by keys")
	k.forth("#share-make")
	k.press("Enter")
	k.until(`document.getElementById("link").open && document.getElementById("link-status").textContent !== ""`)
	k.wantFocus("#link-copy")
	k.press("Escape")
	k.wantFocus("#share-open")
	k.choose("#links-open")
	k.until(`document.querySelector("#links-list li") !== null`)
	k.forth("#links-list [aria-label^=Revoke]")
	k.press("Enter")
	k.until(`!document.getElementById("links-none").hidden`)
	k.press("Escape")
	k.choose("#move-session")
	k.wantFocus("#link-copy")
	k.press("Escape")

	// Settings, then names.
	k.choose("#settings-open")
	k.wantFocus("#theme")
	k.forth("#groups")
	k.press("Space", "Space", "Escape")
	k.do(chromedp.Focus("#input"))
	k.names()
	k.forth("#pins .clear")
	k.press("Enter")
	k.until(`document.querySelector("#pins .name") === null`)
	k.do(chromedp.Focus("#input"))
	k.names()
	k.forth(`[aria-label="Clear a"]`)
	k.press("Enter")
	k.wantNames("area(r) = pi*r^2")
	k.wantFocus("#input")
	k.names()
	k.forth("#variables .name, #definitions .name")
	k.press("Enter")
	k.wantInput("area")
	k.wantFocus("#input")
	k.press("Escape", "Escape")
	k.names()
	k.forth("#clear-names")
	k.press("Enter")
	k.until(`document.getElementById("confirm").open`)
	k.forth("#confirm [data-answer=yes]")
	k.press("Enter")
	k.wantNames()

	// Help, and the end of the session.
	k.wantFocus("#input")
	k.press("?")
	k.until(`document.querySelector("#guide button") !== null`)
	k.types("sum")
	k.forth("#guide button")
	k.press("Enter")
	k.until(`document.getElementById("input").value.startsWith("sum(")`)
	k.press("Escape", "Escape")
	k.choose("#delete-session")
	k.forth("#confirm [data-answer=yes]")
	k.press("Enter")
	k.until(`document.getElementById("toast").textContent.includes("Everything is deleted")`)
	k.wantLog()
}

// names opens the panel of names if the window is too narrow to show it always.
func (k keyboard) names() {
	k.Helper()
	if get[bool](k.page, `document.getElementById("names").checkVisibility()`) {
		return
	}
	k.back("#names-toggle")
	k.press("Enter")
	k.until(`document.getElementById("names").checkVisibility()`)
}

// choose picks an item of the menu More.
func (k keyboard) choose(item string) {
	k.Helper()
	k.do(chromedp.Focus("#input"))
	k.back("#more-open")
	k.press("Enter")
	for range 12 {
		if get[bool](k.page, fmt.Sprintf(`document.activeElement.matches(%q)`, item)) {
			k.press("Enter")
			return
		}
		k.press("ArrowDown")
	}
	k.Fatalf("the menu has no %s", item)
}

// item picks an action from the menu of the newest entry.
func (k keyboard) item(action string) {
	k.Helper()
	k.do(chromedp.Focus("#input"))
	k.back("#log li:last-child .line button[tabindex='0']")
	k.press("ArrowRight", "ArrowRight")
	k.wantFocus("#log li:last-child .more")
	k.press("Enter")
	k.until(`document.activeElement.closest("#menu") !== null`)
	for range 12 {
		if get[string](k.page, `document.activeElement.textContent`) == action {
			k.press("Enter")
			k.until(`!document.getElementById("menu").matches(":popover-open")`)
			return
		}
		k.press("ArrowDown")
	}
	k.Fatalf("the menu has no %q", action)
}

func (k keyboard) forth(selector string) { k.Helper(); k.walk("Tab", selector) }
func (k keyboard) back(selector string)  { k.Helper(); k.walk("Shift+Tab", selector) }

// walk presses a key until the focus matches a selector.
func (k keyboard) walk(key, selector string) {
	k.Helper()
	for range 150 {
		k.press(key)
		if flaw := get[string](k.page, focusFlaw); flaw != "" {
			k.Errorf("on the way to %s: %s", selector, flaw)
		}
		if get[bool](k.page, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			return
		}
	}
	k.Fatalf("%s does not lead to %s", key, selector)
}

// focusFlaw is a script that returns what is wrong with the focus indicator, or an empty string.
const focusFlaw = `(() => {
	const node = document.activeElement;
	if (node === document.body) return "";
	const what = node.outerHTML.slice(0, 90);
	const box = node.getBoundingClientRect();
	if (!box.width || !box.height) return "the focused element has no size: " + what;
	const top = document.elementFromPoint(box.left + box.width / 2, Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
	if (box.bottom <= 0 || box.top >= innerHeight) return "the focus is out of view: " + what;
	if (!node.contains(top) && !top?.contains(node) && !node.closest(".field")) return "the focus is covered by " + top?.outerHTML.slice(0, 60) + ": " + what;
	const style = getComputedStyle(node);
	const shows = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
	return shows || node.closest(".field") || node.closest(".menu") ? "" : "the focus is not visible: " + what;
})()`

// TestTypingAfterDialogs types after something was opened and closed: the text goes to the input.
func TestTypingAfterDialogs(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1 + 1")
	want := []string{"1 + 1 | 2"}
	for _, path := range [][]string{
		{"#keys-open"}, {"#search-open"}, {"#share-open"}, {"#more-open", "#settings-open"}, {"#more-open"},
	} {
		for _, selector := range path {
			p.click(selector)
			p.until(`document.querySelector("dialog[open], :popover-open") !== null`)
		}
		p.press("Escape")
		p.wantFocus("#input")
		p.press("6", "*", "7", "Enter")
		want = append(want, "6*7 | 42")
		p.wantLog(want...)
	}
	for _, control := range []string{"#keys-open", "#share-open"} {
		p.do(chromedp.Focus(control))
		p.press("Enter")
		p.until(`document.querySelector("dialog[open]") !== null`)
		p.press("Escape")
		p.wantFocus(control) // for people who use the keyboard alone
		p.press("6", "*", "8", "Enter")
		want = append(want, "6*8 | 48")
		p.wantLog(want...)
	}
}

// TestHelpSearch searches the help for everyday words. Each of its examples can be calculated.
func TestHelpSearch(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.click("#keys-open")
	p.until(`document.querySelector("#guide li") !== null`)
	height := get[float64](p, `document.getElementById("keys").offsetHeight`)
	find := func(word string) {
		p.Helper()
		p.do(chromedp.Evaluate(fmt.Sprintf(`{ const text = document.getElementById("guide-search"); text.value = %q; text.oninput(); }`, word), nil))
	}
	for word, first := range map[string]string{
		"keyboard": "Keypad", "copy": "Copy", "paste": "Paste", "graph": "plot(x^2 - 2, x = -3, 3)", "offline": "Offline",
		"print": "Print", "language": "Settings", "dark": "Settings", "decimal comma": "Settings", "share": "Share", "export": "More",
		"total": "total", "mortgage": "pmt(3.5%/12, 25*12, 300000)", "loan": "pmt(3.5%/12, 25*12, 300000)", "payment": "pmt(3.5%/12, 25*12, 300000)",
		"time": "17:40 - 9:15", "hex": "255 in hex", "binary": "44 in bin", "net": "119 / 1.19", "tip": "64.50 + 18%",
		"undo": "Undo", "percent": "15% of 80", "fuel": "45 l / 620 km in l/100km", "average": "average",
		"total of a list": "sum(12, 15, 18.5)", "date": "17:40 - 9:15", "tax": "250 + 19%", "Exchange": "100 USD in EUR", "hypo": "hypot(x, y)",
		"<<": "a << n",
	} {
		find(word)
		if got := get[string](p, `document.querySelector("#guide code")?.textContent ?? ""`); got != first {
			t.Errorf("%s finds %q first, want %q", word, got, first)
		}
		if got := get[float64](p, `document.getElementById("keys").offsetHeight`); got != height {
			t.Errorf("%s makes the dialog %v pixels high, not %v", word, got, height)
		}
	}
	const keys = `document.querySelectorAll("#guide .keys").length`
	find("")
	if got := get[string](p, `document.querySelector("#guide h3").textContent`); got != "Results by key" {
		t.Errorf("the help begins with %q", got)
	}
	find("sin(x)")
	if got := get[string](p, `document.getElementById("guide").textContent`); strings.Contains(got, "angle in radians") || !strings.Contains(got, "sin(30°)") {
		t.Errorf("the help of sin says %q", got)
	}
	find("")
	all := get[int](p, keys)
	for _, word := range []string{"keyboard", "shortcut", "keys"} {
		find(word)
		if found := get[int](p, keys); found != all || found == 0 {
			t.Errorf("%s finds %d of %d keys", word, found, all)
		}
	}
	// The number of matches is announced, and there is a way on where there are none.
	const count = `document.getElementById("guide-count").textContent`
	find("mortgage")
	p.until(count + ` === "1 match"`)
	find("quark")
	p.until(count + ` === "No matches"`)
	p.click("#guide .offer")
	p.wantFocus("#guide-search")
	p.until(count + ` === "" && document.querySelectorAll("#guide li").length > 50`)
	for _, example := range get[[]string](p, `[...document.querySelectorAll("#guide [data-words] button code")].map((code) => code.textContent)`) {
		status := getAsync[int](p, fmt.Sprintf(`fetch("/eval?expr=" + encodeURIComponent(%q)).then((reply) => reply.status)`, example))
		if status != 200 && !slices.Contains([]string{"100 USD in EUR", "total", "average"}, example) { // which need rates and rows
			t.Errorf("%s: status %d", example, status)
		}
	}
}

// TestTabStop takes a correction back while the focus is in a plot: afterwards, Shift+Tab still leads
// from the input to a row.
func TestTabStop(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("plot x^2 - 4", "20 * 3", "100 - 1", "1 + 1")
	p.press("Shift+Tab", "ArrowUp", "F2")
	p.until(`document.activeElement.matches("#log textarea")`)
	p.types("5")
	p.press("Enter")
	p.until(`document.getElementById("toast").textContent.includes("Changed: 100 - 15")`) // so it is stored
	p.until(`document.activeElement.matches("#log .expression")`)
	p.press("Shift+Tab")
	p.until(`document.activeElement.closest(".plot") !== null`)
	p.do(chromedp.Evaluate(`document.getElementById("undo").click()`, nil))
	p.until(`!document.querySelector("#log").textContent.includes("100 - 15")`)
	p.do(chromedp.Focus("#input"))
	p.press("Shift+Tab")
	p.until(`document.activeElement.closest("#log .line") !== null`)
}

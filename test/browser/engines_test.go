package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// The tests of this file make Chromium behave as Firefox or Safari does where they differ.

// TestCopyDuringPress checks that every way to copy begins during the press: Safari refuses it
// later.
func TestCopyDuringPress(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("6 * 7")
	p.do(chromedp.Evaluate(`navigator.clipboard.writeText = async (text) => { window.copied = text }`, nil))
	copies := func(press, want string) {
		t.Helper()
		got := get[string](p, fmt.Sprintf(`(() => { window.copied = ""; %s.click(); return window.copied })()`, press))
		if got != want {
			t.Errorf("%s copies %q during the press, want %q", press, got, want)
		}
	}
	copies(`document.querySelector("#log .result")`, "42")
	for action, want := range map[string]string{
		"Copy the result": "42", "Copy the expression": "6 * 7", "Copy both": "6 * 7 = 42",
		"Copy a link to the expression": p.url + "/?q=6%20*%207",
	} {
		p.click("#log .more")
		p.until(`document.getElementById("menu").matches(":popover-open")`)
		copies(fmt.Sprintf(`[...document.querySelectorAll("#menu button")].find((item) => item.textContent === %q)`, action), want)
	}
}

// TestRefusedCopy makes a link in a browser that does not copy: only a press of Copy link says so.
func TestRefusedCopy(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("6 * 7")
	p.do(chromedp.Evaluate(`window.refusals = 0;
		navigator.clipboard.writeText = () => Promise.reject();
		document.execCommand = () => { window.refusals++; return false }`, nil))
	p.click("#share-open")
	p.click("#share-make")
	p.until(`document.getElementById("link").open && window.refusals === 1`)
	status := `document.getElementById("link-status").textContent`
	if got := get[string](p, status); got != "" {
		t.Errorf("the dialog says %q", got)
	}
	p.click("#link-copy")
	p.until(status + ` === "This browser does not let the page copy: copy the link from its field."`)
}

// TestMenuClosedByDialog opens a dialog from a menu, which Safari closes without an event.
func TestMenuClosedByDialog(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.do(chromedp.Evaluate(`document.addEventListener("toggle", (event) => {
		if (event.newState === "closed") event.stopPropagation();
	}, true)`, nil))
	p.click("#more-open")
	p.until(`document.getElementById("more-open").ariaExpanded === "true"`)
	p.click("#settings-open")
	p.until(`document.getElementById("settings").open`)
	p.until(`document.getElementById("more-open").ariaExpanded === "false"`)
}

// TestFocusAfterPress presses buttons with a mouse, which do not get the focus in Safari: it goes
// to the input all the same.
func TestFocusAfterPress(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.do(chromedp.Evaluate(`document.addEventListener("mousedown", (event) => {
		if (!event.target.closest("button")) return;
		event.preventDefault();
		document.activeElement.blur();
	}, true)`, nil))
	p.calculate("6 * 7")
	p.click("#more-open")
	p.wantFocus("#settings-open")
	p.press("Escape")
	p.wantFocus("#input")
	p.click("#log .more")
	p.wantFocus("#menu button")
	p.click("#menu button:last-child") // Delete
	p.wantFocus("#input")
	p.until(`!toast.hidden`)
	p.click("#toast .actions button")
	p.rows(1)
	p.wantFocus("#input")
}

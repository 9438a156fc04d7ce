package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestLate covers replies that are out of date when they arrive.
func TestLate(t *testing.T) {
	address := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"results of an edit that was sent", latePreview},
		{"an edit sent behind another", lateEdit},
		{"a history before an edit", lateHistory},
		{"a history before a deletion", lateHistoryOfDeleted},
		{"names before an assignment", lateNames},
		{"a result that was seen", lateResult},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(open(t, address)) })
	}
}

// hold holds back the replies to requests of a method and a path, until release is called.
func (p *page) hold(method, path string) {
	p.Helper()
	p.do(chromedp.Evaluate(fmt.Sprintf(`{
		const real = window.fetch;
		window.held = [];
		window.fetch = async (address, options) => {
			const reply = await real(address, options);
			const kept = options.method === %q && address.startsWith(%q);
			if (kept) await new Promise((release) => window.held.push(release));
			return reply;
		};
	}`, method, path), nil))
}

// release waits until a reply is held back, and lets it arrive.
func (p *page) release() {
	p.Helper()
	p.until(`window.held.length > 0`)
	p.do(chromedp.Evaluate(`window.held.shift()()`, nil))
}

// latePreview types faster than the rows can show the results of an edit.
func latePreview(p *page) {
	p.calculate("rent = 1200", "rent * 12")
	p.editRow(1, "rent = 13")
	p.wantRows("rent = 1200 | 13", "rent * 12 | 156")
	p.do(chromedp.Evaluate(`{
		const post = Worker.prototype.postMessage;
		window.held = [];
		Worker.prototype.postMessage = function (message) {
			if (message[0].includes("rent")) window.held.push(() => post.call(this, message));
			else post.call(this, message);
		};
		window.fetch = async () => { throw new TypeError("no network"); };
	}`, nil))
	p.types("0")
	p.until(`window.held.length > 0`)
	p.press("Enter")
	p.until(`document.querySelector("#log .revised .note button") !== null`)
	for range 4 {
		p.do(chromedp.Evaluate(`window.held.shift()?.()`, nil))
		p.until(`document.querySelector("#log .revised .note button") !== null`)
	}
	p.do(chromedp.Evaluate(`setInterval(() => window.held.shift()?.(), 10)`, nil))
	p.wantRows("rent = 130 | 130", "rent * 12 | 1560")
	p.click("#log .note button:last-child")
	p.wantRows("rent = 1200 | 1200", "rent * 12 | 14400")
}

// lateEdit checks that a row shows its last edit, whatever the replies to earlier ones say.
func lateEdit(p *page) {
	p.calculate("rent = 1200", "rent * 12")
	p.hold("POST", "/eval")
	p.editRow(1, "rent = 1300")
	p.press("Enter")
	p.until(`document.querySelector("#log .revised .expression")?.textContent === "rent = 1300"`)
	p.editRow(1, "rent = 1")
	p.press("Enter")
	p.until(`document.querySelector("#log .revised .expression")?.textContent === "rent = 1"`)
	p.release()
	p.until(`window.held.length === 1`) // the reply to the second edit, so the first is stored
	p.until(`document.querySelector("#log .revised .expression")?.textContent === "rent = 1"`)
	p.release()
	p.settled()
	p.wantRows("rent = 1 | 1", "rent * 12 | 12")
	p.press("Ctrl+z")
	p.release()
	p.wantRows("rent = 1300 | 1300", "rent * 12 | 15600")
	// The row is edited once more while the undo is under way.
	p.press("Ctrl+z")
	p.until(`document.querySelector("#log .revised .expression")?.textContent === "rent = 1200"`)
	p.editRow(1, "rent = 2")
	p.press("Enter")
	p.release()
	p.until(`window.held.length === 1`)
	p.until(`document.querySelector("#log .revised .expression")?.textContent === "rent = 2"`)
	p.release()
	p.settled()
	p.wantRows("rent = 2 | 2", "rent * 12 | 24")
}

// refocus gives the window the focus after a while: the page looks for what is new.
func (p *page) refocus() {
	p.Helper()
	p.do(chromedp.Evaluate(`{
		const now = Date.now;
		Date.now = () => now() + 60000;
		dispatchEvent(new Event("focus"));
		Date.now = now;
	}`, nil))
}

func lateHistory(p *page) {
	p.calculate("rent = 1200", "rent * 12", "7")
	p.hold("GET", "/history")
	p.refocus()
	p.until(`window.held.length === 1`)
	p.editRow(1, "rent = 1300")
	p.press("Enter")
	p.wantRows("rent = 1300 | 1300", "rent * 12 | 15600", "7 | 7")
	p.release() // read before the edit
	p.release() // the second request
	p.wantRows("rent = 1300 | 1300", "rent * 12 | 15600", "7 | 7")
	p.do(chromedp.Focus("#input"))
	p.calculate("ans")
	p.wantRows("rent = 1300 | 1300", "rent * 12 | 15600", "7 | 7", "ans | 7")
}

func lateHistoryOfDeleted(p *page) {
	p.calculate("1", "2", "3")
	p.hold("GET", "/history")
	p.refocus()
	p.until(`window.held.length === 1`)
	p.choose("1", "Delete")
	p.wantRows("1 | 1", "2 | 2")
	p.release()
	p.enter("4") // deletes it for good
	p.release()
	p.wantRows("1 | 1", "2 | 2", "4 | 4")
	p.visit()
	p.wantRows("1 | 1", "2 | 2", "4 | 4")
}

func lateNames(p *page) {
	p.calculate("a = 1")
	p.wantNames("a = 1")
	p.hold("GET", "/session")
	p.calculate("a = 2")
	p.until(`window.held.length === 1`)
	p.calculate("a = 3")
	p.until(`window.held.length === 2`)
	p.do(chromedp.Evaluate(`window.held.pop()()`, nil))
	p.wantNames("a = 3")
	p.release() // a = 2
	p.release() // the second request
	p.types("a")
	p.wantPreview("3")
	p.wantNames("a = 3")
}

// lateResult checks that a row shows the preview's result until the reply arrives.
func lateResult(p *page) {
	p.hold("POST", "/eval")
	p.enter("5 * 5")
	p.enter("ans + 1")
	p.wantRows("5 * 5 | 25", "ans + 1 | 26")
	p.until(`document.querySelectorAll("#log .pending .local").length === 2`)
	p.types("ans")
	p.wantPreview("26")
	p.release()
	p.release()
	p.settled()
	p.wantLog("5 * 5 | 25", "ans + 1 | 26")
}

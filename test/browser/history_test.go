package browser

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestHistory covers the actions on past calculations.
func TestHistory(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"delete one", deleteOne},
		{"delete all", deleteAll},
		{"undo a deletion", undoDeletion},
		{"notices", notices},
		{"pin", pin},
		{"two tabs", twoTabs},
		{"another device", anotherDevice},
		{"save", save},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(open(t, url)) })
	}
}

// rows waits until the log shows count rows.
func (p *page) rows(count int) {
	p.Helper()
	p.until(fmt.Sprintf(`document.querySelectorAll("#log li").length === %d`, count))
}

func deleteOne(p *page) {
	p.calculate("1", "2", "3")
	p.choose("2", "Delete")
	p.wantLog("1 | 1", "3 | 3")
	p.click("#toast .actions button:first-child")
	p.rows(3)
	p.choose("1", "Delete")
	p.wantLog("1 | 1", "2 | 2")
	// The previous result is that of the last remaining row, before and after Enter.
	p.types("ans + 1")
	p.wantPreview("3")
	p.press("Enter")
	p.wantLog("1 | 1", "2 | 2", "ans + 1 | 3")
	p.visit()
	p.wantLog("1 | 1", "2 | 2", "ans + 1 | 3")
}

// undoDeletion undoes a deletion after another calculation, and is told when it is too late to.
func undoDeletion(p *page) {
	p.calculate("rent = 1200", "2", "3")
	p.choose("3", "Delete")
	p.wantLog("2 | 2", "3 | 3")
	p.wantToast("Deleted rent = 1200. The name stays.")
	p.calculate("4")
	p.wantLog("2 | 2", "3 | 3", "4 | 4")
	p.press("Ctrl+z")
	p.wantStatus("Undone")
	p.rows(4)
	p.wantLog("rent = 1200 | 1200", "2 | 2", "3 | 3", "4 | 4")
	p.press("Ctrl+z")
	p.wantToast("There is nothing to undo.")
	// The previous result must be right, so the newest row is deleted before the next evaluation.
	p.choose("1", "Delete")
	p.calculate("5")
	p.press("Ctrl+z")
	p.wantToast("The last deletion cannot be undone any more.")
	p.wantLog("rent = 1200 | 1200", "2 | 2", "3 | 3", "5 | 5")
}

// notices checks that the notices of a row survive a reload, and its deletion with undo.
func notices(p *page) {
	const shown = `document.querySelector("#log li:first-child .details:not(.parsed)")?.textContent ?? ""`
	p.calculate("sin(30)", "2")
	want := get[string](p, shown)
	if !strings.Contains(want, "radians") {
		p.Fatalf("the notice is %q", want)
	}
	p.visit()
	p.until(fmt.Sprintf(`(%s) === %q`, shown, want))
	p.choose("2", "Delete")
	p.rows(1)
	p.calculate("3")
	p.press("Ctrl+z")
	p.rows(3)
	p.until(fmt.Sprintf(`(%s) === %q`, shown, want))
}

// wantToast waits for a message of the page.
func (p *page) wantToast(want string) {
	p.Helper()
	p.until(fmt.Sprintf(`!toast.hidden && document.querySelector("#toast p").textContent === %q`, want))
}

func deleteAll(p *page) {
	p.calculate("a = 1", "2")
	p.more("#clear-history")
	p.wantLog()
	p.click("#toast .actions button:first-child")
	p.rows(2)
	p.wantLog("a = 1 | 1", "2 | 2")
	p.more("#clear-history")
	p.wantLog()
	// Leaving the page does not undo the deletion.
	p.do(chromedp.Navigate(p.url))
	p.wantNames("a = 1")
	p.wantLog()
}

func pin(p *page) {
	p.calculate("6 * 7", "1")
	p.choose("2", "Pin")
	shown := func(want string) {
		p.Helper()
		p.until(`[...document.querySelectorAll("#pins .name")].map((pin) => pin.textContent).join() === "` + want + `"`)
	}
	shown("6 * 7 = 42")
	p.visit()
	shown("6 * 7 = 42")
	p.click("#pins .name")
	p.wantInput("6 * 7")
	p.choose("2", "Unpin")
	shown("")
}

// twoTabs checks that two tabs of one session agree.
func twoTabs(p *page) {
	p.calculate("a = 1")
	other := p.tab()
	other.wantLog("a = 1 | 1")
	p.calculate("a = 2", "a * 21")
	other.until(`document.querySelectorAll("#log li").length === 3`)
	other.wantLog("a = 1 | 1", "a = 2 | 2", "a * 21 | 42")
	other.wantNames("a = 2")
	other.types("ans")
	other.wantPreview("42")
	p.choose("1", "Delete")
	p.calculate("5")
	other.until(`[...document.querySelectorAll("#log .expression")].map((e) => e.textContent).join() === "a = 1,a = 2,5"`)
	p.click(`[aria-label="Clear a"]`)
	other.wantNames()
}

// anotherDevice returns to a page, which then fetches what another device did, in two requests.
func anotherDevice(p *page) {
	p.calculate("a = 1")
	other := open(p.TB, p.url)
	other.do(chromedp.Evaluate(`localStorage.setItem("abacus.session", "`+get[string](p, `localStorage.getItem("abacus.session")`)+`")`, nil))
	other.visit()
	other.calculate("a = 2", "a * 21")
	p.do(chromedp.Evaluate(`{
		const real = Date.now;
		Date.now = () => real() + 6000;
		window.asked = 0;
		const fetch = window.fetch;
		window.fetch = (...request) => { asked++; return fetch(...request); };
		for (let i = 0; i < 5; i++) dispatchEvent(new Event("focus"));
	}`, nil))
	p.rows(3)
	p.wantLog("a = 1 | 1", "a = 2 | 2", "a * 21 | 42")
	p.wantNames("a = 2")
	if asked := get[int](p, `asked`); asked != 2 {
		p.Errorf("coming back takes %d requests, want one for the history and one for the names", asked)
	}
}

// save saves a history of several pages as files.
func save(p *page) {
	p.calculate(`1 # "quoted", <b>`)
	p.fill(450)
	const count = 451
	folder := p.TempDir()
	p.do(browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(folder).WithBrowserContextID(p.profile))
	file := func(name string) []byte {
		p.Helper()
		p.more("#save-" + name)
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if content, err := os.ReadFile(filepath.Join(folder, "abacus."+name)); err == nil && len(content) > 0 {
				return content
			}
		}
		p.Fatalf("no file abacus.%s", name)
		return nil
	}
	var entries []struct{ Expression, Parsed string }
	if err := json.Unmarshal(file("json"), &entries); err != nil {
		p.Fatal(err)
	}
	if len(entries) != count || entries[0].Expression != "449 * 2" || entries[count-1].Expression != `1 # "quoted", <b>` {
		p.Errorf("%d entries of %d, from %v to %v", len(entries), count, entries[0], entries[len(entries)-1])
	}
	rows, err := csv.NewReader(strings.NewReader(string(file("csv")))).ReadAll()
	if err != nil {
		p.Fatal(err)
	}
	if got := strings.Join(rows[0], " "); got != "id at kind expression parsed result" {
		p.Errorf("the columns are %s", got)
	}
	if last := rows[len(rows)-1]; len(rows) != count+1 || last[3] != `1 # "quoted", <b>` || last[5] != "1" {
		p.Errorf("%d rows of %d, the last one %q", len(rows), count+1, last)
	}
}

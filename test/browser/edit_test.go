package browser

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestEdit covers editing an expression in its row.
func TestEdit(t *testing.T) {
	address := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"one of twenty rows", editOneOfTwenty},
		{"keys", editByKeys},
		{"touch", editByTouch},
		{"errors", editErrors},
		{"two tabs", editInTwoTabs},
		{"two devices", editOnTwoDevices},
		{"offline", editOffline},
		{"stale rows", staleRows},
		{"stale variables", staleVariables},
		{"stale elsewhere", staleElsewhere},
		{"stale totals", staleTotals},
		{"counters", countersAreNotStale},
		{"sums", sumsAreStale},
		{"previous results", staleAnswers},
		{"totals", totalsFollow},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(open(t, address)) })
	}
}

// sheet returns the expression and the result of each row.
func (p *page) sheet() []string {
	p.Helper()
	return get[[]string](p, `[...document.querySelectorAll("#log li")].map((row) =>
		row.querySelector(".expression").textContent + " | " + row.querySelector(".result").textContent)`)
}

// wantRows waits for rows.
func (p *page) wantRows(want ...string) {
	p.Helper()
	for end := time.Now().Add(patience); !reflect.DeepEqual(p.sheet(), want); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("after %v the rows are\n%q, want\n%q", patience, p.sheet(), want)
		}
	}
}

// editRow opens the field of a row, counted from 1, and replaces its text.
func (p *page) editRow(row int, expression string) {
	p.Helper()
	p.click(fmt.Sprintf("#log li:nth-child(%d) .expression", row))
	p.until(`document.activeElement.matches(".rewrite")`)
	p.retype(expression)
}

// wantEditProblem waits until the field of a row shows a problem that starts with these words.
func (p *page) wantEditProblem(start string) {
	p.Helper()
	p.until(fmt.Sprintf(`(document.querySelector(".editor .detail")?.textContent ?? "").startsWith(%q)`, start))
}

// retype replaces the text of the focused field.
func (p *page) retype(text string) {
	p.Helper()
	p.do(chromedp.Evaluate(`document.activeElement.select()`, nil))
	p.types(text)
}

// editOneOfTwenty edits row 3 of 20: exactly the rows that depend on it change, and one undo
// restores them all, after a reload and in a second tab as well.
func editOneOfTwenty(p *page) {
	expressions := []string{"fee = 50", "months = 12", "rent = 1200", "2 + 3", "rent * months", "ans / 4",
		"yearly(x) = x * rent", "yearly(2)", "7", "rent = 900", "rent + fee", "other = 8", "other * 2", "fee * 3",
		"share = 0.5", "share * 10", "months + 1", "sqrt(16)", "100 - 1", "rent * 2"}
	p.calculate(expressions...)
	before := p.sheet()
	dependants := map[int]string{3: "rent = 1300 | 1300", 5: "rent * months | 15600", 6: "ans / 4 | 3900",
		8: "yearly(2) | 2600"}
	after := append([]string{}, before...)
	for row, text := range dependants {
		after[row-1] = text
	}
	edit := func() {
		p.Helper()
		p.editRow(3, "rent = 1300")
		p.until(`[4, 5, 7].map((row) => document.querySelectorAll("#log .result")[row].textContent).join() === "15600,3900,2600"`)
		p.press("Enter")
		p.wantRows(after...)
		if got := get[[]string](p, `[...document.querySelectorAll("#log del")].map((was) => was.textContent)`); !reflect.DeepEqual(got, []string{"1200", "14400", "3600", "2400"}) {
			p.Errorf("the replaced values shown are %q", got)
		}
		if got := get[string](p, `document.querySelector("#variables").textContent`); !strings.Contains(got, "rent = 900") {
			p.Errorf("the names are %q: rent must be what row 10 sets", got)
		}
	}
	undone := func(p *page) {
		p.Helper()
		p.wantRows(before...)
	}
	edit()
	p.press("Ctrl+z")
	undone(p)
	p.until(`document.querySelector("#log del") === null`)

	edit()
	p.visit()
	p.wantRows(after...)
	p.press("Ctrl+z")
	undone(p)

	other := p.tab()
	edit()
	other.wantRows(after...)
	other.press("Ctrl+z")
	undone(other)
	undone(p)
	p.visit()
	undone(p)

	edit()
	p.click("#toast .actions button:first-child")
	undone(p)
}

func editByKeys(p *page) {
	p.calculate("a = 2", "a * 3")
	p.press("Shift+Tab", "ArrowUp", "F2")
	p.until(`document.activeElement.matches(".rewrite")`)
	p.retype("a = 5")
	p.until(`document.querySelector("#log li:last-child .result").textContent === "15"`)
	p.press("Escape")
	p.wantRows("a = 2 | 2", "a * 3 | 6")
	p.wantFocus("#log li:first-child .expression")
	p.press("F2")
	p.until(`document.activeElement.matches(".rewrite")`)
	p.retype("a = 5")
	p.press("Enter")
	p.wantRows("a = 5 | 5", "a * 3 | 15")
	p.wantFocus("#log li:first-child .expression")
	p.press("ArrowDown", "ArrowRight")
	p.wantFocus("#log li:last-child .result")
	if got := get[string](p, `document.activeElement.getAttribute("aria-label")`); !strings.Contains(got, "was 6") {
		p.Errorf("the result is called %q", got)
	}
	p.press("Ctrl+z")
	p.wantRows("a = 2 | 2", "a * 3 | 6")
	p.types("a + 1") // goes into the input
	p.press("F2")    // the newest row
	p.until(`document.activeElement.matches("#log li:last-child .rewrite")`)
	p.press("Escape")
}

// editByTouch uses the page's keypad: its keys, and results that are tapped, go into the field of
// the row.
func editByTouch(p *page) {
	p.calculate("a = 2", "a * 3", "27")
	p.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	p.until(`document.getElementById("keypad").checkVisibility() && document.getElementById("input").inputMode === "none"`)
	p.click("#log li:first-child .expression")
	p.until(`document.activeElement.matches(".rewrite") && document.activeElement.inputMode === "none"`)
	p.key("plus", "7", "5", "Delete", "times")
	p.click("#log li:last-child .result")
	p.until(`document.activeElement.value === "a = 2+7*27"`)
	p.key("Delete", "Calculate")
	p.wantRows("a = 2+7*2 | 16", "a * 3 | 48", "27 | 27")
	p.wantInput("")
}

func editErrors(p *page) {
	p.calculate("x = 2", "10 / x")
	p.editRow(1, "x = 2 +* 3")
	p.press("Enter")
	p.wantEditProblem("expected")
	p.until(`document.activeElement.value === "x = 2 +* 3"`)
	p.retype("x = 0")
	p.press("Enter")
	p.wantEditProblem("In 10 / x: ")
	p.press("Escape")
	p.wantRows("x = 2 | 2", "10 / x | 5")
	// Opening another row does not lose what was typed into this one.
	p.editRow(1, "x = 4")
	p.click("#log li:nth-child(2) .expression")
	p.wantEditProblem("This row is not stored yet.")
	p.until(`document.activeElement.value === "x = 4"`)
	p.press("Escape")
	p.editRow(1, "  ")
	p.press("Enter")
	p.wantEditProblem("There is no expression.")
	p.press("Escape")
	p.do(chromedp.Focus("#input"))
	p.calculate("x")
	p.wantRows("x = 2 | 2", "10 / x | 5", "x | 2")
}

// editInTwoTabs edits one row in two tabs: the second tab learns what the row is now, and keeps
// what was typed into it.
func editInTwoTabs(p *page) {
	p.calculate("rent = 1200", "rent * 12")
	other := p.tab()
	other.wantRows("rent = 1200 | 1200", "rent * 12 | 14400")
	other.editRow(1, "rent = 1400")
	p.editRow(1, "rent = 1300")
	p.press("Enter")
	p.wantRows("rent = 1300 | 1300", "rent * 12 | 15600")
	other.wantEditProblem("This row was changed elsewhere while you edited it: rent = 1300.")
	other.until(`document.activeElement.value === "rent = 1400"`)
	// The message stays when the results of the text are shown.
	other.until(`document.querySelector("#log li:last-child .result").textContent === "16800"`)
	time.Sleep(200 * time.Millisecond)
	other.wantEditProblem("This row was changed elsewhere")
	other.press("Enter")
	other.wantRows("rent = 1400 | 1400", "rent * 12 | 16800")
	p.wantRows("rent = 1400 | 1400", "rent * 12 | 16800")
	// Edits of different rows do not disturb each other.
	p.do(chromedp.Focus("#input"))
	p.calculate("b = 1", "b + 1")
	other.wantRows("rent = 1400 | 1400", "rent * 12 | 16800", "b = 1 | 1", "b + 1 | 2")
	other.editRow(1, "rent = 1500")
	p.editRow(3, "b = 2")
	p.press("Enter")
	other.press("Enter")
	for _, tab := range []*page{p, other} {
		tab.wantRows("rent = 1500 | 1500", "rent * 12 | 18000", "b = 2 | 2", "b + 1 | 3")
	}
	// Neither tab complains if both recalculate at once.
	p.do(chromedp.Focus("#input"))
	p.calculate("b = 4")
	for _, tab := range []*page{p, other} {
		tab.until(staleNote + ` === "b + 1 still uses b = 2."`)
	}
	p.press("F9")
	other.press("F9")
	for _, tab := range []*page{p, other} {
		tab.wantRows("rent = 1500 | 1500", "rent * 12 | 18000", "b = 4 | 4", "b + 1 | 5", "b = 4 | 4")
		if get[bool](tab, `document.querySelector(".editor") !== null`) {
			p.Error("a row is open")
		}
	}
}

// editOnTwoDevices edits one row on two devices, which do not notify each other: the service
// refuses the second edit, which then learns what the row is now.
func editOnTwoDevices(p *page) {
	p.calculate("rent = 1200", "rent * 12", "7")
	token := get[string](p, `localStorage.getItem("abacus.session")`)
	other := open(p.TB, p.url)
	other.do(chromedp.Evaluate(fmt.Sprintf(`localStorage.setItem("abacus.session", %q)`, token), nil))
	other.visit()
	other.wantRows("rent = 1200 | 1200", "rent * 12 | 14400", "7 | 7")
	p.editRow(1, "rent = 1300")
	p.press("Enter")
	p.wantRows("rent = 1300 | 1300", "rent * 12 | 15600", "7 | 7")
	// The first device changed another row than this one does.
	other.editRow(3, "8")
	other.press("Enter")
	other.wantRows("rent = 1300 | 1300", "rent * 12 | 15600", "8 | 8")
	p.editRow(1, "rent = 1350")
	p.press("Enter")
	p.wantRows("rent = 1350 | 1350", "rent * 12 | 16200", "8 | 8")
	other.editRow(1, "rent = 1400")
	other.press("Enter")
	other.wantEditProblem("This row was changed elsewhere while you edited it: rent = 1350.")
	other.until(`document.activeElement.value === "rent = 1400"`)
	other.press("Escape")
	other.wantRows("rent = 1350 | 1350", "rent * 12 | 16200", "8 | 8")
}

// editOffline edits while the service is away: the page calculates the edit, keeps it, and sends it
// as one request when the service is back.
func editOffline(p *page) {
	p.calculate("rent = 1200", "2 + 3", "rent * 12")
	p.do(chromedp.Evaluate(`window.fetch = async () => { throw new TypeError("no network"); }`, nil))
	p.editRow(1, "rent = 1300")
	p.press("Enter")
	p.wantRows("rent = 1300 | 1300", "2 + 3 | 5", "rent * 12 | 15600")
	p.until(`document.querySelector("#log .revised .note p").textContent.includes("cannot be reached")`)
	if got := get[int](p, `JSON.parse(localStorage.getItem("abacus.outbox")).length`); got != 1 {
		p.Errorf("%d requests are kept, want one", got)
	}
	p.visit()
	p.until(`localStorage.getItem("abacus.outbox") === null`)
	p.settled()
	p.wantRows("rent = 1300 | 1300", "2 + 3 | 5", "rent * 12 | 15600")
	p.press("Ctrl+z")
	p.wantRows("rent = 1200 | 1200", "2 + 3 | 5", "rent * 12 | 14400")
	// Taking the edit back leaves no trace of it.
	p.do(chromedp.Evaluate(`window.fetch = async () => { throw new TypeError("no network"); }`, nil))
	p.editRow(1, "rent = 1")
	p.press("Enter")
	p.until(`document.querySelector("#log .revised .note button") !== null`)
	p.click("#log .note button:last-child")
	p.wantRows("rent = 1200 | 1200", "2 + 3 | 5", "rent * 12 | 14400")
}

// staleRows changes a name without a row: rows that use it are stale until F9 recalculates them.
func staleRows(p *page) {
	p.calculate("rate = 5", "rate * 2", "1 + 1")
	set := `fetch("/session/variables/rate", { method: "PUT", body: "6",
		headers: { Authorization: "Bearer " + localStorage.getItem("abacus.session") } }).then((reply) => reply.status)`
	if status := getAsync[int](p, set); status != 204 {
		p.Fatalf("PUT: %d", status)
	}
	p.visit()
	p.until(`[...document.querySelectorAll("#log .stale")].length === 1`)
	p.press("F9")
	p.wantRows("rate = 5 | 5", "rate * 2 | 12", "1 + 1 | 2")
	p.until(`document.querySelector("#log .stale") === null`)
	p.press("F9")
	p.wantToast("All results are up to date.")
}

// staleNote is the note of a row of the log, or "".
const staleNote = `(document.querySelector("#log .note .why")?.textContent ?? "")`

// staleVariables sets a name again that variables were calculated from: they are marked. One key puts
// the new value where the older one was set, and recalculates in their rows what uses it; one undo
// takes that back.
func staleVariables(p *page) {
	p.calculate("rent = 1200", "food = 525", "budget = rent + food", "rent * 12", "half = budget / 2", "rent = 1300")
	p.until(staleNote + ` === "budget and half still use rent = 1200."`)
	before := p.sheet()
	stale := `[...document.querySelectorAll("#log .stale .expression")].map((one) => one.textContent).join("|")`
	p.until(stale + ` === "budget = rent + food|rent * 12|half = budget / 2"`)
	p.until(`document.querySelector("#log .newest .note") !== null`)
	p.press("F9")
	after := []string{"rent = 1300 | 1300", "food = 525 | 525", "budget = rent + food | 1825", "rent * 12 | 15600",
		"half = budget / 2 | 912.5", "rent = 1300 | 1300"}
	p.wantRows(after...)
	p.wantNames("budget = 1825", "food = 525", "half = 912.5", "rent = 1300")
	p.until(stale + ` === ""`)
	p.until(staleNote + ` === ""`)
	p.wantToast("Changed: rent = 1300, and 3 more rows.")
	if got := get[[]string](p, `[...document.querySelectorAll("#log del")].map((was) => was.textContent)`); !reflect.DeepEqual(got, []string{"1200", "1725", "14400", "862.5"}) {
		p.Errorf("the replaced values shown are %q", got)
	}
	p.wantFocus("#input")
	p.visit()
	p.wantRows(after...)
	p.press("Ctrl+z")
	p.wantRows(before...)
	p.wantNames("budget = 1725", "food = 525", "half = 862.5", "rent = 1300")
	p.until(staleNote + ` === "budget and half still use rent = 1200."`) // nothing moves under the press
	// An older row of a name that a later row sets changes the rows between them.
	p.editRow(1, "rent = 1350")
	p.press("Enter")
	p.until(staleNote + ` === "budget and half still use rent = 1350."`)
	p.wantNames("budget = 1875", "food = 525", "half = 937.5", "rent = 1300")
	p.click("#log .note button")
	p.wantNames("budget = 1825", "food = 525", "half = 912.5", "rent = 1300")
	p.settled()
	// A later edit of what they use does not bring the older value back.
	p.editRow(2, "food = 600")
	p.press("Enter")
	p.wantNames("budget = 1900", "food = 600", "half = 950", "rent = 1300")
	p.until(stale + ` === ""`)
}

// staleElsewhere recalculates what uses older values that a row alone cannot take: a value that is
// calculated from a row in between, a row that sets several names, and a row that is deleted.
func staleElsewhere(p *page) {
	p.calculate("rent = 1200", "double = rent * 2", "base = 1000", "rent = base + 300")
	p.until(staleNote + ` === "double still uses rent = 1200."`)
	p.press("F9")
	p.wantRows("rent = 1300 | 1300", "double = rent * 2 | 2600", "base = 1000 | 1000", "rent = base + 300 | 1300")
	p.calculate("a = 1; b = 2", "c = a + b", "a = 5")
	p.until(staleNote + ` === "c still uses an older value of a."`)
	p.press("F9")
	p.wantNames("a = 5", "b = 2", "base = 1000", "c = 7", "double = 2600", "rent = 1300")
	p.until(staleNote + ` === ""`)
	p.choose("7", "Delete")
	p.rows(6)
	p.calculate("rent = 1400")
	p.until(staleNote + ` === "double still uses an older value of rent."`)
	p.press("F9")
	p.until(`document.querySelector("#log li:first-child .result").textContent === "2800"`)
	p.rows(7)
	// A note names only a few rows.
	p.calculate("k = 1", "k1 = k", "k2 = k", "k3 = k", "k4 = k", "k5 = k", "k6 = k", "k = 2")
	p.until(`[...document.querySelectorAll("#log .note .why")].at(-1)?.textContent === "6 rows still use k = 1."`)
}

// staleTotals sets a name again: totals of rows that used it are out of date with these rows.
func staleTotals(p *page) {
	p.calculate("rent = 1200", "rent + 300", "total")
	p.calculate("rent = 1300")
	p.until(staleNote + ` === "rent + 300 and total still use rent = 1200."`)
	stale := `[...document.querySelectorAll("#log .stale .expression")].map((one) => one.textContent).join("|")`
	p.until(stale + ` === "rent + 300|sum(1200, 1500) # total"`)
	p.press("F9")
	p.wantRows("rent = 1300 | 1300", "rent + 300 | 1600", "sum(1300, 1600) # total | 2900", "rent = 1300 | 1300")
	p.until(stale + ` === ""`)
	p.press("Ctrl+z")
	p.wantRows("rent = 1200 | 1200", "rent + 300 | 1500", "sum(1200, 1500) # total | 2700", "rent = 1300 | 1300")
	p.until(staleNote + ` === "rent + 300 and total still use rent = 1200."`)
	// A total of the value alone is out of date as well, and one of variables stays so.
	p.calculate("fuel = 60", "toll = 20", "total", "fuel = 70", "7")
	p.until(`[...document.querySelectorAll("#log .note .why")].at(-1)?.textContent === "total still uses fuel = 60."`)
	p.press("F9")
	p.until(`document.querySelector("#log li:nth-child(7) .result").textContent === "1390"`)
	p.calculate("5 km", "x = 2", "y = x + 1", "z = 4", "total", "x = 3", "7 + 7")
	p.until(`[...document.querySelectorAll("#log .note .why")].at(-1)?.textContent === "y and total still use x = 2."`)
	p.press("F9")
	p.until(`document.querySelector("#log li:nth-child(14) .expression").textContent === "sum(3, 4, 4) # total"`)
}

// countersAreNotStale checks that a name that is calculated from itself leaves others as they are.
func countersAreNotStale(p *page) {
	p.calculate("n = 1", "square = n^2", "n = n + 1", "x = 1", "y = 3 / x", "x = (x + y) / 2", "y = 3 / x", "z = y",
		"x = (x + z) / 2", "rate = 5", "fee = rate * 2", "rate = 6")
	p.until(staleNote + ` === "fee still uses rate = 5."`)
	if got := get[int](p, `document.querySelectorAll("#log .stale").length`); got != 1 {
		p.Errorf("%d rows are stale, want one", got)
	}
}

// sumsAreStale sets a name again after a row that used it: the row is out of date until it is
// calculated anew.
func sumsAreStale(p *page) {
	p.calculate("rent = 1200", "food = 450", "rent / 12", "rent + food", "rent = 1300")
	p.until(staleNote + ` === "rent + food still uses rent = 1200."`)
	p.click("#log .note button")
	p.wantRows("rent = 1300 | 1300", "food = 450 | 450", "rent / 12 | 108.333333333333", "rent + food | 1750", "rent = 1300 | 1300")
	p.until(staleNote + ` === ""`)
	p.calculate("x = 1", "x + 1", "x = 2", "x + 1")
	p.until(staleNote + ` === ""`)
	p.rows(9)
}

// staleAnswers deletes the row that others were calculated from: they are stale. A row that begins
// with an operator follows the row above as well.
func staleAnswers(p *page) {
	p.calculate("1 + 1", "6 * 7", "ans + 8")
	p.choose("2", "Delete")
	p.until(`document.querySelector("#log li:last-child").classList.contains("stale")`)
	p.until(staleNote + ` === "This used a result that is not above it now."`)
	p.click("#log .note button")
	p.wantRows("1 + 1 | 2", "ans + 8 | 10")
	p.do(chromedp.Evaluate(`document.getElementById("input").value = "*2"`, nil))
	p.press("Enter")
	p.wantRows("1 + 1 | 2", "ans + 8 | 10", "*2 | 20")
	p.editRow(1, "1 + 2")
	p.press("Enter")
	p.wantRows("1 + 2 | 3", "ans + 8 | 11", "*2 | 22")
	// What follows from the row above to the last digit is not stale.
	p.do(chromedp.Focus("#input"))
	p.calculate("10/3 km", "ans / 7", "1/3 in %", "ans * 3", "5", "ans + 1")
	p.choose("2", "Delete")
	p.until(`[...document.querySelectorAll("#log .stale .expression")].map((one) => one.textContent).join("|") === "ans + 1"`)
}

// totalsFollow checks that a total follows the rows that it sums, and only those.
func totalsFollow(p *page) {
	p.calculate("rent: 1200", "food: 450", "total", "trip: 90", "hotel: 210", "average", "ans / 3")
	p.wantRows("1200 | 1200", "450 | 450", "sum(1200, 450) # total | 1650", "90 | 90", "210 | 210", "mean(90, 210) # average | 150", "ans / 3 | 50")
	p.editRow(2, "food: 500")
	p.press("Enter")
	p.wantRows("1200 | 1200", "500 | 500", "sum(1200, 500) # total | 1700", "90 | 90", "210 | 210", "mean(90, 210) # average | 150", "ans / 3 | 50")
	p.editRow(4, "trip: 30")
	p.press("Enter")
	p.wantRows("1200 | 1200", "500 | 500", "sum(1200, 500) # total | 1700", "30 | 30", "210 | 210", "mean(30, 210) # average | 120", "ans / 3 | 40")
	p.press("Ctrl+z")
	p.press("Ctrl+z")
	p.wantRows("1200 | 1200", "450 | 450", "sum(1200, 450) # total | 1650", "90 | 90", "210 | 210", "mean(90, 210) # average | 150", "ans / 3 | 50")
	// A total becomes stale when one of its rows is deleted.
	p.choose("3", "Delete")
	p.until(`document.querySelectorAll("#log .stale").length === 1`)
	p.press("F9")
	p.wantRows("1200 | 1200", "450 | 450", "sum(1200, 450) # total | 1650", "90 | 90", "mean(90) # average | 90", "ans / 3 | 30")
	p.wantToast("Changed: average of 1 row, and 1 more row.")
}

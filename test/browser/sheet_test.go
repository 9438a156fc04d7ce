package browser

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestPlan edits random rows of random sheets: recalculating only what the plan lists gives every
// row and every name the value that it has if the whole edited sheet is calculated from the
// beginning.
func TestPlan(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.sources()
	for _, flaw := range getAsync[[]string](p, randomSheets) {
		t.Error(flaw)
	}
}

// TestTotalsAddUp adds up the rows above: those that can be added, down to a plot or another total.
func TestTotalsAddUp(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("100", "72 F in C", "12.5", "8.2", "3")
	p.types("total")
	p.wantPreview("23.7 the total of 3 rows")
	p.press("Enter")
	p.rows(6)
	// A total of many rows is not read out with all its numbers.
	p.wantStatus("total of 3 rows equals 23.7")
	if got := get[string](p, `document.querySelector("#log li:last-child .expression").ariaLabel`); got != "total of 3 rows, edit" {
		t.Errorf("the total is called %q", got)
	}
	p.calculate("5 km", "300 m", "plot(x, x = 0, 1)", "2 km", "500 m")
	p.types("average")
	p.wantPreview("1.25 km the average of 2 rows")
	p.press("Enter")
	p.rows(12)
	p.settled()
	labels := get[string](p, `[...document.querySelectorAll("#log .label")].map((label) => label.textContent).join()`)
	if labels != "total of 3 rows,average of 2 rows" {
		t.Errorf("the totals are labelled %q", labels)
	}
	// They follow when one of their rows is edited, and only then.
	p.editRow(3, "20")
	p.press("Enter")
	p.until(`document.querySelector("#log li:nth-child(6) .expression").textContent === "sum(20, 8.2, 3) # total"`)
	p.settled()
	if stale := get[int](p, `document.querySelectorAll("#log .stale").length`); stale != 0 {
		t.Errorf("%d rows are stale", stale)
	}
	times := get[[]string](p, `[...document.querySelectorAll("#log time")].map((time) => time.dateTime)`)
	if !slices.IsSorted(times) {
		t.Errorf("the times are not in order: %q", times)
	}
}

// TestTotalOfItems adds up the list that was typed last, says that this leaves rows out, and takes
// others on request. What a total takes follows when a row is edited or deleted.
func TestTotalOfItems(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("2 + 3", "sqrt(16)", "12", "rent = 20", "food: 3 + 4", "3*4.50", "-2.5 # refund")
	p.types("total")
	p.wantPreview("50 the total of the last 5 rowsall 7")
	p.click("#reading .offer")
	p.wantInput("total 7")
	p.wantPreview("59 the total of 7 rows")
	p.press("Enter")
	p.rows(8)
	p.settled()
	for text, want := range map[string]string{
		"total 5":                    "97 the total of 5 rows",
		"Total of the last 2 rows":   "56.5 the total of 2 rows",
		"sum of the last 3":          "70 the total of 3 rows",
		"average of the last 2 rows": "28.25 the average of 2 rows",
	} {
		p.types(text)
		p.wantPreview(want)
		p.press("Escape")
	}
	p.calculate("10", "20", "total")
	p.editRow(9, "11")
	p.press("Enter")
	p.editRow(7, "-3.5")
	p.press("Enter")
	p.wantRows("2 + 3 | 5", "sqrt(16) | 4", "12 | 12", "rent = 20 | 20", "3 + 4 | 7", "3*4.50 | 13.5", "-3.5 | -3.5",
		"sum(5, 4, 12, 20, 7, 13.5, -3.5) # total | 58", "11 | 11", "20 | 20", "sum(11, 20) # total | 31")
	// Neither is out of date, nor is one that takes rows beyond another total.
	p.do(chromedp.Focus("#input"))
	p.calculate("total 3")
	p.settled()
	p.visit()
	p.wantRows("2 + 3 | 5", "sqrt(16) | 4", "12 | 12", "rent = 20 | 20", "3 + 4 | 7", "3*4.50 | 13.5", "-3.5 | -3.5",
		"sum(5, 4, 12, 20, 7, 13.5, -3.5) # total | 58", "11 | 11", "20 | 20", "sum(11, 20) # total | 31",
		"sum(11, 20, 31) # total | 62")
	p.choose("3", "Delete")
	p.until(`document.querySelectorAll("#log .stale").length === 2`)
	p.press("F9")
	p.until(`document.querySelector("#log li:nth-child(10) .expression").textContent === "sum(11) # total"`)
}

// TestTotalOfPending adds up rows that are not stored yet, at once and without a network, and those
// that can be added even if nobody has seen the preview.
func TestTotalOfPending(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("bread: 3.20", "milk: 1.10")
	p.do(chromedp.Evaluate(`window.online = fetch; window.fetch = async () => { throw new TypeError("no network"); }`, nil))
	p.editRow(2, "milk: 1.50")
	p.press("Enter")
	p.do(chromedp.Focus("#input"))
	for _, expression := range []string{"cheese: 4.50", "wine: 8", "total", "ans / 2"} {
		p.enter(expression)
	}
	rows := []string{"3.20 | 3.2", "1.50 | 1.5", "4.50 | 4.5", "8 | 8", "total | 17.2", "ans / 2 | 8.6"}
	p.wantRows(rows...)
	rows[4] = "sum(3.2, 1.5, 4.5, 8) # total | 17.2"
	p.do(chromedp.Evaluate(`window.fetch = online; dispatchEvent(new Event("online"))`, nil))
	p.settled()
	p.wantRows(rows...)
	for _, expression := range []string{"3 km", "20", "22", "total"} {
		p.enter(expression)
	}
	p.settled()
	p.wantRows(append(rows, "3 km | 3 km", "20 | 20", "22 | 22", "sum(20, 22) # total | 42")...)
	// These rows cannot be added up, so there is no result rather than that of fewer.
	p.calculate("5 km")
	p.types("total")
	p.wantPreview("5 km the total of 1 row")
	p.types(" 3")
	p.wantPreview("")
	p.press("Enter")
	p.until(`document.getElementById("problem").textContent.startsWith("cannot take sum of")`)
	p.wantInput("total 3")
}

// TestItems checks which rows are the items of a list, which a total takes alone.
func TestItems(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.sources()
	const taken = `(async () => {
		const { Calculator } = await import("/app/calculator.js");
		const { totalsOf } = await import("/app/row.js");
		const calculator = new Calculator(10000);
		const row = async (expression) => {
			const reply = await calculator.ask("\n" + expression);
			return { ...reply, expression, result: reply.value, at: "2026-11-26T10:00:00Z" };
		};
		const rows = await Promise.all(["7", %q, "7 + 7"].map(row));
		return totalsOf("total", 0, rows)[0].split(", ").length === 2;
	})()`
	for row, want := range map[string]bool{
		"12": true, "12 EUR": true, "€12.50": true, "3 * 4.50 EUR": true, "trip = 1,200": true, "tip: 3 + 4": true,
		"5 km": true, "4 × 2 # cinema": true, "-20": true,
		"12 + 3": false, "15%": false, "2^3": false, "sqrt(9)": false, "2 pi": false, "3 ft in cm": false,
		"5!": false, "12 - 3": false, "10 / 2": false, "12 mod 5": false, "double = 2 * 3 + 1": false,
	} {
		if got := getAsync[bool](p, fmt.Sprintf(taken, row)); got != want {
			t.Errorf("%s is an item: %v", row, got)
		}
	}
}

const randomSheets = `(async () => {
	const { Calculator, context } = await import("/app/calculator.js");
	const { plan } = await import("/app/sheet.js");
	const calculator = new Calculator(10000);
	let seed = 1;
	const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
	const pick = (list) => list[random(list.length)];
	const names = ["a", "b", "c"];
	const value = () => pick([pick(names), pick(names), "ans", "f(" + pick(names) + ")", String(random(9) + 1)]);
	const row = () => pick([
		() => pick(names) + " = " + value() + " + " + value(),
		() => pick(names) + " = " + random(100),
		() => "f(x) = x + " + pick(names),
		() => "label: " + value() + " * 2",
		() => pick(["* ", "/ ", "mod "]) + value(),
		() => pick(names) + " = " + value() + "; " + pick(names) + " = " + value(),
		() => value() + " - " + value() + " # a comment with a",
	])();
	const ask = (lines, source) =>
		calculator.ask(context({ variables: {}, definitions: {} }, null, {}, lines) + source);
	// Returns the entries of a sheet; rows before these lines give every name a value.
	const first = ["a = 1", "b = 2", "c = 3", "f(x) = x", "10"];
	const calculate = async (sources) => {
		const lines = [];
		const entries = [];
		for (const [i, expression] of sources.entries()) {
			const reply = await ask(lines, expression);
			if (reply.error) return null;
			lines.push("> " + reply.parsed);
			entries.push({ ...reply, id: i + 1, expression, result: reply.value, at: "2026-11-26T10:00:00Z" });
		}
		return { entries, lines };
	};
	const flaws = [];
	for (let sheet = 0; sheet < 150; sheet++) {
		const sources = [...first, ...Array.from({ length: 12 }, row)];
		const before = await calculate(sources);
		const edited = random(sources.length);
		const changed = sources.with(edited, edited < 3 ? names[edited] + " = " + random(50) : row());
		const after = await calculate(changed);
		if (!before || !after) continue;
		const steps = plan(before.entries, new Map([[edited + 1, changed[edited]]]));
		const results = before.entries.map(({ result }) => result);
		const lines = [...before.lines];
		for (const { row, expression } of steps) {
			const reply = await ask(lines, expression);
			results[row.id - 1] = reply.error ? reply.error.detail : reply.value;
			lines.push("> " + reply.parsed);
		}
		const wanted = after.entries.map(({ result }) => result);
		const values = (of) => Promise.all(names.map(async (name) => (await ask(of, name + " + f(" + name + ")")).value));
		const [got, want] = [[...results, ...(await values(lines))], [...wanted, ...(await values(after.lines))]];
		const what = sources.join(" | ") + ": row " + (edited + 1) + " becomes " + changed[edited];
		if (JSON.stringify(got) !== JSON.stringify(want)) {
			flaws.push(what + " and gives " + JSON.stringify(got) + ", want " + JSON.stringify(want) +
				" by " + steps.map(({ row }) => row.id));
		}
	}
	return flaws;
})()`

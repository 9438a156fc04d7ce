package browser

import (
	"slices"
	"testing"

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

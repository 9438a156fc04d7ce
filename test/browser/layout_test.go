package browser

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestFieldStays checks that the input never moves, from the first visit to the 200th answer, with
// a preview, an error, a plot and a toast.
func TestFieldStays(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, width := range []int64{360, 1280} {
		p := open(t, url, look(width, "light")...)
		field := `document.querySelector(".field").getBoundingClientRect().top`
		first := get[float64](p, field)
		if top := get[float64](p, `document.querySelector("#examples h2").getBoundingClientRect().top`); top < 48 {
			t.Errorf("%d pixels wide: the examples begin at %v, under the header", width, top)
		}
		stays := func(when string) {
			t.Helper()
			if got := get[float64](p, field); got != first {
				t.Errorf("%d pixels wide, %s: the field is at %v, it was at %v before", width, when, got, first)
			}
		}
		p.types("6 * 7")
		p.wantPreview("42")
		stays("with a preview")
		p.press("Enter")
		p.settled()
		stays("after the first answer")
		p.fill(190)
		p.visit()
		p.calculate("a = 1", "2 pi", "f(x) = x^2", "1/3")
		stays("after some answers")
		p.calculate("2 * hieght")
		p.until(`!document.getElementById("problem").hidden`)
		stays("with an error")
		p.press("Escape")
		p.plot("plot(a*x, x = 0, 1)")
		stays("with a plot")
		p.more("#clear-history")
		p.until(`!document.getElementById("toast").hidden`)
		stays("with a toast")
	}
}

// TestRowsAreEven measures rows: each is 40 pixels high, 48 with a note below the expression, and
// the decimal points of the results are aligned.
func TestRowsAreEven(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1/8", "1234", "-0.5", "2 pi", "1e30", "45 l / 620 km in l/100km", "100000 + 1/4", "7")
	rows := get[[]float64](p, `[...document.querySelectorAll("#log .line")].map((row) => row.getBoundingClientRect().height)`)
	noted := get[[]bool](p, `[...document.querySelectorAll("#log .line")].map((row) => row.querySelector(".details") !== null)`)
	for i, height := range rows {
		if noted[i] != (height == 48) || !noted[i] && height != 40 {
			t.Errorf("row %d is %v pixels high", i+1, height)
		}
	}
	// The right edge of the whole part of each result, as the browser lays it out.
	const wholeParts = `[...document.querySelectorAll("#log .result")].map((result) => {
		const text = result.lastChild;
		const range = document.createRange();
		range.setStart(text, 0);
		range.setEnd(text, /^-?\d+/.exec(text.data)[0].length);
		return range.getBoundingClientRect().right;
	})`
	ends := get[[]float64](p, wholeParts)
	// A value of before does not move the new one out of line.
	p.editRow(4, "3 pi")
	p.press("Enter")
	p.until(`document.querySelector("#log del") !== null`)
	if !get[bool](p, `{
		const [was, expression] = ["del", ".expression"].map((part) => document.querySelector(".entry:has(del) " + part).getBoundingClientRect());
		was.top >= expression.bottom - 4 && was.right < document.querySelector(".entry:has(del) .result").getBoundingClientRect().left
	}`) {
		t.Error("the value of before is not below its expression")
	}
	for i, end := range append(ends, get[[]float64](p, wholeParts)...) {
		if i%8 == 5 {
			continue // too long to be aligned; the others are, in spite of it
		}
		if end < ends[0]-2 || end > ends[0]+2 {
			t.Errorf("the whole part of result %d ends at %v, that of the first at %v", i%8+1, end, ends[0])
		}
	}
}

// TestNothingMoves presses every visible control: it is still under the pointer when the button is
// released.
func TestNothingMoves(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("a = 2", "f(x) = a*x", "f(3) + 1/3")
	p.plot("plot(f(x), x^2, x = -2, 2)")
	p.types("2 * f(")
	const controls = `[...document.querySelectorAll("button, input, .view, select")].filter((node) => {
		const { left, top, width, height } = node.getBoundingClientRect();
		const [x, y] = [left + width / 2, top + height / 2];
		return width && x > 0 && y > 0 && x < innerWidth && y < innerHeight && node.contains(document.elementFromPoint(x, y));
	})`
	count := get[int](p, controls+`.length`)
	if count < 25 {
		t.Errorf("only %d controls are visible", count)
	}
	for i := range count {
		node := fmt.Sprintf(`(window.controls ??= %s)[%d]`, controls, i)
		place := node + `.getBoundingClientRect()`
		box := get[[]float64](p, `(({ left, top, width, height }) => [left, top, width, height])(`+place+`)`)
		x, y := box[0]+box[2]/2, box[1]+box[3]/2
		p.do(input.DispatchMouseEvent(input.MouseMoved, x, y),
			input.DispatchMouseEvent(input.MousePressed, x, y).WithButton(input.Left).WithClickCount(1))
		getAsync[bool](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
		after := get[[]float64](p, `(({ left, top, width, height }) => [left, top, width, height])(`+place+`)`)
		if fmt.Sprint(after) != fmt.Sprint(box) {
			t.Errorf("%s moves from %v to %v while it is pressed", get[string](p, node+`.outerHTML.slice(0, 80)`), box, after)
		}
		// A press that is released elsewhere does nothing.
		p.do(input.DispatchMouseEvent(input.MouseMoved, 8, 300).WithButton(input.Left),
			input.DispatchMouseEvent(input.MouseReleased, 8, 300).WithButton(input.Left).WithClickCount(1))
	}
}

// ordinary are inputs as people type them.
var ordinary = []string{
	"3 * (7 + 1)", "12.5 * 4", "(1 + 2) * (3 + 4)", "sqrt(16) + 9", "2^10 - 1", "100 / 8", "1/3 + 1/6", "64.5 + 18%",
	"sin(pi/6)", "2 pi", "max(3, 9, 4)", "round(7/3, 2)", "5! / 3!", "hypot(3, 4)", "ln(e^2)", "0x1f + 1", "1e3 * 2.5",
	"-4 + 9", "10 mod 4", "7 // 2", "x = 5; x * 2", "3 > 2 ? 10 : 20", "log(1000)", "abs(-3) + 1", "mean(1, 2, 3)",
	"15% of 80", "5 km in miles", "rent = 1200", "vat(x) = x * 1.19; vat(100)", "sum(1/n!, n = 0, 20)", "sin(30°)", "72 °F in °C",
	"3 ft 5 in in cm", "100 - 20%", "1_000_000 / 12", "1200 / 12 + 50", "3.5 h * 40", "60 mph in km/h", "2 kg + 300 g",
	"19.99 * 3", "250000 * 4.5% / 12", "7 div 2", "1.5e-3 * 2", "4 * -2", "2 ** 10", "cos(pi)", "12 * 12", "pi * 4^2",
	"0b101 + 0x1F", "18% of 64.50", "income = 3000", "total = 12 + 30", "assets = 4 * 1200",
}

// TestPrefixes types ordinary inputs letter by letter: once there is a value there is always a
// preview, either of the current text or, dimmed, of the last text that had one.
func TestPrefixes(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.types("1")
	p.wantPreview("1")
	for _, text := range ordinary {
		p.press("Escape")
		seen := false
		for _, letter := range text {
			p.types(string(letter))
			// The worker answers within a frame or two.
			got := getAsync[string](p, `new Promise((done) => setTimeout(() => done(document.getElementById("preview").textContent), 25))`)
			if seen && got == "" {
				t.Errorf("%q: no preview after %q", text, get[string](p, `document.getElementById("input").value`))
			}
			seen = seen || got != ""
		}
		p.until(`document.querySelector("#preview:not(.stale):not(:empty)") !== null`)
	}
}

// TestCopiedIsShown checks that "Copied" is in sight beside its result, which does not move.
func TestCopiedIsShown(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1/3", "100 + 11")
	const result = `document.querySelector("#log li:last-child .result")`
	place := get[[]float64](p, `(({ left, top, width, height }) => [left + width / 2, top + height / 2])(`+result+`.getBoundingClientRect())`)
	p.do(input.DispatchMouseEvent(input.MouseMoved, place[0], place[1]))
	const left = `(() => {
		const range = document.createRange();
		range.selectNodeContents(` + result + `);
		return range.getBoundingClientRect().left;
	})()`
	before := get[float64](p, left)
	p.until(`getComputedStyle(document.querySelector("#log li:last-child time")).opacity === "1"`)
	p.do(chromedp.Evaluate(result+`.classList.add("copied")`, nil))
	if got := get[float64](p, left); got != before {
		t.Errorf("the result moves from %v to %v", before, got)
	}
	p.until(`getComputedStyle(document.querySelector("#log li:last-child time")).opacity === "0"`)
}

// TestCopiedLasts presses a result twice: the first press does not end the "Copied" of the second.
func TestCopiedLasts(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.grantClipboard()
	p.calculate("100 + 11")
	p.do(chromedp.Evaluate(`{
		window.ends = new Map(); // of "Copied", by timer
		const { setTimeout: start, clearTimeout: stop } = window;
		window.setTimeout = (act, ms, ...more) => {
			if (!(ms >= 2000 && ms <= 5000)) return start(act, ms, ...more);
			ends.set(-ends.size - 1, act);
			return -ends.size;
		};
		window.clearTimeout = (timer) => ends.delete(timer) || stop(timer);
	}`, nil))
	for range 2 {
		p.do(chromedp.Evaluate(`document.getElementById("status").replaceChildren()`, nil))
		p.click("#log .result")
		p.wantCopied("111")
		p.until(`document.querySelector(".copied") !== null`)
	}
	if n := get[int](p, `ends.size`); n != 1 {
		t.Errorf("%d timers end what two presses have begun", n)
	}
	p.do(chromedp.Evaluate(`[...ends.values()].forEach((end) => end())`, nil))
	p.until(`document.querySelector(".copied") === null`)
}

// TestTimesInRows checks that each row shows its time inside its line, below the day as well.
func TestTimesInRows(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1", "2", "3")
	p.until(`document.querySelector("#log .day") !== null`)
	if n := get[int](p, `[...document.querySelectorAll("#log .entry")].filter((row) => {
		const [time, line] = ["time", ".line"].map((part) => row.querySelector(part).getBoundingClientRect());
		return time.top < line.top || time.bottom > line.bottom;
	}).length`); n > 0 {
		t.Errorf("%d times are outside of their rows", n)
	}
}

// TestPreviewStays checks that a result ends where its preview ended.
func TestPreviewStays(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1/3")
	const end = `((node) => {
		const range = document.createRange();
		range.selectNodeContents(node);
		return range.getBoundingClientRect().right;
	})`
	for _, expression := range []string{"100", "2/3", "12.5"} {
		p.types(expression)
		p.until(`document.querySelector("#preview:not(.stale):not(:empty)") !== null`)
		before := get[float64](p, end+`(document.getElementById("preview"))`)
		p.press("Enter")
		p.settled()
		if after := get[float64](p, end+`(document.querySelector("#log .newest .result"))`); math.Abs(after-before) > 1 {
			t.Errorf("%s: the preview ends at %v, the result at %v", expression, before, after)
		}
	}
}

// TestUnfinished types unfinished lines. They have no preview, or keep the one of the text before
// their last, unfinished part; a half-read word never has one.
func TestUnfinished(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.types("1")
	p.wantPreview("1")
	for text, want := range map[string]string{
		"18% tip on": "18%", "mortgage 300000 at 3.5%": "", "loan": "", "m": "", "in": "", "to": "", "as": "",
		"119 including": "119", "5/0": "",
		"Rent + 5": "", "10^10^10": "", "200!": "", "50 is what": "50", "sin = 3": "", "2 * l": "2",
		"7*": "7", "12 * 3 + ": "36", "12 / 5 remainder": "2.4", "5 km i": "5 km", "3 ft 5 in in": "3.41666666666667 ft",
		"2 * (3 + ": "6", "sum(1/n!, n = 0": "1", "3 > 2 ? 10 :": "1",
		"->": "", "total": "", "income": "", "assets = 5 +": "5",
		"3,5 * 2": "", "average of": "", "pmt(1%, 12, 300,000)": "", "250 - 19% VAT": "202.5",
	} {
		p.press("Escape")
		p.until(`document.getElementById("preview").textContent === ""`)
		p.types(text)
		p.until(`document.querySelector("#preview.stale") !== null`)
		if got := get[string](p, `document.getElementById("preview").textContent`); got != want {
			t.Errorf("%q: the preview is %q, want %q", text, got, want)
		}
	}
	// A refused expression has no preview either.
	p.press("Escape")
	p.types("12 / 5 remainder")
	p.until(`document.getElementById("preview").textContent === "2.4"`)
	p.press("Enter")
	p.until(`document.querySelector("#composer.invalid") !== null`)
	got := getAsync[string](p, `new Promise((done) =>
		setTimeout(() => done(document.getElementById("preview").textContent), 200))`)
	if got != "" {
		t.Errorf("a refused text has the preview %q", got)
	}
}

// TestSentences types sentences whose meaning is plain. They have a preview, the row says how they
// were read, and another reading is one press away.
func TestSentences(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	for _, c := range []struct{ text, want, reading string }{
		{"average of 4 8 15", "9", "mean(4, 8, 15)"},
		{"9:15 to 17:40", "8:25", "17:40 - 9:15"},
		{"18% tip on 64.50", "11.61", "write 18% on 64.50 for the sum"},
	} {
		p.types(c.text)
		p.until(fmt.Sprintf(`document.getElementById("preview").textContent === %q &&
			document.querySelector("#preview.stale") === null`, c.want))
		p.press("Enter")
		p.until(fmt.Sprintf(`([...document.querySelectorAll("#log li")].at(-1)?.textContent ?? "").includes(%q)`, c.reading))
	}
	p.types("18% tip on 64.50")
	p.until(`document.querySelector("#reading .offer") !== null`)
	p.click("#reading .offer")
	p.wantInput("18% on 64.50")
}

// TestSaidAgain checks that equal results are announced each time.
func TestSaidAgain(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.do(chromedp.Evaluate(`window.said = [];
		new MutationObserver(() => said.push(document.getElementById("status").textContent))
			.observe(document.getElementById("status"), { childList: true });`, nil))
	p.calculate("2 + 2", "2 + 2")
	if got := get[int](p, `said.filter((text) => text === "2 plus 2 equals 4").length`); got != 2 {
		t.Errorf("two equal results are announced %d times: %v", got, get[[]string](p, `said`))
	}
}

// TestInputMethods checks that the Enter that ends a composition does not submit, that an operator
// continues from the previous result, and that the decimal key of a number pad types the decimal
// separator of the chosen number format.
func TestInputMethods(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.types("6 * 7")
	p.do(chromedp.Evaluate(`document.getElementById("input").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true }))`, nil))
	p.wantInput("6 * 7")
	p.press("Enter")
	p.wantLog("6 * 7 | 42")
	p.press("-")
	p.wantInput("ans - ")
	p.press("Backspace")
	p.wantInput("-")
	p.types("5")
	p.press("Enter")
	p.wantLog("6 * 7 | 42", "-5 | -5")
	p.press("Enter")
	p.wantLog("6 * 7 | 42", "-5 | -5")
	p.comma()
	numpad := input.DispatchKeyEvent(input.KeyDown).WithKey(".").WithCode("NumpadDecimal").WithText(".").WithWindowsVirtualKeyCode(110)
	p.types("1")
	p.do(chromedp.Evaluate(`KeyboardEvent.prototype.getModifierState = () => true`, nil), numpad)
	p.types("5")
	p.wantInput("1,5")
}

// comma sets the number format with a decimal comma.
func (p *page) comma() {
	p.Helper()
	p.more("#settings-open")
	p.do(chromedp.SetValue("#number-format", "comma", chromedp.ByQuery),
		chromedp.Evaluate(`document.getElementById("number-format").dispatchEvent(new Event("change"))`, nil))
	p.press("Escape")
	p.do(chromedp.Focus("#input"))
}

// TestCommas types and shows numbers with a decimal comma everywhere; the service gets points.
func TestCommas(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.grantClipboard()
	p.calculate("rate = 1.5", "f(x) = 2.5x")
	p.comma()
	p.wantLog("rate = 1,5 | 1,5", "f(x) = 2,5x | defined | read as f(x) = 2,5*x")
	p.wantNames("rate = 1,5", "f(x) = 2,5*x")
	p.types("max(1,25; rate) + 1.234,5")
	p.wantPreview("1236")
	p.press("Enter")
	p.wantLog("rate = 1,5 | 1,5", "f(x) = 2,5x | defined | read as f(x) = 2,5*x", "max(1,25; rate) + 1234,5 | 1236")
	p.calculate("1/8")
	p.wantStatus("1 divided by 8 equals 0,125")
	p.click("#log li:last-child .result")
	p.wantCopied("0,125")
	p.do(chromedp.Focus("#input"))
	p.types("1,5 + hieght * 2,5")
	p.press("Enter")
	p.until(`document.querySelector("#mirror mark")?.textContent === "hieght"`)
	if got := p.history(); strings.Join(got, "; ") != "rate = 1.5 | 1.5; f(x) = 2.5x | ; max(1.25, rate) + 1234.5 | 1236; 1/8 | 0.125" {
		t.Errorf("the service has %q", got)
	}
}

// TestGroupsWithComma shows expressions with commas in a page with decimal commas, and reads what is
// shown back as the same.
func TestGroupsWithComma(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.sources()
	sources, _ := json.Marshal([]string{"1,500 * 2", "mortgage 300,000 at 3.5% over 25 years", "max(1,500)", "average of 4,8",
		"average of 4, 8.5", "(1,234.50 + 1)*2", "1,00,000", "20% off 1,250", "max((1,500), 2)", "2 * 1,234,567.25"})
	flaws := getAsync[[]string](p, fmt.Sprintf(`(async () => {
		const { setNumbers, toCalculator, toLocal } = await import("/app/numbers.js");
		const { Calculator } = await import("/app/calculator.js");
		const calculator = new Calculator(10000);
		const flaws = [];
		for (const source of %s) {
			setNumbers({ format: "comma", decimals: "", groups: false });
			const [want, got] = [source, toCalculator(toLocal(source)).text];
			const replies = [await calculator.ask("\n" + want), await calculator.ask("\n" + got)];
			if (replies[0].value === undefined || replies[0].value !== replies[1].value) {
				flaws.push(JSON.stringify([source, toLocal(source), got, replies.map(({ value }) => value)]));
			}
		}
		setNumbers({ format: "", decimals: "", groups: false });
		return flaws;
	})()`, sources))
	for _, flaw := range flaws {
		t.Error(flaw)
	}
}

// TestTypedBack shows numbers in every format, and reads what is shown back as the same number.
func TestTypedBack(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.sources()
	numbers, _ := json.Marshal([]string{"0", "1", "-1", "0.5", "-0.125", "12", "123", "1234", "-1234.5", "12345.6789", "1234567",
		"0.000123", "1e30", "-2.5e-7", "1.84467440737096e19", "9007199254740991", "3.14159265358979", "100.001", "1000000.5"})
	flaws := getAsync[[]string](p, fmt.Sprintf(`(async () => {
		const { setNumbers, shown, typed, toCalculator, toLocal } = await import("/app/numbers.js");
		const { Calculator } = await import("/app/calculator.js");
		const calculator = new Calculator(10000);
		const flaws = [];
		for (const format of ["point", "comma", ""]) {
			for (const groups of [false, true]) {
				setNumbers({ format, decimals: "", groups });
				for (const number of %s) {
					for (const text of [shown(number), typed(number), toLocal(number)]) {
						if (format !== "comma" && groups && text.includes(",")) continue; // the language's own groups
						const { value } = await calculator.ask("\n" + toCalculator(text).text);
						if (value !== Number(number)) flaws.push(JSON.stringify([format, groups, number, text, value]));
					}
				}
			}
		}
		setNumbers({ format: "", decimals: "", groups: false });
		return flaws;
	})()`, numbers))
	for _, flaw := range flaws {
		t.Errorf("not read back: %s", flaw)
	}
}

// TestTotals adds up rows.
func TestTotals(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("rent = 1200", "85.5", "14.5", "total", "10", "20", "average")
	p.wantLog("rent = 1200 | 1200", "85.5 | 85.5", "14.5 | 14.5", "sum(1200, 85.5, 14.5) # total | 1300", "10 | 10", "20 | 20",
		"mean(10, 20) # average | 15")
}

// TestLabels shows the words before a colon as the label of a row.
func TestLabels(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("rent: 1200", "2 > 1 ? 3 : 4")
	for range 2 {
		p.wantLog("1200 | 1200", "2 > 1 ? 3 : 4 | 3")
		if got := get[string](p, `[...document.querySelectorAll("#log .label")].map((label) => label.textContent).join()`); got != "rent" {
			t.Errorf("the labels are %q", got)
		}
		p.visit()
	}
	p.click("#log .expression")
	p.until(`document.activeElement.value === "rent: 1200"`)
}

// TestPlotOffer checks that the page offers to plot an expression whose only unknown name is x.
func TestPlotOffer(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.types("x^2 - 2")
	p.click("#problem .offer")
	p.wantInput("plot(x^2 - 2, x = -10, 10)")
	p.press("Enter")
	p.until(`document.querySelector("#log .view .curve-1[d]") !== null`)
}

// TestUnits calculates with units and percent, in rows, names and previews.
func TestUnits(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("5 km in miles", "rate = 18%", "64.5 + rate", "d = 5 km", "d / 2 h")
	p.wantLog("5 km in miles | 3.10685596118667 mi", "rate = 18% | 18%", "64.5 + rate | 76.11", "d = 5 km | 5 km",
		"d / 2 h | 2.5 km/h | read as d/(2 h)")
	p.wantNames("d = 5 km", "rate = 18%")
	p.types("ans * 4 h")
	p.wantPreview("10 km read as ans*(4 h)")
	p.press("Escape")
	p.types("2 * sin(30)")
	p.until(`document.getElementById("reading").textContent.startsWith("in radians")`)
	p.click("#reading .offer")
	p.wantInput("2 * sin(30°)")
	p.wantPreview("1 in degreesuse radians")
	p.press("Escape")
	p.types("sin 30 + 2")
	p.until(`document.getElementById("reading").textContent.includes("for degrees, write sin 30° + 2")`)
	p.visit()
	p.wantLog("5 km in miles | 3.10685596118667 mi", "rate = 18% | 18%", "64.5 + rate | 76.11", "d = 5 km | 5 km",
		"d / 2 h | 2.5 km/h | read as d/(2 h)")
}

package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestPlot uses plots as a person would, with a new profile for each case.
func TestPlot(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"drawn", plotDrawn},
		{"pole", plotPole},
		{"several curves", plotCurves},
		{"colours", plotColours}, {"labels", plotLabels}, {"clear labels", plotClear},
		{"no value", plotNoValue},
		{"sketch", plotSketch},
		{"keys", plotKeys},
		{"mouse", plotMouse},
		{"touch", plotTouch},
		{"read", plotRead},
		{"save", plotSave},
		{"of a definition", plotDefinition},
		{"sliders", plotSliders},
		{"names as they are now", plotNames},
		{"far from the view", plotFar},
		{"without a network", plotOffline},
		{"window", plotWindow},
		{"log", plotLog},
		{"at once", plotAtOnce}, {"decimal comma", plotComma},
		{"keyboard alone", plotKeyboard},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(open(t, url)) })
	}
}

// plot enters a statement and waits until its picture is drawn.
func (p *page) plot(statement string) {
	p.Helper()
	p.calculate(statement)
	p.until(`document.querySelector("#log li:last-child .view .curve-1[d]") !== null`)
}

// curve returns the path of a curve of the newest plot.
func (p *page) curve(number int) string {
	p.Helper()
	return get[string](p, fmt.Sprintf(`[...document.querySelectorAll("#log .view")].at(-1).querySelector("path.curve-%d").getAttribute("d")`, number))
}

// ticks returns the labels of the axes of the newest plot.
const ticks = `[...[...document.querySelectorAll("#log .view")].at(-1).querySelectorAll("svg > .tick")].map((tick) => tick.textContent).join(" ")`

// changes calls do and waits until the value of a script is another.
func (p *page) changes(script string, do func()) {
	p.Helper()
	before := get[string](p, script)
	do()
	p.until(fmt.Sprintf(`(%s) !== %q`, script, before))
}

// wantLabel waits for the accessible label of the newest plot.
func (p *page) wantLabel(want string) {
	p.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll("#log .view")].at(-1).getAttribute("aria-label") === %q`, want))
}

// tool picks an item of the newest plot's menu of tools.
func (p *page) tool(item string) {
	p.Helper()
	p.click("#log > li:last-child [aria-label='More tools']")
	p.do(chromedp.Click(fmt.Sprintf(`//div[@id="menu"]/button[text()=%q]`, item), chromedp.BySearch))
}

// wantReading waits until the legend of the newest plot shows these values.
func (p *page) wantReading(want string) {
	p.Helper()
	p.until(fmt.Sprintf(`[...[...document.querySelectorAll("#log .legend")].at(-1).querySelectorAll("output")].map((o) => o.value).join(" ") === %q`, want))
}

func plotDrawn(p *page) {
	p.plot("plot(sin(x), x = -3, 3)")
	p.wantStatus("plot of sin open parenthesis x close parenthesis from minus 3 to 3")
	p.wantLog("plot(sin(x), x = -3, 3)")
	p.wantInput("")
	if d := p.curve(1); strings.Count(d, "M") != 1 || strings.Count(d, "L") < 20 {
		p.Errorf("the curve has the path %.200s", d)
	}
	p.wantLabel("Plot for x from -3 to 3: sin(x) has values from -1 to 1; root at (0, 0); " +
		"minimum at (-1.571, -1); maximum at (1.571, 1).")
	if got := get[int](p, `document.querySelectorAll("#log .points circle").length`); got != 3 {
		p.Errorf("%d points of interest are marked, want 3", got)
	}
	if got := get[string](p, ticks); !strings.HasPrefix(got, "-3 -2 -1 0 1 2 3 ") {
		p.Errorf("the ticks are %s", got)
	}
	p.visit()
	p.until(`document.querySelector("#log .view .curve-1[d]") !== null && document.querySelectorAll("#log .view").length === 1`)
}

func plotPole(p *page) {
	p.plot("plot(1/x, x = -5, 5)")
	if d := p.curve(1); strings.Count(d, "M") != 2 {
		p.Errorf("1/x is not in two pieces: %.200s", d)
	}
}

func plotCurves(p *page) {
	p.plot("plot(x, x^2, 2^x, x = 0, 2)")
	looks := get[[]string](p, `[1, 2, 3].map((n) => {
		const lines = [...document.querySelectorAll("#log path.curve-" + n)].map((line) => getComputedStyle(line));
		return lines.map(({ stroke, strokeDasharray }) => stroke + strokeDasharray).join("|");
	})`)
	for i, look := range looks {
		inPicture, inLegend, both := strings.Cut(look, "|")
		if !both || inPicture != inLegend {
			p.Errorf("curve %d looks like %s", i+1, look)
		}
		for _, other := range looks[:i] {
			if look == other {
				p.Errorf("two curves look like %s", look)
			}
		}
	}
	p.until(`[...document.querySelectorAll(".legend code")].map((code) => code.textContent).join(" ") === "x x^2 2^x"`)
}

// plotColours checks that every curve has a contrast of at least 3:1 against the background (WCAG
// 2.2, 1.4.11), light and dark.
func plotColours(p *page) {
	p.plot("plot(x, 2x, 3x, 4x, 5x, 6x, 7x, 8x, x = 0, 1)")
	for _, scheme := range []string{"light", "dark"} {
		p.do(look(1280, scheme)...)
		ratios := get[[]float64](p, `(() => {
			const light = (text) => text.match(/[\d.]+/g).slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
				.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
			const ground = light(getComputedStyle(document.body).backgroundColor);
			return [1, 2, 3, 4, 5, 6, 7, 8].map((n) => light(getComputedStyle(document.querySelector("#log .view .curve-" + n)).stroke))
				.map((colour) => Math.max(colour, ground) / Math.min(colour, ground));
		})()`)
		for i, ratio := range ratios {
			if ratio < 3 {
				p.Errorf("curve %d has a contrast of %.2f in %s colours", i+1, ratio, scheme)
			}
		}
	}
}

func plotNoValue(p *page) {
	p.calculate("plot(sqrt(x), ln(-1 - x^2), x = -1, 4)")
	p.until(`document.querySelector("#log .view .curve-1[d]") !== null`)
	p.wantLabel("Plot for x from -1 to 4: sqrt(x) has values from 0 to 2; ln(-1 - x^2) is not visible there.")
	// The legend says where the curves have values.
	p.until(`[...document.querySelectorAll("#log .domain")].map((domain) => domain.textContent).join("; ") === "x ≥ 0; no values here"`)
	p.do(chromedp.Focus(".view"))
	for range 40 {
		p.press("Shift+ArrowLeft") // it stays at the left end
	}
	p.wantReading("no value no value")
}

func plotSketch(p *page) {
	p.types("plot(x^2, x = 0, 2")
	p.types(")")
	p.until(`document.querySelector("#sketch .curve-1[d]") !== null`)
	if !get[bool](p, `document.getElementById("sketch").getBoundingClientRect().top >= document.getElementById("scroll").getBoundingClientRect().bottom`) {
		p.Error("the sketch covers the log")
	}
	p.types("*3 + (")
	p.until(`document.querySelector("#sketch svg") === null`)
	p.press("Escape")
	p.types("plot(x^2, x = 0, 2)")
	p.until(`document.querySelector("#sketch .curve-1[d]") !== null`)
	p.press("Enter")
	p.until(`document.querySelector("#sketch svg") === null`)
	p.wantLog("plot(x^2, x = 0, 2)")
}

func plotDefinition(p *page) {
	p.calculate("f(t) = t^2 - 1", "g(x, y) = x*y", "a = 2")
	p.wantNames("a = 2", "f(t) = t^2 - 1", "g(x, y) = x*y")
	if got := get[int](p, `document.querySelectorAll("#names [aria-label^=Plot]").length`); got != 1 {
		p.Errorf("%d names can be plotted, want 1", got)
	}
	p.click(`[aria-label="Plot f"]`)
	p.wantInput("plot(f(t), t = -10, 10)")
	p.wantFocus("#input")
	p.press("Escape")
	p.click("#log li:first-child .more")
	p.do(chromedp.Click(`//button[@role="menuitem"][text()="Plot"]`, chromedp.BySearch))
	p.wantInput("plot(f(t), t = -10, 10)")
	p.press("Enter")
	p.settled()
	p.until(`document.querySelector("#log .view .curve-1[d]") !== null`)
}

func plotSliders(p *page) {
	p.calculate("a = 2", "b = 7", "f(b) = a*b")
	p.plot("plot(f(x), x = 0, 1)")
	if got, want := get[string](p, `document.querySelector(".plot .caption").textContent`), "With a = 2, f(b) = a*b, as set now"; got != want {
		p.Errorf("the plot says %q, want %q", got, want)
	}
	if got := get[int](p, `document.querySelectorAll(".slider").length`); got != 1 {
		p.Errorf("%d sliders, want one, for a", got)
	}
	p.do(chromedp.Focus(".sliders [type=range]"))
	// Sliders move the curve in a fixed frame, until Fit.
	frame := get[string](p, ticks)
	const curve = `document.querySelector("#log .view .curve-1").getAttribute("d")`
	p.changes(curve, func() { p.press("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp") })
	p.changes(curve, func() {
		p.do(chromedp.Evaluate(`(() => {
			const field = document.querySelector(".sliders [type=number]");
			field.value = "-3.25";
			field.dispatchEvent(new Event("input", { bubbles: true }));
		})()`, nil))
	})
	if got := get[string](p, ticks); got != frame {
		p.Errorf("a slider moves the frame from %s to %s", frame, got)
	}
	p.changes(ticks, func() { p.click("[aria-label=Fit]") })
	p.wantNames("a = 2", "b = 7", "f(b) = a*b")
	p.changes(curve, func() { p.click("[aria-label='Play a']") })
	p.click("[aria-label='Pause a']")
	p.do(chromedp.Evaluate(`(() => {
		const field = document.querySelector(".sliders .value");
		field.value = "-3.25";
		field.dispatchEvent(new Event("input", { bubbles: true }));
	})()`, nil))
	p.click(".sliders .set")
	p.wantNames("a = -3.25", "b = 7", "f(b) = a*b")
	p.wantLog("a = 2 | 2", "b = 7 | 7", "f(b) = a*b | defined", "plot(f(x), x = 0, 1)", "a = -3.25 | -3.25")
	p.until(`document.querySelector(".plot .caption").textContent.startsWith("With a = -3.25")`)
	if !get[bool](p, `document.querySelector(".sliders .set").disabled`) {
		p.Error("a value that is set already can be set again")
	}
}

func plotNames(p *page) {
	p.calculate("a = 1")
	p.plot("plot(a*x, x = 0, 1)")
	p.changes(ticks, func() { p.calculate("a = 1000") })
	p.click(`[aria-label="Clear a"]`)
	p.until(`document.querySelector("#log .view").textContent.includes("a")
		&& document.querySelector("#log .view").getAttribute("aria-label").startsWith("No plot")`)
	p.press("Escape")
	p.calculate("a = 3")
	p.until(`document.querySelector("#log .view .curve-1[d]") !== null`)
}

func plotFar(p *page) {
	p.plot("plot(x, x = 0, 1)")
	for i := range 12 {
		p.calculate(fmt.Sprintf("plot(%d x, x = 0, 1)", i+2))
	}
	p.visit()
	p.until(`document.querySelector("#log li:last-child .view .curve-1[d]") !== null`)
	if got := get[int](p, `document.querySelectorAll("#log .view").length`); got > 6 {
		p.Errorf("%d of 13 plots are drawn, though few are near the view", got)
	}
	p.do(chromedp.Evaluate(`document.querySelector("#log li").scrollIntoView({ behavior: "instant" })`, nil))
	p.until(`document.querySelector("#log li:first-child .view .curve-1[d]") !== null`)
}

func plotOffline(p *page) {
	p.plot("plot(x, x = 0, 1)")
	p.do(chromedp.Evaluate(`window.fetch = async () => { throw new TypeError("no network"); }`, nil))
	p.enter("plot(x^2, x = 0, 1)")
	p.until(`document.querySelector("#log .pending .view .curve-1[d]") !== null
		&& document.querySelector("#log .pending .here").textContent === "It is drawn here."`)
	p.types("plot(x^3, x = 0, 1)")
	p.until(`document.querySelector("#sketch .curve-1[d]") !== null`)
}

func plotWindow(p *page) {
	p.plot("plot(sin(x), x = -10, 10)")
	width := `document.querySelector("#log .view svg").width.baseVal.value`
	wide := get[float64](p, width)
	p.do(chromedp.EmulateViewport(360, 800))
	p.until(fmt.Sprintf(`%s < %f && %s === document.querySelector("#log .view").clientWidth`, width, wide, width))
	p.until(`document.querySelectorAll("#log .view [text-anchor=middle]").length >= 3`)
	if get[bool](p, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
		p.Error("the page is wider than the window")
	}
}

func plotLog(p *page) {
	p.calculate("1 + 1")
	p.plot("plot(sin(x), x = -3, 3)")
	p.click("#log li:last-child .more")
	if items := get[string](p, `document.getElementById("menu").textContent`); !strings.Contains(items, "Copy the expression") || strings.Contains(items, "result") {
		p.Errorf("the menu of a plot has %s", items)
	}
	p.do(chromedp.Click(`//button[@role="menuitem"][text()="Pin"]`, chromedp.BySearch))
	p.until(`document.querySelector("#pins .name").textContent === "plot(sin(x), x = -3, 3)"`)
	p.press("Ctrl+k")
	p.selects("#filter [name=kind]", "plot")
	p.until(`document.querySelectorAll("#found li").length === 1`)
}

// plotAtOnce checks that a key or a pointer moves the picture before the calculator replies, and
// that a move from a tool is announced.
func plotAtOnce(p *page) {
	p.plot("plot(x^2 - 4, x = -8, 8)")
	moved := get[[]string](p, `(() => {
		const view = document.querySelector("#log .view");
		const middle = (selector) => {
			const { left, width } = [...view.querySelectorAll(selector)].at(-1).getBoundingClientRect();
			return left + width / 2;
		};
		const places = () => [".points circle", "svg > [text-anchor=middle]"].map(middle);
		const before = places();
		const { width } = view.querySelector("svg svg .axis").getBoundingClientRect();
		view.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
		return [...places().map((place, i) => (place - before[i]).toFixed()),
			(width / 10).toFixed(), view.querySelector("svg svg g").getAttribute("transform")];
	})()`)
	if moved[0] != moved[2] || moved[1] != moved[2] || !strings.HasPrefix(moved[3], "matrix(1 0 0 1 ") {
		p.Errorf("the points and the ticks move by %v", moved)
	}
	p.until(`document.querySelector("#log .view svg g").getAttribute("transform") === null`)
	p.do(chromedp.Focus("[aria-label='Zoom in']"))
	p.press("ArrowRight")
	p.wantStatus("x from -8 to 8")
}

// plotComma checks that numbers in a picture and in its description have a decimal comma.
func plotComma(p *page) {
	p.calculate("1")
	p.set("number-format", "comma")
	p.plot("plot(log(x; 2) - 0,5; x = 0,5; 3)")
	p.wantLabel("Plot for x from 0,5 to 3: log(x; 2) - 0,5 has values from -1,5 to 1,08; root at (1,414; 0).")
	p.until(`document.querySelector("#log .points text").textContent === "(1,414; 0)"`)
	p.until(ticks + `.startsWith("0,5 1 1,5 2 2,5 3 ")`)
}

// plotKeyboard reaches all controls of a plot from the input with Shift+Tab.
func plotKeyboard(p *page) {
	p.calculate("a = 2")
	p.plot("plot(a*x, x = 0, 1)")
	for _, want := range []string{"[aria-label='Play a']", "[aria-label='Greatest value of a']", "[aria-label=a]",
		"[aria-label='Least value of a']", "[aria-label='Value of a']", "[aria-label='More tools']", "[aria-label=Fit]",
		"[aria-label='Zoom out']", "[aria-label='Zoom in']", ".view", ".expression"} {
		p.press("Shift+Tab")
		p.wantFocus(want)
	}
	p.press("Tab", "+")
	p.wantFocus(".view")
	p.press("2")
	p.wantInput("")
}

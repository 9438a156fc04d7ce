package browser

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// phone shows a page as on a phone that is held upright.
var phone = []chromedp.Action{
	chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch),
	emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}),
}

// TestPhoneRows checks that a long result has a line of its own: it is not broken, and its
// expression has room, and so does the hint beside its preview.
func TestPhoneRows(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	for _, expression := range []string{"2^64", "72 °F in °C", "pmt(3.5%/12, 25*12, 300000)", "12 * 3"} {
		p.types(expression)
		p.until(`document.querySelector("#preview:not(.stale):not(:empty)") !== null`)
		if got := get[float64](p, `document.querySelector(".advice").offsetHeight`); got > 72 {
			t.Errorf("%s: the hint is %v pixels high", expression, got)
		}
		p.press("Enter")
		p.settled()
		for _, cell := range []string{".result", ".expression"} {
			if got := get[float64](p, `document.querySelector("#log li:last-child `+cell+`").offsetHeight`); got > 44 {
				t.Errorf("%s: the %s is %v pixels high", expression, cell, got)
			}
		}
	}
}

// TestPhoneOverlaps checks that why a text was refused does not cover the last row, and that
// results in the list of a share are not broken.
func TestPhoneOverlaps(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	p.calculate("2^64", "area(r) = pi r^2", "sin(30)", "mean(4, 8, 15, 16, 23, 42)")
	p.do(chromedp.Evaluate(`document.getElementById("keypad-toggle").click()`, nil))
	p.enter("mortgage 300000 at 3.5% over 300 months")
	p.until(`document.querySelector("#composer.invalid") !== null`)
	p.until(`document.querySelector("#log li:last-child").getBoundingClientRect().bottom <
		document.querySelector(".advice").getBoundingClientRect().top + 1`)
	p.press("Escape")
	p.click("#share-open")
	p.click("#share-some")
	for _, height := range get[[]float64](p, `[...document.querySelectorAll("#share-entries .value")].map((value) => value.offsetHeight)`) {
		if height > 24 {
			t.Errorf("a result in the share is %v pixels high", height)
		}
	}
}

// TestPhoneCover checks that no row shows, or can be pressed, through hints that need more room
// than they have.
func TestPhoneCover(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	p.calculate("5 km in miles", "1 + 1", "2 + 2", "3 + 3", "4 + 4", "5 + 5", "sin(30)")
	for _, text := range []string{"sin(30°", "45 litres / 620 km in l/100km"} {
		p.types(text)
		p.until(`document.querySelector("#preview:not(.stale):not(:empty)") !== null`)
		p.until(`(() => {
			const boxes = [...document.querySelectorAll(".hints > *")].map((box) => box.getBoundingClientRect());
			const top = Math.min(...boxes.map((box) => box.top)) + 2;
			const { left, right, bottom } = document.querySelector(".hints").getBoundingClientRect();
			for (let y = top; y < bottom; y += 8) {
				for (let x = left + 2; x < right; x += 8) {
					if (!document.elementFromPoint(x, y).closest("#composer")) return false;
				}
			}
			return true;
		})()`)
		p.press("Escape")
	}
}

// TestPhoneSearch finds a row with a long result: it stands below its expression, at the right.
func TestPhoneSearch(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	p.calculate("2^0.5 + 3^0.5 + 5^0.5 + 7^0.5", "1 + 1")
	p.click("#search-open")
	p.until(`document.querySelectorAll("#found li").length === 2`)
	if !get[bool](p, `(() => {
		const [short, long] = [...document.querySelectorAll("#found li")].map((row) =>
			[row, ...row.children].map((part) => part.getBoundingClientRect()));
		const isBeside = ([, expression, value]) => value.left > expression.right && value.top < expression.bottom;
		const isBelow = ([, expression, value]) => value.top > expression.bottom - 2;
		const isOnLine = ([row, expression]) => expression.height < 24 && expression.width > row.width * 0.7;
		return isBeside(short) && isBelow(long) && isOnLine(long);
	})()`) {
		t.Error("a result is not where it belongs")
	}
}

// TestHintIsPressed follows the hint of a refusal by a press, and gets the refused text back.
func TestHintIsPressed(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	p.enter("12 / 5 remainder")
	p.click("#problem .hint .offer")
	p.wantInput("12 mod 5")
	p.press("ArrowUp")
	p.wantInput("12 / 5 remainder")
	p.press("ArrowDown", "Enter")
	p.wantLog("12 mod 5 | 2")
	// This one says nothing that could be calculated.
	p.enter("pmt(1, 2)")
	p.until(`(document.querySelector("#problem .hint")?.textContent ?? "") !== ""`)
	buttons := getAsync[int](p, `new Promise((done) =>
		setTimeout(() => done(document.querySelectorAll("#problem .hint .offer").length), 200))`)
	if buttons != 0 {
		t.Errorf("the hint has %d buttons", buttons)
	}
}

// TestPhoneRefusal refuses a text with a decimal comma: the caret stays at its end, and the number
// format that the hint names makes it right.
func TestPhoneRefusal(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	const text = "1.250,50 + 1"
	p.enter(text)
	p.until(`document.querySelector("#composer.invalid") !== null`)
	if caret := get[int](p, `document.getElementById("input").selectionStart`); caret != len(text) {
		t.Errorf("the caret is at %d", caret)
	}
	p.set("number-format", "comma")
	p.wantInput(text)
	p.press("Enter")
	p.until(`document.querySelector("#log .result")?.textContent === "1251,5"`)
}

// TestPhonePlot reads the second root of a parabola: all points of interest have labels, a press
// near a point reads it, and it stays in view. The sketch above the input fits the screen.
func TestPhonePlot(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	p.types("plot(x^2 - 4x + 1, x = -10, 10)")
	p.until(`document.querySelector("#sketch svg") !== null`)
	if left := get[float64](p, `document.getElementById("sketch").getBoundingClientRect().left`); left < 0 {
		t.Errorf("the sketch begins at %v", left)
	}
	p.press("Enter")
	const labels = `[...document.querySelectorAll("#log .points text")].map((label) => label.textContent).sort().join(" ")`
	p.until(labels + ` === "(0.2679, 0) (3.732, 0) minimum (2, -3)"`)
	// The picture moves gradually: wait until it stands still. The roots are 0.17 of the width
	// apart at first, and 1.5 times as much after each press.
	for _, part := range []float64{0.22, 0.33} {
		p.click(`[aria-label="Zoom in"]`)
		p.until(fmt.Sprintf(`(() => {
			const dots = [...document.querySelectorAll("#log .points circle")];
			const lefts = dots.map((dot) => dot.getBoundingClientRect().left);
			const { width } = dots[0].closest("figure").getBoundingClientRect();
			if (window.lefts?.join() !== lefts.join()) [window.lefts, window.since] = [lefts, performance.now()];
			return Math.max(...lefts) - Math.min(...lefts) > %v * width && performance.now() - window.since > 500;
		})()`, part))
	}
	beside := get[[]float64](p, `(() => {
		const dots = [...document.querySelectorAll("#log .points circle")].map((dot) => dot.getBoundingClientRect());
		const { left, top } = dots.reduce((a, b) => (a.left > b.left ? a : b));
		return [left + 10, top + 20];
	})()`)
	p.do(input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: beside[0], Y: beside[1]}}),
		input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}))
	p.until(`document.querySelector("#log .legend output").value === "= 0"`)
}

// TestPhoneSketch types a plot on a small phone and on a larger one: the keypad stays on the screen,
// and the whole picture is visible once the plot has been entered.
func TestPhoneSketch(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, height := range []int64{640, 740} {
		p := open(t, url, append(slices.Clone(phone), chromedp.EmulateViewport(360, height, chromedp.EmulateMobile, chromedp.EmulateTouch))...)
		p.calculate("1", "2", "3", "4", "5", "6")
		p.types("plot(x^2 - 4x + 1, x = -10, 10)")
		p.until(`document.querySelector("#sketch svg") !== null`)
		if bottom := get[float64](p, `document.getElementById("keypad").getBoundingClientRect().bottom`); bottom > float64(height) {
			t.Errorf("%d pixels high: the keypad ends at %v", height, bottom)
		}
		p.press("Enter")
		p.until(`(() => {
			const [picture, log] = ["#log .view svg", "#scroll"].map((one) => document.querySelector(one)?.getBoundingClientRect());
			return Boolean(picture) && picture.top >= log.top && picture.bottom <= log.bottom;
		})()`)
	}
}

// TestPhoneLabels checks that each label of a point is beside its point, and over no other label.
func TestPhoneLabels(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	p.plot("plot(x^2 - 4x + 3, x = -10, 10)")
	p.until(`document.querySelectorAll("#log .points text").length === 3`)
	for _, flaw := range get[[]string](p, `[...document.querySelectorAll("#log .points text")].flatMap((label, i, labels) => {
		const [box, dot] = [label, label.previousSibling].map((node) => node.getBoundingClientRect());
		const flaws = labels.slice(i + 1).filter((other) => {
			const { left, right, top, bottom } = other.getBoundingClientRect();
			return left < box.right && right > box.left && top < box.bottom - 2 && bottom > box.top + 2;
		}).map((other) => label.textContent + " overlaps " + other.textContent);
		const above = Math.max(box.top - dot.bottom, dot.top - box.bottom);
		const beside = Math.max(box.left - dot.right, dot.left - box.right);
		return Math.max(above, beside) > 10 ? [...flaws, label.textContent + " is far from its point"] : flaws;
	})`) {
		t.Error(flaw)
	}
}

// TestFirstPaint checks that the first paint, before any script runs, shows the input where it is
// once the page can be used.
func TestFirstPaint(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, phone...)
	const top = `document.querySelector(".field").getBoundingClientRect().top`
	want := get[float64](p, top)
	p.do(network.Enable(), network.SetBypassServiceWorker(true), network.SetCacheDisabled(true),
		network.SetBlockedURLs([]string{"*/app/*.js"}), chromedp.Navigate(p.url))
	p.until(`document.getElementById("format-example")?.value === ""`)
	if !get[bool](p, `document.querySelector("#examples h2").checkVisibility()`) {
		t.Error("the examples are not painted before a script runs")
	}
	if got := get[float64](p, top); got != want {
		t.Errorf("the field is painted at %v, then moves to %v", got, want)
	}
}

// TestResultOnLineOfItsOwn checks that a result below its expression ends at the edge all the same.
func TestResultOnLineOfItsOwn(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, look(620, "light")...)
	p.calculate("5 km in mi")
	p.until(`document.querySelector("#log .stacked") !== null`)
	gap := get[float64](p, `document.querySelector("#log .more").getBoundingClientRect().left -
		document.querySelector("#log .result").getBoundingClientRect().right`)
	if gap != 0 {
		t.Errorf("the result ends %v pixels before the menu", gap)
	}
}

package browser

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// These are the cases of TestPlot about actions on the picture.

func plotKeys(p *page) {
	p.plot("plot(x^2, x = -2, 2)")
	whole := get[string](p, ticks)
	p.do(chromedp.Focus(".view"))
	for _, key := range []string{"+", "-", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "="} {
		p.changes(`document.querySelector("#log .view .curve-1").getAttribute("d")`, func() { p.press(key) })
	}
	p.changes(ticks, func() { p.press("+", "+", "+") })
	p.press("0")
	p.until(fmt.Sprintf(`%s === %q`, ticks, whole))
	p.changes(ticks, func() { p.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight") })
	p.press("Home")
	p.until(fmt.Sprintf(`%s === %q`, ticks, whole))
	p.wantInput("")
}

// plotLabels checks that the labels of roots stand clear of the axis, and that the lowest point is
// called so.
func plotLabels(p *page) {
	p.plot("plot(x^2 - 4x + 1, x = -10, 10)")
	p.until(`[...document.querySelectorAll("#log .points text")].map((label) => label.textContent).join() ===
		"(0.2679, 0),(3.732, 0),minimum (2, -3)"`)
	distances := get[[]float64](p, `(() => {
		const { top, bottom } = document.querySelector("#log .points circle").getBoundingClientRect();
		const axis = (top + bottom) / 2;
		return [...document.querySelectorAll("#log .points text")].map((label) => {
			const box = label.getBoundingClientRect();
			return Math.max(box.top - axis, axis - box.bottom);
		});
	})()`)
	for i, distance := range distances {
		if distance < 2 {
			p.Errorf("label %d is %v pixels away from the axis", i, distance)
		}
	}
}

// plotClear checks that a label stands clear of the curve, and that the tools are not on the picture.
func plotClear(p *page) {
	p.plot("plot(x^2 - 4, x = -5, 5)")
	p.until(`document.querySelectorAll("#log .points text").length === 3`)
	crossed := get[[]string](p, `(() => {
		const curve = document.querySelector("#log .view .curve-1");
		const points = Array.from({ length: 2000 }, (_, i) => curve.getPointAtLength((curve.getTotalLength() * i) / 2000));
		const covers = ({ x, y, width, height }) =>
			points.some((point) => point.x > x && point.x < x + width && point.y > y && point.y < y + height);
		return [...document.querySelectorAll("#log .points text")].filter((label) => covers(label.getBBox())).map((label) => label.textContent);
	})()`)
	if len(crossed) > 0 {
		p.Errorf("the curve crosses the labels %q", crossed)
	}
	if !get[bool](p, `document.querySelector("#log .tools").getBoundingClientRect().top >= document.querySelector("#log .view").getBoundingClientRect().bottom`) {
		p.Error("the tools are on the picture")
	}
}

// middle returns the middle of the newest picture, in pixels of the viewport.
func (p *page) middle() (x, y float64) {
	p.Helper()
	place := get[[]float64](p, `(() => {
		const view = [...document.querySelectorAll("#log .view")].at(-1);
		view.scrollIntoView({ block: "center", behavior: "instant" });
		const { left, top, width, height } = view.querySelector("svg svg").getBoundingClientRect();
		return [left + width / 2, top + height / 2];
	})()`)
	return place[0], place[1]
}

func plotMouse(p *page) {
	p.plot("plot(x^2, x = -2, 2)")
	x, y := p.middle()
	wheel := func(delta float64) {
		p.do(input.DispatchMouseEvent(input.MouseWheel, x, y).WithDeltaX(0).WithDeltaY(delta))
	}
	// Before the picture has the focus, the wheel scrolls the page.
	whole := get[string](p, ticks)
	wheel(-300)
	p.do(chromedp.MouseClickXY(x, y))
	p.wantFocus(".view")
	if got := get[string](p, ticks); got != whole {
		p.Errorf("the wheel zooms a picture without the focus: %s", got)
	}
	p.changes(ticks, func() { wheel(-300); wheel(-300); wheel(-300) })
	p.click("[aria-label=Fit]")
	p.until(fmt.Sprintf(`%s === %q`, ticks, whole))
	p.changes(ticks, func() {
		p.do(input.DispatchMouseEvent(input.MousePressed, x, y).WithButton(input.Left).WithClickCount(1),
			input.DispatchMouseEvent(input.MouseMoved, x+100, y).WithButton(input.Left),
			input.DispatchMouseEvent(input.MouseMoved, x+250, y+30).WithButton(input.Left),
			input.DispatchMouseEvent(input.MouseReleased, x+250, y+30).WithButton(input.Left).WithClickCount(1))
	})
	const curve = `document.querySelector("#log .view .curve-1").getAttribute("d")`
	for _, name := range []string{"Zoom in", "Zoom out"} {
		p.changes(curve, func() { p.click(`[aria-label="` + name + `"]`) })
	}
	for _, name := range []string{"Move left", "Move right", "Move up", "Move down", "Equal axes"} {
		p.changes(curve, func() { p.tool(name) })
	}
}

func plotTouch(p *page) {
	p.do(emulation.SetTouchEmulationEnabled(true).WithMaxTouchPoints(2))
	p.plot("plot(x^2, x = -2, 2)")
	p.calculate("1", "2", "3", "4", "5", "6")
	if got := get[string](p, `getComputedStyle(document.querySelector("#log .view")).touchAction`); got != "pan-y" {
		p.Errorf("touch-action is %s: scrolling the page would end at the plot", got)
	}
	x, y := p.middle()
	touch := func(kind input.TouchType, points ...*input.TouchPoint) { p.do(input.DispatchTouchEvent(kind, points)) }
	at := func(id, x, y float64) *input.TouchPoint { return &input.TouchPoint{X: x, Y: y, ID: id} }
	whole := get[string](p, ticks)
	p.changes(ticks, func() {
		touch(input.TouchStart, at(1, x, y))
		for _, dx := range []float64{20, 60, 120, 200} {
			touch(input.TouchMove, at(1, x-dx, y))
		}
		touch(input.TouchEnd)
	})
	p.do(chromedp.Focus(".view"))
	p.press("0")
	p.until(fmt.Sprintf(`%s === %q`, ticks, whole))
	p.changes(ticks, func() {
		touch(input.TouchStart, at(1, x-20, y), at(2, x+20, y))
		for _, apart := range []float64{30, 60, 90, 120} {
			touch(input.TouchMove, at(1, x-apart, y), at(2, x+apart, y))
		}
		touch(input.TouchEnd)
	})
	// One finger that moves up or down scrolls the page.
	before := get[float64](p, `document.getElementById("scroll").scrollTop`)
	zoomed := get[string](p, ticks)
	touch(input.TouchStart, at(1, x, y))
	for dy := 10.0; dy <= 200; dy += 10 {
		touch(input.TouchMove, at(1, x, y-dy))
	}
	touch(input.TouchEnd)
	p.until(fmt.Sprintf(`document.getElementById("scroll").scrollTop > %f`, before+100))
	if got := get[string](p, ticks); got != zoomed {
		p.Errorf("scrolling with a finger moves the plot: %s", got)
	}
	x, y = p.middle()
	touch(input.TouchStart, at(1, x, y))
	touch(input.TouchEnd)
	p.until(`document.querySelector("#log .legend output").value !== ""`)
}

func plotRead(p *page) {
	p.plot("plot(sin(x), x^2, x = -3, 3)")
	p.do(chromedp.Focus(".view"))
	place := `document.querySelector("#log .cursor text")?.textContent ?? ""`
	for i := 0; i < 30 && get[string](p, place) != "x = 1"; i++ {
		p.changes(place, func() { p.press("Shift+ArrowRight") })
	}
	p.wantReading("= 0.841470984807897 = 1")
	p.wantStatus("x = 1, sin(x) = 0.841470984807897, x^2 = 1")
	p.press("Escape")
	p.wantReading(" ")
	p.until(`document.querySelector("#log .cursor").childElementCount === 0`)
	x, y := p.middle()
	p.do(input.DispatchMouseEvent(input.MouseMoved, x, y))
	p.wantReading("= 0 = 0")
	p.do(input.DispatchMouseEvent(input.MouseMoved, x, 1))
	p.wantReading(" ")
}

// download waits for the file that a tool of a plot saves, and returns it.
func (p *page) download(folder, item, name string) []byte {
	p.Helper()
	p.tool(item)
	file := filepath.Join(folder, name)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if content, err := os.ReadFile(file); err == nil && len(content) > 0 {
			return content
		}
		if time.Now().After(end) {
			p.Fatalf("%s is not saved", name)
		}
	}
}

func plotSave(p *page) {
	folder := p.TempDir()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		return browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithBrowserContextID(p.profile).
			WithDownloadPath(folder).Do(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser))
	}))
	p.plot("plot(sin(x), x < 1 ? x : 2, x = -3, 3)")
	svg := p.download(folder, "Save as SVG", "plot.svg")
	var texts []string
	curves := 0
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			p.Fatalf("%v in\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.CharData:
			texts = append(texts, string(token))
		case xml.StartElement:
			for _, attribute := range token.Attr {
				if attribute.Name.Local == "stroke" && attribute.Value == "rgb(0, 102, 187)" {
					curves++
				}
			}
		}
	}
	said := strings.Join(texts, "\n")
	for _, want := range []string{"sin(x), x < 1 ? x : 2", "Plot for x from -3 to 3: ", "-2", "\nx < 1 ? x : 2"} {
		if !strings.Contains(said, want) {
			p.Errorf("the file lacks the text %q:\n%s", want, said)
		}
	}
	if curves != 2 {
		p.Errorf("the colour of the first curve is in the file %d times, want 2: picture and legend", curves)
	}
	picture, err := png.Decode(bytes.NewReader(p.download(folder, "Save as PNG", "plot.png")))
	if err != nil {
		p.Fatal(err)
	}
	width := get[int](p, `document.querySelector("#log .view").clientWidth`)
	if got := picture.Bounds().Dx(); got != 2*width {
		p.Errorf("the image is %d pixels wide, want twice %d", got, width)
	}
}

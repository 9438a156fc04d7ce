package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestViews shows every view of the page at five widths, light, dark and in forced colours, saves a
// picture of each in bin/views, and checks what a program can check of WCAG 2.2 AA.
func TestViews(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	folder := filepath.Join(harness.Root(), "bin", "views")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{320, 360, 768, 1280, 1920} {
		for _, scheme := range []string{"light", "dark", "forced"} {
			// The narrowest and the widest in the scheme that most people see; the others in all.
			if (width == 360 || width == 1920) && scheme != "light" {
				continue
			}
			t.Run(fmt.Sprintf("%d/%s", width, scheme), func(t *testing.T) {
				p := open(t, url, look(width, scheme)...)
				for _, v := range slices.Concat(views, others) {
					v.prepare(p)
					p.keep(filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", v.name, width, scheme)))
					p.measure(v.name)
				}
			})
		}
	}
	// A phone on its side.
	t.Run("aside", func(t *testing.T) {
		p := open(t, url, append(look(740, "light"), chromedp.EmulateViewport(740, 360, chromedp.EmulateMobile, chromedp.EmulateTouch))...)
		for _, v := range views[:5] {
			v.prepare(p)
			p.keep(filepath.Join(folder, v.name+"-aside.png"))
			p.measure(v.name)
		}
	})
	// A window of 1280 by 800 pixels, enlarged to 400 %.
	t.Run("reflow", func(t *testing.T) {
		p := open(t, url, append(look(320, "light"), chromedp.EmulateViewport(320, 256, chromedp.EmulateScale(4)))...)
		for _, v := range views[:5] {
			v.prepare(p)
			p.keep(filepath.Join(folder, v.name+"-reflow.png"))
			p.measure(v.name)
		}
	})
	// A window of 1280 by 800 pixels, enlarged to 200 %.
	t.Run("zoom", func(t *testing.T) {
		p := open(t, url, append(look(640, "light"), chromedp.EmulateViewport(640, 400, chromedp.EmulateScale(2)))...)
		for _, v := range slices.Concat(views, others) {
			v.prepare(p)
			p.keep(filepath.Join(folder, v.name+"-zoom.png"))
			p.measure(v.name)
		}
	})
}

// look sets the width of the window and the colour scheme: light, dark or forced.
func look(width int64, scheme string) []chromedp.Action {
	features := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
	if scheme == "forced" {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	} else {
		features = append(features, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
	}
	return []chromedp.Action{chromedp.EmulateViewport(width, 800), emulation.SetEmulatedMedia().WithFeatures(features)}
}

type view struct {
	name    string
	prepare func(*page)
}

// views are shown one after the other, in one page.
var views = []view{
	{"empty", func(p *page) {}},
	{"log", func(p *page) {
		p.calculate("3 * (7 + 1)", "rate = 4.5%", "years = 25", "loan = 250_000",
			"monthly = loan * rate/12 / (1 - (1 + rate/12)^(-12*years))", "monthly * 12 years - loan",
			"area(r) = pi r^2", "area(12.5) # the round table", "2^64 - 1", "width = 2\nheight = 3\nwidth * height")
		p.wantNames("height = 3", "loan = 250000", "monthly = 1389.58119490499", "rate = 4.5%", "width = 2", "years = 25", "area(r) = pi*r^2")
	}},
	{"typing", func(p *page) {
		p.types("2 * (monthly + area(3)) - lo")
		p.wantOptions("loan", "log", "log2", "log10", "log1p")
		p.press("ArrowDown")
	}},
	{"preview", func(p *page) {
		p.press("Enter")
		p.types(" * sqrt(")
		p.types("16)")
		p.until(`document.getElementById("preview").textContent !== ""`)
	}},
	{"unfinished", func(p *page) {
		p.types(" + 2 *")
		p.until(`document.querySelector("#preview.stale") !== null`)
	}},
	{"menu", func(p *page) {
		p.press("Escape")
		p.click("#log li:nth-last-child(2) .more")
		p.until(`document.getElementById("menu").matches(":popover-open")`)
	}},
	{"search", func(p *page) {
		p.press("Escape", "Ctrl+k")
		p.types("width")
		p.until(`document.querySelectorAll("#found li").length === 1`)
	}},
	{"more", func(p *page) {
		p.press("Escape")
		p.click("#more-open")
	}},
	{"settings", func(p *page) { p.click("#settings-open") }},
	{"share", func(p *page) {
		p.press("Escape")
		p.click("#share-open")
		p.click("#share-some")
		p.click("#share-entries li:nth-child(3) label")
		p.until(`document.getElementById("share-words").textContent.includes("1 of your calculations")`)
	}},
	{"shared", func(p *page) {
		p.click("#share-make")
		p.until(`document.querySelector("#link svg") !== null`)
	}},
	{"names", func(p *page) {
		p.press("Escape")
		if get[bool](p, `getComputedStyle(document.getElementById("names")).display === "none"`) {
			p.click("#names-toggle")
		}
	}},
	{"links", func(p *page) {
		p.more("#links-open")
		p.until(`document.querySelector("#links-list li") !== null`)
	}},
	{"move", func(p *page) {
		p.press("Escape")
		p.more("#move-session")
		p.until(`document.getElementById("link").open`)
	}},
	{"confirm", func(p *page) {
		p.press("Escape")
		if get[bool](p, `getComputedStyle(document.getElementById("names")).display === "none"`) {
			p.click("#names-toggle")
		}
		p.do(chromedp.Evaluate(`document.getElementById("clear-names").click()`, nil))
		p.until(`document.getElementById("confirm").open`)
	}},
	{"keys", func(p *page) {
		p.press("Escape", "Escape")
		p.click("#keys-open")
		p.until(`document.querySelector("#guide li") !== null`)
	}},
	{"plot", func(p *page) {
		p.press("Escape")
		p.do(chromedp.Focus("#input"))
		p.plot("plot(width*sin(x), area(x)/10, 1/x, x = -4, 4)")
		p.middle()
		p.do(chromedp.Focus("#log > li:last-child .view"))
		p.press("Shift+ArrowRight")
		p.until(`document.querySelector("#log .cursor text") !== null`)
	}},
	{"sketch", func(p *page) {
		p.do(chromedp.Focus("#input"))
		p.types("plot(sqrt(x), x = 0, 100)")
		p.until(`document.querySelector("#sketch .curve-1[d]") !== null`)
	}},
	{"error", func(p *page) {
		p.press("Escape")
		p.do(chromedp.Focus("#input"))
		p.calculate("2 * (width + hieght) - 1")
		p.until(`!document.getElementById("problem").hidden`)
	}},
	{"editing", func(p *page) {
		p.press("Escape")
		p.editRow(4, "loan = 300_000")
	}},
	{"edited", func(p *page) {
		p.press("Enter")
		p.until(`document.querySelectorAll("#log del").length === 3`)
	}},
	{"edit-error", func(p *page) {
		p.editRow(3, "years = 0")
		p.press("Enter")
		p.until(`document.querySelector(".editor .detail") !== null`)
	}},
	{"many", func(p *page) {
		p.press("Escape")
		p.fill(500)
		p.visit()
		p.rows(50)
	}},
	{"waiting", func(p *page) {
		p.do(chromedp.Evaluate(`window.fetch = async () => { throw new TypeError("no network"); }`, nil))
		p.enter("width^2 + height^2")
		p.wantNote("cannot be reached")
	}},
	{"session", func(p *page) {
		p.do(chromedp.Evaluate(`localStorage.setItem("abacus.session", "AAAAAAAAAAAAAAAAAAAAAA"); localStorage.removeItem("abacus.outbox")`, nil))
		p.visit()
		p.until(`!document.getElementById("toast").hidden`)
	}},
	{"keypad", func(p *page) {
		p.do(emulation.SetTouchEmulationEnabled(true))
		p.until(`document.getElementById("keypad").checkVisibility()`)
	}},
	{"keypad-functions", func(p *page) { p.click(`#keypad [aria-label="More keys"]`) }},
}

// others are shown after the views: the pages that somebody else sees who follows a link.
var others = []view{
	{"arrival", func(p *page) {
		p.do(emulation.SetTouchEmulationEnabled(false))
		p.do(chromedp.Evaluate(`localStorage.clear()`, nil))
		p.visit()
		p.calculate("rate = 4.5%", "area(r) = pi r^2", "area(12.5) * rate # the round table", "2 pi")
		token := get[string](p, `localStorage.getItem("abacus.session")`)
		p.do(chromedp.Evaluate(`localStorage.removeItem("abacus.session")`, nil))
		p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.url+"/#session="+token), chromedp.WaitVisible("#confirm[open]", chromedp.ByQuery))
		p.click("#confirm [data-answer=yes]")
		p.rows(4)
		p.do(chromedp.Evaluate(`localStorage.removeItem("abacus.session")`, nil))
		p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.url+"/#session="+token), chromedp.WaitVisible("#confirm[open]", chromedp.ByQuery))
	}},
	{"shared-page", func(p *page) {
		p.click("#confirm [data-answer=yes]")
		p.rows(4)
		p.plot("plot(sin(x), 1/x, x = -3, 3)")
		p.click("#share-open")
		p.until(`document.getElementById("share").open`)
		p.do(chromedp.SetValue("#share-title", "The round table", chromedp.ByQuery))
		p.click("#share-make")
		p.until(`document.getElementById("link").open`)
		p.do(chromedp.Navigate(get[string](p, link)))
		p.until(`document.querySelector(".plot svg[role=img] .curve-2[d]") !== null`)
	}},
	{"ended-page", func(p *page) {
		token := get[string](p, `location.pathname.slice(3)`)
		getAsync[int](p, `fetch("/shares/`+token+`", { method: "DELETE", headers: { Authorization: "Bearer " + localStorage.getItem("abacus.session") } }).then((reply) => reply.status)`)
		p.do(chromedp.Navigate(p.url + "/s/" + token))
	}},
	{"not-found", func(p *page) { p.do(chromedp.Navigate(p.url + "/nothing")) }},
}

// keep saves a picture of the whole view.
func (p *page) keep(file string) {
	p.Helper()
	var png []byte
	p.do(chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.Fatal(err)
	}
}

// measure checks that nothing needs sideways scrolling (1.4.10), that text has enough contrast
// (1.4.3), and that every control has a name (4.1.2) and is large enough (2.5.8).
func (p *page) measure(name string) {
	p.Helper()
	for _, flaw := range get[[]string](p, measurement) {
		p.Errorf("%s: %s", name, flaw)
	}
}

// measurement is a script that returns a line for every flaw of the current view.
const measurement = `(() => {
	const flaws = [];
	const rgba = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
	const over = ([r, g, b, a = 1], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a)];
	const ground = (node) => {
		if (!node) return [255, 255, 255];
		const color = rgba(getComputedStyle(node).backgroundColor);
		return color[3] === 0 ? ground(node.parentElement) : over(color, [255, 255, 255]);
	};
	const light = (color) => {
		const [r, g, b] = color.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (one, other) => {
		const [dark, bright] = [light(one), light(other)].sort((x, y) => x - y);
		return (bright + 0.05) / (dark + 0.05);
	};
	const dialog = document.querySelector("dialog[open]");
	for (const node of (dialog ?? document.body).querySelectorAll("*")) {
		if (!node.checkVisibility() || node.closest("[aria-hidden=true]:not(#mirror)") || node.closest(".unseen")) continue;
		const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
		const what = node.outerHTML.slice(0, 90);
		if (own || node.value) {
			const ratio = contrast(over(rgba(getComputedStyle(node).color), ground(node)), ground(node));
			if (ratio < 4.5) flaws.push("contrast " + ratio.toFixed(2) + ": " + what);
		}
		if (!node.matches("button, a, textarea")) continue;
		const name = node.getAttribute("aria-label") ?? node.textContent;
		if (!name.trim()) flaws.push("no name: " + what);
		const box = node.getBoundingClientRect();
		if (box.width < 24 && box.height < 24 || box.height < 23.5) flaws.push("small, " + box.width + " by " + box.height + ": " + what);
	}
	const root = document.documentElement;
	if (root.scrollWidth > root.clientWidth) flaws.push("the page is " + root.scrollWidth + " pixels wide");
	return flaws;
})()`

// TestPrint checks that controls are not printed.
func TestPrint(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("a = 2")
	p.plot("plot(a*x, x = 0, 1)")
	p.do(emulation.SetEmulatedMedia().WithMedia("print"))
	if got := get[int](p, `[...document.querySelectorAll("button:not(.expression):not(.result), input, textarea")].filter((node) => node.checkVisibility()).length`); got > 0 {
		t.Errorf("%d controls would be printed", got)
	}
}

// TestForcedColours checks that what is chosen or wrong is marked without a background.
func TestForcedColours(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL, look(1280, "forced")...)
	p.types("2 * lo")
	p.press("ArrowDown")
	p.until(`getComputedStyle(document.querySelector("#completions [aria-selected=true]")).outlineStyle === "solid"`)
	p.press("Escape", "Escape")
	p.calculate("1 / 0")
	p.until(`getComputedStyle(document.querySelector("#mirror mark")).borderBottomStyle === "solid"`)
	p.click("#more-open")
	p.until(`getComputedStyle(document.querySelector("#more :focus")).outlineStyle === "solid"`)
}

// TestTheme overrides the device's colour scheme, and shows digits in groups, which a copy leaves
// out.
func TestTheme(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	p := open(t, url, look(1280, "light")...)
	ground := `getComputedStyle(document.body).backgroundColor`
	light := get[string](p, ground)
	p.more("#settings-open")
	p.do(chromedp.SetValue("#theme", "dark", chromedp.ByQuery), chromedp.Evaluate(`document.getElementById("theme").dispatchEvent(new Event("change"))`, nil))
	dark := get[string](p, ground)
	if dark == light {
		t.Errorf("the background is %s in both light and dark", light)
	}
	p.visit()
	p.until(ground + ` === "` + dark + `"`)

	p.grantClipboard()
	p.calculate("1234567.5", "-2^40", "999", "1e30", "0.0001")
	p.more("#settings-open")
	p.click("#groups")
	p.press("Escape")
	p.until(`[...document.querySelectorAll("#log .result")].map((r) => r.textContent).join(" ") ===
		"1,234,567.5 -1,099,511,627,776 999 1e30 0.0001"`)
	// Whole numbers beyond 2^53 have no digits that are not theirs.
	p.calculate("2^64")
	p.set("decimals", "all")
	p.until(`document.querySelector("#log li:last-child .result").textContent === "1.8446744073709552e19"`)
	p.set("decimals", "")
	p.types("2^20")
	p.wantPreview("1,048,576")
	p.press("Escape")
	p.click("#log li:first-child .result")
	p.wantCopied("1234567.5")
	if got, want := get[string](p, `document.querySelector("#log li:nth-child(2) .result").getAttribute("aria-label")`),
		"minus 2 to the power of 40 equals minus 1099511627776, copy, or insert into your text"; got != want {
		t.Errorf("a result is announced as %q, want %q", got, want)
	}
}

// TestFont loads the font for systems that lack a clear one for numbers: it has the widths of the
// DejaVu Sans Mono that is installed here.
func TestFont(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.until(`(document.fonts.load('16px "Abacus Mono"'), document.fonts.check('16px "Abacus Mono"'))`)
	widths := get[[]float64](p, `['"Abacus Mono"', '"DejaVu Sans Mono"', "serif"].map((font) => {
		const pen = document.createElement("canvas").getContext("2d");
		pen.font = `+"`16px ${font}`"+`;
		return pen.measureText("0O1lI √2·π²").width;
	})`)
	if widths[0] != widths[1] || widths[0] == widths[2] {
		t.Errorf("the widths of a text in the three fonts are %v", widths)
	}
}

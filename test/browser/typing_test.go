package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestTyping checks what the page shows before Enter.
func TestTyping(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"colours", colours},
		{"brackets", brackets},
		{"completion", completion},
		{"completion by keys", completionByKeys},
		{"completion closes", completionCloses},
		{"signature", signature},
		{"preview", preview},
		{"unfinished text", unfinished},
		{"long calculation", longCalculation},
		{"preview equals answer", previewEqualsAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, url)
			// The language is loaded after the page itself.
			p.types("pi")
			p.wantColours("constant pi")
			p.press("Escape")
			c.do(p)
		})
	}
}

// wantColours compares the highlighted parts of the text, each `CLASS TEXT`.
func (p *page) wantColours(want ...string) {
	p.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll("#mirror span")]
		.map((part) => part.className + " " + part.textContent).join("\n") === %q`, strings.Join(want, "\n")))
}

func colours(p *page) {
	p.calculate("rate = 2", "f(x) = x")
	p.wantNames("rate = 2", "f(x) = x")
	p.types("1_000.5e-3 rate + f(pi) mod sin(nothing) # text (")
	p.wantColours("number 1_000.5e-3", "variable rate", "operator +", "definition f", "open (", "constant pi", "close )",
		"operator mod", "function sin", "open (", "unknown nothing", "close )", "comment # text (")
	if got, want := get[string](p, `document.getElementById("mirror").textContent`), "1_000.5e-3 rate + f(pi) mod sin(nothing) # text (\n"; got != want {
		p.Errorf("the highlighted text is %q, want %q", got, want)
	}
}

func brackets(p *page) {
	p.types("((1)")
	p.wantColours("open (", "pair (", "number 1", "pair )")
	p.types(")")
	p.wantColours("pair (", "open (", "number 1", "close )", "pair )")
	p.press("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft")
	p.wantColours("open (", "pair (", "number 1", "pair )", "close )")
}

// wantOptions compares the names in the list of completions.
func (p *page) wantOptions(want ...string) {
	p.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll("#completions:not([hidden]) b")]
		.map((name) => name.textContent).join(" ") === %q`, strings.Join(want, " ")))
}

func completion(p *page) {
	p.calculate("floors = 3", "flow(x, y) = x y")
	p.wantNames("floors = 3", "flow(x, y) = x*y")
	p.types("2 + flo")
	p.wantOptions("floors", "flow", "floor")
	if got, want := get[string](p, `document.querySelector("#completions li:nth-child(2)").textContent`), "flow(x, y) = x*y"; got != want {
		p.Errorf("the option reads %q, want %q", got, want)
	}
	p.press("Tab")
	p.wantInput("2 + floors")
	p.wantOptions()
	p.wantFocus("#input")
	p.types(" + sqr")
	p.wantOptions("sqrt")
	p.press("Tab")
	p.wantInput("2 + floors + sqrt(")
	p.types("16)")
	p.press("Enter")
	p.wantLog("floors = 3 | 3", "flow(x, y) = x y | defined | read as flow(x, y) = x*y", "2 + floors + sqrt(16) | 9")
	// The pointer completes as well, and leaves the focus where it is.
	p.types("flo")
	p.wantOptions("floors", "flow", "floor")
	p.click("#completions li:nth-child(3)")
	p.wantInput("floor(")
	p.wantFocus("#input")
	// A completion can be undone.
	p.do(chromedp.Evaluate(`document.execCommand("undo")`, nil))
	p.wantInput("flo")
}

func completionByKeys(p *page) {
	active := func(want string) {
		p.Helper()
		got := get[string](p, `(() => {
			const id = document.getElementById("input").getAttribute("aria-activedescendant");
			const chosen = [...document.querySelectorAll("#completions [aria-selected=true]")];
			return id ? chosen.filter((option) => option.id === id).map((option) => option.querySelector("b").textContent).join() : "";
		})()`)
		if got != want {
			p.Errorf("%q is chosen, want %q", got, want)
		}
	}
	p.types("log")
	p.wantOptions("log", "log2", "log10", "log1p")
	active("")
	p.press("ArrowDown", "ArrowDown")
	active("log2")
	p.press("ArrowUp", "ArrowUp")
	active("log1p")
	p.press("Enter")
	p.wantInput("log1p(")
	p.wantOptions()
	active("")
	p.press("Escape")
	p.press("Ctrl+Space")
	p.until(`document.querySelectorAll("#completions li").length > 50`)
}

// completionCloses checks that the list of completions is never in the way.
func completionCloses(p *page) {
	p.types("lo")
	p.wantOptions("log", "log2", "log10", "log1p")
	p.press("Escape")
	p.wantOptions()
	p.wantInput("lo")
	p.press("Escape")
	p.wantInput("")
	for _, text := range []string{"# lo", "0x1f", "qqq", "pi"} {
		p.types(text)
		p.wantColours(map[string]string{"# lo": "comment # lo", "0x1f": "number 0x1f", "qqq": "unknown qqq", "pi": "constant pi"}[text])
		p.wantOptions()
		p.press("Escape")
	}
	p.types("e")
	p.press("Tab")
	p.wantFocus(".go")
	// Enter calculates the text as typed unless an option was chosen.
	p.press("Shift+Tab")
	p.types("xp")
	p.wantOptions("exp", "expm1")
	p.press("Escape", "Escape")
	p.calculate("lo = 5")
	p.wantNames("lo = 5")
	p.types("lo")
	p.wantOptions("lo", "log", "log2", "log10", "log1p")
	p.press("Enter")
	p.wantLog("lo = 5 | 5", "lo | 5")
}

func signature(p *page) {
	shown := func(want string) {
		p.Helper()
		p.until(fmt.Sprintf(`document.getElementById("signature").textContent.startsWith(%q)`, want))
	}
	p.types("2 * atan2(1, sqrt(")
	shown("sqrt(x)")
	p.types("2)")
	shown("atan2(y, x)")
	p.types(")")
	p.until(`document.getElementById("signature").textContent === ""`)
}

// wantPreview waits for a preview of the input, with the canonical form if the page shows it.
func (p *page) wantPreview(want string) {
	p.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll("#preview:not(.stale), #reading")]
		.reverse().map((part) => part.textContent).filter(Boolean).join(" ") === %q`, want))
}

// preview checks that the browser calculates what the service then answers.
func preview(p *page) {
	p.calculate("a = 1/3", "f(x) = x + a", "7 * 6")
	p.wantNames("a = 0.333333333333333", "f(x) = x + a")
	for _, c := range []struct{ expression, preview string }{
		{"0.1 + 0.2", "0.3"},
		{"f(1)", "1.33333333333333"},
		{"ans / 2", "21"},
		{"* 3", "126 read as ans*3"},
		{"2 pi", "6.28318530717959 read as 2*pi"},
		{"side = 12\nside + ans", "54"},
		{"a = 5", "5"},
		{"randint(1, 6)", "a random number"},
	} {
		p.types(c.expression)
		p.wantPreview(c.preview)
		p.press("Escape")
		p.wantPreview("")
	}
	// A preview changes nothing.
	p.wantNames("a = 0.333333333333333", "f(x) = x + a")
	p.calculate("ans")
	p.wantLog("a = 1/3 | 0.333333333333333", "f(x) = x + a | defined", "7 * 6 | 42", "ans | 42")
}

// unfinished checks that the page waits for a pause before it says what is missing, and for Enter
// before it marks anything as wrong. Until then the last preview stays.
func unfinished(p *page) {
	p.types("2 * 3")
	p.wantPreview("6")
	p.types(" + hieght * (3")
	p.until(`document.querySelector("#preview.stale")?.textContent === "6"`)
	if !get[bool](p, `document.getElementById("problem").hidden`) {
		p.Error("the page complains at once about text that is still being typed")
	}
	if got := get[string](p, `document.querySelector("#mirror .ghost").textContent`); got != ")" {
		p.Errorf("the missing parenthesis is shown as %q", got)
	}
	p.until(`!document.getElementById("problem").hidden`)
	if get[bool](p, `document.querySelector("#mirror mark, .invalid, #input[aria-invalid]") !== null`) {
		p.Error("text that was not sent is marked as wrong")
	}
	p.press("Enter")
	p.until(`document.querySelector("#mirror mark") !== null && document.querySelector("#input[aria-invalid]") !== null`)
	p.press("Escape")
	p.until(`document.querySelector("#mirror mark") === null && document.getElementById("problem").hidden`)
}

// longCalculation types a calculation that takes too long to preview: the page stays usable.
func longCalculation(p *page) {
	p.types("sum(sum(sin(i j), i = 1, 990), j = 1, 50)")
	p.types(" + 1")
	p.press("Escape")
	p.types("6 * 7")
	p.wantPreview("42")
}

// previewEqualsAnswer compares the preview of every source of the language's own transcripts with
// the service's answer, in one session.
func previewEqualsAnswer(p *page) {
	p.sources()
	files, err := filepath.Glob(filepath.Join(harness.Root(), "shared/calc/testdata/*.txt"))
	if err != nil || len(files) == 0 {
		p.Fatal("there are no transcripts:", err)
	}
	sources := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			p.Fatal(err)
		}
		var inputs []string
		for _, line := range strings.Split(string(text), "\n") {
			if line == "" || strings.HasPrefix(line, "\t") {
				continue
			}
			if quoted, is := strings.CutPrefix(line, "@"); is {
				if line, err = strconv.Unquote(quoted); err != nil {
					p.Fatal(err)
				}
			}
			inputs = append(inputs, line)
		}
		sources += len(inputs)
		for ; len(inputs) > 0; inputs = inputs[min(50, len(inputs)):] {
			part, _ := json.Marshal(inputs[:min(50, len(inputs))])
			for _, flaw := range getAsync[[]string](p, fmt.Sprintf(comparison, part)) {
				p.Errorf("%s: %s", filepath.Base(file), flaw)
			}
		}
	}
	p.Logf("%d sources", sources)
}

// comparison is a script that returns a line for every source whose preview differs from its
// answer, and for every number that changes when it is typed back as it is shown, in any format.
const comparison = `(async () => {
	const { Calculator, context, valueOf } = await import("/app/calculator.js");
	const { setNumbers, shown, toCalculator } = await import("/app/numbers.js");
	const formats = ["point", "comma", ""].flatMap((format) => ["", "all"].flatMap((decimals) =>
		[false, true].map((groups) => ({ format, decimals, groups }))));
	const calculator = (window.calculator ??= new Calculator(10000));
	const state = (window.state ??= { token: "", names: { variables: {}, definitions: {} }, ans: null });
	const flaws = [];
	// The largest number overflows when it is rounded to 15 digits, digits of other bases look like
	// decimal ones, and 3 dozen is read as 36.
	const onlyShown = /97693134862315[78]e308| in base |dozen/;
	for (const source of %s) {
		const preview = await calculator.ask(context(state.names, state.ans) + source);
		const headers = state.token ? { Authorization: "Bearer " + state.token } : {};
		const reply = await fetch("/eval", { method: "POST", headers, body: source });
		const answer = await reply.json();
		if (preview.random) continue;
		// Without rates, the page only says so; the service says why it has none.
		const says = answer.code === "no-rates" && answer.status === 503 ? ["code", "position"] : ["code", "detail", "position", "hint"];
		const [got, want] = reply.ok
			? [preview, answer].map((r) => [r.kind, r.parsed, r.names, r.value, r.kind === "value" ? r.display : ""])
			: [preview.error ?? {}, answer].map((e) => says.map((name) => e[name]));
		const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
		if (a !== b) flaws.push(JSON.stringify(source) + ": the preview is " + a + ", the answer " + b);
		for (const format of preview.kind === "value" && preview.display ? formats : []) {
			setNumbers(format);
			const text = shown(preview.display, preview.value);
			const back = await calculator.ask("\n" + toCalculator(text).text);
			// 15 digits are shown, or as many as the source asks for.
			const isClose = Math.abs(back.value - preview.value) <= Math.abs(preview.value) * 1e-14;
			const isSame = back.display === preview.display || isClose && back.unit === preview.unit;
			if (!isSame && !onlyShown.test(source)) flaws.push(JSON.stringify([source, format, text]) + " is typed back as " + JSON.stringify(back));
		}
		state.token ||= answer.session ?? "";
		if (reply.ok && answer.value !== null) state.ans = valueOf({ result: answer.value, unit: answer.unit });
		if (answer.names?.length) state.names = await (await fetch("/session", { headers: { Authorization: "Bearer " + state.token } })).json();
	}
	return flaws;
})()`

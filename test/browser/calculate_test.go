package browser

import (
	"context"
	"fmt"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// TestPage uses the page as a person would, with a new profile for each case.
func TestPage(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		name string
		do   func(*page)
	}{
		{"results", results},
		{"errors", errors},
		{"an error while more is typed", errorWhileTyping},
		{"lines", lines},
		{"walk", walk},
		{"walk through lines", walkThroughLines},
		{"escape", escape},
		{"keys", keys},
		{"reload", reload},
		{"earlier", earlier},
		{"draft", draft},
		{"typed before the page is ready", typedEarly},
		{"copy", copyResult},
		{"change an expression", edit},
		{"names", names},
		{"values in the panel of names", shownNames},
		{"stale names", staleNames},
		{"clear one name", clearOne},
		{"clear all names", clearAll},
		{"delete the session", deleteSession},
		{"delete in another tab", deleteInOtherTab},
		{"text is text", textIsText},
		{"examples", examples},
		{"keyboard alone", keyboardAlone},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(open(t, url)) })
	}
}

func results(p *page) {
	p.wantFocus("#input")
	p.calculate("3 * (7 + 1)")
	p.wantStatus("3 times open parenthesis 7 plus 1 close parenthesis equals 24")
	p.wantInput("")
	p.wantFocus("#input")
	p.calculate("a = 10", "b = 10 * (7 + a)", "b", "f(x) = x^2", "f(a) - 1")
	p.wantStatus("f open parenthesis a close parenthesis minus 1 equals 99")
	p.calculate("0.1 + 0.2", "-5 + 3", "  1+1  ")
	p.wantLog("3 * (7 + 1) | 24", "a = 10 | 10", "b = 10 * (7 + a) | 170", "b | 170", "f(x) = x^2 | defined",
		"f(a) - 1 | 99", "0.1 + 0.2 | 0.3", "-5 + 3 | -2", "  1+1   | 2")
	p.wantNames("a = 10", "b = 170", "f(x) = x^2")
}

func errors(p *page) {
	for _, c := range []struct{ expression, marked, detail string }{
		{"2+", " ", ""},
		{"1 + missing * 2", "missing", "missing"},
		{"1 + é", "é", "é"},
		{"2 * 'é𝒳' + missing", "'", ""},
		{"1;\n2 / 0", "/", "zero"},
		{"(1 +", " ", ""},
	} {
		p.press("Escape")
		p.calculate(c.expression)
		p.until(`!document.getElementById("problem").hidden`)
		p.wantInput(c.expression)
		p.wantFocus("#input[aria-invalid=true]")
		detail := get[string](p, `document.querySelector("#problem .detail").textContent`)
		if detail == "" || !strings.Contains(detail, c.detail) {
			p.Errorf("%q: the page says %q, which lacks %q", c.expression, detail, c.detail)
		}
		if got := get[string](p, `document.querySelector("#mirror mark").textContent`); got != c.marked {
			p.Errorf("%q: %q is marked, want %q", c.expression, got, c.marked)
		}
		if status := get[string](p, `document.getElementById("status").textContent`); !strings.Contains(status, detail) {
			p.Errorf("%q: %q is announced, which lacks %q", c.expression, status, detail)
		}
	}
	p.wantLog()
	p.types(" 1)")
	p.press("Enter")
	p.wantLog("(1 + 1) | 2")
	p.until(`document.getElementById("problem").hidden && !document.querySelector("#mirror mark")`)
}

// errorWhileTyping has an error arrive after the next text was begun: the input keeps that text.
func errorWhileTyping(p *page) {
	p.do(chromedp.Evaluate(`{
		const input = document.getElementById("input");
		const write = (text) => { input.value = text; input.dispatchEvent(new Event("input")); };
		write("2 * missing");
		document.getElementById("composer").requestSubmit();
		write("next");
	}`, nil))
	p.until(`document.querySelector("#log .refused") !== null`)
	p.wantInput("next")
	if got := get[string](p, `document.querySelector("#log .refused mark").textContent`); got != "missing" {
		p.Errorf("%q is marked", got)
	}
}

func lines(p *page) {
	height := `document.getElementById("input").clientHeight`
	before := get[int](p, height)
	p.types("a = 2")
	p.press("Shift+Enter")
	p.types("a * 21")
	p.wantInput("a = 2\na * 21")
	if after := get[int](p, height); after <= before {
		p.Errorf("the input is %d pixels high with two lines, %d with one", after, before)
	}
	p.press("Enter")
	p.wantLog("a = 2\na * 21 | 42")
	p.wantNames("a = 2")
}

func walk(p *page) {
	p.calculate("1", "2", "2", "3")
	p.types("4 + ")
	for _, step := range []struct{ key, want string }{
		{"ArrowUp", "3"}, {"ArrowUp", "2"}, {"ArrowUp", "1"}, {"ArrowUp", "1"},
		{"ArrowDown", "2"}, {"ArrowDown", "3"}, {"ArrowDown", "4 + "}, {"ArrowDown", "4 + "}, {"ArrowUp", "3"},
	} {
		p.press(step.key)
		p.wantInput(step.want)
	}
	p.visit()
	p.press("Escape", "ArrowUp", "ArrowUp")
	p.wantInput("2")
}

func walkThroughLines(p *page) {
	p.calculate("1", "2;\n3")
	p.types("x\ny")
	p.press("ArrowUp")
	p.wantInput("x\ny")
	p.press("ArrowUp")
	p.wantInput("2;\n3")
	p.press("ArrowUp")
	p.wantInput("1")
	p.press("ArrowDown")
	p.wantInput("2;\n3")
	p.press("ArrowDown")
	p.wantInput("x\ny")
}

func escape(p *page) {
	p.types("12 * 12")
	p.press("Escape")
	p.wantInput("")
	p.press("ArrowUp")
	p.wantInput("12 * 12")
}

func keys(p *page) {
	p.press("?")
	p.until(`document.getElementById("keys").open`)
	p.press("Escape")
	p.until(`!document.getElementById("keys").open`)
	p.wantFocus("#input")
	p.wantInput("")
	p.types("1 > 2 ")
	p.press("?")
	p.wantInput("1 > 2 ?")
	p.click("#keys-open")
	p.until(`document.getElementById("keys").open`)
	p.wantFocus("#guide-search")
	p.press("Escape")
	p.until(`!document.getElementById("keys").open`)
	p.wantFocus("#input")
	p.do(chromedp.Focus("#keys-open"))

	// The help lists the language and inserts the chosen part.
	p.press("Enter")
	p.until(`document.querySelectorAll("#guide button").length > 50`)
	p.types("hypot")
	p.until(`document.querySelectorAll("#guide button").length < 5`)
	p.do(chromedp.Evaluate(`[...document.querySelectorAll("#guide button")].find((b) => b.textContent.startsWith("hypot(x, y)")).click()`, nil))
	p.until(`document.getElementById("input").value === "1 > 2 ?hypot("`)
	p.wantFocus("#input")
}

func reload(p *page) {
	p.calculate("a = 3 * (7 + 2)", "a", "2 pi")
	want := []string{"a = 3 * (7 + 2) | 27", "a | 27", "2 pi | 6.28318530717959 | read as 2*pi"}
	p.wantLog(want...)
	p.visit()
	p.wantLog(want...)
	p.wantNames("a = 27")
	p.calculate("a + 1")
	p.wantLog(append(want, "a + 1 | 28")...)
}

// earlier scrolls back to the beginning of the history: no row jumps when older ones are loaded.
func earlier(p *page) {
	var want []string
	for i := 0; i < 60; i++ {
		p.calculate(fmt.Sprint(i))
		want = append(want, fmt.Sprintf("%d | %d", i, i))
	}
	p.visit()
	p.wantLog(want[10:]...)
	p.do(chromedp.Evaluate(`document.querySelector("#log li").scrollIntoView()`, nil))
	top := `Math.round([...document.querySelectorAll("#log li")].at(-50).querySelector(".line").getBoundingClientRect().top)`
	before := get[int](p, top)
	p.do(chromedp.Evaluate(`document.getElementById("earlier").click()`, nil))
	p.until(`document.querySelectorAll("#log li").length === 60`)
	if after := get[int](p, top); after != before {
		p.Errorf("a row jumps from %d to %d pixels", before, after)
	}
	p.wantLog(want...)
	p.until(`document.getElementById("earlier").hidden`)
	for i := 0; i < 60; i++ {
		p.press("ArrowUp")
	}
	p.wantInput("0")
}

func draft(p *page) {
	p.types("12 +\n  x")
	p.until(`localStorage.getItem("abacus.draft") !== null`) // after a pause in typing
	other := p.tab()
	other.wantInput("12 +\n  x")
	other.press("Escape")
	other.types("other")
	p.visit()
	p.wantInput("12 +\n  x")
	other.visit()
	other.wantInput("other")
}

// typedEarly types into the input before the scripts are loaded.
func typedEarly(p *page) {
	p.do(chromedp.Evaluate(`localStorage.setItem("abacus.draft", "old")`, nil))
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := cdppage.AddScriptToEvaluateOnNewDocument(`document.addEventListener("readystatechange", () => {
			const input = document.getElementById("input");
			if (document.readyState === "interactive") input.value = "early";
		})`).Do(ctx)
		return err
	}))
	p.visit()
	p.wantInput("early")
}

func copyResult(p *page) {
	p.grantClipboard()
	p.calculate("0.1 + 0.2", "2^0.5")
	// The control says what a press does.
	if got := get[string](p, `document.querySelector("#log .result").title`); got != "0.3\nCopies, or inserts if the input has text" {
		p.Errorf("the title of a result is %q", got)
	}
	p.click("#log li:first-child .result")
	p.wantCopied("0.3")
	// Over plain HTTP, navigator.clipboard exists only on localhost.
	p.do(chromedp.Evaluate(`navigator.clipboard.writeText = () => Promise.reject()`, nil))
	p.click("#log li:last-child .result")
	p.wantCopied("1.4142135623731")
	// Typing goes to the input even while a result has the focus.
	p.press("7")
	p.wantInput("7")
	p.wantFocus("#input")
}

func edit(p *page) {
	p.calculate("6 * 7")
	p.types("unfinished")
	p.choose("1", "Change in a new row")
	p.wantInput("6 * 7")
	p.wantFocus("#input")
	p.press("ArrowUp")
	p.wantInput("unfinished")
}

// textIsText enters text that a careless page would run as markup.
func textIsText(p *page) {
	for _, text := range []string{
		`<img src=x onerror=document.title="broken">`, `<script>document.title="broken"</script>`,
		"\u202e1 + 1", "\u0000\u0007", strings.Repeat("9", 10000), "&lt;b&gt;", strings.Repeat("(", 1000),
	} {
		p.press("Escape")
		p.calculate(text)
		p.until(`!document.getElementById("problem").hidden || document.querySelector("#log li") !== null`)
	}
	p.calculate("1 # <img src=x onerror=document.title='broken'>")
	if got := get[string](p, `document.title`); got != "Abacus" {
		p.Errorf("the title is %q", got)
	}
	if n := get[int](p, `document.querySelectorAll("main img, main script, aside img").length`); n > 0 {
		p.Errorf("text became %d elements", n)
	}
}

// examples calculates every example of the first visit and compares the result shown beside it.
func examples(p *page) {
	examples := get[[][]string](p, `[...document.querySelectorAll(".example")].map((e) => [...e.children].map((part) => part.textContent))`)
	if len(examples) < 12 {
		p.Errorf("there are %d examples", len(examples))
	}
	p.click(".example")
	p.wantInput(examples[0][0])
	p.wantFocus("#input")
	p.press("Escape")
	for _, example := range examples {
		p.calculate(example[0])
		got := get[string](p, `document.querySelector("#log li:last-child .result")?.textContent ?? ""`)
		if word := strings.HasPrefix(example[1], "a "); got != example[1] && !word {
			p.Errorf("%s is %s, not %s as the example says", example[0], got, example[1])
		}
	}
	if !get[bool](p, `document.getElementById("examples").hidden`) {
		p.Error("the examples are still shown")
	}
}

// keyboardAlone reaches everything without a pointer.
func keyboardAlone(p *page) {
	p.calculate("a = 5", "a + 1")
	p.wantNames("a = 5")
	p.press("Shift+Tab")
	p.wantFocus("#log li:last-child .result")
	p.press("Enter")
	p.until(`document.getElementById("status").textContent.endsWith("6")`)
	p.press("ArrowLeft", "Enter")
	p.until(`document.activeElement.matches(".rewrite")`)
	p.press("Escape", "Tab")
	p.wantFocus("#input")
	p.press("Tab")
	p.wantFocus(".go")
	p.press("Tab", "Enter")
	p.wantInput("a")
	p.press("Tab", "Tab", "Tab")
	p.wantFocus(`[aria-label="Clear a"]`)
	p.press("Tab")
	p.wantFocus("#clear-names")
	p.press("Enter")
	p.until(`document.getElementById("confirm").open`)
	p.wantFocus("#confirm [data-answer='']")
	p.press("Tab", "Enter")
	p.wantNames()
	p.wantFocus("#input")
}

// Package browser drives the page in Chromium, against the whole app as `abacus up` starts it.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// chromium is the running browser, or nil if none is installed.
var chromium context.Context

func TestMain(m *testing.M) {
	stop := launch()
	code := harness.Main(m)
	stop()
	os.Exit(code)
}

func launch() (stop func()) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return func() {}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-GB"))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	// chromedp reports events that it does not know as errors.
	started, stopBrowser := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	stop = func() { stopBrowser(); stopAllocator() }
	if err := chromedp.Run(started); err != nil {
		fmt.Fprintln(os.Stderr, "start chromium:", err)
		return stop
	}
	chromium = started
	return stop
}

// patience is how long anything in the page may take.
const patience = 30 * time.Second

// page is the calculator in a tab.
type page struct {
	testing.TB
	ctx     context.Context
	url     string
	profile cdp.BrowserContextID
}

// open opens the page in a new profile and waits until it can be used. Errors and console messages
// of the browser, other than refused requests, fail the test.
func open(t testing.TB, url string, before ...chromedp.Action) *page {
	t.Helper()
	if chromium == nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the browser tests need Chromium, which is not installed or does not start")
		}
		t.Skip("Chromium is not installed or does not start: `make chromium` installs it")
	}
	executor := cdp.WithExecutor(chromium, chromedp.FromContext(chromium).Browser)
	profile, err := target.CreateBrowserContext().Do(executor)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { target.DisposeBrowserContext(profile).Do(executor) })
	return openTab(t, url, profile, before...)
}

// tab opens the page in another tab of the same profile.
func (p *page) tab() *page {
	p.Helper()
	return openTab(p.TB, p.url, p.profile)
}

func openTab(t testing.TB, url string, profile cdp.BrowserContextID, before ...chromedp.Action) *page {
	t.Helper()
	// A new profile has no window yet, so the tab needs one of its own.
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).
		Do(cdp.WithExecutor(chromium, chromedp.FromContext(chromium).Browser))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	// The first Run attaches to the tab for as long as its context lasts.
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	p := &page{TB: t, ctx: ctx, url: url, profile: profile}
	p.failOnComplaints()
	p.do(log.Enable(), emulation.SetFocusEmulationEnabled(true), chromedp.EmulateViewport(1280, 800))
	p.do(before...)
	p.visit()
	return p
}

func (p *page) failOnComplaints() {
	var mutex sync.Mutex
	var complaints []string
	chromedp.ListenTarget(p.ctx, func(event any) {
		mutex.Lock()
		defer mutex.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			for _, argument := range e.Args {
				complaints = append(complaints, fmt.Sprintf("console.%s: %s%s", e.Type, argument.Value, argument.Description))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
				complaints = append(complaints, e.Entry.Text)
			}
		}
	})
	p.Cleanup(func() {
		mutex.Lock()
		defer mutex.Unlock()
		for _, complaint := range complaints {
			p.Errorf("the browser complains: %s", complaint)
		}
	})
}

// visit loads the page and waits until its script shows the history, or the examples if that is
// empty.
func (p *page) visit() {
	p.Helper()
	p.do(chromedp.Navigate(p.url))
	p.until(`document.getElementById("format-example").value !== "" &&
		(document.querySelector("#log li") !== null || !document.getElementById("examples").hidden)`)
}

func (p *page) do(actions ...chromedp.Action) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// get evaluates a script in the page.
func get[T any](p *page, script string) T {
	p.Helper()
	var value T
	p.do(chromedp.Evaluate(script, &value))
	return value
}

// getAsync evaluates a script whose value is a promise.
func getAsync[T any](p *page, script string) T {
	p.Helper()
	var value T
	p.do(chromedp.Evaluate(script, &value,
		func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	return value
}

// until waits until a script returns true.
func (p *page) until(condition string) {
	p.Helper()
	for end := time.Now().Add(patience); !get[bool](p, condition); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("after %v this is still not true: %s; the page shows:\n%s", patience, condition,
				get[string](p, `document.body.innerText`))
		}
	}
}

// types inserts text at the caret of the focused element.
func (p *page) types(text string) {
	p.Helper()
	p.do(input.InsertText(text))
}

// press presses keys, such as "Enter", "Shift+Tab" or "Ctrl+k", one after the other.
func (p *page) press(keys ...string) {
	p.Helper()
	codes := map[string]int64{"Backspace": 8, "Tab": 9, "Enter": 13, "Escape": 27, "Space": 32, "End": 35, "Home": 36,
		"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Delete": 46, "F2": 113, "F9": 120}
	texts := map[string]string{"Enter": "\r", "Space": " "}
	for _, key := range keys {
		modifiers := input.Modifier(0)
		for name, modifier := range map[string]input.Modifier{
			"Shift+": input.ModifierShift, "Ctrl+": input.ModifierCtrl, "Alt+": input.ModifierAlt, "Meta+": input.ModifierMeta,
		} {
			rest, has := strings.CutPrefix(key, name)
			if has {
				key, modifiers = rest, modifiers|modifier
			}
		}
		text := texts[key]
		if len(key) == 1 {
			text = key
		}
		if modifiers&^input.ModifierShift != 0 {
			text = ""
		}
		if key == "Space" {
			key = " "
		}
		down := input.DispatchKeyEvent(input.KeyDown).WithKey(key).WithText(text).WithModifiers(modifiers).
			WithWindowsVirtualKeyCode(codes[strings.Replace(key, " ", "Space", 1)])
		up := *down
		up.Type, up.Text = input.KeyUp, ""
		p.do(down, &up)
	}
}

// enter types an expression and sends it, without waiting for the answer.
func (p *page) enter(expression string) {
	p.Helper()
	p.types(expression)
	p.press("Enter")
}

// calculate enters expressions and waits for the answer of each.
func (p *page) calculate(expressions ...string) {
	p.Helper()
	for _, expression := range expressions {
		p.enter(expression)
		p.settled()
	}
}

// settled waits until nothing is pending.
func (p *page) settled() {
	p.Helper()
	p.until(`document.querySelector("#log :is(.pending, .revised)") === null`)
}

// click clicks the first element that matches a selector.
func (p *page) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(selector, chromedp.ByQuery, chromedp.NodeVisible))
}

// key presses keys of the keypad, by their names.
func (p *page) key(names ...string) {
	p.Helper()
	for _, name := range names {
		place := get[int](p, fmt.Sprintf(`[...document.querySelectorAll("#keypad > *")].findIndex((key) =>
			key.checkVisibility() && (key.ariaLabel ?? key.textContent) === %q)`, name))
		p.click(fmt.Sprintf("#keypad > :nth-child(%d)", place+1))
	}
}

// more picks an item of the menu More.
func (p *page) more(item string) {
	p.Helper()
	p.click("#more-open")
	p.click(item)
}

// wantLog compares the rows of the log, each `EXPRESSION | RESULT`, with `| read as PARSED` if the
// row shows a canonical form.
func (p *page) wantLog(want ...string) {
	p.Helper()
	p.settled()
	got := get[[]string](p, `[...document.querySelectorAll("#log li")].map((row) =>
		[".expression", ".result", ".parsed"].map((part) => row.querySelector(part)?.textContent)
			.filter((text) => text !== undefined).join(" | "))`)
	if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		p.Errorf("the log shows\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// wantNames compares the panel of names.
func (p *page) wantNames(want ...string) {
	p.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll("#names .name")].map((name) => name.textContent).join("\n") === %q`,
		strings.Join(want, "\n")))
}

// wantInput compares the text of the input.
func (p *page) wantInput(want string) {
	p.Helper()
	if got := get[string](p, `document.getElementById("input").value`); got != want {
		p.Errorf("the input holds %q, want %q", got, want)
	}
}

// wantStatus waits until the live region announces a text.
func (p *page) wantStatus(want string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.getElementById("status").textContent === %q`, want))
}

// wantFocus waits until a selector matches the focused element.
func (p *page) wantFocus(selector string) {
	p.Helper()
	matches := fmt.Sprintf(`document.activeElement.matches(%q)`, selector)
	for end := time.Now().Add(patience); !get[bool](p, matches); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("the focus is on %s, want %s", get[string](p, `document.activeElement.outerHTML.slice(0, 200)`), selector)
		}
	}
}

// grantClipboard lets the page read and write the clipboard.
func (p *page) grantClipboard() {
	p.Helper()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		permissions := []browser.PermissionType{browser.PermissionTypeClipboardReadWrite}
		return browser.GrantPermissions(permissions).WithBrowserContextID(p.profile).
			Do(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser))
	}))
}

// wantCopied waits until the page says that it copied a text, and compares the clipboard.
func (p *page) wantCopied(want string) {
	p.Helper()
	p.wantStatus("Copied " + want)
	if got := getAsync[string](p, `navigator.clipboard.readText()`); got != want {
		p.Errorf("the clipboard holds %q, want %q", got, want)
	}
}

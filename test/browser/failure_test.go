package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// note is a script that returns the note of the pending row.
const note = `document.querySelector("#log .pending .note p")?.textContent ?? ""`

// wantNote waits until the page says why a row is pending.
func (p *page) wantNote(words string) {
	p.Helper()
	p.until(`(` + note + `).includes("` + words + `")`)
}

// TestHostDown kills the host while the page is open: entries made meanwhile survive a reload and
// are calculated once when the host is back.
func TestHostDown(t *testing.T) {
	state := t.TempDir()
	first := harness.Start(t, harness.Options{StateDir: state})
	p := open(t, first.URL)
	p.calculate("n = 1")
	first.Kill()
	p.enter("n = n + 1")
	p.wantNote("cannot be reached")
	p.enter("n = n * 10")
	p.types("draft")
	second := harness.Start(t, harness.Options{StateDir: state, Listen: strings.TrimPrefix(first.URL, "http://")})
	p.wantLog("n = 1 | 1", "n = n + 1 | 2", "n = n * 10 | 20")
	p.wantInput("draft")
	p.wantNames("n = 20")

	// A reply is lost: the page repeats the request with the same key.
	p.press("Escape")
	p.do(network.Enable(), chromedp.Evaluate(`{
		const real = window.fetch;
		window.fetch = async (...request) => {
			await real(...request);
			window.fetch = real;
			throw new TypeError("the connection was lost");
		};
	}`, nil))
	p.calculate("n = n + 1")
	p.wantNames("n = 21")
	p.visit()
	p.wantLog("n = 1 | 1", "n = n + 1 | 2", "n = n * 10 | 20", "n = n + 1 | 21")
	second.Kill()
	p.enter("n = n + 1")
	p.wantNote("cannot be reached")
	p.click("#log .pending .note button:last-child")
	p.wantInput("n = n + 1")
	if n := get[int](p, `document.querySelectorAll("#log .pending").length`); n > 0 {
		t.Errorf("%d rows are still pending after they were taken back", n)
	}
}

func TestOffline(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1 + 1")
	offline := func(on bool) *network.EmulateNetworkConditionsParams {
		return network.EmulateNetworkConditions(on, 0, -1, -1)
	}
	p.do(network.Enable(), offline(true))
	p.enter("2 + 2")
	p.wantNote("You are offline")
	p.do(offline(false))
	p.wantLog("1 + 1 | 2", "2 + 2 | 4")
}

// TestReloadWhileWaiting reloads the page while a row is pending.
func TestReloadWhileWaiting(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.do(chromedp.Evaluate(`window.fetch = async () => { throw new TypeError("no network"); }`, nil))
	p.enter("6 * 7")
	p.wantNote("cannot be reached")
	p.visit()
	p.wantLog("6 * 7 | 42")
	p.visit()
	p.wantLog("6 * 7 | 42")
}

func TestUnknownSession(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	for _, token := range []string{"AAAAAAAAAAAAAAAAAAAAAA", "broken token"} {
		p.do(chromedp.Evaluate(`localStorage.setItem("abacus.session", "`+token+`")`, nil))
		p.visit()
		p.until(`document.getElementById("toast").textContent.includes("not known any more")`)
		p.enter("20 + 3")
		p.wantNote("Not calculated yet")
		p.click("#toast .actions button")
		p.wantLog("20 + 3 | 23")
		if get[string](p, `localStorage.getItem("abacus.session")`) == token {
			t.Errorf("%q: no new session", token)
		}
	}
}

// TestRateLimit calculates more than a minute allows: the last row stays pending.
func TestRateLimit(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{Flags: []string{"--variable", "limit_entries=2"}}).URL)
	p.calculate("1", "2")
	p.enter("3")
	p.wantNote("a lot in a short time: this session calculates more than 2 times a minute")
	if text := get[string](p, note); !strings.Contains(text, " s.") {
		t.Errorf("the note does not say when the page tries again: %s", text)
	}
}

// TestServicesDown points eval at services that do not exist.
func TestServicesDown(t *testing.T) {
	t.Run("sessions", func(t *testing.T) {
		p := open(t, harness.Start(t, harness.Options{Flags: []string{"--variable", "sessions_url=http://127.0.0.1:1"}}).URL)
		p.enter("1 + 1")
		p.wantNote("cannot reach its memory")
	})
	t.Run("history", func(t *testing.T) {
		p := open(t, harness.Start(t, harness.Options{Flags: []string{"--variable", "history_url=http://127.0.0.1:1"}}).URL)
		p.calculate("1 + 1")
		p.wantLog("1 + 1 | 2")
		p.until(`document.querySelector("#log .unstored") !== null`)
	})
}

// TestFaultyRow sends an expression on which an otherwise healthy service fails every time: its row
// says so, and the rows behind it are stored.
func TestFaultyRow(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.do(chromedp.Evaluate(`{
		const real = window.fetch;
		window.attempts = 0;
		window.fetch = async (address, options) => {
			if (options.body !== "1/3") return real(address, options);
			const wait = ++attempts < 3 ? 0.05 : attempts < 5 ? 600 : 0.05;
			const problem = { detail: "something went wrong here", hint: "try again", code: "internal" };
			return new Response(JSON.stringify(problem), { status: 500, headers: { "Retry-After": wait } });
		};
	}`, nil))
	p.enter("1/3")
	p.enter("2 + 2")
	p.types("typed meanwhile")
	for _, attempts := range []string{"3", "4"} {
		p.wantNote("tried " + attempts + " times, again in 600 s")
		p.click("#log .pending .note button")
	}
	p.until(`document.querySelector("#log .refused .detail")?.textContent === "something went wrong here"`)
	p.wantLog("1/3", "2 + 2 | 4")
	p.wantInput("typed meanwhile")
}

func TestTooLong(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	for _, text := range []string{strings.Repeat("1+", 9000) + "1", strings.Repeat("1+", 500_000) + "1"} {
		p.press("Escape")
		begin := time.Now()
		p.calculate(text)
		p.until(`(document.querySelector("#problem .detail")?.textContent ?? "").includes("too long")`)
		p.wantInput(text)
		t.Logf("%d characters: %v", len(text), time.Since(begin))
	}
}

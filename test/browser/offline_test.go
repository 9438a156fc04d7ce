package browser

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// waitCached waits until the service worker has cached the page. It moves the mouse, because a page
// that is only looked at is not cached.
func (p *page) waitCached() {
	p.Helper()
	p.do(input.DispatchMouseEvent(input.MouseMoved, 5, 5))
	getAsync[bool](p, `navigator.serviceWorker.ready.then(() => true)`)
}

// close closes the tab.
func (p *page) close() {
	p.Helper()
	if err := chromedp.Cancel(p.ctx); err != nil {
		p.Fatal(err)
	}
}

// wantPending waits for pending rows with these results, which the page itself calculated.
func (p *page) wantPending(want ...string) {
	p.Helper()
	text, _ := json.Marshal(want)
	p.until(`JSON.stringify([...document.querySelectorAll("#log .pending")].map((row) =>
		[row.querySelector(".expression"), row.querySelector(".result")].map((part) => part.textContent).join(" | "))) === ` +
		"`" + string(text) + "`")
	if n := get[int](p, `document.querySelectorAll("#log .pending .here:not(:empty)").length`); n != len(want) {
		p.Errorf("%d of %d rows say that they are calculated here", n, len(want))
	}
	notes := get[[]string](p, `[...document.querySelectorAll("#log .pending .note .why")].map((note) => note.textContent)`)
	for _, note := range notes {
		if !strings.Contains(strings.ToLower(note), "not stored yet") {
			p.Errorf("a row says %q", note)
		}
	}
}

// history returns the session's entries from the service, oldest first, as EXPRESSION | DISPLAY.
func (p *page) history() []string {
	p.Helper()
	request, err := http.NewRequest("GET", p.url+"/history?limit=200", nil)
	if err != nil {
		p.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+get[string](p, `localStorage.getItem("abacus.session")`))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close()
	var reply struct {
		Entries []struct{ Expression, Display string }
	}
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
		p.Fatal(err)
	}
	var entries []string
	for _, e := range reply.Entries {
		entries = append(entries, e.Expression+" | "+e.Display)
	}
	slices.Reverse(entries)
	return entries
}

// TestOfflineAfterOneVisit calculates without any service: the service worker serves the page, and
// the page calculates. When the service is back, everything is stored once, in order.
func TestOfflineAfterOneVisit(t *testing.T) {
	state := t.TempDir()
	first := harness.Start(t, harness.Options{StateDir: state})
	p := open(t, first.URL)
	p.calculate("a = 5", "a * 2")
	p.waitCached()
	first.Kill()

	p.visit()
	p.until(`document.getElementById("toast").textContent.includes("calculated here, kept, and sent when it can")`)
	p.types("a + ans")
	p.wantPreview("15")
	p.press("Escape")
	for _, expression := range []string{"b = a * 3", "b + 1", "* 2", "f(x) = x^b", "nothing + 1", "f(1) + random()", "b = b + 1", "f(2)"} {
		p.enter(expression)
	}
	rows := []string{"b = a * 3 | 15", "b + 1 | 16", "* 2 | 32", "f(x) = x^b | defined", "nothing + 1 | …", "f(1) + random() | …", "b = b + 1 | 16", "f(2) | 65536"}
	p.wantPending(rows...)
	p.types("ans + b")
	p.wantPreview("65552")
	p.press("Escape")

	// Entries survive the tab. One is taken back; the others are calculated anew.
	q := p.tab()
	p.close()
	q.wantPending(rows...)
	q.do(chromedp.Evaluate(`document.querySelectorAll("#log .pending")[1].querySelector(".note button:last-child").click()`, nil))
	q.wantInput("b + 1")
	q.press("Escape")
	rows = slices.Delete(rows, 1, 2)
	rows[1] = "* 2 | 30"
	q.wantPending(rows...)
	q.types("typed meanwhile")

	harness.Start(t, harness.Options{StateDir: state, Listen: strings.TrimPrefix(first.URL, "http://")})
	q.settled()
	q.wantInput("typed meanwhile")
	if q.press("Escape"); get[bool](q, `document.querySelector("#log .here") !== null || !document.getElementById("toast").hidden`) {
		t.Error("the page still says that something is pending")
	}
	got := q.history()
	random := slices.IndexFunc(got, func(entry string) bool { return strings.HasPrefix(entry, "f(1) + random() | 1") })
	if random < 0 {
		t.Fatalf("the history has %q", got)
	}
	got = slices.Delete(got, random, random+1)
	want := []string{"a = 5 | 5", "a * 2 | 10", "b = a * 3 | 15", "* 2 | 30", "f(x) = x^b | ", "b = b + 1 | 16", "f(2) | 65536"}
	if !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
	q.until(`document.querySelectorAll("#log li").length === 9`)
	q.wantNames("a = 5", "b = 16", "f(x) = x^b")
	q.types("f(2) + ans")
	q.wantPreview("131072")
}

// TestOfflineEndIsVisible reloads the page offline, with rows that wait: the end of the log is in
// view, with the buttons of the last row.
func TestOfflineEndIsVisible(t *testing.T) {
	for _, window := range [][]chromedp.Action{phone, look(1280, "light")} {
		first := harness.Start(t, harness.Options{})
		p := open(t, first.URL, window...)
		p.calculate("0")
		p.fill(20)
		p.visit()
		p.waitCached()
		first.Kill()
		p.enter("1 + 1")
		p.enter("2 + 2")
		p.wantPending("1 + 1 | 2", "2 + 2 | 4")
		p.visit()
		p.until(`!document.getElementById("toast").hidden`)
		p.wantPending("1 + 1 | 2", "2 + 2 | 4")
		p.until(`[...document.querySelectorAll("#log li:last-child .note button")].filter((button) =>
			button.getBoundingClientRect().bottom <= document.getElementById("scroll").getBoundingClientRect().bottom).length === 2`)
	}
}

// TestOfflineAtFirst works offline before there is any session.
func TestOfflineAtFirst(t *testing.T) {
	state := t.TempDir()
	first := harness.Start(t, harness.Options{StateDir: state})
	p := open(t, first.URL)
	p.waitCached()
	first.Kill()
	p.visit()
	p.enter("n = 1")
	p.enter("n + 1")
	p.wantPending("n = 1 | 1", "n + 1 | 2")
	p.url = first.URL + "/?q=2%2B3"
	p.visit()
	p.wantInput("2+3")
	p.wantPreview("5")
	p.press("Escape")
	p.wantPending("n = 1 | 1", "n + 1 | 2")
	harness.Start(t, harness.Options{StateDir: state, Listen: strings.TrimPrefix(first.URL, "http://")})
	p.wantLog("n = 1 | 1", "n + 1 | 2")
	p.url = first.URL
	if got := p.history(); !slices.Equal(got, []string{"n = 1 | 1", "n + 1 | 2"}) {
		t.Errorf("the history has %q", got)
	}
}

// TestCached checks that the service worker stores the page's files and no personal data.
func TestCached(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1 + 1")
	p.waitCached()
	p.visit()
	p.calculate("2 + 2")
	p.grantClipboard()
	link := p.makeLink()
	p.do(chromedp.Navigate(link))
	p.visit()
	kept := getAsync[[]string](p, `(async () => {
		const requests = [];
		for (const name of await caches.keys()) requests.push(...(await (await caches.open(name)).keys()));
		return requests.map(({ url, headers }) => new URL(url).pathname + (headers.get("Authorization") ?? ""));
	})()`)
	for _, address := range kept {
		if !strings.HasPrefix(address, "/app/") || strings.HasSuffix(address, ".map") {
			t.Errorf("%s is cached", address)
		}
	}
	if len(kept) < 7 {
		t.Errorf("only %q are cached", kept)
	}
}

// TestNewVersion replaces the app with one that has another page. The first visit still shows the
// old page and loads the new one for the next visit. A page that was open for long offers to
// reload.
func TestNewVersion(t *testing.T) {
	folder := t.TempDir()
	copyFile(t, folder, "spin.toml")
	for _, service := range []string{"eval", "sessions", "history", "rates", "web"} {
		copyFile(t, folder, filepath.Join("services", service, service+".wasm"))
	}
	options := harness.Options{Manifest: filepath.Join(folder, "spin.toml"), StateDir: t.TempDir()}
	bundle(t, folder, "One")
	running := harness.Start(t, options)
	options.Listen = strings.TrimPrefix(running.URL, "http://")
	p := open(t, running.URL)
	p.waitCached()
	old := "One"
	for _, title := range []string{"Two", "Three", "Four"} {
		running.Kill()
		version := bundle(t, folder, title)
		running = harness.Start(t, options)
		if title == "Three" {
			p.do(chromedp.Evaluate(`{ const now = Date.now; Date.now = () => now() + 2 * 60 * 60 * 1000; }
				document.dispatchEvent(new Event("visibilitychange"));`, nil))
			p.until(`document.getElementById("toast").textContent.includes("A new version is ready")`)
			p.click("#toast .actions button")
			p.wantTitle(title)
		} else {
			p.visit()
			p.wantTitle(old)
			p.waitVersion(version)
		}
		p.visit()
		p.wantTitle(title)
		p.calculate("1 + 1")
		if n := getAsync[int](p, `caches.keys().then((names) => names.length)`); n != 2 {
			t.Errorf("%s: %d versions are cached, want this one and the one before", title, n)
		}
		old = title
	}
}

// bundle builds a page with this title for the app in a folder, and returns the URL that names its
// version.
func bundle(t *testing.T, folder, title string) string {
	t.Helper()
	static := filepath.Join(t.TempDir(), "static")
	if err := os.CopyFS(static, os.DirFS(filepath.Join(harness.Root(), "services/web/static"))); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(static, "index.html")
	text, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "<title>Abacus</title>", "<title>"+title+"</title>", 1))
	if err := os.WriteFile(index, text, 0o644); err != nil {
		t.Fatal(err)
	}
	assets := filepath.Join(folder, "services/web/assets")
	command := exec.Command("go", "run", "./services/web/bundle", static, assets)
	command.Dir = harness.Root()
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, said)
	}
	pages, err := filepath.Glob(filepath.Join(assets, "app/index-*.html"))
	if err != nil || len(pages) != 1 {
		t.Fatalf("pages %q, %v", pages, err)
	}
	return "/app/" + filepath.Base(pages[0])
}

// waitVersion waits until the service worker of a version is active.
func (p *page) waitVersion(version string) {
	p.Helper()
	getAsync[bool](p, `(async () => {
		const { serviceWorker } = navigator;
		for (;;) {
			const begun = await caches.has("`+version+`"); // checked first: before it begins, it looks as if it were done
			const { installing, waiting, active } = await serviceWorker.getRegistration();
			if (begun && !installing && !waiting && active.state === "activated") return true;
			await new Promise((again) => setTimeout(again, 20));
		}
	})()`)
}

// wantTitle waits until the page has this title.
func (p *page) wantTitle(title string) {
	p.Helper()
	p.until(`document.title === "` + title + `"`)
}

// copyFile copies a file of the repository into a folder, under the same path.
func copyFile(t *testing.T, folder, name string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(harness.Root(), name))
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/services/history"
	"abacus/services/sessions"
	"abacus/services/web"
	"abacus/shared/capability"
	"abacus/shared/sqlite/sqlitetest"
	"abacus/shared/storage"
	"abacus/shared/variabletest"
	"abacus/shared/wire"
)

// neighbours are the services that the page of a share needs, called as by service chaining.
type neighbours struct {
	t        *testing.T
	services map[string]http.Handler
	store    map[string][]byte
}

func newNeighbours(t *testing.T) *neighbours {
	database := sqlitetest.Open(filepath.Join(t.TempDir(), "sqlite_db.db"))
	t.Cleanup(func() { database.Close() })
	open := func() (storage.Database, error) { return database.Connect().Bind(context.Background()), nil }
	now := func() time.Time { return time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC) }
	n := &neighbours{t: t, store: map[string][]byte{}}
	n.services = map[string]http.Handler{
		"sessions.spin.internal": sessions.New(sessions.Options{Open: open, Now: now, Transport: n, Variable: read}),
		"history.spin.internal": history.New(history.Options{Open: open, Now: now, Transport: n, Variable: read,
			Snapshots: n}),
	}
	return n
}

var read = variabletest.Reader()

// The key-value store of history.

func (n *neighbours) Get(key string) ([]byte, bool, error) {
	value, found := n.store[key]
	return value, found, nil
}

func (n *neighbours) Set(key string, value []byte) error {
	n.store[key] = value
	return nil
}

func (n *neighbours) Delete(key string) error {
	delete(n.store, key)
	return nil
}

// RoundTrip implements service chaining.
func (n *neighbours) RoundTrip(out *http.Request) (*http.Response, error) {
	service := n.services[out.URL.Host]
	if service == nil {
		return nil, errors.New("the service cannot be reached")
	}
	in := out.Clone(out.Context())
	in.RequestURI = out.URL.RequestURI()
	in.Header.Set("Spin-Client-Addr", "0.0.0.0:0")
	w := httptest.NewRecorder()
	service.ServeHTTP(w, in)
	return w.Result(), nil
}

// call sends a request to a service as another service does, or as a client with the token.
func (n *neighbours) call(method, address string, token capability.Token, body string) *http.Response {
	n.t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+string(token))
	}
	r.Header.Set(wire.OwnerHeader, token.Owner())
	r.Header.Set("Content-Type", "application/json")
	reply, err := n.RoundTrip(r)
	if err != nil || reply.StatusCode >= 300 {
		n.t.Fatalf("%s %s: %v, %v", method, address, reply, err)
	}
	return reply
}

// share creates a share of entries, each with its kind, expression, parsed, value and plot, in a
// session with the variable a. It returns the tokens of the share and of the session.
func (n *neighbours) share(title string, life int, entries ...[]string) (string, capability.Token) {
	n.t.Helper()
	token := capability.Token(n.call("POST", "http://sessions.spin.internal/sessions", "", "").Header.Get(wire.SessionHeader))
	n.call("PUT", "http://sessions.spin.internal/session/variables/a", token, "51")
	m := wire.Recording{ID: "id"}
	for _, e := range entries {
		entry := wire.Entry{Kind: e[0], Expression: e[1], Parsed: e[2]}
		value, err := strconv.ParseFloat(e[3], 64)
		entry.Value, entry.HasValue = value, err == nil
		if len(e) > 4 {
			entry.Plot = e[4]
		}
		m.Entries = append(m.Entries, entry)
	}
	n.call("POST", "http://history.spin.internal/internal/entries", token, string(m.Append(nil)))
	wanted := map[string]any{"entries": "all", "title": title}
	if life > 0 {
		wanted["expires_in"] = life
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		n.t.Fatal(err)
	}
	made := n.call("POST", "http://history.spin.internal/shares", token, string(text))
	return strings.TrimPrefix(made.Header.Get("Location"), "/s/"), token
}

func (n *neighbours) web() http.Handler {
	return web.New(web.Options{
		ReadFile:  func(name string) ([]byte, error) { return os.ReadFile("static/" + name) },
		Transport: n, Variable: read,
	})
}

func TestSharePage(t *testing.T) {
	n := newNeighbours(t)
	token, session := n.share("The <loan> & \"more\"", 3600,
		[]string{"assignment", "a = 51", "a = 51", "51"},
		[]string{"value", "3 (a + 1) # <b>&\"'\x07\u202e", "3*(a + 1)", "156"},
		[]string{"definition", "f(x) = x^2", "f(x) = x^2", ""})
	w := ask(n.web(), "GET", "/s/"+token)
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Robots-Tag": "noindex",
		"Referrer-Policy": "no-referrer", "Content-Security-Policy": wire.ContentSecurityPolicy,
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	page := w.Body.String()
	for _, want := range []string{
		"<title>The &lt;loan> &amp; &quot;more&quot; · Abacus</title>",
		`<meta name="robots" content="noindex">`,
		`<meta name="description" content="a = 51; 3*(a + 1) = 156; f(x) = x^2">`,
		`<meta property="og:title" content="The &lt;loan> &amp; &quot;more&quot;">`,
		`<meta property="og:description" content="a = 51; 3*(a + 1) = 156; f(x) = x^2">`,
		`<h2><bdi>The &lt;loan> &amp; &quot;more&quot;</bdi></h2>`,
		`Shared <time datetime="2026-11-22T09:30:00.000Z">22 November 2026, 09:30 UTC</time>, until <time datetime="2026-11-22T10:30:00.000Z">22 November 2026, 10:30 UTC</time>`,
		"<bdi>3 (a + 1) # &lt;b>&amp;&quot;'\uFFFD\u202e</bdi>",
		`<span>read as <code><bdi>3*(a + 1)</bdi></code></span>`,
		`<output class="result">156</output>`,
		`<output class="result assignment">51</output>`,
		`<li><code><bdi>a = 51</bdi></code></li>`,
		`<a class="main" href="/#fork=` + token + `">`,
		"/shares/" + token + "/fork",
		`href="/style.css"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	if n := strings.Count(page, "read as"); n != 1 {
		t.Errorf("%d entries say how they are read, want the one that is not read as it is written", n)
	}
	// The only script of the page is its template's.
	page = strings.Replace(page, `<script type="module" src="/app/shared.js"></script>`, "", 1)
	for _, forbidden := range []string{"<script", "<b>", "<loan>", " style=", string(session), "<form"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page contains %s", forbidden)
		}
	}
}

// TestSharedForms checks that a result with a form is shown in that form.
func TestSharedForms(t *testing.T) {
	n := newNeighbours(t)
	token, _ := n.share("", 0, []string{"value", "255 in hex", "255 in hex", "255"})
	w := ask(n.web(), "GET", "/s/"+token)
	if body := w.Body.String(); !strings.Contains(body, ">0xFF<") || !strings.Contains(body, "255 in hex = 0xFF") {
		t.Errorf("the page is %s", body)
	}
}

// TestShareTitleDirection checks that a title that changes the direction of text does so only
// within its own element of the page.
func TestShareTitleDirection(t *testing.T) {
	n := newNeighbours(t)
	token, _ := n.share("\u202egnp.exe\u2066", 0, []string{"value", "1 # \u202e", "1", "1"})
	page := ask(n.web(), "GET", "/s/"+token).Body.String()
	for _, want := range []string{
		"<title>gnp.exe · Abacus</title>", `<meta property="og:title" content="gnp.exe">`, "<bdi>\u202egnp.exe\u2066</bdi>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if head, _, _ := strings.Cut(page, "<body"); strings.ContainsAny(head, "\u202e\u2066") {
		t.Errorf("the head is %q", head)
	}
}

func TestSharePageSummary(t *testing.T) {
	n := newNeighbours(t)
	long := strings.Repeat("1+", 200) + "1"
	token, _ := n.share("", 0, []string{"value", long, long, "201"}, []string{"value", "2\n", "2", "2"})
	page := ask(n.web(), "GET", "/s/"+token).Body.String()
	if want := `content="` + long[:159] + `…">`; strings.Count(page, want) != 2 {
		t.Errorf("the page lacks %s twice:\n%s", want, page)
	}
	if !strings.Contains(page, "<title>Shared calculations · Abacus</title>") || strings.Contains(page, "until") {
		t.Errorf("a share without title and end:\n%s", page)
	}
}

func TestSharePageIsNot(t *testing.T) {
	n := newNeighbours(t)
	token, session := n.share("private", 0, []string{"value", "1", "1", "1"})
	revoked, owner := n.share("private", 0, []string{"value", "1", "1", "1"})
	n.call("DELETE", "http://history.spin.internal/shares/"+revoked, owner, "")
	for _, c := range []struct {
		method, target string
		status         int
		contains       string
	}{
		{"GET", "/s/" + revoked, 410, "This share has ended"},
		{"GET", "/s/AAAAAAAAAAAAAAAAAAAAAA", 404, "There is no share"},
		{"GET", "/s/" + string(session), 404, "There is no share"},
		{"GET", "/s/" + token + "x", 404, "There is no share"},
		{"GET", "/s/%3Cscript%3E", 404, "There is no share"},
		{"HEAD", "/s/" + token, 200, ""},
		{"POST", "/s/" + token, 405, "method-not-allowed"},
		{"OPTIONS", "/s/" + token, 204, ""},
		{"GET", "/s/" + token + "/x", 404, "not-found"},
		{"GET", "/s/", 404, "not-found"},
	} {
		w := ask(n.web(), c.method, c.target)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.contains) || strings.Contains(w.Body.String(), "private") && c.method != "HEAD" {
			t.Errorf("%s %s: %d %s", c.method, c.target, w.Code, w.Body)
		}
	}
	n.services["history.spin.internal"] = nil
	if w := ask(n.web(), "GET", "/s/"+token); w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "cannot be read now") {
		t.Errorf("while history is down: %d %s", w.Code, w.Body)
	}
}

package web_test

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"abacus/services/web"
	"abacus/shared/wire"
)

// handler serves the sources of the page as they are. Like the component, it reads plain paths:
// whatever the handler lets through is opened.
func handler() http.Handler {
	return web.New(web.Options{
		ReadFile: func(name string) ([]byte, error) { return os.ReadFile("static/" + name) },
	})
}

// ask sends a request whose target is exactly as written, as a host passes it on.
func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", nil)
	r.RequestURI = target
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestFiles(t *testing.T) {
	for _, c := range []struct{ target, contentType, begins string }{
		{"/", "text/html; charset=utf-8", "<!doctype html>"},
		{"", "text/html; charset=utf-8", "<!doctype html>"},
		{"/?q=1%2B1", "text/html; charset=utf-8", "<!doctype html>"},
		{"/index.html", "text/html; charset=utf-8", "<!doctype html>"},
		{"/style.css", "text/css; charset=utf-8", "/*"},
		{"/style.css?v=1", "text/css; charset=utf-8", "/*"},
		{"/favicon.svg", "image/svg+xml", "<svg"},
		{"/problems", "text/html; charset=utf-8", "<!doctype html>"},
		{"/manifest.webmanifest", "application/manifest+json", "{"},
		{"/sw.js", "text/javascript; charset=utf-8", "//"},
		{"/robots.txt", "text/plain; charset=utf-8", "User-agent: *\nDisallow: /s/\n"},
	} {
		w := ask(handler(), "GET", c.target)
		if w.Code != http.StatusOK {
			t.Errorf("%q: status %d", c.target, w.Code)
		}
		if got := w.Header().Get("Content-Type"); got != c.contentType {
			t.Errorf("%q: type %q, want %q", c.target, got, c.contentType)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%q: Cache-Control %q", c.target, got)
		}
		if !strings.HasPrefix(w.Body.String(), c.begins) {
			t.Errorf("%q: begins with %.40q, want %q", c.target, w.Body, c.begins)
		}
	}
}

// strange are targets that must not be answered with a file, each spelled in a way that some server
// has fallen for.
var strange = []string{
	"/nothing", "/nothing.html", "/app", "/app/", "/app.js", "/eval/nothing",
	"/../secret.txt", "/app/../../secret.txt", "/./../secret.txt", "/app/../index.html",
	"/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt", "/..%2fsecret.txt", "/..%5csecret.txt", `/..\secret.txt`,
	"/%252e%252e/secret.txt", "/app%2fa.js", "/app//a.js", "/app/./a.js", "/%61pp/a.js",
	"/.hidden.txt", "/.git/config.txt", "/app/note.md", "/index.html%00.css", "/index.html\x00.css",
	"/internal/session", "//internal/session", "/session/../internal/session", "/%69nternal/session",
	"http://example.com/index.html", "*", "/" + strings.Repeat("a", 5000) + ".js",
}

// tempting serves a folder with files inside and beside it that must stay hidden.
func tempting(t testing.TB) http.Handler {
	root := t.TempDir()
	for name, content := range map[string]string{
		"secret.txt":             "secret",
		"static/index.html":      "page",
		"static/share.tmpl":      "",
		"static/.hidden.txt":     "secret",
		"static/.git/config.txt": "secret",
		"static/app/a.js":        "script",
		"static/app/note.md":     "secret",
		"static/app.js/x":        "a folder with the name of a script",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return web.New(web.Options{
		ReadFile: func(name string) ([]byte, error) { return os.ReadFile(root + "/static/" + name) },
	})
}

func TestNotFound(t *testing.T) {
	h := tempting(t)
	for _, target := range strange {
		w := ask(h, "GET", target)
		if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%.80q: status %d, body %.80q", target, w.Code, w.Body)
		}
	}
	if w := ask(h, "GET", "/app/a.js"); w.Body.String() != "script" {
		t.Errorf("the file that is there: %q", w.Body)
	}
}

// FuzzTarget searches for a spelling that reaches anything but the two files.
func FuzzTarget(f *testing.F) {
	for _, target := range strange {
		f.Add(target)
	}
	f.Add("/")
	f.Add("/app/a.js?v=1")
	f.Add("s/0")
	h := tempting(f)
	f.Fuzz(func(t *testing.T, target string) {
		w := ask(h, "GET", target)
		body := w.Body.String()
		if w.Code == http.StatusOK && body != "page" && body != "script" || w.Code != http.StatusOK && w.Code != http.StatusNotFound {
			t.Errorf("%q: status %d, body %.80q", target, w.Code, body)
		}
	})
}

// TestRoute sends headers that a client can forge and the SDK trusts: only the request's target
// counts.
func TestRoute(t *testing.T) {
	r := httptest.NewRequest("GET", "http://localhost/nothing", nil)
	r.RequestURI = "/robots.txt"
	r.Header.Set("Spin-Full-Url", "http://localhost/nothing")
	r.Header.Set("Spin-Path-Info", "/nothing")
	w := httptest.NewRecorder()
	handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "User-agent") {
		t.Errorf("status %d, body %.40q", w.Code, w.Body)
	}
}

func TestNotFoundForm(t *testing.T) {
	for _, c := range []struct{ accept, contentType, contains string }{
		{"text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8", "<!doctype html>"},
		{"*/*", "application/problem+json", `"code":"not-found"`},
		{"application/json", "application/problem+json", `"status":404`},
		{"", "application/problem+json", `"hint":`},
	} {
		w := ask(handler(), "GET", "/nothing", "Accept", c.accept)
		if w.Code != http.StatusNotFound {
			t.Errorf("%q: status %d", c.accept, w.Code)
		}
		if got := w.Header().Get("Content-Type"); got != c.contentType {
			t.Errorf("%q: type %q, want %q", c.accept, got, c.contentType)
		}
		if got := w.Header().Get("Vary"); got != "Accept" {
			t.Errorf("%q: Vary %q", c.accept, got)
		}
		if !strings.Contains(w.Body.String(), c.contains) {
			t.Errorf("%q: body %q lacks %q", c.accept, w.Body, c.contains)
		}
	}
}

func TestWithoutFiles(t *testing.T) {
	h := web.New(web.Options{
		ReadFile: func(string) ([]byte, error) { return nil, errors.New("the mount is missing") },
	})
	w := ask(h, "GET", "/", "Accept", "text/html")
	if w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d, type %q", w.Code, w.Header().Get("Content-Type"))
	}
}

// TestEntityTag checks that contents that differ only a little have different tags.
func TestEntityTag(t *testing.T) {
	contents := []string{"", "\x00", "a", "a\x00", "12345678", "12345679", "02345678", "123456781"}
	contents = append(contents, strings.Repeat("\x00", 8), strings.Repeat("\x00", 16))
	seen := map[string]string{}
	for _, content := range contents {
		h := web.New(web.Options{ReadFile: func(string) ([]byte, error) { return []byte(content), nil }})
		tag := ask(h, "GET", "/robots.txt").Header().Get("ETag")
		if other, ok := seen[tag]; ok {
			t.Errorf("%q and %q have the tag %s", content, other, tag)
		}
		seen[tag] = content
	}
}

func TestConditional(t *testing.T) {
	tag := ask(handler(), "GET", "/style.css").Header().Get("ETag")
	if len(tag) < 10 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		t.Fatalf("entity tag %q", tag)
	}
	if other := ask(handler(), "GET", "/robots.txt").Header().Get("ETag"); other == tag {
		t.Errorf("two files have the tag %q", tag)
	}
	for _, c := range []struct {
		condition string
		status    int
	}{
		{tag, 304}, {"W/" + tag, 304}, {`"x", ` + tag, 304}, {`"x",` + tag + `,"y"`, 304}, {"*", 304},
		{`"x"`, 200}, {strings.Trim(tag, `"`), 200}, {"", 200},
	} {
		w := ask(handler(), "GET", "/style.css", "If-None-Match", c.condition)
		if w.Code != c.status {
			t.Errorf("If-None-Match %s: status %d, want %d", c.condition, w.Code, c.status)
		}
		if w.Header().Get("ETag") != tag || w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("If-None-Match %s: headers %v", c.condition, w.Header())
		}
		if c.status == 304 && w.Body.Len() > 0 {
			t.Errorf("If-None-Match %s: a body of %d bytes", c.condition, w.Body.Len())
		}
	}
	if w := ask(handler(), "GET", "/nothing.css", "If-None-Match", "*"); w.Code != 404 {
		t.Errorf("a missing file on condition: status %d", w.Code)
	}
}

// TestCoded requests files that exist in several codings. Each is a variant with a tag of its own.
func TestCoded(t *testing.T) {
	files := map[string]string{
		"app/a-1.js": "plain", "app/a-1.js.br": "br", "app/a-1.js.gz": "gzip",
		"index.html": "page", "index.html.gz": "page by gzip",
		"robots.txt": "robots",
	}
	h := web.New(web.Options{ReadFile: func(name string) ([]byte, error) {
		if content, has := files[name]; has {
			return []byte(content), nil
		}
		return nil, fs.ErrNotExist
	}})
	const forGood, again = "public, max-age=31536000, immutable", "no-cache"
	tags := map[string]string{}
	for _, c := range []struct{ target, accept, body, coding, cache string }{
		{"/app/a-1.js", "gzip, deflate, br, zstd", "br", "br", forGood},
		{"/app/a-1.js", "gzip", "gzip", "gzip", forGood},
		{"/app/a-1.js", "identity", "plain", "", forGood},
		{"/", "gzip, br", "page by gzip", "gzip", again},
		{"/", "br", "page", "", again},
		{"/", "gzip;q=0", "page", "", again},
		{"/robots.txt", "br, gzip", "robots", "", again},
	} {
		w := ask(h, "GET", c.target, "Accept-Encoding", c.accept)
		header := w.Header()
		if w.Code != 200 || w.Body.String() != c.body || header.Get("Content-Encoding") != c.coding || header.Get("Cache-Control") != c.cache {
			t.Errorf("%s in %s: %d %q, headers %v", c.target, c.accept, w.Code, w.Body, header)
		}
		if got := header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("%s in %s: Vary %q", c.target, c.accept, got)
		}
		tag := header.Get("ETag")
		if other, has := tags[tag]; has && other != c.body {
			t.Errorf("%q and %q have the tag %s", other, c.body, tag)
		}
		tags[tag] = c.body
		w = ask(h, "GET", c.target, "Accept-Encoding", c.accept, "If-None-Match", tag)
		if w.Code != 304 || w.Header().Get("ETag") != tag || w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s in %s, known: %d, headers %v", c.target, c.accept, w.Code, w.Header())
		}
		w = ask(h, "GET", c.target, "Accept-Encoding", "identity", "If-None-Match", tag)
		if want := map[bool]int{true: 304, false: 200}[c.coding == ""]; w.Code != want {
			t.Errorf("%s, known in %s, asked for as it is: %d, want %d", c.target, c.accept, w.Code, want)
		}
	}
	w := ask(h, "GET", "/robots.txt", "Accept-Encoding", "br, identity;q=0")
	if w.Code != 406 || !strings.Contains(w.Body.String(), `"code":"not-acceptable"`) || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("no coding that is accepted: %d %s, headers %v", w.Code, w.Body, w.Header())
	}
	if w := ask(h, "GET", "/app/a-1.js.br"); w.Code != 404 {
		t.Errorf("a variant by its name: %d", w.Code)
	}
}

func TestMethods(t *testing.T) {
	for _, c := range []struct {
		method, target string
		status         int
	}{
		{"GET", "/", 200}, {"HEAD", "/", 200}, {"OPTIONS", "/", 204},
		{"POST", "/", 405}, {"PUT", "/style.css", 405}, {"DELETE", "/", 405}, {"PATCH", "/", 405},
		{"POST", "/nothing", 404}, {"HEAD", "/nothing", 404},
	} {
		w := ask(handler(), c.method, c.target)
		if w.Code != c.status {
			t.Errorf("%s %s: status %d, want %d", c.method, c.target, w.Code, c.status)
		}
		allow := w.Header().Get("Allow")
		if wants := c.status == 405 || c.status == 204; wants != (allow == "GET, HEAD, OPTIONS") {
			t.Errorf("%s %s: Allow %q", c.method, c.target, allow)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	for _, c := range []struct{ method, target string }{
		{"GET", "/"}, {"GET", "/app/main.js"}, {"GET", "/nothing"}, {"POST", "/"}, {"OPTIONS", "/"},
	} {
		h := ask(handler(), c.method, c.target).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":      wire.ContentSecurityPolicy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security":    "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s %s: %s %q, want %q", c.method, c.target, name, got, want)
			}
		}
	}
	secure := ask(handler(), "GET", "/", "Spin-Full-Url", "https://example.com/").Header()
	if got := secure.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=63072000") {
		t.Errorf("over https: Strict-Transport-Security %q", got)
	}
}

// TestPageFiles checks that every file of static/ except the templates is served, and that none of
// them needs what the content security policy forbids.
func TestPageFiles(t *testing.T) {
	files := 0
	err := fs.WalkDir(os.DirFS("static"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		w := ask(handler(), "GET", "/"+name)
		if served := w.Code == http.StatusOK; served != (path.Ext(name) != ".tmpl") {
			t.Errorf("%s: status %d", name, w.Code)
		}
		for _, forbidden := range []string{" style=\"", " onclick=", "<style", "innerHTML", "insertAdjacentHTML", "eval(", "javascript:"} {
			if strings.Contains(w.Body.String(), forbidden) && name != "openapi.json" {
				t.Errorf("%s contains %q", name, forbidden)
			}
		}
		return nil
	})
	if err != nil || files < 5 {
		t.Errorf("%d files, error %v", files, err)
	}
}

func TestOpenSearch(t *testing.T) {
	for _, c := range []struct{ url, want string }{
		{"http://localhost:3000/opensearch.xml", "http://localhost:3000"},
		{"https://abacus.example/opensearch.xml?x=1", "https://abacus.example"},
		{`http://a"b<c/opensearch.xml`, "http://a&quot;b&lt;c"},
	} {
		// The client sends one of its own; Spin's comes last.
		w := ask(handler(), "GET", "/opensearch.xml", "Spin-Full-Url", "http://forged.example/", "Spin-Full-Url", c.url)
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/opensearchdescription+xml" {
			t.Errorf("%s: %d, headers %v", c.url, w.Code, w.Header())
		}
		if want := ` template="` + c.want + `/?q={searchTerms}"`; !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s lacks %s", c.url, w.Body, want)
		}
		if err := xml.Unmarshal(w.Body.Bytes(), new(any)); err != nil {
			t.Errorf("%s: %v", c.url, err)
		}
	}
}

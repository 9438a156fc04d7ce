package integration

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abacus/test/harness"
)

// TestRandom replaces the outside service behind GET /random.
func TestRandom(t *testing.T) {
	var handler http.HandlerFunc
	var requested *url.URL
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requested = r.URL
		handler(w, r)
	}))
	defer outside.Close()
	host := harness.Start(t, harness.Options{Flags: []string{"--variable", "random_origin=" + outside.URL}})
	suite := open(t, host.URL)
	reply := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			w.Write([]byte(body))
		}
	}
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		query   string
		status  int
		body    string
	}{
		{"its number", reply(200, "[4]"), "min=1&max=6", 200, "4"},
		{"its number with white space", reply(200, " [ 4 ]\n"), "min=1&max=6", 200, "4"},
		{"a negative number", reply(200, "[-3]"), "min=-5&max=-1", 200, "-3"},
		{"the lowest", reply(200, "[1]"), "min=1&max=6", 200, "1"},
		{"the highest", reply(200, "[6]"), "min=1&max=6", 200, "6"},
		{"a range of one", reply(200, "[7]"), "min=7&max=7", 200, "7"},
		{"slow", slow(time.Second, reply(200, "[4]")), "min=1&max=6", 200, "4"},
		{"below the range", reply(200, "[0]"), "min=1&max=6", 502, ""},
		{"above the range", reply(200, "[7]"), "min=1&max=6", 502, ""},
		{"no number", reply(200, "[]"), "min=1&max=6", 502, ""},
		{"two numbers", reply(200, "[1,2]"), "min=1&max=6", 502, ""},
		{"a fraction", reply(200, "[1.5]"), "min=1&max=6", 502, ""},
		{"a string", reply(200, `["4"]`), "min=1&max=6", 502, ""},
		{"no array", reply(200, "4"), "min=1&max=6", 502, ""},
		{"an object", reply(200, `{"random":4}`), "min=1&max=6", 502, ""},
		{"a page", reply(200, "<html>"), "min=1&max=6", 502, ""},
		{"nothing", reply(200, ""), "min=1&max=6", 502, ""},
		{"a number without an end", reply(200, "["+strings.Repeat("1", 1<<20)+"]"), "min=1&max=6", 502, ""},
		{"a failure", reply(500, "[4]"), "min=1&max=6", 502, ""},
		{"too many requests", reply(429, ""), "min=1&max=6", 502, ""},
		{"a broken connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "min=1&max=6", 502, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			handler = c.handler
			got := suite.Send(t, get("/random?"+c.query, ""))
			if got.Status != c.status || c.status == 200 && got.Body != c.body {
				t.Errorf("want %d %q:\n%s", c.status, c.body, got)
			}
			if requested.Path != "/api/v1.0/random" || requested.RawQuery != c.query {
				t.Errorf("the service was called at %s", requested)
			}
		})
	}
}

func slow(delay time.Duration, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(delay)
		handler(w, r)
	}
}

// TestRandomDown fetches a number from an address on which nothing listens.
func TestRandomDown(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	host := harness.Start(t, harness.Options{Flags: []string{"--variable", fmt.Sprintf("random_origin=http://%s", listener.Addr())}})
	reply := open(t, host.URL).Send(t, get("/random?min=1&max=6", ""))
	if reply.Status != http.StatusBadGateway {
		t.Errorf("the status is not 502:\n%s", reply)
	}
}

// TestRandomNotGranted takes the grant away: the service is up, but may not be called.
func TestRandomNotGranted(t *testing.T) {
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Error("the service was called")
		w.Write([]byte("[4]"))
	}))
	defer outside.Close()
	manifest := editManifest(t, `, "{{ random_origin }}"]`, `]`)
	host := harness.Start(t, harness.Options{Manifest: manifest, Flags: []string{"--variable", "random_origin=" + outside.URL}})
	reply := open(t, host.URL).Send(t, get("/random?min=1&max=6", ""))
	if reply.Status != http.StatusBadGateway {
		t.Errorf("the status is not 502:\n%s", reply)
	}
}

// editManifest copies the app's manifest and its files, replaces each old text by the new one that
// follows it, and returns the path.
func editManifest(t testing.TB, oldnew ...string) (path string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root(), "spin.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(string(text), oldnew[i]) {
			t.Fatalf("spin.toml has no %q", oldnew[i])
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "services"), os.DirFS(filepath.Join(harness.Root(), "services"))); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "spin.toml")
	if err := os.WriteFile(path, []byte(strings.NewReplacer(oldnew...).Replace(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

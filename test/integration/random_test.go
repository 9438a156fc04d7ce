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

// TestRandom stands in for the outside service behind GET /random.
func TestRandom(t *testing.T) {
	var answer http.HandlerFunc
	var asked *url.URL
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL
		answer(w, r)
	}))
	defer origin.Close()
	host := harness.Start(t, harness.Options{Flags: []string{"--variable", "random_origin=" + origin.URL}})
	suite := open(t, host.URL)
	says := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			w.Write([]byte(body))
		}
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		query  string
		status int
		body   string
	}{
		{"its number", says(200, "[4]"), "min=1&max=6", 200, "4"},
		{"its number with white space", says(200, " [ 4 ]\n"), "min=1&max=6", 200, "4"},
		{"a negative number", says(200, "[-3]"), "min=-5&max=-1", 200, "-3"},
		{"the lowest", says(200, "[1]"), "min=1&max=6", 200, "1"},
		{"the highest", says(200, "[6]"), "min=1&max=6", 200, "6"},
		{"a range of one", says(200, "[7]"), "min=7&max=7", 200, "7"},
		{"slow", slow(time.Second, says(200, "[4]")), "min=1&max=6", 200, "4"},
		{"below the range", says(200, "[0]"), "min=1&max=6", 502, ""},
		{"above the range", says(200, "[7]"), "min=1&max=6", 502, ""},
		{"no number", says(200, "[]"), "min=1&max=6", 502, ""},
		{"two numbers", says(200, "[1,2]"), "min=1&max=6", 502, ""},
		{"a fraction", says(200, "[1.5]"), "min=1&max=6", 502, ""},
		{"a string", says(200, `["4"]`), "min=1&max=6", 502, ""},
		{"no array", says(200, "4"), "min=1&max=6", 502, ""},
		{"an object", says(200, `{"random":4}`), "min=1&max=6", 502, ""},
		{"a page", says(200, "<html>"), "min=1&max=6", 502, ""},
		{"nothing", says(200, ""), "min=1&max=6", 502, ""},
		{"an endless number", says(200, "["+strings.Repeat("1", 1<<20)+"]"), "min=1&max=6", 502, ""},
		{"a failure", says(500, "[4]"), "min=1&max=6", 502, ""},
		{"too many requests", says(429, ""), "min=1&max=6", 502, ""},
		{"a broken connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "min=1&max=6", 502, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer = c.answer
			reply := suite.Send(t, get("/random?"+c.query, ""))
			if reply.Status != c.status || c.status == 200 && reply.Body != c.body {
				t.Errorf("want %d %q:\n%s", c.status, c.body, reply)
			}
			if asked.Path != "/api/v1.0/random" || asked.RawQuery != c.query {
				t.Errorf("the service was asked for %s", asked)
			}
		})
	}
}

func slow(by time.Duration, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(by)
		answer(w, r)
	}
}

// TestRandomDown asks for a number where nobody listens.
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

// TestRandomNotGranted takes the grant away: the service is there and must not be
// asked.
func TestRandomNotGranted(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Error("the service was asked")
		w.Write([]byte("[4]"))
	}))
	defer origin.Close()
	manifest := edited(t, `, "{{ random_origin }}"]`, `]`)
	host := harness.Start(t, harness.Options{Manifest: manifest, Flags: []string{"--variable", "random_origin=" + origin.URL}})
	reply := open(t, host.URL).Send(t, get("/random?min=1&max=6", ""))
	if reply.Status != http.StatusBadGateway {
		t.Errorf("the status is not 502:\n%s", reply)
	}
}

// edited returns a copy of the app's manifest, beside copies of what it names, in
// which each old text is replaced by the new one that follows it.
func edited(t testing.TB, oldnew ...string) (path string) {
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

package spinhost

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// caller is an app whose component caller calls the others and the addresses of its list.
const caller = `
spin_manifest_version = 2
[application]
name = "caller"
[[trigger.http]]
route = "/..."
component = "caller"
[[trigger.http]]
route = "/echo/..."
component = "echo"
[[trigger.http]]
id = "private-one"
route = { private = true }
component = "private"
[[trigger.http]]
route = "/hop/..."
component = "hop"
[component.caller]
source = WASM(raw)
allowed_outbound_hosts = ALLOWED
[component.echo]
source = WASM(raw)
[component.private]
source = WASM(raw)
[component.hop]
source = WASM(hop)
allowed_outbound_hosts = ["http://*.spin.internal"]
[component.untriggered]
source = WASM(raw)
`

func allow(hosts ...string) string {
	return strings.ReplaceAll(caller, "ALLOWED", strings.ReplaceAll(fmt.Sprintf("%q", hosts), `" "`, `", "`))
}

// fetch makes the component caller send a request, and returns what it receives.
func (s *server) fetch(t *testing.T, r string) string {
	t.Helper()
	reply, body := s.do(t, "POST", "/fetch", r)
	if reply.StatusCode != 200 {
		t.Errorf("%q: the caller gave %s", r, reply.Status)
	}
	return body
}

// TestChaining checks that service chaining has the same results as on Spin.
func TestChaining(t *testing.T) {
	s := launch(t, allow("http://echo.spin.internal", "http://private.spin.internal", "https://private.spin.internal",
		"http://untriggered.spin.internal", "http://nobody.spin.internal", "http://ECHO.spin.internal"))
	seen := func(method int, uri, path, headers, host string) string {
		return fmt.Sprintf("ok 200\n\n%d %s\n%sspin-path-info: %s\nspin-full-url: http://%s%s\nspin-matched-route: /...\nspin-base-path: /\n"+
			"spin-raw-component-route: /...\nspin-component-route: \nspin-client-addr: 0.0.0.0:0\n\n", method, uri, headers, path, host, uri)
	}
	for _, c := range []struct{ name, request, want string }{
		{"a public component", "GET http://echo.spin.internal/a//b/?c=%2F&d\n\n-", seen(0, "/a//b/?c=%2F&d", "/a//b/", "", "localhost")},
		{"a private component", "GET http://private.spin.internal\n\n-", seen(0, "/", "/", "", "localhost")},
		{"https", "GET https://private.spin.internal/x\n\n-", seen(0, "/x", "/x", "", "localhost")},
		{"headers in their order, and a body", "POST http://echo.spin.internal/x\nX-B: 1\nX-A: 2\nx-b: 3\nConnection: close\n\nbody",
			seen(1, "/x", "/x", "x-b: 1\nx-a: 2\nx-b: 3\nconnection: close\n", "localhost") + "body"},
		{"spin-* of the caller come first", "GET http://echo.spin.internal/x\nspin-client-addr: 1.2.3.4:5\n\n-",
			seen(0, "/x", "/x", "spin-client-addr: 1.2.3.4:5\n", "localhost")},
		{"the right Host", "GET http://echo.spin.internal/x\nHost: echo.spin.internal\n\n-",
			seen(0, "/x", "/x", "host: echo.spin.internal\n", "echo.spin.internal")},
		{"another Host", "GET http://echo.spin.internal/x\nHost: else.example\n\n-", "error 4"},
		{"headers of the response", "GET http://echo.spin.internal/reply/twice\n\n-", "ok 200\nx-a: 3\nx-b: 2\n\na body\n"},
		{"a redirect is not followed", "GET http://echo.spin.internal/status/301\n\n-", "ok 301\n\na body\n"},
		{"a trap", "GET http://echo.spin.internal/run/panic\n\n-", "ok 500\n\n"},
		{"a bad response", "GET http://echo.spin.internal/status/99\n\n-", "ok 500\n\n"},
		{"not in the list", "GET http://caller.spin.internal/\n\n-", "error 1"},
		{"another port", "GET http://echo.spin.internal:8080/\n\n-", "error 1"},
		{"no such component", "GET http://nobody.spin.internal/\n\n-", "error 4"},
		{"no trigger", "GET http://untriggered.spin.internal/\n\n-", "error 4"},
		{"upper case", "GET http://ECHO.spin.internal/\n\n-", "error 4"},
		{"two labels", "GET http://a.echo.spin.internal/\n\n-", "error 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.fetch(t, c.request); got != c.want && got != c.want+"-" {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestChainDepth checks a component that calls itself endlessly.
func TestChainDepth(t *testing.T) {
	s := launch(t, allow(), func(o *Options) { o.MaxChain = 5 })
	if got := s.get(t, "/hop/x"); got != "hop hop hop hop hop hop Runtime error" {
		t.Errorf("got %q, want 6 components at work and the error of the seventh", got)
	}
	if live := len(s.app.running); live != 0 {
		t.Errorf("%d instances are still at work", live)
	}
}

// TestOutbound sends requests to a server on the network.
func TestOutbound(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/seen", http.StatusFound)
		case "/odd":
			w.Header().Set("X-Odd", "caf\u00e9")
			w.Header().Set("X-Even", "tea")
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, "unpacked, accepted "+r.Header.Get("Accept-Encoding"))
			z.Close()
		case "/cut":
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "cut")
		case "/status":
			w.WriteHeader(http.StatusTeapot)
		default:
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s host=%s accept=%s agent=%q a=%q length=%d %s", r.Method, r.RequestURI, r.Host,
				r.Header["Accept"], r.Header["User-Agent"], r.Header["X-A"], r.ContentLength, body)
		}
	}))
	defer far.Close()
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused.Close()
	host := strings.TrimPrefix(far.URL, "http://")
	s := launch(t, allow(far.URL, "http://localhost:*", "http://"+refused.Addr().String(), "ftp://127.0.0.1:21", "https://127.0.0.1:*", "http://no-such-host.invalid"))
	for _, c := range []struct{ name, request, status, body string }{
		{"get", "GET URL/a?b=%2F\n\n-", "ok 200", `GET /a?b=%2F host=HOST accept=[*/*] agent=[] a=[] length=0 `},
		{"post", "POST URL/a\nX-A: 1\nX-a: 2\nAccept: text/plain\nUser-Agent: me\n\nbody", "ok 200",
			`POST /a host=HOST accept=[text/plain] agent=["me"] a=["1" "2"] length=4 body`},
		{"another Host", "GET URL/a\nHost: else.example\n\n-", "ok 200", `GET /a host=else.example accept=[*/*] agent=[] a=[] length=0 `},
		{"a redirect is not followed", "POST URL/redirect\nAuthorization: secret\n\nbody", "ok 302", ""},
		{"packed", "GET URL/gzip\n\n-", "ok 200", "unpacked, accepted gzip"},
		{"cut off", "GET URL/cut\n\n-", "error 4", ""},
		{"status", "GET URL/status\n\n-", "ok 418", ""},
		{"not allowed", "GET http://else.example/\n\n-", "error 1", ""},
		{"nobody there", "GET http://REFUSED/\n\n-", "error 4", ""},
		{"unknown host", "GET http://no-such-host.invalid/\n\n-", "error 4", ""},
		{"another scheme", "GET ftp://127.0.0.1:21/\n\n-", "error 4", ""},
		{"another form of the host", "GET http://LocalHost:PORT/status\n\n-", "ok 418", ""},
		{"no TLS there", "GET https://HOST/\n\n-", "error 4", ""},
		{"no scheme", "GET HOST/a\n\n-", "error 2", ""},
		{"a space", "GET URL/a b\n\n-", "error 2", ""},
		{"no URL", "GET \n\n-", "error 1", ""},
		{"a bad header name", "GET URL/a\nX A: 1\n\n-", "error 4", ""},
		{"self without leave", "GET /caller/x\n\n-", "error 1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fill := strings.NewReplacer("PORT", host[strings.LastIndex(host, ":")+1:], "URL", far.URL, "HOST", host, "REFUSED", refused.Addr().String())
			got := s.fetch(t, fill.Replace(c.request))
			status, rest, _ := strings.Cut(got, "\n")
			_, body, _ := strings.Cut(rest, "\n\n")
			if status != c.status || body != fill.Replace(c.body) {
				t.Errorf("got\n%s\nwant %s and\n%s", got, c.status, fill.Replace(c.body))
			}
		})
	}
	if got := s.fetch(t, "GET "+far.URL+"/odd\n\n-"); !strings.Contains(got, "x-even: tea") || strings.Contains(got, "x-odd") {
		t.Errorf("a header that is not ASCII should be left out, the others stay:\n%s", got)
	}
	if want := `add to [component.caller] of the manifest: allowed_outbound_hosts = ["http://else.example"]`; !strings.Contains(s.log.String(), want) {
		t.Errorf("the log does not say: %s", want)
	}
}

// TestSelf sends a request to the app itself, over the network.
func TestSelf(t *testing.T) {
	s := launch(t, allow("http://self"))
	address := s.Listener.Addr().String()
	got := s.fetch(t, "GET /echo/x?y\n\n-")
	if want := "0 /echo/x?y\nhost: " + address + "\n"; !strings.Contains(got, want) || strings.Contains(got, chainedClient) {
		t.Errorf("got\n%s\nwant a request over the network, with %q", got, want)
	}
}

func TestGate(t *testing.T) {
	g := newSemaphore(1)
	release, err := g.acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := g.acquire(short); err == nil {
		t.Error("a second request came through a gate for one")
	}
	release()
	if _, err := g.acquire(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := newSemaphore(0).acquire(short); err == nil {
		t.Error("a request came through a gate for none")
	}
	if _, err := newSemaphore(-1).acquire(short); err != nil {
		t.Errorf("a gate without limit: %v", err)
	}
}

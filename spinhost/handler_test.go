package spinhost

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

const hello = `
spin_manifest_version = 2
[application]
name = "hello"
version = "1.0.0"
[[trigger.http]]
route = "/hello"
component = "hello"
[component.hello]
source = WASM(hello)
`

// raw is an app with the component testdata/raw and a route of each form.
const raw = `
spin_manifest_version = 2
[application]
name = "raw"
[[trigger.http]]
route = "/..."
component = "raw"
[[trigger.http]]
id = "user"
route = "/users/:user_id/files/..."
component = "raw"
[[trigger.http]]
id = "exact"
route = "/exact"
component = "raw"
[[trigger.http]]
id = "static"
route = "/static"
static_response = { status_code = 201, headers = { x-fixed = "yes" }, body = "fixed" }
[[trigger.http]]
id = "plain"
route = "/plain"
static_response = { body = "plain" }
[component.raw]
source = WASM(raw)
environment = { GREETING = "hello" }
files = ["*.txt"]
sqlite_databases = ["default"]
key_value_stores = ["default"]
`

func TestHello(t *testing.T) {
	s := launch(t, hello)
	for range 3 {
		reply, body := s.do(t, "GET", "/hello", "")
		if reply.StatusCode != 200 || body != "hello\n" || reply.Header.Get("Content-Type") != "text/plain" {
			t.Fatalf("%s %q %v\n%s", reply.Status, body, reply.Header, s.log)
		}
	}
	if reply, body := s.do(t, "GET", "/nowhere", ""); reply.StatusCode != 404 || body != "" {
		t.Errorf("without a route: %s %q, want an empty 404", reply.Status, body)
	}
}

func TestWellKnown(t *testing.T) {
	s := launch(t, hello)
	for _, c := range []struct {
		path, contentType, body string
		status                  int
	}{
		{"/.well-known/spin/health", "", "OK", 200},
		{"/.well-known/spin/info", "application/json", "{\n  \"name\": \"hello\",\n  \"version\": \"1.0.0\"\n}", 200},
		{"/.well-known/spin/other", "", "", 404},
		{"/.well-known/spin/", "", "", 404},
	} {
		reply, body := s.do(t, "GET", c.path, "")
		if reply.StatusCode != c.status || body != c.body || reply.Header.Get("Content-Type") != c.contentType {
			t.Errorf("%s: %d %q %q, want %d %q %q", c.path, reply.StatusCode, reply.Header.Get("Content-Type"), body,
				c.status, c.contentType, c.body)
		}
	}
}

// TestRequest compares raw requests with what the component receives, byte for byte.
func TestRequest(t *testing.T) {
	s := launch(t, raw)
	address := s.Listener.Addr().String()
	spin := func(info, matched, raw, target, uri string) string {
		return fmt.Sprintf("spin-path-info: %s\nspin-full-url: http://%s%s\nspin-matched-route: %s\nspin-base-path: /\n"+
			"spin-raw-component-route: %s\nspin-component-route: %s\nspin-client-addr: CLIENT\n", info, address, uri, matched, raw, target)
	}
	for _, c := range []struct{ name, request, want string }{
		{"wildcard at the root", "GET /a/b?c=d HTTP/1.1\r\nHost: ADDRESS\r\n\r\n",
			"0 /a/b?c=d\nhost: ADDRESS\n" + spin("/a/b", "/...", "/...", "", "/a/b?c=d") + "\n"},
		{"headers in lower case, repeated ones apart", "GET / HTTP/1.1\r\nHost: ADDRESS\r\nX-B: 1\r\nAccept: */*\r\nx-b: 2\r\n\r\n",
			"0 /\nhost: ADDRESS\naccept: */*\nx-b: 1\nx-b: 2\n" + spin("/", "/...", "/...", "", "/") + "\n"},
		{"connection and spin-* of the client are dropped",
			"GET / HTTP/1.1\r\nHost: ADDRESS\r\nConnection: keep-alive\r\nSpin-Full-Url: http://evil/\r\nspin-client-addr: 1.2.3.4:5\r\nspin-other: x\r\n\r\n",
			"0 /\nhost: ADDRESS\n" + spin("/", "/...", "/...", "", "/") + "\n"},
		{"exact, with one slash more", "GET //exact/ HTTP/1.1\r\nHost: ADDRESS\r\n\r\n",
			"0 //exact/\nhost: ADDRESS\n" + spin("", "/exact", "/exact", "/exact", "//exact/") + "\n"},
		{"parameter and wildcard, raw", "PUT /users/4%2F2/files/x//y/ HTTP/1.1\r\nHost: ADDRESS\r\nContent-Length: 4\r\n\r\nbody",
			"2 /users/4%2F2/files/x//y/\nhost: ADDRESS\ncontent-length: 4\n" +
				spin("/x//y/", "/users/:user_id/files/...", "/users/:user_id/files/...", "/users/:user_id/files", "/users/4%2F2/files/x//y/") +
				"spin-path-match-user-id: 4%2F2\n\nbody"},
		{"absolute form", "GET http://ADDRESS/a?b HTTP/1.1\r\nHost: ADDRESS\r\n\r\n",
			"0 /a?b\nhost: ADDRESS\n" + spin("/a", "/...", "/...", "", "/a?b") + "\n"},
		{"chunks", "POST / HTTP/1.1\r\nHost: ADDRESS\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
			"1 /\nhost: ADDRESS\ntransfer-encoding: chunked\n" + spin("/", "/...", "/...", "", "/") + "\nabc"},
		{"a header that is not UTF-8", "GET / HTTP/1.1\r\nHost: ADDRESS\r\nUser-Agent: caf\xe9\r\n\r\n",
			"0 /\nhost: ADDRESS\nuser-agent: caf\u00e9\n" + spin("/", "/...", "/...", "", "/") + "\n"},
		{"an empty value", "OPTIONS / HTTP/1.0\r\nHost: ADDRESS\r\nX-Empty:\r\n\r\n",
			"6 /\nhost: ADDRESS\nx-empty: \n" + spin("/", "/...", "/...", "", "/") + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply, body, client := s.exchange(t, strings.ReplaceAll(c.request, "ADDRESS", address))
			want := strings.ReplaceAll(strings.ReplaceAll(c.want, "ADDRESS", address), "CLIENT", client)
			if reply.StatusCode != 200 || body != want {
				t.Errorf("%s, got\n%s\nwant\n%s", reply.Status, body, want)
			}
		})
	}
}

// exchange sends a raw request over a new connection and reads the response.
func (s *server) exchange(t *testing.T, r string) (reply *http.Response, body, client string) {
	t.Helper()
	connection, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, r); err != nil {
		t.Fatal(err)
	}
	reply, err = http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return nil, err.Error(), ""
	}
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply, string(text), connection.LocalAddr().String()
}

// TestRefusedRequests checks the responses of the host itself, and after which of them it closes
// the connection.
func TestRefusedRequests(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.MaxBody = 10 })
	const closed = 0
	for _, c := range []struct {
		name, request string
		status        int
		code          string // of the problem, "" for no body
	}{
		{"no host", "GET / HTTP/1.0\r\n\r\n", closed, ""},
		{"a chaining host", "GET / HTTP/1.1\r\nHost: raw.spin.internal\r\n\r\n", closed, ""},
		{"a chaining host with a port", "GET / HTTP/1.1\r\nHost: raw.spin.internal:80\r\n\r\n", closed, ""},
		{"a well-known path without host", "GET /.well-known/spin/health HTTP/1.0\r\n\r\n", 200, ""},
		{"an unknown method", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, codeMethod},
		{"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405, codeMethod},
		{"a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 405, codeMethod},
		{"a path that is not UTF-8", "GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400, codeEncoding},
		{"a query that is not UTF-8", "GET /?q=\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400, codeEncoding},
		{"a body of 10", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789", 200, ""},
		{"a body of 11", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n0123456789a", 413, codeTooLarge},
		{"a body of 1 GB that does not come", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n", 413, codeTooLarge},
		{"chunks of 11", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n", 413, codeTooLarge},
		{"chunks without a length", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400, codeBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply, body, _ := s.exchange(t, c.request)
			got := closed
			if reply != nil {
				got = reply.StatusCode
			}
			if got != c.status {
				t.Fatalf("status %d, want %d: %s", got, c.status, body)
			}
			if c.code == "" {
				return
			}
			if !strings.Contains(body, `"code":"`+c.code+`"`) || reply.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("body %q, content type %q, want a problem with the code %s", body, reply.Header.Get("Content-Type"), c.code)
			}
			if allow := reply.Header.Get("Allow"); (allow != "") != (got == 405) {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}

// TestResponses checks what the client receives for each kind of response of a component.
func TestResponses(t *testing.T) {
	s := launch(t, raw)
	for _, c := range []struct {
		method, path string
		status       int
		headers      string // name: value, ... without Date
		body         string
	}{
		{"GET", "/status/200", 200, "Content-Length: 7", "a body\n"},
		{"HEAD", "/status/200", 200, "Content-Length: 7", ""},
		{"GET", "/status/204", 204, "", ""},
		{"GET", "/status/304", 304, "", ""},
		{"GET", "/status/404", 404, "Content-Length: 7", "a body\n"},
		{"GET", "/status/600", 600, "Content-Length: 7", "a body\n"},
		{"GET", "/status/99", 500, "Content-Length: 0", ""},
		{"GET", "/status/100", 500, "Content-Length: 0", ""},
		{"GET", "/status/601", 500, "Content-Length: 0", ""},
		{"GET", "/status/0", 500, "Content-Length: 0", ""},
		{"GET", "/reply/plain", 200, "Content-Length: 7", "a body\n"},
		{"GET", "/reply/no-body", 200, "Content-Length: 0", ""},
		{"GET", "/reply/twice", 200, "Content-Length: 7, X-A: 3, X-B: 2", "a body\n"},
		{"GET", "/reply/length", 200, "Content-Length: 7", "a body\n"},
		{"HEAD", "/reply/length-no-body", 200, "Content-Length: 3", ""},
		{"GET", "/reply/chunked", 200, "Content-Length: 7", "a body\n"},
		{"GET", "/reply/name", 500, "Content-Length: 0", ""},
		{"GET", "/reply/no-name", 500, "Content-Length: 0", ""},
		{"GET", "/reply/value-newline", 500, "Content-Length: 0", ""},
		{"GET", "/reply/value-latin", 500, "Content-Length: 0", ""},
		{"GET", "/reply/value-bytes", 500, "Content-Length: 0", ""},
		{"GET", "/reply/header-tag", 500, "Content-Length: 0", ""},
		{"GET", "/reply/body-tag", 500, "Content-Length: 0", ""},
		{"GET", "/reply/headers-outside", 500, "Content-Length: 0", ""},
		{"GET", "/reply/headers-endless", 500, "Content-Length: 0", ""},
		{"GET", "/reply/headers-long", 500, "Content-Length: 0", ""},
		{"GET", "/reply/body-outside", 500, "Content-Length: 0", ""},
		{"GET", "/static", 201, "Content-Length: 5, X-Fixed: yes", "fixed"},
		{"POST", "/static", 201, "Content-Length: 5, X-Fixed: yes", "fixed"},
		{"GET", "/plain", 200, "Content-Length: 5", "plain"},
		{"TRACE", "/plain", 200, "Content-Length: 5", "plain"},
	} {
		reply, body := s.do(t, c.method, c.path, "")
		reply.Header.Del("Date")
		var headers []string
		for _, name := range []string{"Content-Length", "Content-Type", "Transfer-Encoding", "X-A", "X-B", "X-Fixed"} {
			for _, value := range reply.Header[name] {
				headers = append(headers, name+": "+value)
			}
		}
		if got := strings.Join(headers, ", "); reply.StatusCode != c.status || got != c.headers || body != c.body {
			t.Errorf("%s %s: %d, %q, %q, want %d, %q, %q", c.method, c.path, reply.StatusCode, got, body, c.status, c.headers, c.body)
		}
	}
}

func TestHTTP2WithoutTLS(t *testing.T) {
	s := launch(t, raw)
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	reply, err := (&http.Client{Transport: transport}).Post(s.URL+"/a?b", "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(body); reply.ProtoMajor != 2 || !strings.HasPrefix(text, "1 /a?b\nhost: ") || !strings.HasSuffix(text, "\n\nbody") {
		t.Errorf("HTTP/%d\n%s", reply.ProtoMajor, text)
	}
}

package abuse

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"abacus/test/contract"
)

// TestMalformed sends requests that break the rules of HTTP or of the app.
func TestMalformed(t *testing.T) {
	in := open(t)
	token := in.NewSession(t)
	other := in.NewSession(t)
	asJSON := contract.Field{Name: "Content-Type", Value: "application/json"}
	bearer := contract.Bearer(token)[0]
	header := func(name, value string) contract.Field { return contract.Field{Name: name, Value: value} }
	for _, c := range []struct {
		name    string
		method  string
		target  string
		header  []contract.Field
		body    string
		status  int
		onlyOwn bool // Spin itself answers it
	}{
		{"a body that is not UTF-8", "POST", "/eval", nil, "1 + \xff", 400, false},
		{"a query that is not UTF-8", "GET", "/eval?expr=%ff", nil, "", 400, false},
		{"a raw query that is not UTF-8", "GET", "/eval?expr=\xff", nil, "", 400, true},
		{"a path that is not UTF-8", "DELETE", "/clear/%ff", []contract.Field{bearer}, "", 400, false},
		{"a raw path that is not UTF-8", "GET", "/\xe4", nil, "", 400, true},
		{"a Latin-1 User-Agent", "GET", "/eval?expr=1",
			[]contract.Field{header("User-Agent", "caf\xe9")}, "", 200, true},
		{"a Latin-1 key", "POST", "/eval",
			[]contract.Field{bearer, header("Idempotency-Key", "caf\xe9")}, "1", 400, true},
		{"a Latin-1 Authorization", "GET", "/session",
			[]contract.Field{header("Authorization", "Bearer \xe9")}, "", 404, true},
		{"an unknown content coding", "POST", "/eval",
			[]contract.Field{header("Content-Encoding", "gzip")}, "\x1f\x8b", 415, false},
		{"two tokens in the header", "GET", "/session",
			[]contract.Field{bearer, contract.Bearer(other)[0]}, "", 400, false},
		{"a token in the header and another in the query", "GET", "/session?session=" + other,
			[]contract.Field{bearer}, "", 400, false},
		{"two tokens in the query", "GET", "/session?session=" + other + "&session=" + token,
			nil, "", 400, false},
		{"members twice", "POST", "/eval", []contract.Field{asJSON},
			`{"expr":"1","expr":"2"}`, 400, false},
		{"an Abacus-Hop of a client", "GET", "/eval?expr=1",
			[]contract.Field{header("Abacus-Hop", "99")}, "", 200, false},
		{"TRACE", "TRACE", "/eval", nil, "", 405, true},
		{"an unknown method", "BREW", "/eval", nil, "", 405, true},
		{"a negative limit", "GET", "/history?limit=-1", []contract.Field{bearer}, "", 400, false},
		{"a limit of 10^30", "GET", "/history?limit=1" + strings.Repeat("0", 30),
			[]contract.Field{bearer}, "", 400, false},
		{"a cursor of 5,000 characters", "GET", "/history?cursor=" + strings.Repeat("A", 5000),
			[]contract.Field{bearer}, "", 400, false},
		{"100 parameters", "GET", "/history?" + strings.Repeat("q=a&", 100),
			[]contract.Field{bearer}, "", 200, false},
		{"a header of 60 KB", "GET", "/eval?expr=1",
			[]contract.Field{header("X-Long", strings.Repeat("a", 60_000))}, "", 200, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.onlyOwn {
				hostOnly(t)
			}
			reply, err := in.Try(contract.Request{
				Method: c.method, Target: c.target, Header: c.header, Body: c.body,
			})
			if err != nil {
				t.Fatal(err)
			}
			if reply.Status != c.status {
				t.Errorf("the status is not %d:\n%s", c.status, reply)
			}
			if reply.Status >= 400 && !strings.Contains(reply.Body, `"code":`) {
				t.Errorf("the refusal does not say why:\n%s", reply)
			}
			if reply.Status == http.StatusMethodNotAllowed && reply.Header.Get("Allow") == "" {
				t.Errorf("405 has no Allow header:\n%s", reply)
			}
		})
	}
}

// TestFraming sends broken message framing. The server may close the connection, but it never
// replies with a server error and never takes one request for two.
func TestFraming(t *testing.T) {
	in := open(t)
	for _, c := range []struct{ name, request string }{
		{"a chunk size that is not hexadecimal", chunked("zz\r\n1\r\n0\r\n\r\n")},
		{"a chunk size of 2^64", chunked("10000000000000000\r\n1\r\n0\r\n\r\n")},
		{"a negative chunk size", chunked("-1\r\n1\r\n0\r\n\r\n")},
		{"a chunk without its newline", chunked("1\r\n1X0\r\n\r\n")},
		{"both lengths", "POST /eval HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n"},
		{"two lengths", "POST /eval HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n" +
			"Content-Length: 2\r\n\r\n11"},
		{"a length that is not a number", "POST /eval HTTP/1.1\r\nHost: a\r\n" +
			"Content-Length: 1e3\r\n\r\n1"},
		{"a space before the colon", "GET /eval?expr=1 HTTP/1.1\r\nHost : a\r\n\r\n"},
		{"a folded header", "GET /eval?expr=1 HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"},
		{"no host", "GET /eval?expr=1 HTTP/1.1\r\n\r\n"},
		{"two hosts", "GET /eval?expr=1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
		{"HTTP/0.9", "GET /eval?expr=1\r\n\r\n"},
		{"HTTP/3.0", "GET /eval?expr=1 HTTP/3.0\r\nHost: a\r\n\r\n"},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"},
		{"HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
		{"CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"},
		{"a NUL", "GET /eval?expr=\x00 HTTP/1.1\r\nHost: a\r\n\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Contains(c.request, "chunked") {
				hostOnly(t)
			}
			reply, err := in.raw(t, []byte(c.request))
			if err == nil && reply.Status != http.StatusHTTPVersionNotSupported {
				checkRefusal(t, contract.Request{Method: "raw", Target: c.name}, reply)
			}
		})
	}
	in.checkCheap(t, cheap, 10)
}

func chunked(body string) string {
	return "POST /eval HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
}

// TestStalledBodies sends the beginnings of large bodies, and then nothing more.
func TestStalledBodies(t *testing.T) {
	in := open(t)
	part := strings.Repeat(" ", 1<<20)
	var conns []net.Conn
	for range 100 {
		conn := in.dial(t)
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		go fmt.Fprintf(conn, "POST /eval HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n%s", part)
		conns = append(conns, conn)
	}
	in.checkCheap(t, cheap, 50)
	hostOnly(t)
	for _, conn := range conns {
		reply, err := read(conn)
		if err != nil || reply.Status != http.StatusRequestEntityTooLarge {
			t.Fatalf("a body of 10 MB was not refused: %v\n%s", err, reply)
		}
	}
}

// TestSlowClients opens connections that send one byte at a time, or read nothing.
func TestSlowClients(t *testing.T) {
	in := open(t)
	for i := range 200 {
		conn := in.dial(t)
		defer conn.Close()
		if i%2 == 0 {
			conn.(*net.TCPConn).SetReadBuffer(1024)
			fmt.Fprint(conn, strings.Repeat("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", 20))
			continue
		}
		go func() {
			for _, b := range []byte("GET /eval?expr=1 HTTP/1.1\r\nHost: a\r\nX: " +
				strings.Repeat("a", 1000)) {
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		}()
	}
	time.Sleep(time.Second)
	in.checkCheap(t, cheap, 50)
}

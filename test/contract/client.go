package contract

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Field is one header line.
type Field struct{ Name, Value string }

// Request is one request as it is sent. It does not use net/http's client, which would clean the
// target and merge header lines, so that the server would see something else.
type Request struct {
	Method string
	Target string // sent as it is, neither cleaned nor escaped
	Header []Field
	Body   string
}

// Reply is one reply.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// String formats the request as in a transcript.
func (r Request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "> %s %s\n", r.Method, r.Target)
	for _, field := range r.Header {
		fmt.Fprintf(&b, "> %s: %s\n", field.Name, field.Value)
	}
	if r.Body != "" {
		fmt.Fprintf(&b, ">\n> %.300s\n", strings.ReplaceAll(r.Body, "\n", "\n> "))
	}
	return b.String()
}

// String formats the reply as in a transcript, without its headers.
func (r Reply) String() string {
	return fmt.Sprintf("< %d\n<\n< %.1000s", r.Status, strings.ReplaceAll(r.Body, "\n", "\n< "))
}

// header returns the first value of a header, or "".
func (r Request) header(name string) string {
	for _, field := range r.Header {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// path returns the target without its query.
func (r Request) path() string {
	path, _, _ := strings.Cut(r.Target, "?")
	return path
}

// token returns the session token of the request, or "".
func (r Request) token() string {
	if token, found := strings.CutPrefix(r.header("Authorization"), "Bearer "); found {
		return token
	}
	_, query, _ := strings.Cut(r.Target, "?")
	values, _ := url.ParseQuery(query)
	return values.Get("session")
}

// replyTimeout is more than the 10 s after which an evaluation that loses every race gives up.
const replyTimeout = 30 * time.Second

// roundTrip sends one request over a new connection and reads the reply.
func roundTrip(base *url.URL, r Request) (Reply, error) {
	conn, err := dial(base)
	if err != nil {
		return Reply{}, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(replyTimeout))
	// A server may refuse a long body before it has read all of it, so the request is written
	// concurrently, and that may fail.
	go io.WriteString(conn, r.wire(base.Host))
	received, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.Method})
	if err != nil {
		return Reply{}, fmt.Errorf("read the reply: %w", err)
	}
	defer received.Body.Close()
	body, err := io.ReadAll(received.Body)
	if err != nil {
		return Reply{}, fmt.Errorf("read the reply's body: %w", err)
	}
	return Reply{Status: received.StatusCode, Header: received.Header, Body: string(body)}, nil
}

func dial(base *url.URL) (net.Conn, error) {
	address := base.Host
	if base.Port() == "" {
		address = net.JoinHostPort(base.Hostname(), base.Scheme)
	}
	if base.Scheme == "https" {
		return tls.Dial("tcp", address, nil)
	}
	return net.DialTimeout("tcp", address, replyTimeout)
}

// wire returns the bytes of the request, with the headers that HTTP requires.
func (r Request) wire(host string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.Method, r.Target)
	if r.header("Host") == "" {
		fmt.Fprintf(&b, "Host: %s\r\n", host)
	}
	for _, field := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", field.Name, field.Value)
	}
	if r.Body != "" || r.Method == http.MethodPost || r.Method == http.MethodPut {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	b.WriteString("Connection: close\r\n\r\n" + r.Body)
	return b.String()
}

// Try sends a request and returns the reply without checking it.
func (s *Suite) Try(r Request) (Reply, error) { return roundTrip(s.base, r) }

// Send sends a request and checks the reply against the rules for all replies.
func (s *Suite) Send(t testing.TB, r Request) Reply {
	t.Helper()
	reply, err := s.Try(r)
	if err != nil {
		t.Fatalf("%s%v", r, err)
	}
	s.Check(t, r, reply)
	return reply
}

// Eval evaluates an expression in the session of a token, or in a new one if token is "".
func (s *Suite) Eval(t testing.TB, token, source string) Reply {
	t.Helper()
	return s.Send(t, Evaluation(token, source))
}

// Get sends a GET request in the session of a token.
func (s *Suite) Get(t testing.TB, token, target string) Reply {
	t.Helper()
	return s.Send(t, Request{Method: http.MethodGet, Target: target, Header: Bearer(token)})
}

// Evaluation returns the request that evaluates a source in a session.
func Evaluation(token, source string) Request {
	return Request{Method: http.MethodPost, Target: "/eval", Header: Bearer(token), Body: source}
}

// Bearer returns the header that carries a token, or nil for the token "".
func Bearer(token string) []Field {
	if token == "" {
		return nil
	}
	return []Field{{"Authorization", "Bearer " + token}}
}

// NewSession creates a session by an evaluation and returns its token.
func (s *Suite) NewSession(t testing.TB) string {
	t.Helper()
	reply := s.Eval(t, "", "0")
	if reply.Status != http.StatusOK {
		t.Fatalf("no session was created:\n%s", reply)
	}
	return reply.Header.Get("Abacus-Session")
}

package peer

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"abacus/shared/variabletest"
	"abacus/shared/wire"
)

// transport replies as a service would.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func answer(status int, contentType, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func TestCall(t *testing.T) {
	var sent *http.Request
	p := Peer{Name: "sessions", Variable: variabletest.Reader("peer_token", "secret,older"), Transport: transport(func(r *http.Request) (*http.Response, error) {
		sent = r
		return answer(200, wire.Message, "variable\ta\t51\n")
	})}
	in := httptest.NewRequest("POST", "/eval", nil)
	in.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	in.Header.Set("X-Request-Id", "r1")
	in.Header.Set("Abacus-Hop", "2")
	in.Header.Set("Cookie", "not to be told")
	in.Header.Set("Spin-Client-Addr", "192.0.2.1:1")
	reply := p.Call(in, "POST", "/internal/commit", []byte("body"), "Authorization", "Bearer t", "Idempotency-Key", "")
	if reply != (Reply{200, "variable\ta\t51\n"}) {
		t.Errorf("reply %v", reply)
	}
	want := http.Header{"Authorization": {"Bearer t"}, "Traceparent": in.Header["Traceparent"], "X-Request-Id": {"r1"},
		"Abacus-Hop": {"3"}, "Abacus-Peer-Token": {"secret"}}
	if !reflect.DeepEqual(sent.Header, want) || sent.URL.String() != "http://sessions.spin.internal/internal/commit" || sent.Method != "POST" {
		t.Errorf("sent %s %s %v, want %v", sent.Method, sent.URL, sent.Header, want)
	}
}

func TestCallFails(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		err    error
		failed bool
	}{
		"broken":      {0, errors.New("broken"), true},
		"trapped":     {500, nil, true},
		"unavailable": {503, nil, true},
		"refused":     {409, nil, false},
		"done":        {204, nil, false},
	} {
		p := Peer{Name: "history", Variable: variabletest.Reader(), Transport: transport(func(*http.Request) (*http.Response, error) {
			if c.err != nil {
				return nil, c.err
			}
			return answer(c.status, "", "")
		})}
		if reply := p.Call(httptest.NewRequest("GET", "/", nil), "GET", "/", nil); reply.Failed() != c.failed || reply.Status != c.status {
			t.Errorf("%s: %v", name, reply)
		}
	}
	if reply := (Peer{Name: "history", Variable: variabletest.Reader("history_url", "http://[bad")}).Call(httptest.NewRequest("GET", "/", nil), "GET", "/", nil); !reply.Failed() {
		t.Error("an invalid address was reached")
	}
}

func TestGuard(t *testing.T) {
	const chained = "0.0.0.0:0"
	for _, c := range []struct {
		name    string
		token   string // of the service
		address []string
		sent    string // token that was sent
		hop     string
		status  int // 0: admitted
	}{
		{"chained", "", []string{chained}, "", "1", 0},
		{"from outside", "", []string{"192.0.2.1:1"}, "", "", 404},
		{"no address", "", nil, "", "", 404},
		{"forged before Spin's own", "", []string{chained, "192.0.2.1:1"}, "", "", 404},
		{"right token from anywhere", "s", []string{"192.0.2.1:1"}, "s", "1", 0},
		{"the new one of two tokens", "new,old", []string{"192.0.2.1:1"}, "new", "1", 0},
		{"the old one of two tokens", "new,old", []string{"192.0.2.1:1"}, "old", "1", 0},
		{"both tokens", "new,old", []string{"192.0.2.1:1"}, "new,old", "1", 401},
		{"no token beside a comma", "new,", []string{"192.0.2.1:1"}, "", "1", 401},
		{"wrong token", "s", []string{"192.0.2.1:1"}, "S", "1", 401},
		{"chained without the token", "s", []string{chained}, "", "1", 401},
		{"the last hop", "", []string{chained}, "", "4", 0},
		{"in a circle", "", []string{chained}, "", "5", 508},
		{"a forged counter", "", []string{"192.0.2.1:1"}, "", "-9", 404},
	} {
		r := httptest.NewRequest("GET", "/internal/session", nil)
		if c.address != nil {
			r.Header["Spin-Client-Addr"] = c.address
		}
		if c.sent != "" {
			r.Header.Set(wire.PeerHeader, c.sent)
		}
		if c.hop != "" {
			r.Header.Set(wire.HopHeader, c.hop)
		}
		status := 0
		var problem *wire.Problem
		if errors.As(Guard(variabletest.Reader("peer_token", c.token))(r), &problem) {
			status = problem.Status
		}
		if status != c.status {
			t.Errorf("%s: %d, want %d", c.name, status, c.status)
		}
	}
}

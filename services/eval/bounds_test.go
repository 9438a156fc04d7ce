package eval_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"abacus/services/eval"
	"abacus/services/history"
	"abacus/services/sessions"
	"abacus/shared/variabletest"
)

// TestNoNewSession evaluates over the limit of new sessions: the expression is still answered,
// without a session.
func TestNoNewSession(t *testing.T) {
	const notices = `"notices":[{"code":"no-session","message":"`
	for name, limit := range map[string]string{
		"of a client": "limit_client_sessions", "of all": "limit_sessions",
	} {
		a := newApp(t, limit, "1")
		token := a.eval("", "a = 1").json(t, "session").(string)
		for _, c := range []struct{ expression, want string }{
			{"6 * 7", `{"session":null,"result":42,"value":42,"display":"42","parsed":"6*7","kind":"value",` +
				`"names":[],"entry":null,"version":0,"recorded":false,` + notices},
			{"bb = 2", `"value":2,"display":"","parsed":"bb = 2","kind":"assignment","names":["bb"],"entry":null,"version":0,`},
			{"b = 2", `{"code":"hides-unit",`},
			{`{"expr":["bb = 2","bb + 1","1/0"]}`, `"result":3,"value":3,`},
		} {
			for _, key := range []string{"", "7f1d8a0e-2f54-4c3e-9b6a-0e3f1f6f8a11"} {
				header := []string{"Content-Type", contentType(c.expression)}
				if key != "" {
					header = append(header, "Idempotency-Key", key)
				}
				r := a.eval("", c.expression, header...)
				if r.Status != http.StatusOK || !strings.Contains(r.Body, c.want) || !strings.Contains(r.Body, notices) ||
					r.Header.Get("Abacus-Session") != "" {
					t.Errorf("%s, %s, key %q: %d %s", name, c.expression, key, r.Status, r.Body)
				}
			}
		}
		if r := a.eval("", "6 * 7", "Accept", "text/plain"); r.Status != http.StatusOK || r.Body != "42" {
			t.Errorf("%s, as text: %d %s", name, r.Status, r.Body)
		}
		if r := a.eval("", "1/0"); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: an error is %d %s", name, r.Status, r.Body)
		}
		if r := a.eval(token, "a"); r.Status != http.StatusOK || r.json(t, "result") != 1.0 {
			t.Errorf("%s: in a session: %d %s", name, r.Status, r.Body)
		}
		a.advance(time.Minute)
		if r := a.eval("", "1"); r.json(t, "session") == nil || strings.Contains(r.Body, "notices") {
			t.Errorf("%s: a minute later: %s", name, r.Body)
		}
	}
}

// TestSessionsOfAClient checks that the client's address counts, not that of a proxy or of a
// service.
func TestSessionsOfAClient(t *testing.T) {
	a := newApp(t, "limit_client_sessions", "1")
	made := func(address string, header ...string) bool {
		r := a.send("eval", "POST", "/eval", "1", append(header, "Spin-Client-Addr", address)...)
		return r.json(t, "session") != nil
	}
	if !made("192.0.2.1:1") || made("192.0.2.1:2") || !made("192.0.2.2:1") {
		t.Error("the clients are not told apart by their addresses")
	}
	if made("192.0.2.2:1", "X-Forwarded-For", "192.0.2.9", "Abacus-Client", "192.0.2.9") {
		t.Error("a client says who it is")
	}
	a.services["eval"] = eval.New(eval.Options{
		Transport: a, Variable: variabletest.Reader("trusted_proxy_header", "x-forwarded-for"),
		Now:   func() time.Time { return a.clock },
		Sleep: func(time.Duration) {}, Random: func() float64 { return 0.5 },
	})
	proxy := "127.0.0.1:9"
	if !made(proxy, "X-Forwarded-For", "192.0.2.7") || made(proxy, "X-Forwarded-For", "198.51.100.1, 192.0.2.7") ||
		!made(proxy, "X-Forwarded-For", "192.0.2.7, 192.0.2.8") {
		t.Error("behind a proxy the last address it gives counts")
	}
}

// TestFullHistory checks that a full history does not keep expressions from being answered.
func TestFullHistory(t *testing.T) {
	a := newApp(t)
	a.services["history"] = history.New(history.Options{Open: a.open, Snapshots: snapshots{},
		Transport: a, Variable: variabletest.Reader("limit_bytes", "500"),
		Now: func() time.Time { return a.clock }})
	token := a.session()
	a.eval(token, "1")
	a.eval(token, "2")
	for _, expression := range []string{"3", "a = 3", `{"expr":["4"]}`} {
		a.hops()
		r := a.eval(token, expression, "Content-Type", contentType(expression))
		if r.Status != http.StatusOK || r.json(t, "recorded") != false || !strings.Contains(r.Body, `"code":"history-full"`) {
			t.Errorf("%s: %d %s", expression, r.Status, r.Body)
		}
		if hops := a.hops(); len(hops) > 3 {
			t.Errorf("%s: %d hops: %q", expression, len(hops), hops)
		}
	}
	if r := a.eval(token, "a"); r.json(t, "result") != 3.0 {
		t.Errorf("what was committed: %s", r.Body)
	}
}

// TestRepliesOfADay sends replies that exceed what a session may store in a day: they are not kept,
// and a repeat still does nothing.
func TestRepliesOfADay(t *testing.T) {
	a := newApp(t)
	a.services["sessions"] = sessions.New(sessions.Options{Open: a.open, Transport: a,
		Variable: variabletest.Reader("limit_bytes", "1600"),
		Now:      func() time.Time { return a.clock }})
	token := a.session()
	statuses := ""
	for _, key := range []string{"a", "b", "c", "d"} {
		a.eval(token, "n = 1", "Idempotency-Key", key)
		again := a.eval(token, "n = 1", "Idempotency-Key", key)
		if again.Status != http.StatusOK && again.json(t, "code") != "conflict" {
			t.Errorf("%s: %d %s", key, again.Status, again.Body)
		}
		statuses += http.StatusText(again.Status) + " "
	}
	if statuses != "OK OK OK Conflict " {
		t.Errorf("the repeats are %s", statuses)
	}
	if version := a.send("sessions", "GET", "/session?session="+token, "").json(t, "version"); version != 4.0 {
		t.Errorf("version %v, want 4", version)
	}
	for i := 0; i < 4; i++ {
		a.eval(token, "n = 2")
	}
	if r := a.eval(token, "n = 3"); r.json(t, "code") != "too-many-requests" {
		t.Errorf("more than what a day may take: %d %s", r.Status, r.Body)
	}
	if n := a.eval(token, "n").json(t, "result"); n != 1.0 && n != 2.0 {
		t.Errorf("after that n is %v", n)
	}
}

// outside is the service behind GET /random.
type outside func(*http.Request) *http.Response

func (o outside) RoundTrip(r *http.Request) (*http.Response, error) { return o(r), nil }

// TestOutside checks that the reply of the outside service is bounded and its failures are
// reported.
func TestOutside(t *testing.T) {
	for _, c := range []struct {
		name, body, coding string
		code, status       int
		want               string
	}{
		{"a number", " [4]\n", "", 200, 200, "4"},
		{"identity", "[4]", "identity", 200, 200, "4"},
		{"a redirect", "", "", 302, 502, "status 302"},
		{"gzip", "\x1f\x8b", "gzip", 200, 502, "coding"},
		{"much", "[4" + strings.Repeat(" ", 4<<10) + "]", "", 200, 502, "4 KiB"},
		{"out of range", "[7]", "", 200, 502, "range"},
		{"two", "[1,2]", "", 200, 502, "one number"},
		{"no bracket", "4]", "", 200, 502, "one number"},
		{"nothing", "", "", 200, 502, "one number"},
	} {
		var sent http.Header
		read := variabletest.Reader("random_origin", "http://random")
		s := eval.New(eval.Options{Variable: read, Transport: outside(func(r *http.Request) *http.Response {
			sent = r.Header
			return &http.Response{StatusCode: c.code, Header: http.Header{"Content-Encoding": {c.coding},
				"Location": {"http://127.0.0.1/"}}, Body: io.NopCloser(strings.NewReader(c.body))}
		})})
		a := &app{t: t, services: map[string]http.Handler{"eval": s}}
		r := a.send("eval", "GET", "/random?min=1&max=6", "")
		if r.Status != c.status || !strings.Contains(r.Body, c.want) || (r.Status == 502) != (r.Header.Get("Retry-After") != "") {
			t.Errorf("%s: %d %s, want %d %s", c.name, r.Status, r.Body, c.status, c.want)
		}
		if sent.Get("Accept-Encoding") != "identity" {
			t.Errorf("%s: asked for %v", c.name, sent)
		}
	}
}

package contract

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// testSizes sends inputs that are just small enough, just too large, and far too large.
func (s *Suite) testSizes(t *testing.T) {
	const body, source = 64 << 10, 16 << 10
	jsonBody := func(length int) string {
		frame := `{"expr": "1"}`
		return frame + strings.Repeat(" ", length-len(frame))
	}
	padded := func(length int) string { return strings.Repeat(" ", length-1) + "1" }
	nested := func(depth int) string {
		return strings.Repeat("(", depth) + "1" + strings.Repeat(")", depth)
	}
	list := func(expressions int) string {
		return `{"expr":[` + strings.Repeat(`"1",`, expressions-1) + `"1"]}`
	}
	titled := func(characters int) string {
		return `{"entries":[1],"title":"` + strings.Repeat("😀", characters) + `"}`
	}
	shareBody := func(length int) string {
		const frame = `{"entries":[1]}`
		return strings.Repeat(" ", length-len(frame)) + frame
	}
	inURL := func(length int) Request {
		return Request{Method: "GET", Target: "/eval?expr=" + strings.Repeat("%20", length-1) + "1"}
	}
	asJSON := []Field{{"Content-Type", "application/json"}}
	deepJSON := `{"expr":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + "}"
	evaluateJSON := func(body string) Request { return Request{"POST", "/eval", asJSON, body} }
	token := s.NewSession(t)
	capability, unknown := Bearer(token), Bearer(strings.Repeat("A", 5_000))
	longName := strings.Repeat("a", 5_000)
	clearName := func(name string) Request {
		return Request{"DELETE", "/clear/" + name, capability, ""}
	}
	setVariable := func(name, value string) Request {
		return Request{"PUT", "/session/variables/" + name, capability, value}
	}
	shareEntries := func(first, last int) Request {
		return createShare(token, `{"entries":[1`+numbers(first, last)+`]}`)
	}
	for _, c := range []struct {
		name    string
		request Request
		status  int
	}{
		{"an expression of 16 KiB", Evaluation(token, padded(source)), 200},
		{"an expression of one byte more", Evaluation(token, padded(source+1)), 413},
		{"a body of 64 KiB", evaluateJSON(jsonBody(body)), 200},
		{"a body of one byte more", evaluateJSON(jsonBody(body + 1)), 413},
		{"a body of 1 MB", Evaluation(token, padded(1_000_000)), 413},
		{"a body of 1 MB without a session", Evaluation("", padded(1_000_000)), 413},
		{"an expression of 16 KiB in a URL", inURL(source), 200},
		{"an expression of one byte more in a URL", inURL(source + 1), 413},
		{"a variable of 1 MB", setVariable("a", padded(1_000_000)), 413},
		{"JSON nested 32 deep", evaluateJSON(deepJSON), 400},
		{"JSON nested 10,000 deep", evaluateJSON(strings.Repeat("[", 10_000)), 400},
		{"JSON nested 7,500 deep", evaluateJSON(strings.Repeat(`{"expr":`, 7_500)), 400},
		{"parentheses nested 200 deep", Evaluation(token, nested(200)), 200},
		{"parentheses nested 201 deep", Evaluation(token, nested(201)), 422},
		{"parentheses nested 16,000 deep", Evaluation(token, strings.Repeat("(", 16_000)), 422},
		{"a sum of 3,000 terms", Evaluation(token, strings.Repeat("1+", 2_999)+"1"), 200},
		{"a sum of 8,000 terms", Evaluation(token, strings.Repeat("1+", 8_000)+"1"), 422},
		{"a name of 64 characters", Evaluation(token, strings.Repeat("ä", 64)+" = 1"), 200},
		{"a name of 65 characters", Evaluation(token, strings.Repeat("ä", 65)+" = 1"), 422},
		{"100 expressions", evaluateJSON(list(100)), 200},
		{"101 expressions", evaluateJSON(list(101)), 400},
		{"a share of 64 KiB", createShare(token, shareBody(body)), 201},
		{"a share of one byte more", createShare(token, shareBody(body+1)), 413},
		{"a share of 1,000 missing entries", shareEntries(5_001, 6_000), 422},
		{"a share of 999 missing entries", shareEntries(5_001, 5_999), 404},
		{"a title of 200 characters", createShare(token, titled(200)), 201},
		{"a title of 201 characters", createShare(token, titled(201)), 400},
		{"a token of 5,000 characters", Request{"GET", "/session", unknown, ""}, 404},
		{"a path of 5,000 characters", Request{Method: "GET", Target: "/" + longName}, 404},
		{"a name of 5,000 characters", clearName(longName), 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			if reply := s.Send(t, c.request); reply.Status != c.status {
				t.Errorf("the status is not %d:\n%s", c.status, reply)
			}
		})
	}
}

// createShare returns the request that creates a share.
func createShare(token, body string) Request {
	header := append(Bearer(token), Field{"Content-Type", "application/json"})
	return Request{"POST", "/shares", header, body}
}

// numbers returns the numbers from first to last, each after a comma.
func numbers(first, last int) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, ",%d", n)
	}
	return b.String()
}

// internals are the internal routes between services.
var internals = []string{
	"sessions", "session", "commit", "entries", "ans", "erase", "shares/" + strings.Repeat("A", 22),
	"health", "names", "",
}

// spellings are ways to write /internal/NAME that one server or another takes for it.
var spellings = []string{
	"/internal/%s", "//internal/%s", "/internal//%s", "/internal/%s/", "///internal///%s",
	"/./internal/%s", "/INTERNAL/%s", "/Internal/%s", "/internal%%2f%s", "/internal%%2F%s",
	"/%%69nternal/%s", "/session/../internal/%s", "/session/%%2e%%2e/internal/%s",
	"/session/%%2E%%2E/internal/%s", "/session/..%%2finternal/%s",
	"/session%%2f..%%2finternal%%2f%s", "/session/..%%5cinternal/%s", `/session/..\internal/%s`,
	"/session/internal/%s", "/history/../internal/%s", "/eval/../internal/%s",
	"/clear/../internal/%s", "/x/../internal/%s", "/s/../internal/%s",
	"/session/..;/internal/%s", "/internal/%s?session=AAAAAAAAAAAAAAAAAAAAAA",
	"/internal/%s;x=1", "/internal/%s%%00", "/session/variables/../../internal/%s",
	"/%%252e%%252e/internal/%s", "/session%%23/../internal/%s",
}

// forgeries are headers with which a request may pretend to come from a service. Spin adds its own
// `spin-*` headers after those of the client.
var forgeries = [][]Field{
	nil,
	{{"spin-client-addr", "0.0.0.0:0"}},
	{
		{"Spin-Client-Addr", "0.0.0.0:0"},
		{"spin-client-addr", "0.0.0.0:0"},
		{"SPIN-CLIENT-ADDR", "0.0.0.0:0"},
	},
	{{"spin-client-addr", "0.0.0.0:0, 0.0.0.0:0"}},
	{{"spin-path-info", "/internal/session"}},
	{
		{"spin-full-url", "http://sessions.spin.internal/internal/session"},
		{"spin-client-addr", "0.0.0.0:0"},
	},
	{
		{"spin-matched-route", "/..."},
		{"spin-component-route", ""},
		{"spin-raw-component-route", "/..."},
		{"spin-base-path", "/"},
	},
	{{"Abacus-Peer-Token", ""}, {"Abacus-Hop", "1"}},
	{{"Abacus-Peer-Token", "guess"}, {"Abacus-Owner", strings.Repeat("0", 64)}},
	{
		{"X-Forwarded-For", "0.0.0.0"},
		{"Forwarded", "for=0.0.0.0"},
		{"X-Original-URL", "/internal/session"},
		{"X-Rewrite-URL", "/internal/session"},
	},
}

// testInternal tries the internal routes in every spelling and with every forgery, with a session
// that they could read or change: none of them is reachable.
func (s *Suite) testInternal(t *testing.T) {
	token := s.NewSession(t)
	s.Eval(t, token, "secret = 4711")
	for _, spelling := range spellings {
		t.Run(spelling, func(t *testing.T) {
			for i, name := range internals {
				for j, forgery := range forgeries {
					// It is enough to try all names without a forgery, and one name with all.
					if i > 1 && j > 1 {
						continue
					}
					target := fmt.Sprintf(spelling, name)
					header := append(Bearer(token), forgery...)
					for _, r := range []Request{
						{"GET", target, header, ""},
						{"POST", target, header, "variable\tsecret\t1\n"},
					} {
						reply := s.Send(t, r)
						if reply.Status != http.StatusNotFound &&
							reply.Status != http.StatusMethodNotAllowed {
							t.Errorf("%swas not refused:\n%s", r, reply)
						}
						if strings.Contains(reply.Body, "4711") {
							t.Errorf("%sread the session:\n%s", r, reply)
						}
					}
				}
			}
		})
	}
	var state struct{ Variables map[string]float64 }
	decodeInto(t, s.Get(t, token, "/session"), http.StatusOK, &state)
	if state.Variables["secret"] != 4711 {
		t.Errorf("the session was changed: %v", state.Variables)
	}
}

// testInternalNames calls the services by their internal host names. A host may close the
// connection or answer 404, but never serves such a request.
func (s *Suite) testInternalNames(t *testing.T) {
	token := s.NewSession(t)
	for _, c := range []struct{ target, host string }{
		{"/internal/session", "sessions.spin.internal"},
		{"/session", "sessions.spin.internal"},
		{"http://sessions.spin.internal/internal/session", "sessions.spin.internal"},
		{"http://sessions.spin.internal/internal/session", s.base.Host},
		{"http://" + s.base.Host + "/internal/session", s.base.Host},
		{"http://" + s.base.Host + "//internal/session", s.base.Host},
		{"sessions.spin.internal/internal/session", s.base.Host},
		{"*", s.base.Host},
	} {
		header := append(Bearer(token),
			Field{"Host", c.host}, Field{"spin-client-addr", "0.0.0.0:0"})
		r := Request{"GET", c.target, header, ""}
		reply, err := s.Try(r)
		if err == nil && reply.Status < 400 {
			t.Errorf("%swas served:\n%s", r, reply)
		}
	}
}

// testForgedHeaders sends the same headers to public routes, which must ignore them.
func (s *Suite) testForgedHeaders(t *testing.T) {
	token := s.NewSession(t)
	for _, forgery := range forgeries {
		for _, c := range []struct {
			request Request
			status  int
		}{
			{Request{"GET", "/session", Bearer(token), ""}, 200},
			{Request{"GET", "/session", nil, ""}, 401},
			{Request{"POST", "/session", Bearer(token), "commit\tk\th\t0\t\n"}, 405},
			{Request{"GET", "/history", Bearer(token), ""}, 200},
			{Request{"POST", "/eval", Bearer(token), "1+1"}, 200},
			{Request{"GET", "/eval?expr=1", nil, ""}, 200},
			{Request{"DELETE", "/clear", nil, ""}, 401},
			{Request{"GET", "/robots.txt", nil, ""}, 200},
			{Request{"GET", "/nothing", nil, ""}, 404},
		} {
			c.request.Header = append(c.request.Header, forgery...)
			if reply := s.Send(t, c.request); reply.Status != c.status {
				t.Errorf("%sthe status is not %d:\n%s", c.request, c.status, reply)
			}
		}
	}
}

// testInvalidURL sends a `spin-full-url` that is not a URL. Spin's SDK would fail before it calls
// the service, but the services hide forged headers from it, so the replies are the usual ones.
func (s *Suite) testInvalidURL(t *testing.T) {
	for target, status := range map[string]int{
		"/internal/session": 404,
		"/session":          401,
		"/robots.txt":       200,
		"/eval?expr=1":      200,
	} {
		r := Request{"GET", target, []Field{{"spin-full-url", "::not a url::"}}, ""}
		reply, err := s.Try(r)
		if err != nil {
			t.Fatalf("%s%v", r, err)
		}
		if s.Check(t, r, reply); reply.Status != status {
			t.Errorf("%sthe status is not %d:\n%s", r, status, reply)
		}
	}
}

// testMethods tries every method that a path does not allow.
func (s *Suite) testMethods(t *testing.T) {
	for _, c := range []struct{ path, allow string }{
		{"/eval", "GET, HEAD, POST, OPTIONS"},
		{"/functions", "GET, HEAD, OPTIONS"},
		{"/units", "GET, HEAD, OPTIONS"},
		{"/random", "GET, HEAD, OPTIONS"},
		{"/rates", "GET, HEAD, OPTIONS"},
		{"/rates/USD", "GET, HEAD, OPTIONS"},
		{"/health", "GET, HEAD, OPTIONS"},
		{"/sessions", "POST, OPTIONS"},
		{"/session", "GET, HEAD, DELETE, OPTIONS"},
		{"/session/variables/a", "PUT, OPTIONS"},
		{"/clear", "DELETE, OPTIONS"},
		{"/clear/a", "DELETE, OPTIONS"},
		{"/history", "GET, HEAD, DELETE, OPTIONS"},
		{"/", "GET, HEAD, OPTIONS"},
		{"/openapi.json", "GET, HEAD, OPTIONS"},
		{"/robots.txt", "GET, HEAD, OPTIONS"},
	} {
		for _, method := range strings.Fields("GET HEAD POST PUT PATCH DELETE OPTIONS") {
			allowed := strings.Contains(", "+c.allow+",", ", "+method+",")
			if allowed && method != "OPTIONS" {
				continue
			}
			t.Run(method+" "+c.path, func(t *testing.T) {
				reply := s.Send(t, Request{Method: method, Target: c.path})
				want := http.StatusMethodNotAllowed
				if method == "OPTIONS" {
					want = http.StatusNoContent
				}
				if reply.Status != want || reply.Header.Get("Allow") != c.allow {
					t.Errorf("the status is %d, Allow is %q; want %d, %q",
						reply.Status, reply.Header.Get("Allow"), want, c.allow)
				}
			})
		}
	}
}

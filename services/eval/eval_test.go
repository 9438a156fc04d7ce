package eval_test

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// TestEvaluateInASession goes through a session request by request, as the course does.
func TestEvaluateInASession(t *testing.T) {
	a := newApp(t)
	token := a.session()
	for _, c := range []struct {
		expression string
		result     any
		value      any
		kind       string
	}{
		{"3 * (7 + 1)", 24.0, 24.0, "value"},
		{"-5 + 3", -2.0, -2.0, "value"},
		{"a = 10", nil, 10.0, "assignment"},
		{"b = 10 * (7 + a)", nil, 170.0, "assignment"},
		{"b", 170.0, 170.0, "value"},
		{"a = 3 * (7 + a)", nil, 51.0, "assignment"},
		{"a", 51.0, 51.0, "value"},
		{"f(x) = a * x", nil, nil, "definition"},
		{"f(2)", 102.0, 102.0, "value"},
		{"ans + 1", 103.0, 103.0, "value"},
		{"* 2", 206.0, 206.0, "value"},
		{"a = 1; b = 2; a + b", 3.0, 3.0, "value"},
	} {
		r := a.eval(token, c.expression)
		if r.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", c.expression, r.Status, r.Body)
		}
		if result, value, kind := r.json(t, "result"), r.json(t, "value"), r.json(t, "kind"); result != c.result || value != c.value || kind != c.kind {
			t.Errorf("%s: result %v, value %v, kind %v; want %v, %v, %s", c.expression, result, value, kind, c.result, c.value, c.kind)
		}
	}
	if got := a.send("sessions", "GET", "/session?session="+token, "").Body; got != `{"version":5,"variables":{"a":1,"b":2},"definitions":{"f":"f(x) = a*x"}}`+"\n" {
		t.Errorf("the session is %s", got)
	}
}

// TestHops checks which services a request calls, and in which order.
func TestHops(t *testing.T) {
	a := newApp(t)
	token := a.session()
	for _, c := range []struct {
		name, token, expression string
		header                  []string
		want                    []string
	}{
		{"a value", token, "1 + 1", nil, []string{"sessions GET /internal/session", "history POST /internal/entries"}},
		{"a value, session made", "", "1 + 1", nil, []string{"sessions POST /internal/sessions", "history POST /internal/entries"}},
		{"an assignment", token, "a = 1", nil, []string{"sessions GET /internal/session", "sessions POST /internal/commit", "history POST /internal/entries"}},
		{"an assignment of ans", token, "a = ans", nil, []string{"sessions GET /internal/session", "history GET /internal/ans", "sessions POST /internal/commit", "history POST /internal/entries"}},
		{"ans", token, "ans", nil, []string{"sessions GET /internal/session", "history GET /internal/ans", "history POST /internal/entries"}},
		{"ans, no session", "", "ans + 1", nil, nil},
		{"an error", token, "1/0", nil, []string{"sessions GET /internal/session"}},
		{"an error, no session", "", "1/0", nil, nil},
		{"no expression, no session", "", "2+", nil, nil},
		{"an assignment, session made", "", "a = 1", nil, []string{"sessions POST /internal/sessions", "sessions POST /internal/commit", "history POST /internal/entries"}},
		{"no expression", token, "2+", nil, nil},
		{"an assignment by a client's key", token, "a = 1", []string{"Idempotency-Key", "k"}, []string{"sessions GET /internal/session",
			"sessions POST /internal/commit", "history POST /internal/entries"}},
		{"a value by a client's key", token, "1", []string{"Idempotency-Key", "v"}, []string{"sessions GET /internal/session",
			"sessions POST /internal/commit", "history POST /internal/entries"}},
		{"a repeat", token, "1", []string{"Idempotency-Key", "v"}, []string{"sessions GET /internal/session", "history POST /internal/entries"}},
	} {
		a.hops()
		a.eval(c.token, c.expression, c.header...)
		if got := a.hops(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: hops %q, want %q", c.name, got, c.want)
		}
	}
	a.hops()
	if r := a.send("eval", "GET", "/eval?expr=2%2B3", ""); r.json(t, "result") != 5.0 || len(a.hops()) != 0 {
		t.Errorf("GET /eval: %s", r.Body)
	}
}

func TestSourceIsAtomic(t *testing.T) {
	a := newApp(t)
	token := a.session()
	r := a.eval(token, "a = 5\n1/0")
	if r.Status != http.StatusUnprocessableEntity || r.json(t, "position.line") != 2.0 || r.json(t, "code") != "division-by-zero" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := a.eval(token, "a"); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a is there: %s", r.Body)
	}
}

func TestArray(t *testing.T) {
	a := newApp(t)
	token := a.session()
	a.hops()
	r := a.eval(token, `{"expr": ["a = 2", "a / 0", "b = a * 3\n1/0", "a * 21", "ans / 2", "1 / 3"], "precision": 3}`, "Content-Type", "application/json")
	if r.Status != http.StatusOK {
		t.Fatal(r.Status, r.Body)
	}
	var got []string
	for _, item := range r.json(t, "results").([]any) {
		members := item.(map[string]any)
		if problem, ok := members["error"].(map[string]any); ok {
			got = append(got, problem["code"].(string))
			continue
		}
		got = append(got, fmt.Sprint(members["result"], " ", members["display"], " ", members["entry"]))
	}
	want := []string{"<nil>  1", "division-by-zero", "division-by-zero", "42 42 2", "21 21 3", "0.3333333333333333 0.333 4"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("results %q, want %q", got, want)
	}
	if r.json(t, "version") != 1.0 {
		t.Errorf("version %v, want one commit", r.json(t, "version"))
	}
}

func TestText(t *testing.T) {
	a := newApp(t)
	for _, c := range []struct {
		expression string
		status     int
		want       string
	}{
		{"0.1 + 0.2", 200, "0.3"},
		{"a = 7", 200, ""},
		{"-0", 200, "0"},
	} {
		if r := a.eval("", c.expression, "Accept", "text/plain"); r.Status != c.status || r.Body != c.want {
			t.Errorf("%s: %d %q, want %d %q", c.expression, r.Status, r.Body, c.status, c.want)
		}
	}
	for _, c := range []struct {
		expression string
		header     []string
		status     int
		want       string
	}{
		{"2 +", nil, 400, "error: expected a number or a name after `+`, but found the end of the input\n    2 +\n       ^\n"},
		{"a = 1\n1 + nothing", nil, 422, "error: unknown name `nothing`\n    1 + nothing\n        ^~~~~~~\nhint: set it first: nothing = ...\n"},
		{"1", []string{"Idempotency-Key", "a b"}, 400, "error: the idempotency key holds a quote, a space, or a character that is not ASCII\nhint: send a random UUID\n"},
	} {
		r := a.eval("", c.expression, append(c.header, "Accept", "text/plain")...)
		if r.Status != c.status || r.Body != c.want || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %s, want %d %s", c.expression, r.Status, r.Body, c.status, c.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	a := newApp(t)
	token := a.session()
	json := []string{"Content-Type", "application/json; charset=utf-8"}
	for _, c := range []struct {
		name   string
		body   string
		header []string
		status int
		code   string
	}{
		{"no expression", "", nil, 400, "empty"},
		{"bad UTF-8", "1 + \xff", nil, 400, "encoding"},
		{"large body", strings.Repeat("1", 64<<10+1), nil, 413, "too-large"},
		{"long source", strings.Repeat("1", 16<<10+1), nil, 413, "too-large"},
		{"not JSON", "{", json, 400, "bad-json"},
		{"an array", "[]", json, 400, "bad-json"},
		{"no expr", "{}", json, 400, "bad-json"},
		{"expr is a number", `{"expr": 2}`, json, 400, "bad-json"},
		{"an empty array", `{"expr": []}`, json, 400, "bad-json"},
		{"expr twice", `{"expr": ["1"], "expr": ["2"]}`, json, 400, "bad-json"},
		{"101 expressions", `{"expr": ["1"` + strings.Repeat(`,"1"`, 100) + `]}`, json, 400, "bad-json"},
		{"an unknown member", `{"expr": "1", "expression": "2"}`, json, 400, "bad-json"},
		{"precision 0", `{"expr": "1", "precision": 0}`, json, 400, "bad-parameter"},
		{"precision 18", `{"expr": "1", "precision": 18}`, json, 400, "bad-parameter"},
		{"precision 1.5", `{"expr": "1", "precision": 1.5}`, json, 400, "bad-parameter"},
		{"deep JSON", `{"expr": ` + strings.Repeat("[", 5000), json, 400, "bad-json"},
		{"JSON with bad UTF-8", "{\"expr\": \"\xff\"}", json, 400, "bad-encoding"},
		{"an unknown session", "1", []string{"Authorization", "Bearer AAAAAAAAAAAAAAAAAAAAAA"}, 404, "unknown-session"},
		{"no token", "1", []string{"Authorization", "Bearer nobody"}, 404, "unknown-session"},
		{"another scheme", "1", []string{"Authorization", "Basic YTpi"}, 401, "session-required"},
		{"a key with a space", "1", []string{"Idempotency-Key", "a b"}, 400, "bad-idempotency-key"},
		{"a long key", "1", []string{"Idempotency-Key", strings.Repeat("k", 256)}, 400, "bad-idempotency-key"},
		{"a short key without a session", "1", []string{"Idempotency-Key", "k"}, 400, "bad-idempotency-key"},
	} {
		header := c.header
		if !strings.Contains(c.name, "session") && !strings.Contains(c.name, "token") && !strings.Contains(c.name, "scheme") {
			header = append([]string{"Authorization", "Bearer " + token}, header...)
		}
		r := a.send("eval", "POST", "/eval", c.body, header...)
		if r.Status != c.status || r.json(t, "code") != c.code {
			t.Errorf("%s: %d %v, want %d %s", c.name, r.Status, r.json(t, "code"), c.status, c.code)
		}
		if r.json(t, "status") != float64(c.status) || r.json(t, "detail") == "" || r.json(t, "type") == "" || r.json(t, "title") == "" {
			t.Errorf("%s: the problem is not complete: %s", c.name, r.Body)
		}
	}
}

// TestPreviewOfStatements checks that a semicolon in a URL separates statements, whether it is
// percent-encoded or not.
func TestPreviewOfStatements(t *testing.T) {
	a := newApp(t)
	for _, uri := range []string{"/eval?expr=a=2;a*3", "/eval?expr=a%3D2%3Ba*3", "/eval?precision=3&expr=a=2;a*3"} {
		if r := a.send("eval", "GET", uri, ""); r.Status != 200 || r.json(t, "result") != 6.0 {
			t.Errorf("%s: %d %s", uri, r.Status, r.Body)
		}
	}
}

func TestPreviewHints(t *testing.T) {
	a := newApp(t)
	r := a.send("eval", "GET", "/eval?expr=2+3", "")
	if r.Status != 400 || !strings.Contains(r.json(t, "hint").(string), "%2B") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	for uri, want := range map[string]string{
		"/eval?expr=5+%25+3": "mod", // the language's own hint stays
		"/eval?expr=5+3":     "in an address `+` means a space",
	} {
		hint, _ := a.send("eval", "GET", uri, "").json(t, "hint").(string)
		if !strings.Contains(hint, want) {
			t.Errorf("%s: hint %q, want %q", uri, hint, want)
		}
	}
	uri := "/eval?expr=1+%2B+a" // whose error has nothing to do with `+`
	if hint := a.send("eval", "GET", uri, "").json(t, "hint"); hint != "set it first: a = ..." {
		t.Errorf("%s: hint %q", uri, hint)
	}
	for _, c := range []struct{ uri, cache string }{
		{"/eval?expr=1", "public, max-age=86400"},
		{"/eval?expr=random()", "no-store"},
		{"/eval?expr=1/0", "no-store"},
	} {
		if got := a.send("eval", "GET", c.uri, "").Header.Get("Cache-Control"); got != c.cache {
			t.Errorf("%s: Cache-Control %q, want %q", c.uri, got, c.cache)
		}
	}
}

func TestLabel(t *testing.T) {
	a := newApp(t)
	for source, want := range map[string]any{
		"rent: 1200":       "rent",
		"1200 # the rent":  "the rent",
		"1200":             nil,
		"a = 2 # two\n3*a": nil,
	} {
		if r := a.eval("", source); r.json(t, "label") != want {
			t.Errorf("%q: %s, want the label %v", source, r.Body, want)
		}
	}
}

// TestUnits reads the list of units: each unit is known by its symbol, and 1 of it equals its
// factor.
func TestUnits(t *testing.T) {
	a := newApp(t)
	list, _ := a.send("eval", "GET", "/units", "").json(t, "units").([]any)
	if len(list) < 280 {
		t.Fatalf("%d units", len(list))
	}
	for _, item := range list {
		unit := item.(map[string]any)
		factor, ok := unit["factor"].(float64)
		coherent, _ := unit["unit"].(string)
		if !ok || coherent == "" {
			continue
		}
		source := "(1 " + unit["symbol"].(string) + ") in " + coherent
		if r := a.send("eval", "GET", "/eval?expr="+url.QueryEscape(source), ""); r.json(t, "result") != factor {
			t.Errorf("%s: %s, want %v", source, r.Body, factor)
		}
	}
}

// TestFormsStay checks that the history, shares and links display results in the same form as the
// reply.
func TestFormsStay(t *testing.T) {
	a := newApp(t)
	token := a.session()
	owner := []string{"Authorization", "Bearer " + token}
	for _, c := range [][2]string{
		{"255 in hex", "0xFF"}, {"1/3 as fraction", "1/3"}, {"pi to 2 decimals", "3.14"}, {"1.75 m in ft in", "5 ft 8.8976377952755"},
		{"12345 in sci", "1.2345e4"}, {"17:40 - 9:15", "8:25"}, {"15 / 60 in %", "25%"}, {"5 km in miles", "3.10685596118667 mi"},
	} {
		want := a.eval(token, c[0]).json(t, "display").(string)
		if !strings.HasPrefix(want, c[1]) {
			t.Errorf("%s displays %s, want %s", c[0], want, c[1])
		}
		page := a.send("history", "GET", "/history?limit=1", "", owner...).json(t, "entries").([]any)
		if got := page[0].(map[string]any)["display"]; got != want {
			t.Errorf("%s: the history displays %v, want %s", c[0], got, want)
		}
		made := a.send("history", "POST", "/shares", fmt.Sprintf(`{"entries": [%v]}`, page[0].(map[string]any)["id"]),
			append(owner, "Content-Type", "application/json")...)
		address := made.Header.Get("Location")
		if shared := a.send("history", "GET", strings.Replace(address, "/s/", "/shares/", 1), ""); !strings.Contains(shared.Body, `"display":"`+want+`"`) {
			t.Errorf("%s: the share is %s", c[0], shared.Body)
		}
	}
}

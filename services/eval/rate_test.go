package eval_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestRate checks that what exceeds the rate limit of a session is refused as a whole, before any
// of it is stored, and that its key stays free.
func TestRate(t *testing.T) {
	for _, c := range []struct {
		before     int // entries of five
		expression string
		status     int
	}{
		{5, "1", 429},
		{5, "ans", 429},
		{5, "a = 1", 429},
		{5, "a = ans", 429},
		{5, `{"expr": ["ans"]}`, 429},
		{5, `{"expr": ["1/0", "ans"]}`, 429},
		{5, `{"expr": ["1/0"]}`, 200},
		{3, `{"expr": ["ans + 1", "1/0", "3"]}`, 200},
		{3, `{"expr": ["ans + 1", "b = 2", "3"]}`, 429},
		{4, `{"expr": ["b = 1", "1/0", "1/0"]}`, 200},
		{4, "b = ans", 200},
	} {
		for _, key := range []string{"", "k"} {
			a := newApp(t, "limit_entries", "5")
			token := a.session()
			for i := 0; i < c.before; i++ {
				a.eval(token, "z = 1")
			}
			version := a.send("sessions", "GET", "/session?session="+token, "").json(t, "version")
			header := []string{"Content-Type", contentType(c.expression)}
			if key != "" {
				header = append(header, "Idempotency-Key", key)
			}
			r := a.eval(token, c.expression, header...)
			if r.Status != c.status || (r.Status == 429) != (r.Header.Get("Retry-After") != "") || c.status == 200 && strings.Contains(r.Body, `"status":429`) {
				t.Errorf("%s after %d, key %q: %d %s, want %d", c.expression, c.before, key, r.Status, r.Body, c.status)
			}
			if c.status == 200 {
				continue
			}
			if state := a.send("sessions", "GET", "/session?session="+token, ""); state.json(t, "version") != version {
				t.Errorf("%s after %d, key %q: refused, and committed", c.expression, c.before, key)
			}
			a.advance(time.Minute)
			if r := a.eval(token, "7", append(header[2:], "Content-Type", "text/plain")...); r.Status != http.StatusOK || r.json(t, "result") != 7.0 {
				t.Errorf("%s after %d, key %q, then another request with it: %d %s", c.expression, c.before, key, r.Status, r.Body)
			}
		}
	}
}

// TestRateAtTheSameMoment has others use up a session's rate limit during an evaluation: what is
// committed is recorded, and what is refused is not committed.
func TestRateAtTheSameMoment(t *testing.T) {
	for _, expression := range []string{"a = 1", "1 + 1", "b = ans", `{"expr": ["a = 1", "2", "1/0"]}`} {
		for hop := 1; hop <= 4; hop++ {
			a := newApp(t, "limit_entries", "5")
			token := a.session()
			a.eval(token, "0")
			count := 0
			a.fault = func(string) (bool, bool) {
				if count++; count == hop {
					for i := 0; i < 10; i++ {
						a.eval(token, "1")
					}
				}
				return false, false
			}
			header := []string{"Content-Type", contentType(expression), "Idempotency-Key", "k"}
			r := a.eval(token, expression, header...)
			a.fault = nil
			version := a.send("sessions", "GET", "/session?session="+token, "").json(t, "version")
			if refused := r.Status == http.StatusTooManyRequests; refused && version != 0.0 || !refused && r.json(t, "recorded") != true {
				t.Errorf("%s at hop %d: %d %s at version %v", expression, hop, r.Status, r.Body, version)
			}
			a.advance(2 * time.Minute)
			if again := a.eval(token, expression, header...); again.Status != http.StatusOK || r.Status == http.StatusOK && again.Body != r.Body {
				t.Errorf("%s at hop %d, repeated: %d %s, first %s", expression, hop, again.Status, again.Body, r.Body)
			}
		}
	}
}

// TestClockSetBack checks that nobody waits as long as the clock was set back.
func TestClockSetBack(t *testing.T) {
	a := newApp(t, "limit_entries", "30000")
	token := a.session()
	a.eval(token, "a = 1")
	a.fault = func(call string) (bool, bool) { // others make it ask for a slot
		if call == "sessions POST /internal/commit" && a.fault != nil {
			a.fault = nil
			a.eval(token, "a = 5")
		}
		return false, false
	}
	a.eval(token, "a = 2")
	a.advance(-48 * time.Hour)
	for _, expression := range []string{"1", "a = 3", "ans"} {
		if r := a.eval(token, expression); r.Status != http.StatusOK {
			t.Errorf("%s: %d %s, Retry-After %s", expression, r.Status, r.Body, r.Header.Get("Retry-After"))
		}
	}
}

// TestBeginsAgain checks that an evaluation that starts over reads everything again.
func TestBeginsAgain(t *testing.T) {
	for _, c := range []struct{ expression, path, want string }{
		{`{"expr": ["x = y", "z = ans + 1"]}`, "DELETE /clear/y", `"value":101`},
		{"m = ans + 1", "x = 5", `"value":6`},
		{`{"expr": ["m = ans + 1", "1/0"]}`, "x = 5", `"value":6`},
	} {
		a := newApp(t)
		token := a.session()
		a.eval(token, "y = 7")
		a.eval(token, "100")
		a.fault = func(call string) (bool, bool) {
			if call == "sessions POST /internal/commit" {
				a.fault = nil
				if path := strings.TrimPrefix(c.path, "DELETE "); path != c.path {
					a.send("sessions", "DELETE", path, "", "Authorization", "Bearer "+token)
				} else {
					a.eval(token, c.path)
				}
			}
			return false, false
		}
		r := a.eval(token, c.expression, "Content-Type", contentType(c.expression))
		if r.Status != http.StatusOK || !strings.Contains(r.Body, c.want) {
			t.Errorf("%s with %s in between: %d %s", c.expression, c.path, r.Status, r.Body)
		}
	}
}

// TestRefusedAfterTheCommit has the history refuse entries after the commit: the client still gets
// the result, unless the session is gone.
func TestRefusedAfterTheCommit(t *testing.T) {
	a := newApp(t)
	token := a.session()
	next := a.services["history"]
	for _, status := range []int{401, 429, 508} {
		a.services["history"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.WriteHeader(status)
				return
			}
			next.ServeHTTP(w, r)
		})
		r := a.eval(token, fmt.Sprint("a = ", status))
		if r.Status != http.StatusOK || r.json(t, "recorded") != false || r.json(t, "value") != float64(status) {
			t.Errorf("%d: %d %s", status, r.Status, r.Body)
		}
	}
}

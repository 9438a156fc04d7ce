package eval_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRepeat checks that a request with a key has its effect once and gets the same reply every
// time.
func TestRepeat(t *testing.T) {
	for _, expression := range []string{"random() + 1", "n = n + 1", "f(x) = x", `{"expr": ["n = n + 1", "1/0", "random()"]}`} {
		a := newApp(t)
		token := a.session()
		a.eval(token, "n = 1")
		header := []string{"Idempotency-Key", "key-1", "Content-Type", contentType(expression)}
		first := a.eval(token, expression, header...)
		for i := 0; i < 3; i++ {
			if again := a.eval(token, expression, header...); again.Status != first.Status || again.Body != first.Body {
				t.Errorf("%s: answered %d %s and then %d %s", expression, first.Status, first.Body, again.Status, again.Body)
			}
		}
		if strings.Contains(expression, "n = n + 1") {
			if n := a.eval(token, "n").json(t, "result"); n != 2.0 {
				t.Errorf("%s: n is %v, want 2", expression, n)
			}
		}
		other := a.eval(token, "1", "Idempotency-Key", "key-1")
		if other.Status != http.StatusUnprocessableEntity || other.json(t, "code") != "idempotency-key-reused" {
			t.Errorf("the key with another request: %d %s", other.Status, other.Body)
		}
	}
}

// TestTokenIsNotStored checks that the database only has the hash of a token, even where it stores
// a whole reply.
func TestTokenIsNotStored(t *testing.T) {
	a := newApp(t)
	token := a.session()
	first := a.eval(token, "a = 1", "Idempotency-Key", "key-1")
	if again := a.eval(token, "a = 1", "Idempotency-Key", "key-1"); !strings.Contains(first.Body, token) ||
		again.Body != first.Body {
		t.Errorf("answered %s and then %s", first.Body, again.Body)
	}
	files, err := filepath.Glob(filepath.Join(a.folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the files of the database: %q, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(token)) {
			t.Errorf("%s holds the token", filepath.Base(file))
		}
	}
}

func contentType(body string) string {
	if strings.HasPrefix(body, "{") {
		return "application/json"
	}
	return "text/plain"
}

// TestKeyOfAValueIsNotCommitted checks that a key belongs to the request that used it first, even
// for a value: an assignment with the same key is refused before anything is committed.
func TestKeyOfAValueIsNotCommitted(t *testing.T) {
	a := newApp(t)
	token := a.session()
	a.eval(token, "1 + 1", "Idempotency-Key", "k")
	if r := a.eval(token, "a = 5", "Idempotency-Key", "k"); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := a.eval(token, "a"); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a was committed: %s", r.Body)
	}
}

// TestKeyAtTheSameMoment sends two requests with one key at the same moment: one of them wins,
// whatever they are, and the other has no effect.
func TestKeyAtTheSameMoment(t *testing.T) {
	for _, c := range []struct{ first, second string }{
		{"a = 1", "1 + 1"}, {"1 + 1", "a = 1"}, {"a = 1", "a = 2"}, {"1", "2"}, {"a = 1", `{"expr": ["1/0"]}`},
	} {
		for _, at := range []string{"sessions GET /internal/session", "history GET /internal/ans", "sessions POST /internal/commit", "history POST /internal/entries"} {
			a := newApp(t)
			token := a.session()
			a.eval(token, "a = 0")
			key := []string{"Idempotency-Key", "k", "Content-Type"}
			var second reply
			met := false
			a.fault = func(call string) (bool, bool) {
				if call == at && !met {
					met = true
					second = a.eval(token, c.second, append(key, contentType(c.second))...)
				}
				return false, false
			}
			first := a.eval(token, c.first, append(key, contentType(c.first))...)
			a.fault = nil
			if !met {
				continue
			}
			winner, loser, source := first, second, c.first
			if winner.Status != http.StatusOK {
				winner, loser, source = second, first, c.second
			}
			if winner.Status != http.StatusOK || loser.Status != http.StatusUnprocessableEntity || loser.json(t, "code") != "idempotency-key-reused" {
				t.Errorf("%s and %s at %s: %d %s and %d %s", c.first, c.second, at, first.Status, first.Body, second.Status, second.Body)
				continue
			}
			want := 0.0
			if strings.HasPrefix(source, "a = ") {
				want = winner.json(t, "value").(float64)
			}
			if got := a.eval(token, "a").json(t, "result"); got != want {
				t.Errorf("%s and %s at %s: a is %v, want %v", c.first, c.second, at, got, want)
			}
			if again := a.eval(token, source, append(key, contentType(source))...); again.Body != winner.Body {
				t.Errorf("%s and %s at %s: repeated %s, want %s", c.first, c.second, at, again.Body, winner.Body)
			}
		}
	}
}

// TestRepeatOfAnErasedEntry checks that a repeat does not restore what was erased from the history.
func TestRepeatOfAnErasedEntry(t *testing.T) {
	for _, path := range []string{"/history", "/history/2"} {
		for _, expression := range []string{"1 + 1", "b = 2"} {
			a := newApp(t)
			token := a.session()
			a.eval(token, "a = 1")
			first := a.eval(token, expression, "Idempotency-Key", "k")
			if r := a.send("history", "DELETE", path, "", "Authorization", "Bearer "+token); r.Status != http.StatusNoContent {
				t.Fatalf("DELETE %s: %d %s", path, r.Status, r.Body)
			}
			left := len(entries(t, a, token))
			if again := a.eval(token, expression, "Idempotency-Key", "k"); again.Body != first.Body {
				t.Errorf("%s: %s, first %s", expression, again.Body, first.Body)
			}
			if now := len(entries(t, a, token)); now != left {
				t.Errorf("%s after DELETE %s: %d entries, want %d", expression, path, now, left)
			}
		}
	}
}

// TestKeyIsKeptForADay checks that a key can be used anew after its day.
func TestKeyIsKeptForADay(t *testing.T) {
	a := newApp(t)
	token := a.session()
	a.eval(token, "n = 1", "Idempotency-Key", "k")
	a.advance(23 * time.Hour)
	if r := a.eval(token, "n = n + 1", "Idempotency-Key", "k"); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("within the day: %d %s", r.Status, r.Body)
	}
	a.advance(2 * time.Hour)
	for day := 2; day < 5; day++ { // the same request as well
		for i := 0; i < 2; i++ {
			r := a.eval(token, "n = n + 1", "Idempotency-Key", "k")
			if r.Status != http.StatusOK || r.json(t, "value") != float64(day) || r.json(t, "entry") != float64(day) {
				t.Errorf("day %d: %d %s", day, r.Status, r.Body)
			}
			a.advance(10 * time.Hour)
		}
		a.advance(10 * time.Hour)
		if got := len(entries(t, a, token)); got != day {
			t.Errorf("day %d: %d entries", day, got)
		}
	}
}

func TestKeysBelongToASession(t *testing.T) {
	a := newApp(t)
	one, two := a.session(), a.session()
	a.eval(one, "a = 1", "Idempotency-Key", "k")
	if r := a.eval(two, "a = 2", "Idempotency-Key", "k"); r.Status != http.StatusOK {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// TestRepeatMakesOneSession checks that, without a session, the key stands for the session that is
// created.
func TestRepeatMakesOneSession(t *testing.T) {
	a := newApp(t)
	const key = "7f1d8a0e-2f54-4c3e-9b6a-0e3f1f6f8a11"
	first := a.eval("", "n = 1", "Idempotency-Key", `"`+key+`"`)
	again := a.eval("", "n = 1", "Idempotency-Key", key)
	if first.Status != 200 || first.Body != again.Body || again.Header.Get("Abacus-Session") == "" {
		t.Errorf("%s and then %s", first.Body, again.Body)
	}
	if other := a.eval("", "n = 2", "Idempotency-Key", key); other.Status != http.StatusUnprocessableEntity {
		t.Errorf("another request: %d %s", other.Status, other.Body)
	}
}

// TestEveryHopFails makes every hop of a request fail, before or after its effect, for a while or
// until the client gives up and repeats the request. In the end the effect has happened once, and
// the client has its reply.
func TestEveryHopFails(t *testing.T) {
	for _, expression := range []string{"n = n + 1", "n + 1", "ans + n", "m = ans + n"} {
		for hop := 1; hop <= 6; hop++ {
			for _, after := range []bool{false, true} {
				for _, lasting := range []int{1, 2, 3, 4} {
					name := fmt.Sprintf("%s, hop %d, after %v, %d times", expression, hop, after, lasting)
					a := newApp(t)
					token := a.session()
					a.eval(token, "n = 41")
					before := len(entries(t, a, token))
					count := 0
					a.fault = func(string) (bool, bool) {
						count++
						broken := count >= hop && count < hop+lasting
						return broken && !after, broken && after
					}
					header := []string{"Idempotency-Key", "the-one"}
					r := a.eval(token, expression, header...)
					for tries := 0; tries < 5 && (r.Status != 200 || r.json(t, "recorded") != true); tries++ {
						if r.Status != 200 && (r.Status != 503 || r.Header.Get("Retry-After") == "") {
							t.Fatalf("%s: %d %s", name, r.Status, r.Body)
						}
						a.advance(time.Second)
						r = a.eval(token, expression, header...)
					}
					a.fault = nil
					if r.Status != 200 {
						t.Fatalf("%s: %d %s", name, r.Status, r.Body)
					}
					want := map[string]float64{"n = n + 1": 42, "n + 1": 42, "ans + n": 82, "m = ans + n": 82}[expression]
					if r.json(t, "value") != want {
						t.Errorf("%s: value %v, want %v", name, r.json(t, "value"), want)
					}
					if got := len(entries(t, a, token)) - before; got != 1 {
						t.Errorf("%s: %d entries, want 1", name, got)
					}
					if n := a.eval(token, "n").json(t, "result"); expression == "n = n + 1" && n != 42.0 {
						t.Errorf("%s: n is %v, want 42", name, n)
					}
				}
			}
		}
	}
}

func entries(t *testing.T, a *app, token string) []any {
	t.Helper()
	r := a.send("history", "GET", "/history", "", "Authorization", "Bearer "+token)
	if r.Status != http.StatusOK {
		t.Fatalf("GET /history: %d %s", r.Status, r.Body)
	}
	return r.json(t, "entries").([]any)
}

// TestServicesDown checks what the other services still do while one is down.
func TestServicesDown(t *testing.T) {
	for _, c := range []struct {
		down, expression string
		status           int
		recorded         any
	}{
		{"history", "1 + 1", 200, false},
		{"history", "a = 1", 200, false},
		{"history", "ans", 503, nil},
		{"sessions", "1 + 1", 503, nil},
	} {
		a := newApp(t)
		token := a.session()
		a.fault = func(call string) (bool, bool) { return strings.HasPrefix(call, c.down), false }
		r := a.eval(token, c.expression)
		if r.Status != c.status || r.json(t, "recorded") != c.recorded {
			t.Errorf("%s down, %s: %d %s", c.down, c.expression, r.Status, r.Body)
		}
		if r.Status == 503 && r.Header.Get("Retry-After") == "" {
			t.Errorf("%s down, %s: no Retry-After", c.down, c.expression)
		}
		if health := a.send("eval", "GET", "/health", ""); health.Status != 503 || health.json(t, "services."+c.down) != "down" {
			t.Errorf("%s down: health %d %s", c.down, health.Status, health.Body)
		}
		if r := a.send("eval", "GET", "/eval?expr=1%2B1", ""); r.Status != 200 {
			t.Errorf("%s down: stateless %d", c.down, r.Status)
		}
	}
}

// TestErasedSessionStaysErased erases a session while an evaluation is under way: it stays erased.
func TestErasedSessionStaysErased(t *testing.T) {
	for _, at := range []string{"sessions POST /internal/commit", "history POST /internal/entries"} {
		for _, expression := range []string{"a = 1", "2"} {
			a := newApp(t)
			token := a.session()
			erased := false
			a.fault = func(call string) (bool, bool) {
				if call == at && !erased {
					erased = true
					if r := a.send("sessions", "DELETE", "/session", "", "Authorization", "Bearer "+token); r.Status != 204 {
						t.Errorf("erase: %d %s", r.Status, r.Body)
					}
				}
				return false, false
			}
			if r := a.eval(token, expression); erased && r.Status != http.StatusNotFound {
				t.Errorf("%s at %s: %d %s", expression, at, r.Status, r.Body)
			}
			a.fault = nil
			for service, path := range map[string]string{"sessions": "/session", "history": "/history"} {
				if r := a.send(service, "GET", path, "", "Authorization", "Bearer "+token); erased && r.Status != http.StatusNotFound {
					t.Errorf("%s at %s: GET %s: %d %s", expression, at, path, r.Status, r.Body)
				}
			}
		}
	}
}

// TestRepeatAfterOtherChanges checks that a repeat gets the reply of the first request, whatever
// happened in between, and changes nothing.
func TestRepeatAfterOtherChanges(t *testing.T) {
	for _, c := range []struct{ name, before, keyed, between string }{
		{"a value whose name is gone", "x = 1", "x + 1", "DELETE /clear/x"},
		{"a value at an older version", "", "1 + 1", "a = 1"},
		{"an array whose error has gone", "x = 0", `{"expr": ["x", "b = 1/x"]}`, "x = 2"},
		{"an array of which nothing was done", "", `{"expr": ["b = y"]}`, "y = 2"},
	} {
		a := newApp(t)
		token := a.session()
		if c.before != "" {
			a.eval(token, c.before)
		}
		header := []string{"Idempotency-Key", "k", "Content-Type", contentType(c.keyed)}
		first := a.eval(token, c.keyed, header...)
		if path := strings.TrimPrefix(c.between, "DELETE "); path != c.between {
			a.send("sessions", "DELETE", path, "", "Authorization", "Bearer "+token)
		} else {
			a.eval(token, c.between)
		}
		state := a.send("sessions", "GET", "/session?session="+token, "").Body
		again := a.eval(token, c.keyed, header...)
		if again.Status != http.StatusOK || again.Body != first.Body {
			t.Errorf("%s: %d %s, first %s", c.name, again.Status, again.Body, first.Body)
		}
		if now := a.send("sessions", "GET", "/session?session="+token, "").Body; now != state {
			t.Errorf("%s: the session became %s, it was %s", c.name, now, state)
		}
	}
}

// TestKeyOfAMadeSessionIsNotCommitted is TestKeyOfAValueIsNotCommitted without a session.
func TestKeyOfAMadeSessionIsNotCommitted(t *testing.T) {
	a := newApp(t)
	const key = "7f1d8a0e-2f54-4c3e-9b6a-0e3f1f6f8a12"
	first := a.eval("", "1 + 1", "Idempotency-Key", key)
	if r := a.eval("", "a = 1", "Idempotency-Key", key); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if again := a.eval("", "1 + 1", "Idempotency-Key", key); again.Body != first.Body {
		t.Errorf("%s, first %s", again.Body, first.Body)
	}
	token := first.json(t, "session").(string)
	if r := a.eval(token, "a"); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a was committed: %s", r.Body)
	}
}

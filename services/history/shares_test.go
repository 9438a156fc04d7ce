package history_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/wire"
)

// bind gives a session a variable or a function, as the service eval does.
func (s *service) bind(token string, b calc.Binding) {
	s.t.Helper()
	var state struct{ Version int64 }
	if err := json.Unmarshal(s.sendTo(s.sessions, "GET", "/session", token, "").Body.Bytes(), &state); err != nil {
		s.t.Fatal(err)
	}
	c := wire.Commit{Key: fmt.Sprint("key", state.Version), Hash: "hash", Version: state.Version, Changes: []calc.Binding{b}}
	if w := s.sendTo(s.sessions, "POST", "/internal/commit", token, string(c.Append(nil))); w.Code != 204 {
		s.t.Fatalf("%v: %d %s", b, w.Code, w.Body)
	}
}

// post sends a request for a share.
func (s *service) post(token, body string, header ...string) *httptest.ResponseRecorder {
	return s.send("POST", "/shares", token, body, append(header, "Content-Type", "application/json")...)
}

// made returns the token of the share that a reply is about.
func (s *service) made(w *httptest.ResponseRecorder) string {
	s.t.Helper()
	var share struct{ Share, URL string }
	if err := json.Unmarshal(w.Body.Bytes(), &share); err != nil || w.Code != 201 {
		s.t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if w.Header().Get("Location") != share.URL || share.URL != "/s/"+share.Share || !capability.Token(share.Share).Valid() {
		s.t.Errorf("Location %q, %s", w.Header().Get("Location"), w.Body)
	}
	return share.Share
}

// loan returns a session whose names use each other.
func loan(t *testing.T, variables ...string) (*service, string) {
	s := newService(t, variables...)
	token := s.session()
	for _, b := range []calc.Binding{
		{Name: "k", Value: 2}, {Name: "secret", Value: 4711}, {Name: "x", Value: 4712}, {Name: "unused", Value: 4713},
		{Name: "g", Source: "g(x) = k*x"}, {Name: "f", Source: "f(x) = g(x) + 1"}, {Name: "h", Source: "h(y) = h(y) + secret"},
	} {
		s.bind(token, b)
	}
	for _, e := range [][3]string{
		{"value", "f(3)", "7"}, {"assignment", "k = 2", "2"}, {"value", "1 + 1", "2"}, {"definition", "f(x) = g(x) + 1", ""}, {"value", "h(1) + gone", "1"},
	} {
		s.record(token, e[0], e[1], e[2])
	}
	return s, token
}

// TestClosure checks that a share holds the chosen entries and the names that they need, and
// nothing else.
func TestClosure(t *testing.T) {
	s, token := loan(t)
	for _, c := range []struct {
		entries     string
		variables   string
		definitions string
	}{
		{"[1]", `{"k":2}`, `{"f":"f(x) = g(x) + 1","g":"g(x) = k*x"}`},
		{"[2]", `{"k":2}`, `{}`},
		{"[3]", `{}`, `{}`},
		{"[4]", `{"k":2}`, `{"f":"f(x) = g(x) + 1","g":"g(x) = k*x"}`},
		{"[5]", `{"secret":4711}`, `{"h":"h(y) = h(y) + secret"}`},
		{"[3, 2, 3, 2.0]", `{"k":2}`, `{}`},
		{`"all"`, `{"k":2,"secret":4711}`, `{"f":"f(x) = g(x) + 1","g":"g(x) = k*x","h":"h(y) = h(y) + secret"}`},
	} {
		share := s.made(s.post(token, `{"entries":`+c.entries+`}`))
		body := s.send("GET", "/shares/"+share, "", "").Body.String()
		if want := `],"variables":` + c.variables + `,"definitions":` + c.definitions + "}\n"; !strings.HasSuffix(body, want) {
			t.Errorf("%s: %s, want %s", c.entries, body, want)
		}
		if strings.Contains(body, "4712") || strings.Contains(body, "4713") || strings.Contains(body, token) || strings.Contains(body, `"id"`) {
			t.Errorf("%s: too much is shared: %s", c.entries, body)
		}
	}
}

func TestShare(t *testing.T) {
	s, token := loan(t)
	w := s.post(token, `{"entries":[2,1],"title":"A \u003cloan\u003e","expires_in":60}`)
	share := s.made(w)
	want := `{"share":"` + share + `","url":"/s/` + share + `","title":"A \u003cloan>","created_at":"2026-11-22T09:30:00.000Z","expires_at":"2026-11-22T09:31:00.000Z","entries":2,"names":3}` + "\n"
	if w.Body.String() != want {
		t.Errorf("made: %s, want %s", w.Body, want)
	}
	const snapshot = `{"title":"A \u003cloan>","created_at":"2026-11-22T09:30:00.000Z","expires_at":"2026-11-22T09:31:00.000Z","entries":[` +
		`{"at":"2026-11-22T09:30:00.000Z","kind":"value","expression":"f(3)","parsed":"f(3)","result":7,"display":"7"},` +
		`{"at":"2026-11-22T09:30:00.000Z","kind":"assignment","expression":"k = 2","parsed":"k=2","result":2,"display":"2"}],` +
		`"variables":{"k":2},"definitions":{"f":"f(x) = g(x) + 1","g":"g(x) = k*x"}}` + "\n"
	// Whatever happens to the session, the share stays.
	s.bind(token, calc.Binding{Name: "k", Value: 3})
	s.send("DELETE", "/history", token, "")
	for i := 0; i < 2; i++ {
		w := s.send("GET", "/shares/"+share, "", "")
		if w.Code != 200 || w.Body.String() != snapshot {
			t.Errorf("%d %s, want %s", w.Code, w.Body, snapshot)
		}
		if h := w.Header(); h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Cache-Control") != "no-store" || h.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("headers %v", h)
		}
	}
	s.send("HEAD", "/shares/"+share, "", "")
	if w := s.send("GET", "/internal/shares/"+share, "", ""); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "share\tA <loan>\t1795339800000\t1795339860000\nentry\t1795339800000\tvalue\tf(3)\t\t7\n") {
		t.Errorf("internal: %d %s", w.Code, w.Body)
	}
	want = `{"shares":[` + strings.TrimSuffix(want, `,"names":3}`+"\n") + `,"opens":3}]}` + "\n"
	if w := s.send("GET", "/shares", token, ""); w.Body.String() != want {
		t.Errorf("list: %s, want %s", w.Body, want)
	}
	for _, column := range []string{"key", "token_hash", "title"} {
		if s.count("SELECT count(*) FROM shares WHERE "+column+" LIKE '%"+share+"%'") != 0 {
			t.Errorf("the token itself is stored in %s", column)
		}
	}
}

func TestRefusals(t *testing.T) {
	s, token := loan(t)
	ids := make([]string, 1001)
	for i := range ids {
		ids[i] = fmt.Sprint(i + 1)
	}
	for _, c := range []struct {
		name, token, body, contentType string
		status                         int
		code                           string
	}{
		{"no session", "", `{"entries":"all"}`, "application/json", 401, "session-required"},
		{"a form", token, `{"entries":"all"}`, "application/x-www-form-urlencoded", 415, "unsupported-type"},
		{"no type", token, `{"entries":"all"}`, "", 415, "unsupported-type"},
		{"a parameter of the type", token, `{"entries":[9]}`, "Application/JSON; charset=utf-8", 404, "unknown-entry"},
		{"large", token, `{"entries":"all","title":"` + strings.Repeat("x", 64<<10) + `"}`, "application/json", 413, "too-large"},
		{"no JSON", token, `{`, "application/json", 400, "bad-json"},
		{"an array", token, `[1]`, "application/json", 400, "bad-json"},
		{"no entries", token, `{}`, "application/json", 400, "bad-json"},
		{"an empty list", token, `{"entries":[]}`, "application/json", 400, "bad-json"},
		{"id 0", token, `{"entries":[1,0]}`, "application/json", 400, "bad-json"},
		{"id -1", token, `{"entries":[-1]}`, "application/json", 400, "bad-json"},
		{"id 1.5", token, `{"entries":[1.5]}`, "application/json", 400, "bad-json"},
		{"id 1e300", token, `{"entries":[1e300]}`, "application/json", 400, "bad-json"},
		{"one id", token, `{"entries":1}`, "application/json", 400, "bad-json"},
		{"no list after all", token, `{"entries":"all","entries":7}`, "application/json", 400, "bad-json"},
		{"a long title", token, `{"entries":"all","title":"` + strings.Repeat("ä", 201) + `"}`, "application/json", 400, "bad-json"},
		{"title null", token, `{"entries":"all","title":null}`, "application/json", 400, "bad-json"},
		{"expires at once", token, `{"entries":"all","expires_in":0}`, "application/json", 400, "bad-json"},
		{"expires null", token, `{"entries":"all","expires_in":null}`, "application/json", 400, "bad-json"},
		{"expires late", token, `{"entries":"all","expires_in":315360001}`, "application/json", 400, "bad-json"},
		{"another member", token, `{"entries":"all","public":true}`, "application/json", 400, "bad-json"},
		{"1001 ids", token, `{"entries":[` + strings.Join(ids, ",") + `]}`, "application/json", 422, "snapshot-too-large"},
		{"an entry that is not there", token, `{"entries":[1,6]}`, "application/json", 404, "unknown-entry"},
		{"the entry of another", s.session(), `{"entries":[1]}`, "application/json", 404, "unknown-entry"},
		{"no entries at all", s.session(), `{"entries":"all"}`, "application/json", 404, "unknown-entry"},
	} {
		w := s.send("POST", "/shares", c.token, c.body, "Content-Type", c.contentType)
		if w.Code != c.status || !strings.Contains(w.Body.String(), `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", c.name, w.Code, w.Body, c.status, c.code)
		}
	}
	if n := s.count("SELECT count(*) FROM shares"); n != 0 || len(s.kv) != 0 {
		t.Errorf("%d rows and %d snapshots are stored", n, len(s.kv))
	}
	if w := s.post(token, `{"entries":"all","title":"`+strings.Repeat("😀", 200)+`","expires_in":315360000}`); w.Code != 201 {
		t.Errorf("the longest title and life: %d %s", w.Code, w.Body)
	}
}

func TestSizes(t *testing.T) {
	s := newService(t, "limit_shares", "3")
	token := s.session()
	s.recordMany(1000, token, "value", "1", "1")
	if w := s.post(token, `{"entries":"all"}`); w.Code != 201 || !strings.Contains(w.Body.String(), `"entries":1000,`) {
		t.Errorf("1000 entries: %d %s", w.Code, w.Body)
	}
	s.record(token, "value", "1", "1")
	if w := s.post(token, `{"entries":"all"}`); w.Code != 422 || !strings.Contains(w.Body.String(), "snapshot-too-large") {
		t.Errorf("1001 entries: %d %s", w.Code, w.Body)
	}
	large := s.session()
	s.recordMany(20, large, "value", "1 #"+strings.Repeat("x", 10_000), "1")
	for entries, status := range map[string]int{"[1,2,3,4,5,6,7,8,9,10,11,12,13]": 201, "[1,2,3,4,5,6,7,8,9,10,11,12,13,14]": 422, `"all"`: 422} {
		if w := s.post(large, `{"entries":`+entries+`}`); w.Code != status {
			t.Errorf("%s of 20 KB each: %d %s", entries, w.Code, w.Body)
		}
	}
	for i, status := range []int{201, 201, 422} {
		if w := s.post(large, `{"entries":[1]}`); w.Code != status || status == 422 && !strings.Contains(w.Body.String(), "too-many-shares") {
			t.Errorf("share %d of 3: %d %s", i+2, w.Code, w.Body)
		}
	}
}

func TestFork(t *testing.T) {
	s, token := loan(t)
	share, other := s.made(s.post(token, `{"entries":[1]}`)), s.made(s.post(token, `{"entries":[3]}`))
	names := func(w *httptest.ResponseRecorder) (string, string) {
		t.Helper()
		forked := w.Header().Get(wire.SessionHeader)
		if w.Code != 201 || w.Body.String() != `{"session":"`+forked+`"}`+"\n" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		body := s.sendTo(s.sessions, "GET", "/session", forked, "").Body.String()
		_, body, _ = strings.Cut(body, ",")
		return forked, body
	}
	one, got := names(s.send("POST", "/shares/"+share+"/fork", "", ""))
	if got != `"variables":{"k":2},"definitions":{"f":"f(x) = g(x) + 1","g":"g(x) = k*x"}}`+"\n" {
		t.Errorf("the fork has %s", got)
	}
	two, _ := names(s.send("POST", "/shares/"+share+"/fork", "", ""))
	if one == two {
		t.Error("two forks are one session")
	}
	if _, got := names(s.send("POST", "/shares/"+other+"/fork", "", "")); got != `"variables":{},"definitions":{}}`+"\n" {
		t.Errorf("the fork without names has %s", got)
	}
	if w := s.send("GET", "/shares", token, ""); strings.Count(w.Body.String(), `"opens":0`) != 2 {
		t.Errorf("a fork is no opening: %s", w.Body)
	}
	// A key creates one session, and belongs to one share.
	const key = "7f1d8a0e-2f54-4c3e-9b6a-0e3f1f6f8a11"
	first, _ := names(s.send("POST", "/shares/"+share+"/fork", "", "", wire.KeyHeader, key))
	s.bind(first, calc.Binding{Name: "k", Value: 10})
	if again, got := names(s.send("POST", "/shares/"+share+"/fork", "", "", wire.KeyHeader, key)); again != first || !strings.Contains(got, `"k":10`) {
		t.Errorf("again: another session, or its names are lost: %s", got)
	}
	for _, c := range []struct {
		share, key string
		status     int
		code       string
	}{
		{other, key, 422, "idempotency-key-reused"},
		{share, "short", 400, "bad-idempotency-key"},
		{share, "a b", 400, "bad-idempotency-key"},
	} {
		if w := s.send("POST", "/shares/"+c.share+"/fork", "", "", wire.KeyHeader, c.key); w.Code != c.status || !strings.Contains(w.Body.String(), c.code) {
			t.Errorf("key %q: %d %s", c.key, w.Code, w.Body)
		}
	}
	s.clock = s.clock.AddDate(0, 0, 2)
	for _, again := range []string{share, other} { // nobody knows any more which of them it was
		if w := s.send("POST", "/shares/"+again+"/fork", "", "", wire.KeyHeader, key); w.Code != 422 {
			t.Errorf("after two days: %d %s", w.Code, w.Body)
		}
	}
	commit := wire.Commit{Key: "fork", Hash: "of a client", Version: wire.AnyVersion}
	if w := s.sendTo(s.sessions, "POST", "/internal/commit", one, string(commit.Append(nil))); w.Code != 204 {
		t.Errorf("a client's key is taken by the fork: %d %s", w.Code, w.Body)
	}
	if w := s.sendTo(s.sessions, "POST", "/sessions", "", "", wire.KeyHeader, key); w.Header().Get(wire.SessionHeader) == first {
		t.Error("the key gives the session of the fork at another route, too")
	}
}

func TestForkIsLimited(t *testing.T) {
	s, token := loan(t)
	share := s.made(s.post(token, `{"entries":[1]}`))
	for i := 1; i < 20; i++ {
		if w := s.send("POST", "/shares/"+share+"/fork", "", ""); w.Code != 201 {
			t.Fatalf("session %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	if w := s.send("POST", "/shares/"+share+"/fork", "", ""); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("session 21: %d %s", w.Code, w.Body)
	}
}

// TestShareOnce checks that a repeat with a key gets the reply of the first request, wherever that
// broke off.
func TestShareOnce(t *testing.T) {
	s, token := loan(t, "limit_shares", "2")
	body := `{"entries":[1],"title":"once"}`
	first := s.post(token, body, wire.KeyHeader, "k")
	share := s.made(first)
	s.record(token, "value", "1", "1")
	if again := s.post(token, body, wire.KeyHeader, `"k"`); again.Body.String() != first.Body.String() || again.Code != 201 {
		t.Errorf("again: %d %s", again.Code, again.Body)
	}
	if w := s.post(token, `{"entries":[2]}`, wire.KeyHeader, "k"); w.Code != 422 || !strings.Contains(w.Body.String(), "idempotency-key-reused") {
		t.Errorf("another request: %d %s", w.Code, w.Body)
	}
	other := s.session()
	s.record(other, "value", "1", "1")
	if theirs := s.made(s.post(other, body, wire.KeyHeader, "k")); theirs == share {
		t.Error("the key of another session gives the same share")
	}
	s.send("DELETE", "/shares/"+share, token, "")
	if w := s.post(token, body, wire.KeyHeader, "k"); w.Code != 410 {
		t.Errorf("after it was revoked: %d %s", w.Code, w.Body)
	}

	s.kvFails = true
	if w := s.post(token, `{"entries":[1]}`, wire.KeyHeader, "broken"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("without the store: %d %s", w.Code, w.Body)
	}
	if w := s.send("GET", "/shares", token, ""); w.Body.String() != "{\"shares\":[]}\n" {
		t.Errorf("a share without its snapshot is listed: %s", w.Body)
	}
	s.kvFails = false
	share = s.made(s.post(token, `{"entries":[1]}`, wire.KeyHeader, "broken"))
	if w := s.send("GET", "/shares/"+share, "", ""); w.Code != 200 {
		t.Errorf("made with the second try: %d %s", w.Code, w.Body)
	}
}

// TestShareOnceAtOnce sends two requests with one key at the same time: they create one share,
// which does not change when the second one arrives.
func TestShareOnceAtOnce(t *testing.T) {
	s, token := loan(t)
	const body = `{"entries":"all"}`
	var first *httptest.ResponseRecorder
	s.during = func() {
		first = s.post(token, body, wire.KeyHeader, "k")
		s.record(token, "value", "1", "1")
	}
	s.record(token, "value", "2", "2")
	second := s.post(token, body, wire.KeyHeader, "k")
	if first == nil || second.Code != 201 || second.Body.String() != first.Body.String() {
		t.Fatalf("%v, then %d %s", first, second.Code, second.Body)
	}
	if w := s.send("GET", "/shares/"+s.made(second), "", ""); strings.Count(w.Body.String(), `"kind"`) != 6 {
		t.Errorf("the snapshot is %s", w.Body)
	}
}

// TestSessionsAreDown checks that without the service sessions only entries without names can be
// shared.
func TestSessionsAreDown(t *testing.T) {
	s, token := loan(t)
	share := s.made(s.post(token, `{"entries":[1]}`))
	s.sessions = nil
	for _, c := range []struct {
		method, uri, body string
		status            int
	}{
		{"POST", "/shares", `{"entries":[1]}`, 503},
		{"POST", "/shares", `{"entries":[3]}`, 201},
		{"POST", "/shares/" + share + "/fork", "", 503},
		{"GET", "/shares/" + share, "", 200},
		{"GET", "/shares", "", 200},
		{"DELETE", "/shares/" + share, "", 204},
	} {
		w := s.send(c.method, c.uri, token, c.body, "Content-Type", "application/json")
		if w.Code != c.status || c.status == 503 && w.Header().Get("Retry-After") == "" {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.uri, w.Code, w.Body, c.status)
		}
	}
}

package sessions_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/migrations"
	"abacus/services/sessions"
	"abacus/shared/sqlite/sqlitetest"
	"abacus/shared/storage"
	"abacus/shared/variabletest"
	"abacus/shared/wire"
)

// service is the real service on a real database, with a clock of its own.
type service struct {
	http.Handler
	t     *testing.T
	clock time.Time
	db    storage.Database
	erase int // the status with which history answers
}

func newService(t *testing.T, variables ...string) *service {
	database := sqlitetest.Open(filepath.Join(t.TempDir(), "sqlite_db.db"))
	t.Cleanup(func() { database.Close() })
	s := &service{t: t, clock: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), erase: http.StatusNoContent,
		db: database.Connect().Bind(context.Background())}
	s.Handler = sessions.New(sessions.Options{
		Open:      func() (storage.Database, error) { return database.Connect().Bind(context.Background()), nil },
		Transport: s,
		Variable:  variabletest.Reader(variables...),
		Now:       func() time.Time { return s.clock },
	})
	return s
}

// RoundTrip stands in for the service history.
func (s *service) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.WriteHeader(s.erase)
	return w.Result(), nil
}

// send sends a request from outside or, if the path is internal, from a service.
func (s *service) send(method, uri, token, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1/", strings.NewReader(body))
	r.RequestURI = uri
	r.Header.Set("Spin-Client-Addr", "127.0.0.1:50000")
	if strings.HasPrefix(uri, "/internal/") {
		r.Header.Set("Spin-Client-Addr", "0.0.0.0:0")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *service) create() string {
	s.t.Helper()
	w := s.send("POST", "/sessions", "", "")
	if w.Code != http.StatusCreated {
		s.t.Fatalf("POST /sessions: %d %s", w.Code, w.Body)
	}
	return w.Header().Get(wire.SessionHeader)
}

func TestVariables(t *testing.T) {
	s := newService(t)
	token := s.create()
	for _, c := range []struct {
		method, uri, body string
		header            []string
		status            int
		etag              string
	}{
		{"PUT", "/session/variables/a", "51", nil, 204, `"1"`},
		{"PUT", "/session/variables/b", " -2.5e-3\n", nil, 204, `"2"`},
		{"PUT", "/session/variables/%C3%A4", "1", nil, 204, `"3"`},
		{"PUT", "/session/variables/a", "52", []string{"If-Match", `"3"`}, 204, `"4"`},
		{"PUT", "/session/variables/a", "53", []string{"If-Match", `"3"`}, 412, `"4"`},
		{"PUT", "/session/variables/a", "53", []string{"If-Match", `W/"4"`}, 412, `"4"`},
		{"PUT", "/session/variables/a", "53", []string{"If-Match", `"9", "4"`}, 204, `"5"`},
		{"PUT", "/session/variables/a", "54", []string{"If-Match", `*`}, 204, `"6"`},
		{"PUT", "/session/variables/a", "1e999", nil, 400, ""},
		{"PUT", "/session/variables/a", "01", nil, 400, ""},
		{"PUT", "/session/variables/a", `"1"`, nil, 400, ""},
		{"PUT", "/session/variables/a", "", nil, 400, ""},
		{"PUT", "/session/variables/pi", "3", nil, 400, ""},
		{"PUT", "/session/variables/ans", "3", nil, 400, ""},
		{"PUT", "/session/variables/a%20b", "3", nil, 400, ""},
		{"PUT", "/session/variables/%zz", "3", nil, 400, ""},
		{"DELETE", "/clear/%ff", "", nil, 400, ""},
		{"DELETE", "/clear/", "", nil, 404, ""},
		{"DELETE", "/clear//?session=" + token, "", nil, 404, ""},
		{"PUT", "/session/variables/", "3", nil, 404, ""},
		{"DELETE", "/clear/b", "", nil, 204, `"7"`},
		{"DELETE", "/clear/b", "", nil, 404, ""},
		{"GET", "/session", "", []string{"If-None-Match", `"7"`}, 304, `"7"`},
		{"GET", "/session", "", []string{"If-None-Match", `W/"7"`}, 304, `"7"`},
		{"GET", "/session", "", []string{"If-None-Match", `"6"`}, 200, `"7"`},
		{"POST", "/session", "", nil, 405, ""},
		{"GET", "/clear", "", nil, 405, ""},
		{"DELETE", "/clear", "", nil, 204, `"8"`},
	} {
		w := s.send(c.method, c.uri, token, c.body, c.header...)
		if w.Code != c.status || w.Header().Get("ETag") != c.etag {
			t.Errorf("%s %s %q %q: %d %s, want %d %s\n%s", c.method, c.uri, c.body, c.header, w.Code, w.Header().Get("ETag"), c.status, c.etag, w.Body)
		}
		if c.uri == "/session" && w.Code == 200 && w.Body.String() != `{"version":7,"variables":{"a":54,"ä":1},"definitions":{}}`+"\n" {
			t.Errorf("the session is %s", w.Body)
		}
	}
}

func TestCapability(t *testing.T) {
	s := newService(t)
	token := s.create()
	for _, c := range []struct {
		method, uri, token string
		status             int
	}{
		{"DELETE", "/clear", "", 401},
		{"DELETE", "/clear/a", "", 401},
		{"GET", "/session", "", 401},
		{"DELETE", "/session", "", 401},
		{"PUT", "/session/variables/a", "", 401},
		{"GET", "/session", "AAAAAAAAAAAAAAAAAAAAAA", 404},
		{"DELETE", "/session", "AAAAAAAAAAAAAAAAAAAAAA", 404},
		{"DELETE", "/clear", "' OR 1=1 --", 404},
		{"GET", "/session?session=" + token, "", 200},
		{"GET", "/session?session=" + token, token, 200},
		{"GET", "/session?session=AAAAAAAAAAAAAAAAAAAAAA", token, 400},
	} {
		body := ""
		if c.method == "PUT" {
			body = "1"
		}
		if w := s.send(c.method, c.uri, c.token, body); w.Code != c.status {
			t.Errorf("%s %s as %q: %d, want %d", c.method, c.uri, c.token, w.Code, c.status)
		}
	}
	result, err := s.db.Execute("SELECT count(*) FROM sessions WHERE token_hash LIKE '%" + token + "%'")
	if err != nil || result.Rows[0][0].Int() != 0 {
		t.Errorf("the token itself is stored: %v", err)
	}
}

func TestInternalIsClosed(t *testing.T) {
	s := newService(t)
	token := s.create()
	for _, c := range []struct {
		path   string
		header []string
		status int
	}{
		{"/internal/session", nil, 404},
		{"//internal/session", nil, 404},
		{"/session/../internal/session", nil, 404},
		{"/%69nternal/session", nil, 404},
		{"/internal%2Fsession", nil, 404},
		{"/INTERNAL/session", nil, 404},
		{"/internal/session", []string{"Spin-Path-Info", "/internal/session"}, 404},
	} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
		r.RequestURI = c.path
		r.Header.Set("Authorization", "Bearer "+token)
		// A client's own header comes before Spin's.
		r.Header["Spin-Client-Addr"] = []string{"0.0.0.0:0", "127.0.0.1:50000"}
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: %d, want %d", c.path, w.Code, c.status)
		}
	}
}

func TestErase(t *testing.T) {
	s := newService(t)
	token := s.create()
	s.send("PUT", "/session/variables/a", token, "1")
	s.erase = http.StatusServiceUnavailable
	if w := s.send("DELETE", "/session", token, ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("while history is down: %d", w.Code)
	}
	s.erase = http.StatusNoContent
	for i := 0; i < 2; i++ {
		if w := s.send("DELETE", "/session", token, ""); w.Code != 204 {
			t.Errorf("again, time %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	for _, c := range [][2]string{{"GET", "/session"}, {"DELETE", "/clear"}, {"PUT", "/session/variables/a"}, {"GET", "/internal/session"}} {
		if w := s.send(c[0], c[1], token, "1"); w.Code != 404 {
			t.Errorf("%s %s: %d, want 404", c[0], c[1], w.Code)
		}
	}
	for _, table := range []string{"variables", "definitions", "commits"} {
		if result, err := s.db.Execute("SELECT count(*) FROM " + table); err != nil || result.Rows[0][0].Int() != 0 {
			t.Errorf("rows are left in %s (%v)", table, err)
		}
	}
}

func TestLimits(t *testing.T) {
	s := newService(t, "limit_client_sessions", "3", "limit_names", "2")
	token := s.create()
	s.create()
	s.create()
	w := s.send("POST", "/sessions", "", "")
	if w.Code != 429 || w.Header().Get("Retry-After") != "21" {
		t.Errorf("the fourth session: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	s.clock = s.clock.Add(61 * time.Second)
	s.create()
	for name, status := range map[string]int{"a": 204, "b": 204} {
		if w := s.send("PUT", "/session/variables/"+name, token, "1"); w.Code != status {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := s.send("PUT", "/session/variables/c", token, "1"); w.Code != 422 {
		t.Errorf("the third name: %d %s", w.Code, w.Body)
	}
	if w := s.send("PUT", "/session/variables/b", token, "2"); w.Code != 204 {
		t.Errorf("a name that is there: %d %s", w.Code, w.Body)
	}
	if _, err := s.db.Execute("INSERT INTO variables (session_id, key, value) SELECT session_id, 'z' || value, value FROM sessions, (SELECT 1 value UNION SELECT 2)"); err != nil {
		t.Fatal(err)
	}
	if w := s.send("DELETE", "/clear/z1", token, ""); w.Code != 204 {
		t.Errorf("fewer, but still too many: %d %s", w.Code, w.Body)
	}
}

// TestMostNames checks that without a limit a session still holds no more names than the language
// allows.
func TestMostNames(t *testing.T) {
	s := newService(t)
	token := s.create()
	if _, err := s.db.Execute(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
		WHERE i < 1000) INSERT INTO variables (session_id, key, value) SELECT session_id, 'v' || i, i FROM sessions, n`); err != nil {
		t.Fatal(err)
	}
	if w := s.send("PUT", "/session/variables/w", token, "1"); w.Code != 422 {
		t.Errorf("name 1001: %d %s", w.Code, w.Body)
	}
}

func TestSweep(t *testing.T) {
	s := newService(t)
	old := s.create()
	s.send("PUT", "/session/variables/a", old, "1")
	s.clock = s.clock.AddDate(0, 0, 89)
	used := s.create()
	if w := s.send("GET", "/session", old, ""); w.Code != 200 {
		t.Fatalf("after 89 days: %d", w.Code)
	}
	s.clock = s.clock.AddDate(0, 0, 89)
	s.send("GET", "/session", used, "")
	if _, err := s.db.Execute("INSERT INTO sessions DEFAULT VALUES"); err != nil { // of the course: never used
		t.Fatal(err)
	}
	s.clock = s.clock.AddDate(0, 0, 2)
	for _, hours := range []time.Duration{0, 1, 23, 2} { // one to agree with the clock, one to notice it
		s.clock = s.clock.Add(hours * time.Hour)
		s.create()
	}
	if result, err := s.db.Execute("SELECT count(*) FROM sessions WHERE used_at = 0"); err != nil || result.Rows[0][0].Int() != 1 {
		t.Errorf("a session of the course was swept (%v)", err)
	}
	if w := s.send("GET", "/session", old, ""); w.Code != 404 {
		t.Errorf("unused for 91 days: %d, want 404", w.Code)
	}
	if w := s.send("GET", "/session", used, ""); w.Code != 200 {
		t.Errorf("used two days ago: %d, want 200", w.Code)
	}
}

// TestClockAhead checks that a clock that is 92 days ahead for a while erases nothing.
func TestClockAhead(t *testing.T) {
	s := newService(t)
	token := s.create()
	s.clock = s.clock.AddDate(0, 0, 92)
	for i := 0; i < 20; i++ {
		s.create()
		s.clock = s.clock.Add(time.Hour)
	}
	s.clock = s.clock.AddDate(0, 0, -93)
	for i := 0; i < 20; i++ {
		s.create()
		s.clock = s.clock.Add(6 * time.Hour)
	}
	if w := s.send("GET", "/session", token, ""); w.Code != 200 {
		t.Errorf("the session: %d %s", w.Code, w.Body)
	}
}

// TestClockBack checks that nobody waits longer than a minute, whatever the clock does.
func TestClockBack(t *testing.T) {
	s := newService(t, "limit_sessions", "3", "limit_client_sessions", "2")
	s.create()
	s.create()
	for _, back := range []time.Duration{time.Second, time.Hour, 24 * time.Hour, 24 * 365 * time.Hour} {
		s.clock = s.clock.Add(-back)
		w := s.send("POST", "/sessions", "", "")
		if wait, _ := strconv.Atoi(w.Header().Get("Retry-After")); w.Code != 201 && (w.Code != 429 || wait < 1 || wait > 60) {
			t.Errorf("set back by %v: %d, Retry-After %d", back, w.Code, wait)
		}
	}
}

// TestSessionsOfAClient checks that one client cannot use up the new sessions of others.
func TestSessionsOfAClient(t *testing.T) {
	s := newService(t, "limit_sessions", "8", "limit_client_sessions", "3")
	for i, c := range []struct {
		address string
		status  int
	}{
		{"192.0.2.1:1", 201}, {"192.0.2.1:2", 201}, {"192.0.2.1:3", 201}, {"192.0.2.1:4", 429},
		{"[2001:db8:1:2::1]:1", 201}, {"[2001:db8:1:2:3::]:1", 201}, {"[2001:db8:1:2:ffff::9]:7", 201}, {"[2001:db8:1:2::2]:1", 429},
		{"[2001:db8:1:3::1]:1", 201}, {"192.0.2.2:1", 201}, {"192.0.2.3:1", 429},
	} {
		w := s.send("POST", "/sessions", "", "", "Spin-Client-Addr", c.address)
		if w.Code != c.status {
			t.Errorf("session %d, of %s: %d, want %d", i+1, c.address, w.Code, c.status)
		}
	}
	if n, err := s.db.Execute("SELECT count(*) FROM clients WHERE client LIKE '%192%'"); err != nil || n.Rows[0][0].Int() != 0 {
		t.Errorf("addresses are stored: %v", err)
	}
}

// TestBytes checks that a session is bounded in bytes, not only in names.
func TestBytes(t *testing.T) {
	s := newService(t)
	token := s.create()
	if _, err := s.db.Execute(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
		WHERE i < 16) INSERT INTO definitions SELECT session_id, 'f' || i, 'f' || i || '(x)=' || printf('%.16000c', '1')
		FROM sessions, n`); err != nil {
		t.Fatal(err)
	}
	name := "/session/variables/" + strings.Repeat("a", 60)
	status := 0
	for i := 0; i < 200 && status != 422; i++ {
		status = s.send("PUT", name+strconv.Itoa(i), token, "1").Code
	}
	if w := s.send("PUT", name+"x", token, "1"); status != 422 || w.Code != 422 || !strings.Contains(w.Body.String(), "256 KiB") {
		t.Errorf("%d, then %d %s", status, w.Code, w.Body)
	}
	if w := s.send("DELETE", "/clear/f1", token, ""); w.Code != 204 {
		t.Errorf("remove: %d %s", w.Code, w.Body)
	}
	if w := s.send("PUT", name+"x", token, "1"); w.Code != 204 {
		t.Errorf("then there is room: %d %s", w.Code, w.Body)
	}
}

// TestGuessableKeys checks that a key that anyone could guess creates no session.
func TestGuessableKeys(t *testing.T) {
	s := newService(t)
	for key, status := range map[string]int{
		"7f1d8a0e-2f54-4c3e-9b6a-0e3f1f6f8a11": 201, "7F1D8A0E2F544C3E9B6A0E3F1F6F8A11": 201, "KXQ3ZV7NDLUH4CS26TBYWERMJO": 201, "9USnp5RrbcyTLhChJoVLgw": 201,
		"7f1d8a0e-2f54-1c3e-9b6a-0e3f1f6f8a11": 400, "00000000-0000-4000-8000-000000000000": 400,
		"request-number-1-of-my-application": 400, "request-number-1-of-me": 400, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": 400, "1": 400,
	} {
		for i := 0; i < 2; i++ {
			if w := s.send("POST", "/sessions", "", "", wire.KeyHeader, key); w.Code != status {
				t.Errorf("%s: %d %s", key, w.Code, w.Body)
			}
		}
	}
}

// TestStrictRequests checks that two tokens that differ are refused, and so is a body with a
// content coding.
func TestStrictRequests(t *testing.T) {
	s := newService(t)
	token := s.create()
	const other = "AAAAAAAAAAAAAAAAAAAAAA"
	for _, c := range []struct {
		name, uri string
		header    http.Header
		status    int
	}{
		{"two headers", "/session", http.Header{"Authorization": {"Bearer " + token, "Bearer " + other}}, 400},
		{"two equal headers", "/session", http.Header{"Authorization": {"Bearer " + token, "Bearer " + token}}, 200},
		{"two parameters", "/session?session=" + token + "&session=" + other, nil, 400},
		{"two equal parameters", "/session?session=" + token + "&session=" + token, nil, 200},
		{"a hop counter of a client", "/session?session=" + token, http.Header{"Abacus-Hop": {"99"}}, 200},
	} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
		r.RequestURI = c.uri
		for name, values := range c.header {
			r.Header[name] = values
		}
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != c.status {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	for coding, status := range map[string]int{"gzip": 415, "x": 415, "identity": 204, "": 204} {
		if w := s.send("PUT", "/session/variables/a", token, "1", "Content-Encoding", coding); w.Code != status {
			t.Errorf("Content-Encoding %q: %d %s", coding, w.Code, w.Body)
		}
	}
}

func TestNewerTables(t *testing.T) {
	s := newService(t)
	token := s.create()
	newer := storage.Schema{Service: "sessions",
		Steps: append(slices.Clip(migrations.Sessions.Steps), "CREATE TABLE newer (a);")}
	if err := newer.Apply(s.db); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"GET", "/session"}, {"POST", "/sessions"}, {"PUT", "/session/variables/a"}, {"DELETE", "/session"}, {"DELETE", "/clear"}} {
		w := s.send(c[0], c[1], token, "1")
		if w.Code != 503 || !strings.Contains(w.Body.String(), `"code":"schema-newer"`) {
			t.Errorf("%s %s: %d %s", c[0], c[1], w.Code, w.Body)
		}
	}
	if result, err := s.db.Execute("SELECT count(*) FROM sessions"); err != nil || result.Rows[0][0].Int() != 1 {
		t.Errorf("the tables were changed (%v)", err)
	}
}

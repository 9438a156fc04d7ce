package eval_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"abacus/services/eval"
	"abacus/services/history"
	"abacus/services/sessions"
	"abacus/shared/sqlite/sqlitetest"
	"abacus/shared/storage"
	"abacus/shared/variabletest"
)

// app has the three services, which call each other without Wasm or sockets, on one SQLite file.
type app struct {
	t        testing.TB
	folder   string                  // of the database
	services map[string]http.Handler // by host name

	mu    sync.Mutex
	calls []string                               // the hops so far: "sessions POST /internal/commit"
	fault func(call string) (before, after bool) // makes a hop fail before or after its effect
	clock time.Time
	open  func() (storage.Database, error)
}

// newApp starts the app with variables: pairs of a name and a value.
func newApp(t testing.TB, variables ...string) *app {
	folder := t.TempDir()
	database := sqlitetest.Open(filepath.Join(folder, "sqlite_db.db"))
	t.Cleanup(func() { database.Close() })
	a := &app{t: t, folder: folder, clock: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)}
	a.open = func() (storage.Database, error) {
		return database.Connect().Bind(context.Background()), nil
	}
	open := func() (storage.Database, error) { return a.open() }
	now := func() time.Time {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.clock
	}
	read := variabletest.Reader(append(variables, "random_origin", "http://random")...)
	a.services = map[string]http.Handler{
		"eval": eval.New(eval.Options{Transport: a, Variable: read, Now: now,
			Sleep: func(d time.Duration) { a.advance(d) }, Random: func() float64 { return 0.5 }}),
		"sessions": sessions.New(sessions.Options{Open: open, Transport: a, Variable: read, Now: now}),
		"history": history.New(history.Options{Open: open, Snapshots: snapshots{}, Transport: a,
			Variable: read, Now: now}),
	}
	return a
}

func (a *app) advance(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock = a.clock.Add(d)
}

var errBroken = errors.New("the connection broke")

// RoundTrip implements service chaining: the callee runs within the caller's call, and sees the
// client address with which Spin marks chained calls.
func (a *app) RoundTrip(out *http.Request) (*http.Response, error) {
	name := strings.TrimSuffix(out.URL.Host, ".spin.internal")
	call := name + " " + out.Method + " " + out.URL.Path
	a.mu.Lock()
	a.calls = append(a.calls, call)
	fault := a.fault
	a.mu.Unlock()
	before, after := false, false
	if fault != nil {
		before, after = fault(call)
	}
	service := a.services[name]
	if before || service == nil {
		return nil, errBroken
	}
	in := out.Clone(out.Context())
	in.RequestURI = out.URL.RequestURI()
	in.Header.Set("Spin-Client-Addr", "0.0.0.0:0")
	w := httptest.NewRecorder()
	service.ServeHTTP(w, in)
	if after {
		return nil, errBroken
	}
	return w.Result(), nil
}

// reply is the reply to a client.
type reply struct {
	Status int
	Header http.Header
	Body   string
}

// send sends a request to a service from outside. header holds pairs of a name and a value.
func (a *app) send(service, method, uri, body string, header ...string) reply {
	a.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:3000/", strings.NewReader(body))
	r.RequestURI = uri
	r.Header.Set("Spin-Client-Addr", "127.0.0.1:50000")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	a.services[service].ServeHTTP(w, r)
	result := w.Result()
	text, err := io.ReadAll(result.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return reply{result.StatusCode, result.Header, string(text)}
}

// eval sends an expression, in a session unless token is "".
func (a *app) eval(token, expression string, header ...string) reply {
	a.t.Helper()
	if token != "" {
		header = append(header, "Authorization", "Bearer "+token)
	}
	return a.send("eval", "POST", "/eval", expression, header...)
}

// json returns a member of the body. A path with dots leads to members of members.
func (r reply) json(t testing.TB, path string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(r.Body), &value); err != nil {
		t.Fatalf("the body is not JSON: %v\n%s", err, r.Body)
	}
	for _, name := range strings.Split(path, ".") {
		members, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no %s in %s", path, r.Body)
		}
		value = members[name]
	}
	return value
}

// session creates a session and returns its token.
func (a *app) session() string {
	a.t.Helper()
	r := a.send("sessions", "POST", "/sessions", "")
	if r.Status != http.StatusCreated {
		a.t.Fatalf("POST /sessions: %d %s", r.Status, r.Body)
	}
	return r.json(a.t, "session").(string)
}

// hops returns the hops since it was last called.
func (a *app) hops() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := a.calls
	a.calls = nil
	return calls
}

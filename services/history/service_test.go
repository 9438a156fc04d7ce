package history_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/services/history"
	"abacus/services/sessions"
	"abacus/shared/capability"
	"abacus/shared/sqlite"
	"abacus/shared/sqlite/sqlitetest"
	"abacus/shared/storage"
	"abacus/shared/variabletest"
	"abacus/shared/wire"
)

// service is the real service on a real database, with the real service sessions and a clock of its
// own.
type service struct {
	http.Handler
	t        testing.TB
	clock    time.Time
	db       storage.Database
	kv       map[string][]byte
	kvFails  bool
	sessions http.Handler // nil: it cannot be reached
	during   func()       // what happens during the next hop
	folder   string       // of the database
	failure  error        // of every statement
}

func newService(t testing.TB, variables ...string) *service {
	folder := t.TempDir()
	database := sqlitetest.Open(filepath.Join(folder, "sqlite_db.db"))
	t.Cleanup(func() { database.Close() })
	s := &service{t: t, kv: map[string][]byte{}, folder: folder,
		clock: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
		db:    database.Connect().Bind(context.Background())}
	open := func() (storage.Database, error) {
		if s.failure != nil {
			return failing{s.failure}, nil
		}
		return database.Connect().Bind(context.Background()), nil
	}
	now := func() time.Time { return s.clock }
	s.sessions = sessions.New(sessions.Options{Open: open, Now: now, Transport: s,
		Variable: variabletest.Reader("limit_sessions", "20")})
	s.Handler = history.New(history.Options{Open: open, Snapshots: s, Now: now, Transport: s,
		Variable: variabletest.Reader(variables...)})
	return s
}

// failing is a database in which every statement fails.
type failing struct{ err error }

func (f failing) Execute(string, ...sqlite.Value) (sqlite.Result, error) {
	return sqlite.Result{}, f.err
}

// notInFiles fails the test if a file of the database contains one of the texts.
func (s *service) notInFiles(texts ...string) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.folder, "*"))
	if err != nil || len(files) == 0 {
		s.t.Fatalf("files %q, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, text := range texts {
			if strings.Contains(string(content), text) {
				s.t.Errorf("%s holds %q", filepath.Base(file), text)
			}
		}
	}
}

// The methods of the key-value store, which is in memory. (The host's own needs modules that a
// component's Go does not have.)

var errStore = errors.New("the store is out of order")

func (s *service) Get(key string) ([]byte, bool, error) {
	if s.kvFails {
		return nil, false, errStore
	}
	value, found := s.kv[key]
	return value, found, nil
}

func (s *service) Set(key string, value []byte) error {
	if s.kvFails {
		return errStore
	}
	if len(value) == 0 {
		s.t.Errorf("the value of %s is empty, which the SDK does not survive", key)
	}
	s.kv[key] = value
	return nil
}

func (s *service) Delete(key string) error {
	if s.kvFails {
		return errStore
	}
	delete(s.kv, key)
	return nil
}

// RoundTrip implements service chaining.
func (s *service) RoundTrip(out *http.Request) (*http.Response, error) {
	if during := s.during; during != nil {
		s.during = nil
		during()
	}
	var callee http.Handler = s
	if out.URL.Host == "sessions.spin.internal" {
		callee = s.sessions
	}
	if callee == nil {
		return nil, errors.New("the service cannot be reached")
	}
	in := out.Clone(out.Context())
	in.RequestURI = out.URL.RequestURI()
	in.Header.Set("Spin-Client-Addr", "0.0.0.0:0")
	w := httptest.NewRecorder()
	callee.ServeHTTP(w, in)
	return w.Result(), nil
}

// send sends a request from outside or, if the path is internal, from a service.
func (s *service) send(method, uri, token, body string, header ...string) *httptest.ResponseRecorder {
	return s.sendTo(s, method, uri, token, body, header...)
}

func (s *service) sendTo(handler http.Handler, method, uri, token, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1/", strings.NewReader(body))
	r.RequestURI = uri
	r.Header.Set("Spin-Client-Addr", "127.0.0.1:50000")
	if strings.HasPrefix(uri, "/internal/") {
		r.Header.Set("Spin-Client-Addr", "0.0.0.0:0")
		r.Header.Set(wire.OwnerHeader, capability.Token(token).Owner())
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// session creates a session and returns its token.
func (s *service) session() string {
	s.t.Helper()
	w := s.sendTo(s.sessions, "POST", "/sessions", "", "")
	if w.Code != http.StatusCreated {
		s.t.Fatalf("POST /sessions: %d %s", w.Code, w.Body)
	}
	return w.Header().Get(wire.SessionHeader)
}

// record stores an entry as the service eval does. A definition has no value.
func (s *service) record(token, kind, expression, value string) *httptest.ResponseRecorder {
	return s.recordMany(1, token, kind, expression, value)
}

// recordMany stores count equal entries.
func (s *service) recordMany(count int, token, kind, expression, value string) *httptest.ResponseRecorder {
	s.t.Helper()
	key, err := capability.New()
	if err != nil {
		s.t.Fatal(err)
	}
	e := wire.Entry{Kind: kind, Expression: expression, Parsed: strings.ReplaceAll(expression, " ", "")}
	e.Value, err = strconv.ParseFloat(value, 64)
	e.HasValue = err == nil
	m := wire.Recording{ID: string(key)}
	for i := 0; i < count; i++ {
		m.Entries = append(m.Entries, e)
	}
	return s.send("POST", "/internal/entries", token, string(m.Append(nil)))
}

// count returns the number that a statement counts.
func (s *service) count(statement string) int64 {
	s.t.Helper()
	result, err := s.db.Execute(statement)
	if err != nil {
		s.t.Fatal(err)
	}
	return result.Rows[0][0].Int()
}

package history_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/shared/calc"
	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// TestSearchIsBounded checks that a search reads a bounded number of bytes for a page, and that its
// cursors lead through all entries.
func TestSearchIsBounded(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.record(token, "value", "1 # the oldest", "1")
	for i := 0; i < 4; i++ {
		s.recordMany(100, token, "value", "1 #"+strings.Repeat("a", 16_000), "1")
	}
	for _, c := range []struct {
		text string
		want int
	}{
		{strings.Repeat("a", 199) + "b", 0}, {"oldest", 1}, {"a", 400},
	} {
		found, pages := 0, 0
		for target := "/history?limit=200&q=" + c.text; target != ""; pages++ {
			began := time.Now()
			w := s.send("GET", target, token, "")
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("%.20s: a page took %v", c.text, took)
			}
			list, next := ids(t, w)
			found += len(list)
			target = ""
			if next != "" {
				target = "/history?limit=200&cursor=" + next + "&q=" + c.text
			}
		}
		if found != c.want || pages < 40 || pages > 120 {
			t.Errorf("%.20s: %d entries in %d pages, want %d", c.text, found, pages, c.want)
		}
	}
	for _, c := range []struct {
		text   string
		status int
	}{{strings.Repeat("%C3%A4", 200), 200}, {strings.Repeat("a", 201), 400}, {strings.Repeat("a", 8000) + "b", 400}} {
		if w := s.send("GET", "/history?q="+c.text, token, ""); w.Code != c.status {
			t.Errorf("%d characters: %d %s", len(c.text), w.Code, w.Body)
		}
	}
}

// TestSearchOfShortEntries checks that a search reads a bounded number of entries for a page,
// however short they are.
func TestSearchOfShortEntries(t *testing.T) {
	s := newService(t)
	token := s.session()
	for i := 0; i < 30; i++ {
		s.recordMany(100, token, "value", "1", "1")
	}
	if _, next := ids(t, s.send("GET", "/history?q=b", token, "")); next == "" {
		t.Error("a page of a search reads 3,000 entries")
	}
}

// TestBytes checks that a history is bounded in bytes, and that erasing makes room.
func TestBytes(t *testing.T) {
	s := newService(t, "limit_bytes", "10000")
	token := s.session()
	full := func(what string, code int, body string) {
		t.Helper()
		if code != http.StatusInsufficientStorage || !strings.Contains(body, "history-full") {
			t.Errorf("%s: %d %s", what, code, body)
		}
	}
	for i := 0; i < 4; i++ {
		if w := s.record(token, "value", "1#"+strings.Repeat("x", 2000), "1"); w.Code != 200 {
			t.Fatalf("entry %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	w := s.record(token, "value", "1#"+strings.Repeat("x", 2000), "1")
	full("the fifth", w.Code, w.Body.String())
	w = s.post(token, `{"entries":[1,2]}`)
	full("a share", w.Code, w.Body.String())
	s.send("DELETE", "/history/1", token, "")
	if w := s.record(token, "value", "1#"+strings.Repeat("x", 2000), "1"); w.Code != 200 {
		t.Errorf("after one was erased: %d %s", w.Code, w.Body)
	}
	s.send("DELETE", "/history", token, "")
	if bytes := s.count("SELECT bytes FROM owners"); bytes != 0 {
		t.Errorf("%d bytes are left", bytes)
	}
	s.record(token, "value", "1", "1")
	share := s.made(s.post(token, `{"entries":"all"}`))
	if w := s.send("GET", "/shares/"+share, "", ""); w.Code != 200 {
		t.Errorf("a small share: %d %s", w.Code, w.Body)
	}
	if size := s.count("SELECT size FROM shares"); size < 20 || size > 200 {
		t.Errorf("the share counts %d bytes", size)
	}
}

// TestOneSnapshot checks that shares of the same content have one snapshot, which is kept until the
// last of them ends.
func TestOneSnapshot(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.record(token, "value", "1", "1")
	one, two := s.made(s.post(token, `{"entries":"all"}`)), s.made(s.post(token, `{"entries":[1],"title":"two"}`))
	if len(s.kv) != 1 {
		t.Fatalf("%d snapshots are stored, want 1", len(s.kv))
	}
	s.send("DELETE", "/shares/"+one, token, "")
	if w := s.send("GET", "/shares/"+two, "", ""); w.Code != 200 || len(s.kv) != 1 {
		t.Errorf("the other share: %d %s, %d snapshots", w.Code, w.Body, len(s.kv))
	}
	s.send("DELETE", "/shares/"+two, token, "")
	if len(s.kv) != 0 {
		t.Errorf("%d snapshots are left", len(s.kv))
	}
}

// TestParsedIsStoredWhereItDiffers checks that the canonical form is stored only where it differs,
// and that a search finds it nevertheless.
func TestParsedIsStoredWhereItDiffers(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.record(token, "value", "1+1", "2")
	s.record(token, "value", "1 + 2", "3")
	if n := s.count("SELECT count(*) FROM entries WHERE parsed = ''"); n != 1 {
		t.Errorf("%d are stored without it, want 1", n)
	}
	w := s.send("GET", "/history?q=1%2B", token, "")
	if list, _ := ids(t, w); !same(list, 2, 1) || strings.Count(w.Body.String(), `"parsed":"1+`) != 2 {
		t.Errorf("%s", w.Body)
	}
}

// TestFormulas checks that a spreadsheet takes no cell for a formula, and that numbers stay
// numbers.
func TestFormulas(t *testing.T) {
	s := newService(t)
	token := s.session()
	for expression, want := range map[string]string{
		"-5": ",-5,", "-5+3": ",'-5+3,", "+cmd": ",'+cmd,", "@SUM(1)": ",'@SUM(1),", "=1": ",'=1,",
		"\t=1": ",'\t=1,", "\r=1": ",\"'\r=1\",", "-1e-7": ",-1e-7,", "3-1": ",3-1,", "-": ",'-,",
	} {
		s.record(token, "value", expression, "-2")
		w := s.send("GET", "/history?limit=1", token, "", "Accept", "text/csv")
		if !strings.Contains(w.Body.String(), want) || !strings.HasSuffix(w.Body.String(), ",-2,\r\n") {
			t.Errorf("%q: %q lacks %q", expression, w.Body, want)
		}
	}
}

// TestShareIsReadAtOnce checks that reading a share does not wait for writers.
func TestShareIsReadAtOnce(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.record(token, "value", "1", "1")
	share := s.made(s.post(token, `{"entries":"all"}`))
	if _, err := s.db.Execute("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w := s.send("GET", "/shares/"+share, "", "")
	if took := time.Since(began); w.Code != 200 || took > 4*time.Second { // writers wait for 5 s
		t.Errorf("%d after %v", w.Code, took)
	}
	if _, err := s.db.Execute("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
}

// TestClockAhead checks that a wrong clock erases nothing, neither entries nor the ids of
// evaluations.
func TestClockAhead(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.record(token, "value", "1", "1")
	s.clock = s.clock.AddDate(0, 0, 92)
	for i := 0; i < 20; i++ {
		s.record(s.session(), "value", "2", "2")
		s.clock = s.clock.Add(time.Minute)
	}
	s.clock = s.clock.AddDate(0, 0, -92)
	for i := 0; i < 19; i++ {
		s.record(s.session(), "value", "3", "3")
		s.clock = s.clock.Add(6 * time.Hour)
	}
	if list, _ := ids(t, s.send("GET", "/history", token, "")); !same(list, 1) {
		t.Errorf("left are %v", list)
	}
}

// TestErasedBytes checks that the database's file does not contain what was erased either. (A test
// of the whole app looks at its log and the key-value store.)
func TestErasedBytes(t *testing.T) {
	s := newService(t)
	token := s.session()
	for i := 0; i < 50; i++ {
		s.record(token, "value", strconv.Itoa(i)+" # a-secret-text", "1")
	}
	s.bind(token, calc.Binding{Name: "asecretname", Value: 1})
	s.made(s.post(token, `{"entries":[1],"title":"a-secret-title"}`))
	if w := s.sendTo(s.sessions, "DELETE", "/session", token, ""); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.notInFiles("a-secret-text", "asecretname", "a-secret-title", token)
	if len(s.kv) != 0 {
		t.Errorf("%d snapshots are left", len(s.kv))
	}
}

// TestInterrupted checks that an interrupted statement is a 503 that says so.
func TestInterrupted(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.failure = &sqlite.Error{Code: sqlite.IO, Detail: "interrupted"}
	w := s.send("GET", "/history", token, "")
	if w.Code != 503 || !strings.Contains(w.Body.String(), "took too long") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.send("GET", "/history", "", ""); w.Header().Get(wire.SessionHeader) != "" {
		t.Errorf("headers %v", w.Header())
	}
}

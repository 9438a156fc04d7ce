package history_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"abacus/migrations"
	"abacus/shared/capability"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// ids returns the ids of the entries of a page.
func ids(t *testing.T, w *httptest.ResponseRecorder) (list []int, next string) {
	t.Helper()
	var page struct {
		Entries []struct{ ID int }
		Next    string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != 200 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	for _, e := range page.Entries {
		list = append(list, e.ID)
	}
	return list, page.Next
}

func same(a []int, b ...int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// filled returns a history with entries at 9:30, 9:31, ...
func filled(t *testing.T) (*service, string) {
	s := newService(t)
	token := s.session()
	for _, e := range [][3]string{
		{"value", "1 + 1", "2"},
		{"assignment", "rate = 4.5", "4.5"},
		{"definition", "f(x) = rate*x", ""},
		{"value", "f(2) # 100%_", "9"},
		{"value", "1 + 10", "11"},
	} {
		if w := s.record(token, e[0], e[1], e[2]); w.Code != 200 {
			t.Fatalf("%s: %d %s", e[1], w.Code, w.Body)
		}
		s.clock = s.clock.Add(time.Minute)
	}
	return s, token
}

func TestList(t *testing.T) {
	s, token := filled(t)
	const want = `{"entries":[{"id":3,"at":"2026-11-22T09:32:00.000Z","kind":"definition","expression":"f(x) = rate*x","parsed":"f(x)=rate*x","result":null,"display":""},` +
		`{"id":2,"at":"2026-11-22T09:31:00.000Z","kind":"assignment","expression":"rate = 4.5","parsed":"rate=4.5","result":4.5,"display":"4.5"}],"next":"2"}` + "\n"
	if w := s.send("GET", "/history?cursor=4&limit=2", token, ""); w.Code != 200 || w.Body.String() != want {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
	other := s.session()
	if list, _ := ids(t, s.send("GET", "/history", other, "")); len(list) != 0 {
		t.Errorf("another session sees %v", list)
	}
}

func TestFilters(t *testing.T) {
	s, token := filled(t)
	for _, c := range []struct {
		query string
		want  []int
	}{
		{"", []int{5, 4, 3, 2, 1}},
		{"?kind=value", []int{5, 4, 1}},
		{"?kind=assignment", []int{2}},
		{"?kind=definition", []int{3}},
		{"?q=rate", []int{3, 2}},
		{"?q=RATE", nil},
		{"?q=1%2B1", []int{5, 1}}, // as parsed
		{"?q=%25_", []int{4}},
		{"?q=_", []int{4}},
		{"?q=rate&kind=definition", []int{3}},
		{"?from=2026-11-22T09:32:00Z", []int{5, 4, 3}},
		{"?to=2026-11-22T09:31:00Z", []int{2, 1}},
		{"?from=2026-11-22T10:31:00%2B01:00&to=2026-11-22T09:31:00.000Z", []int{2}},
		{"?from=2027-01-01T00:00:00Z", nil},
		{"?limit=2", []int{5, 4}},
		{"?cursor=3", []int{2, 1}},
		{"?cursor=1", nil},
	} {
		if got, _ := ids(t, s.send("GET", "/history"+c.query, token, "")); !same(got, c.want...) {
			t.Errorf("%s: %v, want %v", c.query, got, c.want)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=201", "?limit=x", "?limit=-1", "?limit=", "?limit=1.5", "?limit=%2B1", "?kind=x", "?from=now", "?to=", "?cursor=0", "?cursor=x"} {
		if w := s.send("GET", "/history"+query, token, ""); w.Code != 400 || !strings.Contains(w.Body.String(), `"code":"bad-parameter"`) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

// TestCursor checks that following the cursor shows every entry once, even while others are added.
func TestCursor(t *testing.T) {
	s, token := filled(t)
	var seen []int
	for target := "/history?limit=2&session=" + token; target != ""; {
		w := s.send("GET", target, token, "")
		list, next := ids(t, w)
		seen = append(seen, list...)
		link := w.Header().Get("Link")
		if (next == "") != (link == "") || strings.Contains(link, token) {
			t.Fatalf("next %q, Link %q", next, link)
		}
		target = ""
		if link != "" {
			target = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
			if address, err := url.Parse(target); err != nil || address.Query().Get("cursor") != next || address.Query().Get("limit") != "2" {
				t.Fatalf("Link %q", link)
			}
		}
		s.record(token, "value", "1", "1")
	}
	if !same(seen, 5, 4, 3, 2, 1) {
		t.Errorf("seen %v", seen)
	}
}

func TestForms(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.record(token, "value", "1 + 1", "2")
	s.record(token, "definition", "f(x, y) = \"x\"\n", "")
	for _, c := range []struct{ accept, contentType, want string }{
		{"text/csv", "text/csv; charset=utf-8; header=present", "id,at,kind,expression,parsed,result,unit\r\n" +
			"2,2026-11-22T09:30:00.000Z,definition,\"f(x, y) = \"\"x\"\"\n\",\"f(x,y)=\"\"x\"\"\n\",,\r\n" +
			"1,2026-11-22T09:30:00.000Z,value,1 + 1,1+1,2,\r\n"},
		{"application/x-ndjson", "application/x-ndjson", `{"id":2,"at":"2026-11-22T09:30:00.000Z","kind":"definition","expression":"f(x, y) = \"x\"\n","parsed":"f(x,y)=\"x\"\n","result":null,"display":""}` + "\n" +
			`{"id":1,"at":"2026-11-22T09:30:00.000Z","kind":"value","expression":"1 + 1","parsed":"1+1","result":2,"display":"2"}` + "\n"},
	} {
		w := s.send("GET", "/history", token, "", "Accept", c.accept)
		if w.Body.String() != c.want || w.Header().Get("Content-Type") != c.contentType || w.Header().Get("Vary") != "Accept" {
			t.Errorf("%s: %q %q, want %q", c.accept, w.Header().Get("Content-Type"), w.Body, c.want)
		}
	}
}

func TestDelete(t *testing.T) {
	s, token := filled(t)
	other := s.session()
	for _, c := range []struct {
		method, uri, token string
		status             int
	}{
		{"DELETE", "/history/2", other, 404},
		{"DELETE", "/history/2", "", 401},
		{"DELETE", "/history/2", token, 204},
		{"DELETE", "/history/2", token, 404},
		{"DELETE", "/history/0", token, 404},
		{"DELETE", "/history/x", token, 404},
		{"GET", "/history/1", token, 405},
		{"POST", "/history", token, 405},
		{"GET", "/history", "", 401},
		{"GET", "/history", "nobody", 404},
		{"DELETE", "/history", other, 204},
	} {
		if w := s.send(c.method, c.uri, c.token, ""); w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.uri, w.Code, c.status)
		}
	}
	if list, _ := ids(t, s.send("GET", "/history", token, "")); !same(list, 5, 4, 3, 1) {
		t.Errorf("left are %v", list)
	}
	s.send("DELETE", "/history", token, "")
	s.record(token, "value", "1", "1")
	if list, _ := ids(t, s.send("GET", "/history", token, "")); !same(list, 6) {
		t.Errorf("afterwards the ids are %v, want 6 alone", list)
	}
}

func TestErase(t *testing.T) {
	s, token := filled(t)
	for i := 0; i < 2; i++ {
		if w := s.send("POST", "/internal/erase", token, ""); w.Code != 204 {
			t.Errorf("time %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	if w := s.record(token, "value", "1", "1"); w.Code != 404 {
		t.Errorf("an evaluation under way: %d", w.Code)
	}
	for _, c := range [][2]string{{"GET", "/history"}, {"DELETE", "/history"}, {"DELETE", "/history/1"}, {"GET", "/shares"}, {"POST", "/shares"}} {
		if w := s.send(c[0], c[1], token, `{"entries":"all"}`, "Content-Type", "application/json"); w.Code != 404 || !strings.Contains(w.Body.String(), "unknown-session") {
			t.Errorf("%s %s: %d %s", c[0], c[1], w.Code, w.Body)
		}
	}
	if left := s.count("SELECT count(*) FROM entries") + s.count("SELECT count(*) FROM appends"); left != 0 {
		t.Errorf("%d rows are left", left)
	}
}

// TestRate checks that a session may store as many entries at once as the rate limit allows in a
// minute, and then one for each share of a minute that passes. Erasing entries does not give any
// back.
func TestRate(t *testing.T) {
	s := newService(t, "limit_entries", "3")
	token, other := s.session(), s.session()
	refused := func(what, after string, w *httptest.ResponseRecorder) {
		t.Helper()
		if w.Code != 429 || w.Header().Get("Retry-After") != after || !strings.Contains(w.Body.String(), "too-many-requests") {
			t.Errorf("%s: %d, Retry-After %q, %s", what, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	}
	stored := func(what string, w *httptest.ResponseRecorder) {
		t.Helper()
		if w.Code != 200 {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	message := func(id string, committed bool, entries int) string {
		m := wire.Recording{ID: id, Committed: committed}
		for i := 0; i < entries; i++ {
			m.Entries = append(m.Entries, wire.Entry{Kind: "value", Expression: "1", Parsed: "1", Value: 1, HasValue: true})
		}
		return string(m.Append(nil))
	}
	for i := 0; i < 3; i++ {
		stored("one of the first three", s.record(token, "value", "1", "1"))
	}
	refused("the fourth", "21", s.record(token, "value", "1", "1"))
	refused("two at once", "41", s.recordMany(2, token, "value", "1", "1"))
	stored("ans", s.send("GET", "/internal/ans", token, ""))
	if w := s.send("DELETE", "/history", token, ""); w.Code != 204 {
		t.Fatalf("erase: %d %s", w.Code, w.Body)
	}
	refused("after the history was erased", "21", s.record(token, "value", "1", "1"))
	stored("another session", s.record(other, "value", "1", "1"))
	s.clock = s.clock.Add(21 * time.Second)
	stored("after Retry-After", s.record(token, "value", "1", "1"))
	refused("two then", "20", s.record(token, "value", "1", "1"))
	stored("what is committed", s.send("POST", "/internal/entries", token, message("k", true, 1)))
	refused("that counts as well", "21", s.record(token, "value", "1", "1"))
	s.clock = s.clock.Add(2 * time.Minute)
	stored("more than ever are free, at once", s.send("POST", "/internal/entries", token, message("l", false, 5)))
	refused("then none", "21", s.record(token, "value", "1", "1"))
	s.clock = s.clock.Add(-24 * 365 * time.Hour)
	stored("after the clock was set back by a year", s.record(token, "value", "1", "1"))
}

// TestSweep checks that the entries of an owner unused for 90 days are deleted, a few with each
// append that sweeps.
func TestSweep(t *testing.T) {
	s := newService(t)
	old, read := s.session(), s.session()
	s.recordMany(450, old, "value", "1", "1")
	s.record(read, "value", "2", "2")
	s.clock = s.clock.AddDate(0, 0, 89)
	s.send("GET", "/history", read, "")
	s.clock = s.clock.AddDate(0, 0, 2)
	s.record(s.session(), "value", "3", "3") // agrees with the clock
	s.record(s.session(), "value", "3", "3") // notices that the owner is gone
	s.clock = s.clock.Add(23 * time.Hour)
	s.record(s.session(), "value", "3", "3")
	if left := s.count("SELECT count(*) FROM entries WHERE expression = '1'"); left != 450 {
		t.Errorf("within a day %d are left", left)
	}
	s.clock = s.clock.Add(2 * time.Hour)
	writer := s.session()
	for i, want := range []int64{250, 250, 250, 250, 250, 250, 250, 250, 50, 50} {
		s.record(writer, "value", "3", "3")
		if left := s.count("SELECT count(*) FROM entries WHERE expression = '1'"); left != want {
			t.Errorf("after append %d: %d are left, want %d", i+1, left, want)
		}
	}
	s.record(s.session(), "value", "3", "3")
	if owners := s.count("SELECT count(*) FROM owners"); owners != 6 {
		t.Errorf("%d owners are left, want 6", owners)
	}
	if appends := s.count("SELECT count(*) FROM appends"); appends != 14 {
		t.Errorf("%d evaluations are known, want the 14 of two days", appends)
	}
	if list, _ := ids(t, s.send("GET", "/history", read, "")); !same(list, 1) {
		t.Errorf("the owner who read the history two days ago has %v", list)
	}
}

func TestNewerTables(t *testing.T) {
	s, token := filled(t)
	newer := storage.Schema{Service: "history",
		Steps: append(slices.Clip(migrations.History.Steps), "CREATE TABLE newer (a);")}
	if err := newer.Apply(s.db); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"GET", "/history"}, {"DELETE", "/history"}, {"DELETE", "/history/1"}, {"GET", "/shares"}, {"POST", "/shares"},
		{"GET", "/shares/AAAAAAAAAAAAAAAAAAAAAA"}, {"DELETE", "/shares/AAAAAAAAAAAAAAAAAAAAAA"}, {"POST", "/shares/AAAAAAAAAAAAAAAAAAAAAA/fork"},
	} {
		w := s.send(c[0], c[1], token, `{"entries":"all"}`, "Content-Type", "application/json")
		if w.Code != 503 || !strings.Contains(w.Body.String(), `"code":"schema-newer"`) || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s %s: %d %s", c[0], c[1], w.Code, w.Body)
		}
	}
	if w := s.record(token, "value", "1", "1"); w.Code != 503 {
		t.Errorf("an append: %d %s", w.Code, w.Body)
	}
	if entries := s.count("SELECT count(*) FROM entries"); entries != 5 {
		t.Errorf("the tables were changed: %d entries", entries)
	}
}

func TestInternalIsClosed(t *testing.T) {
	s, token := filled(t)
	for _, path := range []string{"/internal/entries", "/internal/ans", "/internal/erase", "/internal/health",
		"/internal/shares/AAAAAAAAAAAAAAAAAAAAAA", "//internal/ans", "/history/../internal/ans", "/%69nternal/ans"} {
		for _, method := range []string{"GET", "POST"} {
			r := httptest.NewRequest(method, "http://127.0.0.1/", nil)
			r.RequestURI = path
			r.Header.Set(wire.OwnerHeader, capability.Token(token).Owner())
			// A client's own header comes before Spin's.
			r.Header["Spin-Client-Addr"] = []string{"0.0.0.0:0", "127.0.0.1:50000"}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != 404 && w.Code != 405 {
				t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
		}
	}
	if entries := s.count("SELECT count(*) FROM entries"); entries != 5 {
		t.Errorf("%d entries are left", entries)
	}
}

// TestLongPage checks that a page of long expressions has fewer entries than the limit, and that
// the next page continues.
func TestLongPage(t *testing.T) {
	s := newService(t)
	token := s.session()
	s.recordMany(200, token, "value", "1 #"+strings.Repeat("<", 16_000), "1")
	seen := 0
	for cursor := ""; ; {
		w := s.send("GET", "/history?limit=200"+cursor, token, "")
		if w.Code != 200 || w.Body.Len() > 8<<20 {
			t.Fatalf("%d with %d bytes", w.Code, w.Body.Len())
		}
		seen += strings.Count(w.Body.String(), `"kind"`)
		_, next, _ := strings.Cut(w.Body.String(), `"next":"`)
		next, _, more := strings.Cut(next, `"`)
		if !more {
			break
		}
		cursor = "&cursor=" + next
	}
	if seen != 200 {
		t.Errorf("%d entries in all pages, want 200", seen)
	}
	if w := s.send("GET", "/history?q=%ff", token, ""); w.Code != 400 {
		t.Errorf("q that is no UTF-8: %d", w.Code)
	}
	if w := s.send("GET", "/history?limit=1&token=secret&kind=value", token, ""); w.Header().Get("Link") != `</history?cursor=200&kind=value&limit=1>; rel="next"` {
		t.Errorf("Link %s", w.Header().Get("Link"))
	}
}

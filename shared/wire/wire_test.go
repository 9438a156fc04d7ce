package wire

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
)

func TestPath(t *testing.T) {
	for uri, want := range map[string]string{
		"/eval":                    "eval",
		"//eval/?session=/a":       "eval",
		"/session/variables/%2F":   "session/variables/%2F",
		"/session/../internal":     "session/../internal",
		"/":                        "",
		"/clear/a?b":               "clear/a",
		"/%69nternal/session?a=/b": "%69nternal/session",
	} {
		r := httptest.NewRequest("GET", "http://host/other", nil)
		r.RequestURI = uri
		if got := Path(r); got != want {
			t.Errorf("Path of %s is %q, want %q", uri, got, want)
		}
	}
}

func TestLower(t *testing.T) {
	if got := Lower("Text/HTML; q=\u212A\u00C4"); got != "text/html; q=\u212A\u00C4" {
		t.Errorf("Lower returns %q", got)
	}
}

func TestSpinHeader(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	if got := SpinHeader(r, "Spin-Client-Addr"); got != "" {
		t.Errorf("the header of a request without one is %q", got)
	}
	r.Header["Spin-Client-Addr"] = []string{"0.0.0.0:0", "192.0.2.1:50000"}
	if got := SpinHeader(r, "Spin-Client-Addr"); got != "192.0.2.1:50000" {
		t.Errorf("the header is %q, the client's", got)
	}
}

func TestAllow(t *testing.T) {
	for _, c := range []struct {
		method string
		done   bool
		status int
	}{
		{"GET", false, 200}, {"HEAD", false, 200}, {"POST", false, 200},
		{"OPTIONS", true, 204}, {"PUT", true, 405},
	} {
		w := httptest.NewRecorder()
		done := true
		var handle Handler = func(http.ResponseWriter, *Request) error { done = false; return nil }
		router := Router{Routes: []Route{Get("/", handle), Post("/", handle)}}
		router.ServeHTTP(w, httptest.NewRequest(c.method, "/", nil))
		if done != c.done || w.Code != c.status || done && w.Header().Get("Allow") != "GET, HEAD, POST, OPTIONS" {
			t.Errorf("%s: %v, %d, Allow %q", c.method, done, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestSecureSaysHSTSOverTLSOnly(t *testing.T) {
	for url, want := range map[string]bool{"http://a/": false, "https://a/": true} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Spin-Full-Url", url)
		w := httptest.NewRecorder()
		secure(w, r)
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != want {
			t.Errorf("%s: HSTS %v, want %v", url, got, want)
		}
	}
}

// TestEveryProblem checks that every code has a status and a title: a code without them would reach
// clients as an internal error.
func TestEveryProblem(t *testing.T) {
	for _, kind := range kinds {
		code := kind.code
		p := NewProblem(code, "what was wrong").WithHint("what to do").WithRetry(7)
		p.Position = &Position{Offset: 1, Line: 2, Column: 3, Length: 4}
		w := httptest.NewRecorder()
		p.write(w, &Request{})
		var got map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		want := map[string]any{"type": "/problems#" + string(code), "title": kind.title, "status": float64(kind.status),
			"detail": "what was wrong", "code": string(code), "hint": "what to do",
			"position": map[string]any{"offset": 1.0, "line": 2.0, "column": 3.0, "length": 4.0}}
		if !reflect.DeepEqual(got, want) || w.Code != kind.status || kind.status < 400 || kind.title == "" {
			t.Errorf("%s: %d %v, want %v", code, w.Code, got, want)
		}
		if w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Retry-After") != "7" {
			t.Errorf("%s: headers %v", code, w.Header())
		}
	}
	if p := NewProblem("no such code", ""); p.Status != http.StatusInternalServerError {
		t.Errorf("a code without an entry has status %d", p.Status)
	}
}

func TestRecords(t *testing.T) {
	got := records("variable\ta\t51\n\nentry\ta\\tb\\nc\\rd\\\\e\\\nlast\t")
	want := []record{{"variable", "a", "51"}, {"entry", "a\tb\nc\rd\\e\\"}, {"last", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("records %q, want %q", got, want)
	}
	if r := (record{"a", "x", "7"}); r.name() != "a" || r.text(9) != "" || r.integer(2) != 7 || r.integer(1) != 0 {
		t.Errorf("fields of %q", r)
	}
	if _, ok := (record{"a", "x"}).number(1); ok {
		t.Error("x is no number")
	}
}

// FuzzRecords checks that records are read back as they are written, whatever their fields contain.
func FuzzRecords(f *testing.F) {
	f.Add("a", "b\tc\nd\\e\r")
	f.Add("", "\\")
	f.Fuzz(func(t *testing.T, one, two string) {
		body := string(appendRecord(appendRecord(nil, "first", one), "second", two, one))
		got := records(body)
		if len(got) != 2 || got[0].name() != "first" || got[0].text(1) != one ||
			got[1].name() != "second" || got[1].text(1) != two || got[1].text(2) != one {
			t.Errorf("%q and %q became %q", one, two, got)
		}
	})
}

func TestNumbersInRecords(t *testing.T) {
	for _, f := range []float64{0, 1.0 / 3, -5e-324, math.MaxFloat64, 1e21} {
		if got, ok := (record{"", formatNumber(f)}).number(1); !ok || math.Float64bits(got) != math.Float64bits(f) {
			t.Errorf("%v became %v", f, got)
		}
	}
	if got := (record{"", FormatInt(math.MinInt64)}).integer(1); got != math.MinInt64 {
		t.Errorf("the smallest integer became %d", got)
	}
}

func TestKey(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "k": "k", `"k"`: "k", "7f1d8a0e-2f54-4c3e": "7f1d8a0e-2f54-4c3e", strings.Repeat("k", MaxKey): strings.Repeat("k", MaxKey),
	} {
		r := httptest.NewRequest("POST", "/", nil)
		if header != "" {
			r.Header.Set(KeyHeader, header)
		}
		if got, problem := Key(r); got != want || problem != nil {
			t.Errorf("the key of %q is %q (%v)", header, got, problem)
		}
	}
	for _, header := range []string{`""`, `"`, `""k""`, `k"k`, "a b", "ä", "a\x7f", strings.Repeat("k", MaxKey+1)} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set(KeyHeader, header)
		if _, err := Key(r); !errors.Is(err, NewProblem(BadKey, "")) {
			t.Errorf("the key %q is taken", header)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		list string
		want bool
	}{
		{`"3"`, true}, {`*`, true}, {`"1", "3"`, true}, {`"1","3"`, true}, {`W/"3"`, false}, {`"33"`, false}, {``, false}, {`3`, false},
	} {
		if got := matches(c.list, `"3"`); got != c.want {
			t.Errorf("%s matches: %v, want %v", c.list, got, c.want)
		}
	}
}

func TestAccepts(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                  JSON,
		"*/*":                               JSON,
		"text/plain":                        "text/plain",
		"text/*":                            "text/plain",
		"TEXT/PLAIN; charset=utf-8":         "text/plain",
		"application/json, text/plain":      JSON,
		"application/json;q=0.5,text/plain": "text/plain",
		"text/plain;q=0.1, */*;q=0.8":       JSON,
		"text/plain;q=0":                    JSON,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": JSON,
		"image/png":                      JSON,
		"text/plain;q=0.123, */*;q=0.12": "text/plain",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		if got := Accepts(r, JSON, "text/plain"); got != want {
			t.Errorf("Accept %q: %s, want %s", accept, got, want)
		}
	}
}

func TestCodings(t *testing.T) {
	for _, c := range []struct{ accept, want string }{
		{"none", "identity"},
		{"", "identity"},
		{"identity", "identity"},
		{"gzip", "gzip identity"},
		{"gzip, deflate, br, zstd", "br gzip identity"},
		{"GZIP", "gzip identity"},
		{"*", "br gzip identity"},
		{"br;q=0.5, gzip;q=0.8", "gzip br identity"},
		{"br;q=0.5, gzip;q=0.8, identity", "identity gzip br"},
		{"br;q=0.001", "br identity"},
		{"br;q=0, *", "gzip identity"},
		{"gzip, *;q=0", "gzip"},
		{"gzip ; q=1.0 , identity ; q=0", "gzip"},
		{"identity;q=0", ""},
		{"*;q=0", ""},
		{"*;q=0, identity;q=0.1", "identity"},
		{"deflate, zstd", "identity"},
		{"br;q=", "br identity"},
		{",;,", "identity"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if c.accept != "none" {
			r.Header.Set("Accept-Encoding", c.accept)
		}
		if got := strings.Join(Codings(r, "br", "gzip", "identity"), " "); got != c.want {
			t.Errorf("Accept-Encoding %q: %q, want %q", c.accept, got, c.want)
		}
	}
}

// TestProblemsPage checks that the page to which the types of problems lead explains every problem
// of the table.
func TestProblemsPage(t *testing.T) {
	page, err := os.ReadFile("../../services/web/static/problems.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		code := kind.code
		want := `<dt id="` + string(code) + `"><code>` + string(code) + "</code> " + strconv.Itoa(kind.status) + "</dt>\n      <dd><b>" + kind.title + ".</b> "
		if !strings.Contains(string(page), want) {
			t.Errorf("problems.html lacks %q", want)
		}
	}
}

// TestMessages checks that every message is read back as it is written, whatever its texts contain.
func TestMessages(t *testing.T) {
	const text = "a\tb\nc\rd\\e ä"
	bindings := []calc.Binding{{Name: "a", Value: -1e-7}, {Name: text, Value: math.MaxFloat64}, {Name: "f", Source: "f(x) = x\t"}}
	entries := []Entry{
		{Kind: "value", Expression: text, Parsed: text, Value: 1.0 / 3, HasValue: true},
		{At: 1795339800000, Kind: "plot", Expression: "plot(x, x = 0, 1)", Parsed: "plot(x, x = 0, 1)",
			Plot: "x\n0\n1\nx"},
		{Kind: "definition", Expression: text, Parsed: text, Replaces: 12},
		{Kind: "value", Expression: text, Parsed: text, Value: 5, HasValue: true, Unit: "km", Replaces: 1},
	}
	recording := Recording{ID: "id", Committed: true, Entries: entries}
	state := &State{Version: 7, Token: "token", Bindings: bindings, Stored: &Stored{Hash: "hash", Response: text}}
	commit := &Commit{Key: "k", Hash: "h", Version: 3, Entries: 2, Response: text, Changes: bindings}
	response := &Response{Type: Plain, Body: text, Recording: recording}
	snapshot := &Snapshot{Entries: entries, Bindings: bindings}
	rates := &Rates{Base: "EUR", Date: "2026-11-25", Source: text,
		Rates: []Rate{{"USD", 1.0834}, {"IDR", 17123.99}}}
	share := &Share{Title: text, CreatedAt: 1, ExpiresAt: 2, Snapshot: string(snapshot.Append(nil))}
	refused := NewProblem(TooManyRequests, text).WithHint(text).WithRetry(9)
	for _, c := range []struct{ got, want any }{
		{ParseState(string(state.Append(nil))), state},
		{ParseState(string((&State{}).Append(nil))), &State{}},
		{ParseCommit(string(commit.Append(nil))), commit},
		{ParseRecording(string(recording.Append(nil))), &recording},
		{ParseRecorded(string(Recorded{First: 5}.Append(nil))), Recorded{First: 5}},
		{ParseAns(string(Ans{Value: 0.1, Known: true}.Append(nil))), Ans{Value: 0.1, Known: true}},
		{ParseAns(string(Ans{}.Append(nil))), Ans{}},
		{ParseResponse(string(response.Append(nil))), response},
		{ParseSnapshot(string(snapshot.Append(nil))), snapshot},
		{ParseSnapshot(string(share.Append(nil))), snapshot},
		{ParseShare(string(share.Append(nil))).Title, text},
		{ParseShare(string(share.Append(nil))).ExpiresAt, int64(2)},
		{ParseRates(string(rates.Append(nil))), rates},
		{ParseAge(string(Age{"2026-11-25", 90}.Append(nil))), Age{"2026-11-25", 90}},
		{ParseAge(string(Age{}.Append(nil))), Age{}},
		{ParseProblem(string(refused.Append(nil))), refused},
		{ParseProblem("state\t1\n"), (*Problem)(nil)},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("read back as %+v, want %+v", c.got, c.want)
		}
	}
}

// TestProblemIsImmutable checks that adding a hint does not change a shared problem.
func TestProblemIsImmutable(t *testing.T) {
	shared := NewProblem(NotFound, "nothing")
	if other := shared.WithHint("look elsewhere").WithRetry(3); shared.Hint != "" || shared.Retry != 0 || !errors.Is(other, shared) {
		t.Errorf("the problem became %+v", shared)
	}
}

// TestRequestID checks that a request keeps its id if a line of the log may contain it, and
// otherwise gets a new one.
func TestRequestID(t *testing.T) {
	for _, c := range []struct {
		brought string
		kept    bool
	}{
		{"one", true},
		{"7f3a-9.B_c", true},
		{strings.Repeat("a", 64), true},
		{strings.Repeat("a", 65), false},
		{"", false},
		{"two words", false},
		{"line\nfeed", false},
		{"é", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/x", nil)
		r.Header.Set("X-Request-Id", c.brought)
		w := httptest.NewRecorder()
		(&Router{}).ServeHTTP(w, r)
		id := w.Header().Get("Abacus-Request")
		if kept := id == c.brought; kept != c.kept || id == "" || id != r.Header.Get("X-Request-Id") {
			t.Errorf("%q: the id is %q, and the services are told %q", c.brought, id, r.Header.Get("X-Request-Id"))
		}
	}
}

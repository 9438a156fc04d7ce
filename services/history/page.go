package history

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// filter chooses entries, newest first.
type filter struct {
	text     string // a literal substring of the expression, as written or in canonical form
	kind     string
	from, to int64 // UTC milliseconds, both inclusive
	before   int64 // the cursor: entries older than this id
	limit    int64
}

// page is some entries, and the cursor to the next ones, 0 after the last.
type page struct {
	entries []entry
	next    int64
}

const (
	defaultLimit = 50
	maxLimit     = 200
	maxText      = 200 // code points of q
	// bytes of expressions; a page of longer ones has fewer entries
	maxPage    = 1 << 20
	timeLayout = "2006-01-02T15:04:05.000Z07:00" // RFC 3339 with milliseconds
)

// parseFilter reads the parameters of GET /history.
func parseFilter(query url.Values) (filter, error) {
	f := filter{text: query.Get("q"), kind: query.Get("kind"), to: math.MaxInt64,
		before: math.MaxInt64, limit: defaultLimit}
	bad := func(detail, hint string) (filter, error) {
		return f, wire.NewProblem(wire.BadParameter, detail).WithHint(hint)
	}
	if !utf8.ValidString(f.text) {
		return f, wire.NewProblem(wire.BadEncoding, "the parameter q is not valid UTF-8")
	}
	if utf8.RuneCountInString(f.text) > maxText {
		return bad("the parameter q is longer than 200 characters", "search for a part of it")
	}
	switch f.kind {
	case "", "value", "assignment", "definition", "plot":
	default:
		return bad("there is no kind "+strconv.Quote(f.kind),
			"value, assignment, definition or plot")
	}
	for i, name := range []string{"from", "to"} {
		if query.Has(name) {
			at, err := time.Parse(time.RFC3339, query.Get(name))
			if err != nil {
				return bad("the parameter "+name+" is not a time",
					"RFC 3339, for example 2026-11-22T09:30:00Z (write + as %2B)")
			}
			*[]*int64{&f.from, &f.to}[i] = at.UnixMilli()
		}
	}
	if query.Has("limit") {
		limit, ok := number(query.Get("limit"))
		if !ok || limit > maxLimit {
			return bad("the parameter limit must be a whole number from 1 to 200",
				"follow the cursor for more")
		}
		f.limit = limit
	}
	if query.Has("cursor") {
		before, ok := number(query.Get("cursor"))
		if !ok {
			return bad("the parameter cursor is not one that a page gave", "begin without it")
		}
		f.before = before
	}
	return f, nil
}

// number reads a whole number from 1.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0 && s[0] != '+' && s[0] != '0'
}

// write answers with the page in the form that the client prefers.
func (p *page) write(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept")
	if p.next != 0 {
		w.Header().Set("Link", "<"+p.address(wire.Query(r))+`>; rel="next"`)
	}
	switch wire.Accepts(r, wire.JSON, "text/csv", "application/x-ndjson") {
	case "text/csv":
		return wire.Reply(w, http.StatusOK, "text/csv; charset=utf-8; header=present", p.csv())
	case "application/x-ndjson":
		var b []byte
		for _, e := range p.entries {
			b = append(e.appendJSON(b), '\n')
		}
		return wire.Reply(w, http.StatusOK, "application/x-ndjson", b)
	}
	return wire.Reply(w, http.StatusOK, wire.JSON, p.json())
}

// address returns the address of the next page: the same filter without the session's token, which
// belongs in no reply.
func (p *page) address(current url.Values) string {
	address := "/history?cursor=" + wire.FormatInt(p.next)
	for _, name := range []string{"from", "kind", "limit", "q", "to"} {
		if current.Has(name) {
			address += "&" + name + "=" + url.QueryEscape(current.Get(name))
		}
	}
	return address
}

func (p *page) json() []byte {
	b := []byte(`{"entries":[`)
	for i, e := range p.entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = e.appendJSON(b)
	}
	b = append(b, `],"next":`...)
	if p.next == 0 {
		return append(b, "null}\n"...)
	}
	b = json.AppendString(b, wire.FormatInt(p.next))
	return append(b, "}\n"...)
}

func (e entry) appendJSON(b []byte) []byte {
	b = append(b, `{"id":`...)
	b = append(strconv.AppendInt(b, e.id, 10), ',')
	return append(appendMembers(b, e.Entry), '}')
}

// appendMembers writes an entry without its id, which means something to the owner alone.
func appendMembers(b []byte, e wire.Entry) []byte {
	b = json.AppendString(append(b, `"at":`...), formatTime(e.At))
	b = json.AppendString(append(b, `,"kind":`...), e.Kind)
	b = json.AppendString(append(b, `,"expression":`...), e.Expression)
	b = json.AppendString(append(b, `,"parsed":`...), e.Parsed)
	if !e.HasValue {
		return plot.Read(e.Plot).AppendJSON(append(b, `,"result":null,"display":""`...))
	}
	b = calc.AppendFormat(append(b, `,"result":`...), e.Value, 0)
	if e.Unit != "" {
		b = json.AppendString(append(b, `,"unit":`...), e.Unit)
	}
	display := calc.Display(e.Value, e.Unit, calc.Digits)
	return json.AppendString(append(b, `,"display":`...), display)
}

func formatTime(ms int64) string { return time.UnixMilli(ms).UTC().Format(timeLayout) }

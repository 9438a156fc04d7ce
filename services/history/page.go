package history

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/wire"
)

// filter chooses entries, newest first.
type filter struct {
	text     string // a literal substring of the expression, as written or as parsed
	kind     string
	from, to int64 // UTC milliseconds, both inclusive
	before   int64 // the cursor: entries older than this id
	limit    int64
}

// page is some entries, and the cursor to those that follow; 0: none do.
type page struct {
	entries []entry
	next    int64
}

const (
	defaultLimit = 50
	maxLimit     = 200
	maxPage      = 1 << 20                         // bytes of expressions; a page of longer ones has fewer entries
	timeLayout   = "2006-01-02T15:04:05.000Z07:00" // RFC 3339 with milliseconds
)

// filter reads the parameters of GET /history.
func (r request) filter() (filter, *wire.Problem) {
	query := capability.Query(r.Request)
	f := filter{text: query.Get("q"), kind: query.Get("kind"), to: math.MaxInt64, before: math.MaxInt64, limit: defaultLimit}
	bad := func(detail, hint string) (filter, *wire.Problem) {
		return f, wire.NewProblem(wire.BadParameter, detail).WithHint(hint)
	}
	if !utf8.ValidString(f.text) {
		return f, wire.NewProblem(wire.BadEncoding, "the parameter q is not valid UTF-8")
	}
	switch f.kind {
	case "", "value", "assignment", "definition", "plot":
	default:
		return bad("there is no kind "+strconv.Quote(f.kind), "value, assignment, definition or plot")
	}
	for name, bound := range map[string]*int64{"from": &f.from, "to": &f.to} {
		if query.Has(name) {
			at, err := time.Parse(time.RFC3339, query.Get(name))
			if err != nil {
				return bad("the parameter "+name+" is not a time", "RFC 3339, for example 2026-11-22T09:30:00Z (write + as %2B)")
			}
			*bound = at.UnixMilli()
		}
	}
	if query.Has("limit") {
		limit, ok := number(query.Get("limit"))
		if !ok || limit > maxLimit {
			return bad("the parameter limit must be a whole number from 1 to 200", "follow the cursor for more")
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

// write answers with the page in the form that the client likes best.
func (p *page) write(w http.ResponseWriter, r request, f filter) {
	w.Header().Set("Vary", "Accept")
	if p.next != 0 {
		w.Header().Set("Link", "<"+p.address(r)+`>; rel="next"`)
	}
	switch wire.Accepts(r.Request, wire.JSON, "text/csv", "application/x-ndjson") {
	case "text/csv":
		wire.Reply(w, http.StatusOK, "text/csv; charset=utf-8; header=present", p.csv())
	case "application/x-ndjson":
		var b []byte
		for _, e := range p.entries {
			b = append(e.appendJSON(b), '\n')
		}
		wire.Reply(w, http.StatusOK, "application/x-ndjson", b)
	default:
		wire.Reply(w, http.StatusOK, wire.JSON, p.json())
	}
}

// address is that of the page that follows: the same filter, without the
// capability, which belongs into no reply.
func (p *page) address(r request) string {
	asked, query := capability.Query(r.Request), url.Values{"cursor": {wire.FormatInt(p.next)}}
	for _, name := range []string{"q", "kind", "from", "to", "limit"} {
		if asked.Has(name) {
			query.Set(name, asked.Get(name))
		}
	}
	return (&url.URL{Path: "/history", RawQuery: query.Encode()}).String()
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
	return append(e.appendMembers(b), '}')
}

// appendMembers writes what an entry is, without its id, which means something to
// the owner alone.
func (e entry) appendMembers(b []byte) []byte {
	b = json.AppendString(append(b, `"at":`...), formatTime(e.at))
	b = json.AppendString(append(b, `,"kind":`...), e.kind)
	b = json.AppendString(append(b, `,"expression":`...), e.expression)
	b = json.AppendString(append(b, `,"parsed":`...), e.parsed)
	if !e.hasResult {
		return e.plot.AppendJSON(append(b, `,"result":null,"display":""`...))
	}
	b = json.AppendNumber(append(b, `,"result":`...), e.result)
	return json.AppendString(append(b, `,"display":`...), calc.Format(e.result, calc.Digits))
}

func formatTime(ms int64) string { return time.UnixMilli(ms).UTC().Format(timeLayout) }

// csv writes the page as RFC 4180 has it, with a line of names.
func (p *page) csv() []byte {
	b := []byte("id,at,kind,expression,parsed,result\r\n")
	for _, e := range p.entries {
		b = strconv.AppendInt(b, e.id, 10)
		for _, field := range []string{formatTime(e.at), e.kind, e.expression, e.parsed} {
			b = appendField(append(b, ','), field)
		}
		b = append(b, ',')
		if e.hasResult {
			b = json.AppendNumber(b, e.result)
		}
		b = append(b, "\r\n"...)
	}
	return b
}

func appendField(b []byte, field string) []byte {
	if !strings.ContainsAny(field, ",\"\r\n") {
		return append(b, field...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(field, `"`, `""`)...)
	return append(b, '"')
}

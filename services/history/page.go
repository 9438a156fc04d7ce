package history

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/plot"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// filter selects entries, newest first.
type filter struct {
	text     string // a literal substring of the expression, as written or in canonical form
	kind     string
	from, to int64 // UTC milliseconds, both inclusive
	before   int64 // the cursor: entries before this place
	limit    int64
	replaced bool // whether to include replaced entries, by id
}

// page is a page of entries, and the cursor of the next page, 0 on the last.
type page struct {
	entries []entry
	next    int64
}

const (
	defaultLimit = 50
	maxLimit     = 200
	maxText      = 200       // code points of q
	maxPage      = 1 << 20   // bytes of expressions; if they are long, a page has fewer entries
	maxScan      = 256 << 10 // bytes that a search reads for a page: a fraction of a second
)

// entry is an entry of an owner's history.
type entry struct {
	wire.Entry
	id int64
}

// list answers with a page of entries.
func (s *service) list(w http.ResponseWriter, r request) error {
	f, err := parseFilter(wire.Query(r.Request))
	if err != nil {
		return err
	}
	found, err := r.store.page(r.owner, f)
	if err != nil {
		return err
	}
	return found.write(w, r.Request)
}

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
	switch query.Get("replaced") {
	case "", "false":
	case "true":
		f.replaced = true
	default:
		return bad("the parameter replaced must be true or false",
			"true lists the entries that were replaced, too")
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

// number parses a whole number from 1.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0 && s[0] != '+' && s[0] != '0'
}

// page reads the newest entries that match the filter. A search reads at most maxScan bytes: the
// page has what was found in them, and the cursor continues from there.
func (s *store) page(owner string, f filter) (*page, error) {
	known, err := s.findOwner(owner)
	if err != nil {
		return nil, err
	}
	if known.usedAt != 0 && s.now-known.usedAt > storage.Day {
		// Best effort: reading a history is use, too.
		s.touch(owner)
	}
	table, place := shown, "place"
	if f.replaced {
		table, place = "entries", "id"
	}
	floor := int64(0) // entries up to this place are left for the next page
	if f.text != "" {
		if floor, err = s.floor(owner, table, place, f.before); err != nil {
			return nil, err
		}
	}
	statement := "SELECT " + entryColumns + ", " + place + " FROM " + table +
		" WHERE owner = ?1 AND " + place + " < ?2 AND " + place + " > ?3 AND at >= ?4 AND at <= ?5"
	parameters := []sqlite.Value{sqlite.String(owner), sqlite.Int(f.before), sqlite.Int(floor),
		sqlite.Int(f.from), sqlite.Int(f.to)}
	if f.kind != "" {
		parameters = append(parameters, sqlite.String(f.kind))
		statement += " AND kind = ?" + wire.FormatInt(int64(len(parameters)))
	}
	if f.text != "" {
		parameters = append(parameters, sqlite.String(f.text))
		n := wire.FormatInt(int64(len(parameters)))
		statement += " AND (instr(expression, ?" + n + ") > 0 OR instr(parsed, ?" + n + ") > 0)"
	}
	statement += " ORDER BY " + place + " DESC LIMIT " + wire.FormatInt(f.limit+1)
	result, err := s.db.Execute(statement, parameters...)
	if err != nil {
		return nil, err
	}
	p := &page{}
	if floor > 0 {
		p.next = floor + 1
	}
	size, last := 0, int64(0)
	for i, row := range result.Rows {
		e := readEntry(row)
		size += len(e.Expression) + len(e.Parsed) + len(e.Plot)
		if int64(i) == f.limit || i > 0 && size > maxPage {
			p.next = last
			break
		}
		last = row[len(row)-1].Int()
		p.entries = append(p.entries, e)
	}
	return p, nil
}

// shown is a subquery for the entries that are shown: the newest in each place. Most entries are
// the first in their place, and are read by the primary key.
const shown = `(
	SELECT owner, id AS place, id, at, kind, expression, parsed, result, plot, unit, replaces
		FROM entries AS e WHERE place IS NULL AND NOT EXISTS
			(SELECT 1 FROM entries AS later WHERE later.owner = e.owner AND later.place = e.id)
	UNION ALL
	SELECT owner, place, id, at, kind, expression, parsed, result, plot, unit, replaces
		FROM entries AS e WHERE place IS NOT NULL AND NOT EXISTS
			(SELECT 1 FROM entries AS later WHERE later.owner = e.owner AND later.place = e.place
				AND later.id > e.id))`

// floor returns the place of the newest entry that a search from before does not reach within
// maxScan bytes, counting 100 extra for each entry, or 0 if it reaches all.
func (s *store) floor(owner, table, place string, before int64) (int64, error) {
	result, err := s.db.Execute(`
		SELECT place FROM (SELECT `+place+` AS place,
			sum(octet_length(expression) + octet_length(parsed) + 100) OVER
			(ORDER BY `+place+` DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newer
			FROM `+table+` WHERE owner = ?1 AND `+place+` < ?2)
		WHERE newer > ?3 LIMIT 1`,
		sqlite.String(owner), sqlite.Int(before), sqlite.Int(maxScan))
	if err != nil || len(result.Rows) == 0 {
		return 0, err
	}
	return result.Rows[0][0].Int(), nil
}

const entryColumns = "id, at, kind, expression, parsed, result, plot, unit, replaces"

func readEntry(row []sqlite.Value) entry {
	e := entry{id: row[0].Int(), Entry: wire.Entry{
		At: row[1].Int(), Kind: row[2].Text(), Expression: row[3].Text(), Parsed: row[4].Text(),
		Value: row[5].Float(), HasValue: !row[5].IsNull(), Plot: row[6].Text(),
		Unit: row[7].Text(), Replaces: row[8].Int()}}
	if e.Parsed == "" {
		e.Parsed = e.Expression
	}
	return e
}

// ans answers with the value of the newest entry that has one.
func (s *service) ans(w http.ResponseWriter, r request) error {
	ans, err := r.store.ans(r.owner)
	if err != nil {
		return err
	}
	return wire.Reply(w, http.StatusOK, wire.Message, ans.Append(nil))
}

// ans returns the value of the last entry that is shown and has a value.
func (s *store) ans(owner string) (wire.Ans, error) {
	result, err := s.db.Execute(`
		SELECT erased_at, result, unit FROM history_v10
			LEFT JOIN owners ON owner = ?1
			LEFT JOIN (SELECT result, unit, place FROM `+shown+`
				WHERE owner = ?1 AND result IS NOT NULL ORDER BY place DESC LIMIT 1)`,
		sqlite.String(owner))
	if err != nil {
		return wire.Ans{}, err
	}
	row := result.Rows[0]
	if !row[0].IsNull() {
		return wire.Ans{}, capability.ErrUnknown
	}
	return wire.Ans{Value: row[1].Float(), Unit: row[2].Text(), Known: !row[1].IsNull()}, nil
}

// write answers with the page in the form that the client prefers.
func (p *page) write(w http.ResponseWriter, r *http.Request) error {
	wire.Set(w.Header(), "Vary", "Accept")
	if p.next != 0 {
		wire.Set(w.Header(), "Link", "<"+p.address(wire.Query(r))+`>; rel="next"`)
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

// address returns the address of the next page, with the same filter but without the session's
// token, which must not be in a reply.
func (p *page) address(current url.Values) string {
	address := "/history?cursor=" + wire.FormatInt(p.next)
	for _, name := range []string{"from", "kind", "limit", "q", "replaced", "to"} {
		if current.Has(name) {
			address += "&" + name + "=" + url.QueryEscape(current.Get(name))
		}
	}
	return address
}

func (p *page) json() []byte {
	b := json.AppendArray([]byte(`{"entries":`), len(p.entries), func(b []byte, i int) []byte {
		return p.entries[i].appendJSON(b)
	})
	if p.next == 0 {
		return append(b, ",\"next\":null}\n"...)
	}
	return append(json.AppendText(b, "next", wire.FormatInt(p.next)), "}\n"...)
}

func (e entry) appendJSON(b []byte) []byte {
	b = json.AppendInt(append(b, '{'), "id", e.id)
	if e.Replaces != 0 {
		b = json.AppendInt(b, "replaces", e.Replaces)
	}
	return append(appendMembers(b, e.Entry), '}')
}

// appendMembers appends an entry without its id, which only means something to the owner.
func appendMembers(b []byte, e wire.Entry) []byte {
	b = json.AppendText(b, "at", formatTime(e.At))
	b = json.AppendText(b, "kind", e.Kind)
	b = json.AppendText(b, "expression", e.Expression)
	b = json.AppendText(b, "parsed", e.Parsed)
	if !e.HasValue {
		return plot.Read(e.Plot).AppendJSON(append(b, `,"result":null,"display":""`...))
	}
	b = json.AppendNumber(b, "result", e.Value)
	if e.Unit != "" {
		b = json.AppendText(b, "unit", e.Unit)
	}
	display := calc.DisplayOf(e.Parsed, e.Value, e.Unit, calc.Digits)
	return json.AppendText(b, "display", display)
}

// formatTime formats UTC milliseconds as in RFC 3339.
func formatTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

package wire

import (
	"strconv"
	"strings"

	"abacus/shared/calc"
)

// The messages between services. Each is a struct with its Append and Parse side by side;
// docs/protocol.md says which route takes which. Parse skips records that it does not know, so that
// a newer service may send more to an older one.

// State is a session at one version. It is the reply to a load, to a new session, and to a commit
// that lost a race.
//
//	session VERSION TOKEN
//	variable NAME VALUE UNIT
//	definition NAME SOURCE
//	stored HASH RESPONSE    if the request's idempotency key was committed before
type State struct {
	Version  int64
	Token    string
	Bindings []calc.Binding
	Stored   *Stored
}

// Stored is what a commit stored under its idempotency key.
type Stored struct {
	Hash     string // of the request, hex SHA-256
	Response string // a Response; "" for a key that no client knows
}

// Append writes the message.
func (s *State) Append(b []byte) []byte {
	b = appendRecord(b, "session", FormatInt(s.Version), s.Token)
	b = appendBindings(b, s.Bindings)
	if s.Stored != nil {
		b = appendRecord(b, "stored", s.Stored.Hash, s.Stored.Response)
	}
	return b
}

// ParseState reads a State.
func ParseState(text string) *State {
	s := &State{}
	for _, r := range records(text) {
		switch r.name() {
		case "session":
			s.Version, s.Token = r.integer(1), r.text(2)
		case "stored":
			s.Stored = &Stored{r.text(1), r.text(2)}
		default:
			s.Bindings = appendBinding(s.Bindings, r)
		}
	}
	return s
}

// Commit changes the bindings of a session that still has the version they were calculated from,
// and keeps the response under the key. At AnyVersion it has no changes, and only does the latter.
//
//	commit KEY HASH VERSION ENTRIES RESPONSE
//	variable NAME VALUE UNIT
//	definition NAME SOURCE
type Commit struct {
	Key      string // the client's idempotency key, or a random one
	Hash     string // of the request, hex SHA-256
	Version  int64  // or AnyVersion
	Entries  int64  // that the history is to record, for the rate limit
	Response string // a Response; "" if no client knows the key
	Changes  []calc.Binding
}

// AnyVersion is the version of a commit that does not depend on the session's.
const AnyVersion = -1

// Append writes the message.
func (c *Commit) Append(b []byte) []byte {
	b = appendRecord(b, "commit", c.Key, c.Hash, FormatInt(c.Version), FormatInt(c.Entries),
		c.Response)
	return appendBindings(b, c.Changes)
}

// ParseCommit reads a Commit.
func ParseCommit(text string) *Commit {
	c := &Commit{}
	for _, r := range records(text) {
		if r.name() == "commit" {
			c.Key, c.Hash, c.Version, c.Entries, c.Response = r.text(1), r.text(2), r.integer(3),
				r.integer(4), r.text(5)
		} else {
			c.Changes = appendBinding(c.Changes, r)
		}
	}
	return c
}

// Recording stores the entries of one evaluation in the history, once for its id.
//
//	recording ID COMMITTED
//	entry AT KIND EXPRESSION PARSED VALUE PLOT UNIT REPLACES
type Recording struct {
	ID        string // random, of the evaluation
	Committed bool   // sessions took it already: no limit refuses it
	Entries   []Entry
}

// Append writes the message.
func (m *Recording) Append(b []byte) []byte {
	committed := ""
	if m.Committed {
		committed = "committed"
	}
	return appendEntries(appendRecord(b, "recording", m.ID, committed), m.Entries)
}

// ParseRecording reads a Recording.
func ParseRecording(text string) *Recording {
	m := &Recording{}
	for _, r := range records(text) {
		switch r.name() {
		case "recording":
			m.ID, m.Committed = r.text(1), r.text(2) == "committed"
		case "entry":
			m.Entries = append(m.Entries, entry(r))
		}
	}
	return m
}

// Recorded answers a Recording.
//
//	recorded FIRST
type Recorded struct {
	First int64 // id of the first entry; the others follow
}

// Append writes the message.
func (m Recorded) Append(b []byte) []byte { return appendRecord(b, "recorded", FormatInt(m.First)) }

// ParseRecorded reads a Recorded.
func ParseRecorded(text string) (m Recorded) {
	for _, r := range records(text) {
		if r.name() == "recorded" {
			m.First = r.integer(1)
		}
	}
	return m
}

// Ans is the value of the newest entry that has one.
//
//	ans VALUE UNIT    no record if there is none
type Ans struct {
	Value float64
	Unit  string // "" for a plain number
	Known bool
}

// Append writes the message.
func (m Ans) Append(b []byte) []byte {
	if !m.Known {
		return b
	}
	return appendRecord(b, "ans", formatNumber(m.Value), m.Unit)
}

// ParseAns reads an Ans.
func ParseAns(text string) (m Ans) {
	for _, r := range records(text) {
		if r.name() == "ans" {
			m.Value, m.Known = r.number(1)
			m.Unit = r.text(2)
		}
	}
	return m
}

// Response is the reply to a repeat of a request. sessions stores it for eval without reading it.
//
//	response TYPE BODY
//	recording ...
type Response struct {
	Type      string // media type
	Body      string // the reply, without the token and what the history says (eval/reply.go)
	Recording Recording
}

// Append writes the message.
func (m *Response) Append(b []byte) []byte {
	return m.Recording.Append(appendRecord(b, "response", m.Type, m.Body))
}

// ParseResponse reads a Response.
func ParseResponse(text string) *Response {
	m := &Response{Recording: *ParseRecording(text)}
	for _, r := range records(text) {
		if r.name() == "response" {
			m.Type, m.Body = r.text(1), r.text(2)
		}
	}
	return m
}

// Entry is an evaluation in the history.
type Entry struct {
	At         int64  // UTC milliseconds; 0 in a Recording
	Kind       string // value, assignment, definition, plot
	Expression string // as written
	Parsed     string // in canonical form; left out if it equals Expression
	Value      float64
	Unit       string // of the value, "" for a plain number
	HasValue   bool
	Plot       string // a plot.Statement's text; "" for other kinds
	Replaces   int64  // the id of another entry, or 0
}

func appendEntries(b []byte, entries []Entry) []byte {
	for _, e := range entries {
		value := ""
		if e.HasValue {
			value = formatNumber(e.Value)
		}
		parsed := e.Parsed
		if parsed == e.Expression {
			parsed = ""
		}
		replaces := ""
		if e.Replaces != 0 {
			replaces = FormatInt(e.Replaces)
		}
		b = appendRecord(b, "entry", FormatInt(e.At), e.Kind, e.Expression, parsed, value, e.Plot,
			e.Unit, replaces)
	}
	return b
}

func entry(r record) Entry {
	e := Entry{At: r.integer(1), Kind: r.text(2), Expression: r.text(3), Parsed: r.text(4),
		Plot: r.text(6), Unit: r.text(7), Replaces: r.integer(8)}
	e.Value, e.HasValue = r.number(5)
	if e.Parsed == "" {
		e.Parsed = e.Expression
	}
	return e
}

func appendBindings(b []byte, bindings []calc.Binding) []byte {
	for _, x := range bindings {
		if x.IsDefinition() {
			b = appendRecord(b, "definition", x.Name, x.Source)
		} else {
			b = appendRecord(b, "variable", x.Name, formatNumber(x.Value), x.Unit)
		}
	}
	return b
}

// appendBinding appends the binding in a record, if it holds one.
func appendBinding(list []calc.Binding, r record) []calc.Binding {
	switch r.name() {
	case "variable":
		if value, ok := r.number(2); ok {
			return append(list, calc.Binding{Name: r.text(1), Value: value, Unit: r.text(3)})
		}
	case "definition":
		return append(list, calc.Binding{Name: r.text(1), Source: r.text(2)})
	}
	return list
}

// record is one line of a message: a name and its fields, separated by tabs.
//
//	variable	a	51
//
// A tab, a newline, a carriage return and a backslash in a field are written as \t, \n, \r and \\
// (the "linear" form of tab-separated values). Fields that are missing at the end are empty.
type record []string

// The bytes that a field cannot have as they are, and the letters that stand for them.
const (
	special = "\t\n\r\\"
	letters = "tnr\\"
)

// appendRecord appends a record without the empty fields at its end.
func appendRecord(b []byte, fields ...string) []byte {
	for fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	for i, field := range fields {
		if i > 0 {
			b = append(b, '\t')
		}
		for j := 0; j < len(field); j++ {
			if n := strings.IndexByte(special, field[j]); n >= 0 {
				b = append(b, '\\', letters[n])
			} else {
				b = append(b, field[j])
			}
		}
	}
	return append(b, '\n')
}

// records parses the records of a message, and skips empty lines.
func records(text string) []record {
	var list []record
	for len(text) > 0 {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line == "" {
			continue
		}
		fields := strings.Split(line, "\t")
		for i, field := range fields {
			fields[i] = unescape(field)
		}
		list = append(list, fields)
	}
	return list
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			c = s[i]
			if n := strings.IndexByte(letters, c); n >= 0 {
				c = special[n]
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// name returns the first field.
func (r record) name() string { return r.text(0) }

// text returns field i, or "" if there is none.
func (r record) text(i int) string {
	if i >= len(r) {
		return ""
	}
	return r[i]
}

// integer returns field i as an integer, or 0 if it is not one.
func (r record) integer(i int) int64 {
	n, _ := strconv.ParseInt(r.text(i), 10, 64)
	return n
}

// number returns field i as a number and reports whether it is one.
func (r record) number(i int) (float64, bool) {
	return calc.ParseNumber(r.text(i))
}

// formatNumber formats a number with the fewest digits that read back as the same bits.
func formatNumber(f float64) string { return calc.Format(f, 0) }

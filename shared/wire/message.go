package wire

import (
	"abacus/shared/calc"
	"abacus/shared/json"
)

// The messages between services. Each is a struct with its Append and its Parse side by side, and
// docs/protocol.md says which route takes which. Parse skips records that it does not know, so a
// newer service may send more to an older one.

// State is a session at one moment: what a load, an open and a commit that came too late answer.
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

// Stored is what a commit kept under its idempotency key.
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
// and keeps the response under the key. Without changes it does the latter at any version.
//
//	commit KEY HASH VERSION ENTRIES RESPONSE
//	variable NAME VALUE UNIT
//	definition NAME SOURCE
type Commit struct {
	Key      string // the client's idempotency key, or a random one
	Hash     string // of the request, hex SHA-256
	Version  int64
	Entries  int64  // that the history is to record, for the rate limit
	Response string // a Response; "" if no client knows the key
	Changes  []calc.Binding
}

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
//	entry AT KIND EXPRESSION PARSED VALUE PLOT UNIT
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
	return appendRecord(b, withUnit([]string{"ans", formatNumber(m.Value)}, m.Unit)...)
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

// Response is what a repeat of a request is answered with. sessions keeps it for eval, unread.
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

// Snapshot is what a share shows: entries, and the bindings they need.
//
//	entry AT KIND EXPRESSION PARSED VALUE PLOT UNIT
//	variable NAME VALUE UNIT
//	definition NAME SOURCE
type Snapshot struct {
	Entries  []Entry
	Bindings []calc.Binding
}

// Append writes the message.
func (s *Snapshot) Append(b []byte) []byte {
	return appendBindings(appendEntries(b, s.Entries), s.Bindings)
}

// ParseSnapshot reads a Snapshot.
func ParseSnapshot(text string) *Snapshot {
	s := &Snapshot{}
	for _, r := range records(text) {
		if r.name() == "entry" {
			s.Entries = append(s.Entries, entry(r))
		} else {
			s.Bindings = appendBinding(s.Bindings, r)
		}
	}
	return s
}

// Share is a share for its page.
//
//	share TITLE CREATED EXPIRES
//	then the Snapshot
type Share struct {
	Title     string
	CreatedAt int64  // UTC milliseconds
	ExpiresAt int64  // UTC milliseconds; 0: never
	Snapshot  string // a Snapshot, as it is stored
}

// Append writes the message.
func (s *Share) Append(b []byte) []byte {
	b = appendRecord(b, "share", s.Title, FormatInt(s.CreatedAt), FormatInt(s.ExpiresAt))
	return append(b, s.Snapshot...)
}

// ParseShare reads a Share, but for its Snapshot, which ParseSnapshot finds in the same text.
func ParseShare(text string) *Share {
	s := &Share{Snapshot: text}
	for _, r := range records(text) {
		if r.name() == "share" {
			s.Title, s.CreatedAt, s.ExpiresAt = r.text(1), r.integer(2), r.integer(3)
		}
	}
	return s
}

// Rates are exchange rates, and what they are of.
//
//	rates BASE DATE SOURCE
//	rate CURRENCY VALUE
type Rates struct {
	Base   string // a code of ISO 4217
	Date   string // such as 2026-11-25
	Source string // who publishes them, such as ECB
	Rates  []Rate
}

// Age is how old the rates are.
//
//	age DATE SECONDS    no record if there are no rates
type Age struct {
	Date    string // the day they are of, "" if there are none
	Seconds int64  // since their source confirmed them
}

// Append writes the message.
func (m Age) Append(b []byte) []byte {
	if m.Date == "" {
		return b
	}
	return appendRecord(b, "age", m.Date, FormatInt(m.Seconds))
}

// ParseAge reads an Age.
func ParseAge(text string) (m Age) {
	for _, r := range records(text) {
		if r.name() == "age" {
			m.Date, m.Seconds = r.text(1), r.integer(2)
		}
	}
	return m
}

// Rate is how many units of a currency one unit of the base is worth.
type Rate struct {
	Currency string
	Value    float64
}

// Append writes the message.
func (m *Rates) Append(b []byte) []byte {
	b = appendRecord(b, "rates", m.Base, m.Date, m.Source)
	for _, rate := range m.Rates {
		b = appendRecord(b, "rate", rate.Currency, formatNumber(rate.Value))
	}
	return b
}

// ParseRates reads Rates.
func ParseRates(text string) *Rates {
	m := &Rates{}
	for _, r := range records(text) {
		switch r.name() {
		case "rates":
			m.Base, m.Date, m.Source = r.text(1), r.text(2), r.text(3)
		case "rate":
			if value, ok := r.number(2); ok && value > 0 {
				m.Rates = append(m.Rates, Rate{r.text(1), value})
			}
		}
	}
	return m
}

// Of returns the rate of a currency, 0 if there is none.
func (m *Rates) Of(currency string) float64 {
	if currency == m.Base {
		return 1
	}
	for _, rate := range m.Rates {
		if rate.Currency == currency {
			return rate.Value
		}
	}
	return 0
}

// Entry is an evaluation that gave an answer.
type Entry struct {
	At         int64  // UTC milliseconds; 0 in a Recording
	Kind       string // value, assignment, definition, plot
	Expression string // as written
	// in canonical form; a message and the tables leave it out if it is the expression
	Parsed   string
	Value    float64
	Unit     string // of the value, "" for a plain number
	HasValue bool
	Plot     string // a plot.Statement's text; "" for other kinds
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
		fields := []string{"entry", FormatInt(e.At), e.Kind, e.Expression, parsed, value, e.Plot}
		b = appendRecord(b, withUnit(fields, e.Unit)...)
	}
	return b
}

// withUnit adds a unit as the last field. A plain number has none.
func withUnit(fields []string, unit string) []string {
	if unit == "" {
		return fields
	}
	return append(fields, unit)
}

func entry(r record) Entry {
	e := Entry{At: r.integer(1), Kind: r.text(2), Expression: r.text(3), Parsed: r.text(4),
		Plot: r.text(6), Unit: r.text(7)}
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
			fields := []string{"variable", x.Name, formatNumber(x.Value)}
			b = appendRecord(b, withUnit(fields, x.Unit)...)
		}
	}
	return b
}

// appendBinding adds the binding that a record holds, if it holds one.
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

// AppendBindingsJSON writes bindings for a client, as two members of an object. A variable with a
// unit is {"value": 5, "unit": "km"}.
func AppendBindingsJSON(b []byte, bindings []calc.Binding) []byte {
	b = append(b, `"variables":{`...)
	comma := ""
	for _, x := range bindings {
		if !x.IsDefinition() {
			b = append(json.AppendString(append(b, comma...), x.Name), ':')
			if x.Unit == "" {
				b = calc.AppendFormat(b, x.Value, 0)
			} else {
				b = calc.AppendFormat(append(b, `{"value":`...), x.Value, 0)
				b = append(json.AppendString(append(b, `,"unit":`...), x.Unit), '}')
			}
			comma = ","
		}
	}
	b = append(b, `},"definitions":{`...)
	comma = ""
	for _, x := range bindings {
		if x.IsDefinition() {
			b = json.AppendString(append(b, comma...), x.Name)
			b = json.AppendString(append(b, ':'), x.Source)
			comma = ","
		}
	}
	return append(b, '}')
}

// Append writes the problem for another service.
//
//	problem CODE DETAIL HINT RETRY
func (p *Problem) Append(b []byte) []byte {
	return appendRecord(b, "problem", string(p.Code), p.Detail, p.Hint, FormatInt(int64(p.Retry)))
}

// ParseProblem reads a problem and returns nil if the text holds none.
func ParseProblem(text string) *Problem {
	for _, r := range records(text) {
		if r.name() == "problem" {
			return NewProblem(Code(r.text(1)), r.text(2)).WithHint(r.text(3)).
				WithRetry(int(r.integer(4)))
		}
	}
	return nil
}

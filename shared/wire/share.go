package wire

import (
	"abacus/shared/calc"
	"abacus/shared/json"
)

// Snapshot is the content of a share: entries, and the bindings that they need.
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

// Share is a share as its page needs it.
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

// ParseShare reads a Share without its Snapshot, which ParseSnapshot finds in the same text.
func ParseShare(text string) *Share {
	s := &Share{Snapshot: text}
	for _, r := range records(text) {
		if r.name() == "share" {
			s.Title, s.CreatedAt, s.ExpiresAt = r.text(1), r.integer(2), r.integer(3)
		}
	}
	return s
}

// AppendBindingsJSON appends bindings as two members of an object. A variable with a unit is
// {"value": 5, "unit": "km"}.
func AppendBindingsJSON(b []byte, bindings []calc.Binding) []byte {
	b = append(json.AppendName(b, "variables"), '{')
	for _, x := range bindings {
		if !x.IsDefinition() {
			if x.Unit == "" {
				b = json.AppendNumber(b, x.Name, x.Value)
			} else {
				b = append(json.AppendName(b, x.Name), '{')
				b = json.AppendNumber(b, "value", x.Value)
				b = append(json.AppendText(b, "unit", x.Unit), '}')
			}
		}
	}
	b = append(json.AppendName(append(b, '}'), "definitions"), '{')
	for _, x := range bindings {
		if x.IsDefinition() {
			b = json.AppendText(b, x.Name, x.Source)
		}
	}
	return append(b, '}')
}

package sessions

import (
	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/wire"
)

// state is a session as one moment saw it.
type state struct {
	id          int64
	token       capability.Token
	version     int64
	variables   []change // in the order of their names
	definitions []change
	done        *commit // what a commit by the request's key did
	usedAt      int64
	busy        bool // others wait for their slots
}

// change sets a variable, defines a function (Source is not ""), or removes a
// name, or all where Name is "".
type change struct {
	Name   string
	Value  float64
	Source string
	Remove bool
}

// commit is a change of names, calculated from a version.
type commit struct {
	Key     string // the idempotency key
	Hash    string // of the request that the key belongs to
	Version int64  // that the changes were calculated from; that of the session afterwards where it is done
	Outcome string // what was answered
	Pace    int64  // milliseconds that the asker needs for another try
	Changes []change
}

func etag(version int64) string { return `"` + wire.FormatInt(version) + `"` }

func (s *state) etag() string { return etag(s.version) }

// json is the state for a client.
func (s *state) json() []byte {
	b := []byte(`{"version":`)
	b = append(b, wire.FormatInt(s.version)...)
	b = append(b, `,"variables":{`...)
	for i, v := range s.variables {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(json.AppendString(b, v.Name), ':')
		b = json.AppendNumber(b, v.Value)
	}
	b = append(b, `},"definitions":{`...)
	for i, d := range s.definitions {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(json.AppendString(b, d.Name), ':')
		b = json.AppendString(b, d.Source)
	}
	return append(b, "}}\n"...)
}

// records is the state for a service.
func (s *state) records() []byte {
	b := wire.AppendRecord(nil, "session", wire.FormatInt(s.version), string(s.token))
	for _, v := range s.variables {
		b = wire.AppendRecord(b, "variable", v.Name, wire.FormatFloat(v.Value))
	}
	for _, d := range s.definitions {
		b = wire.AppendRecord(b, "definition", d.Name, d.Source)
	}
	if s.done != nil {
		b = wire.AppendRecord(b, "commit", s.done.Hash, wire.FormatInt(s.done.Version), s.done.Outcome)
	}
	if s.busy {
		b = wire.AppendRecord(b, "busy")
	}
	return b
}

// valid tells what is wrong with a name that a client chose, in the language's
// own words: a name that no expression could use would only be in the way.
func valid(name string, value float64) *wire.Problem {
	if err := (calc.Binding{Name: name, Value: value}).Check(); err != nil {
		return wire.NewProblem(wire.BadParameter, err.Message).WithHint(err.Hint)
	}
	return nil
}

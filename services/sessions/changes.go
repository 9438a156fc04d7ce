package sessions

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// The changes that clients make without an evaluation: the handlers, then their part of the store.

// put sets one variable.
func (s *service) put(w http.ResponseWriter, r request) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	body, err := wire.Body(r.Request)
	if err != nil {
		return err
	}
	variable, ok := parseVariable(body)
	if !ok {
		return wire.NewProblem(wire.BadJSON, "the body must be one finite JSON number").
			WithHint(`for example 51 or 2.5e-3; with a unit {"value": 5, "unit": "km"}`)
	}
	variable.Name = name
	if err := variable.Check(); err != nil {
		return wire.NewProblem(wire.BadParameter, err.Message).WithHint(err.Hint)
	}
	return r.change(w, func(version int64) (int64, bool, error) {
		return r.store.set(r.token.Owner(),
			&wire.Commit{Version: version, Changes: []calc.Binding{variable}})
	})
}

// parseVariable reads the value of a variable: 5, or {"value": 5, "unit": "km"}.
func parseVariable(body string) (b calc.Binding, ok bool) {
	if b.Value, ok = json.ParseNumber(body); ok {
		return b, true
	}
	members, err := json.ParseObject(body)
	if err != nil {
		return b, false
	}
	for _, m := range members {
		switch {
		case m.Name == "value" && m.Kind == json.Number:
			b.Value = m.Number
		case m.Name == "unit" && m.Kind == json.Text:
			b.Unit = m.Text
		default:
			return b, false
		}
	}
	return b, len(members) == 2 && b.Unit != ""
}

// clear removes all bindings.
func (s *service) clear(w http.ResponseWriter, r request) error {
	if path, _, _ := strings.Cut(r.RequestURI, "?"); strings.HasSuffix(path, "/") {
		// More likely a name that got lost than the wish to remove them all.
		return wire.NewProblem(wire.UnknownName, "the name to remove is empty").
			WithHint("DELETE /clear removes all names")
	}
	return r.change(w, func(version int64) (int64, bool, error) {
		return r.store.remove(r.token.Owner(), version, "")
	})
}

// remove removes one binding.
func (s *service) remove(w http.ResponseWriter, r request) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	return r.change(w, func(version int64) (int64, bool, error) {
		return r.store.remove(r.token.Owner(), version, name)
	})
}

// name returns the name in the address.
func (r request) name() (string, error) {
	name, err := url.PathUnescape(r.param)
	if err != nil || !utf8.ValidString(name) {
		return "", wire.NewProblem(wire.BadParameter,
			"the name in the address is not percent-encoded correctly").
			WithHint("write UTF-8 bytes as %XX")
	}
	return name, nil
}

// change makes a change that the client asked for directly, and answers with the new version.
func (r request) change(w http.ResponseWriter,
	apply func(version int64) (after int64, done bool, err error)) error {
	version, err := r.store.change(r.token.Owner(), r.Header.Get("If-Match"), apply)
	if err == nil || errors.Is(err, wire.ErrVersion) {
		w.Header().Set("ETag", wire.ETag(version))
	}
	if err != nil {
		return err
	}
	return wire.NoContent(w)
}

// maxChanges is how often a change to a version that If-Match names is tried while others change
// the session.
const maxChanges = 10

// change applies a change to whatever version the session has now, or only to one that If-Match
// names, and returns the session's version afterwards. A change that does nothing leaves it.
func (s *store) change(owner, ifMatch string,
	apply func(version int64) (int64, bool, error)) (version int64, err error) {
	at := int64(wire.AnyVersion)
	for n := 0; n < maxChanges; n++ {
		if ifMatch != "" {
			mine, err := s.find(owner)
			if err != nil {
				return 0, err
			}
			at = mine.version
			if err := wire.CheckVersion(ifMatch, at); err != nil {
				return at, err
			}
		}
		after, done, err := apply(at)
		if err != nil || done {
			return after, err
		}
		mine, err := s.find(owner)
		if err != nil || at == wire.AnyVersion || mine.version == at {
			return mine.version, err
		}
	}
	return 0, wire.NewProblem(wire.Conflict, "too many others are changing this session").
		WithHint("nothing was changed: try again").WithRetry(1)
}

// remove removes the binding of a name, or all if there is none, at a version or at any. A name
// that is not there is an error.
func (s *store) remove(owner string, at int64, name string) (version int64, done bool, err error) {
	result, err := s.db.Write(`
		DELETE FROM session_bindings
		WHERE token_hash = ?1 AND ?2 IN (version, ?3) AND (name = ?4 OR ?4 = '')
			AND EXISTS (SELECT 1 FROM sessions_v6)
		RETURNING version + 1`,
		sqlite.String(owner), sqlite.Int(at), sqlite.Int(wire.AnyVersion), sqlite.String(name))
	if err != nil {
		return 0, false, err
	}
	if len(result.Rows) > 0 {
		return result.Rows[0][0].Int(), true, nil
	}
	mine, err := s.find(owner)
	if err == nil && name != "" && (at == wire.AnyVersion || at == mine.version) {
		err = wire.NewProblem(wire.UnknownName, "the session has no name "+name).
			WithHint("GET /session lists its names")
	}
	return mine.version, false, err
}

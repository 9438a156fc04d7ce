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
	"abacus/shared/storage"
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
	return r.change(w, func(id int64) error { return r.store.setAll(id, []calc.Binding{variable}) })
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
	return r.change(w, r.store.removeAll)
}

// remove removes one binding.
func (s *service) remove(w http.ResponseWriter, r request) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	return r.change(w, func(id int64) error { return r.store.remove(id, name) })
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
func (r request) change(w http.ResponseWriter, apply func(id int64) error) error {
	version, err := r.store.change(r.token.Owner(), r.Header.Get("If-Match"), apply)
	if err == nil || errors.Is(err, wire.ErrVersion) {
		w.Header().Set("ETag", wire.ETag(version))
	}
	if err != nil {
		return err
	}
	return wire.NoContent(w)
}

// change applies a change to whatever version the session has now, or only to one that If-Match
// names, and returns the session's version afterwards.
func (s *store) change(owner, ifMatch string, apply func(id int64) error) (version int64,
	err error) {
	err = storage.Immediate(s.db, func() error {
		mine, err := s.find(owner)
		if err != nil {
			return err
		}
		version = mine.version
		if err := wire.CheckVersion(ifMatch, version); err != nil {
			return err
		}
		if err := apply(mine.id); err != nil {
			return err
		}
		version++
		mine.version = version
		return s.update(mine)
	})
	return version, err
}

// remove removes one binding; a name that is not there is an error.
func (s *store) remove(id int64, name string) error {
	removed := 0
	for _, statement := range []string{
		"DELETE FROM variables WHERE session_id = ?1 AND key = ?2 RETURNING 1",
		"DELETE FROM definitions WHERE session_id = ?1 AND name = ?2 RETURNING 1",
	} {
		result, err := s.db.Execute(statement, sqlite.Int(id), sqlite.String(name))
		if err != nil {
			return err
		}
		removed += len(result.Rows)
	}
	if removed == 0 {
		return wire.NewProblem(wire.UnknownName, "the session has no name "+name).
			WithHint("GET /session lists its names")
	}
	return nil
}

// removeAll removes all bindings.
func (s *store) removeAll(id int64) error { return s.empty(id, "variables", "definitions") }

// empty deletes the rows of a session from tables.
func (s *store) empty(id int64, tables ...string) error {
	for _, table := range tables {
		if _, err := s.db.Execute("DELETE FROM "+table+" WHERE session_id = ?1",
			sqlite.Int(id)); err != nil {
			return err
		}
	}
	return nil
}

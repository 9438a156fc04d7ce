package sessions

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/json/flat"
	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// What clients read and change without an evaluation.

// read answers with the bindings of a session.
func (s *service) read(w http.ResponseWriter, r request) error {
	mine, err := r.store.load(r.token.Owner(), "")
	if err != nil {
		return err
	}
	if wire.NotModified(w, r.Request, wire.ETag(mine.Version)) {
		return nil
	}
	b := json.AppendInt([]byte{'{'}, "version", mine.Version)
	b = wire.AppendBindingsJSON(b, mine.Bindings)
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

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
	return r.change(w, func(mine *session) (done bool, err error) {
		return r.store.write(mine, &wire.Commit{Changes: []calc.Binding{variable}})
	})
}

// parseVariable parses the value of a variable: 5, or {"value": 5, "unit": "km"}.
func parseVariable(body string) (b calc.Binding, ok bool) {
	if b.Value, ok = flat.ParseNumber(body); ok {
		return b, true
	}
	members, err := flat.ParseObject(body)
	if err != nil {
		return b, false
	}
	for _, m := range members {
		switch {
		case m.Name == "value" && m.Kind == flat.Number:
			b.Value = m.Number
		case m.Name == "unit" && m.Kind == flat.Text:
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
		// Probably a lost name rather than a request to remove all names.
		return wire.NewProblem(wire.UnknownName, "the name to remove is empty").
			WithHint("DELETE /clear removes all names")
	}
	return r.change(w, func(mine *session) (done bool, err error) {
		if len(mine.Bindings) == 0 {
			return true, nil
		}
		return r.store.remove(mine, "")
	})
}

// remove removes one binding.
func (s *service) remove(w http.ResponseWriter, r request) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	return r.change(w, func(mine *session) (done bool, err error) {
		for _, b := range mine.Bindings {
			if b.Name == name {
				return r.store.remove(mine, name)
			}
		}
		return false, wire.NewProblem(wire.UnknownName, "the session has no name "+name).
			WithHint("GET /session lists its names")
	})
}

// name returns the name in the path.
func (r request) name() (string, error) {
	name, err := url.PathUnescape(r.param)
	if err != nil || !utf8.ValidString(name) {
		return "", wire.NewProblem(wire.BadParameter,
			"the name in the address is not percent-encoded correctly").
			WithHint("write UTF-8 bytes as %XX")
	}
	return name, nil
}

// change carries out a change to the current version of the session, or only to one that If-Match
// names, and answers with the new version.
func (r request) change(
	w http.ResponseWriter, attempt func(*session) (done bool, err error),
) error {
	mine, err := r.store.change(r.token.Owner(), "", func(mine *session) (done bool, err error) {
		if err := wire.CheckVersion(r.Request, mine.Version); err != nil {
			return false, err
		}
		return attempt(mine)
	})
	if err == nil || errors.Is(err, wire.ErrVersion) {
		wire.Set(w.Header(), "Etag", wire.ETag(mine.Version))
	}
	if err != nil {
		return err
	}
	return wire.NoContent(w)
}

// remove removes one binding, or all for the name "", unless the session has changed since it was
// read.
func (s *store) remove(mine *session, name string) (done bool, err error) {
	result, err := s.db.Write(`
		UPDATE session_changes SET version = version + 1, name = ?3
		WHERE version = ?2 AND session_id = (SELECT session_id FROM sessions
			WHERE token_hash = ?1 AND erased_at IS NULL)
		RETURNING 1`,
		sqlite.String(mine.owner), sqlite.Int(mine.Version), sqlite.String(name))
	if err != nil || len(result.Rows) == 0 {
		return false, err
	}
	mine.Version++
	return true, nil
}

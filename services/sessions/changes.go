package sessions

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/wire"
)

// Changes that clients make without an evaluation.

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
	return r.change(w, func(*session) (update, error) {
		return update{Commit: wire.Commit{Changes: []calc.Binding{variable}}, grows: true}, nil
	})
}

// parseVariable parses the value of a variable: 5, or {"value": 5, "unit": "km"}.
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
		// Probably a lost name rather than a request to remove all names.
		return wire.NewProblem(wire.UnknownName, "the name to remove is empty").
			WithHint("DELETE /clear removes all names")
	}
	return r.change(w, func(mine *session) (update, error) {
		return update{removes: len(mine.Bindings) > 0}, nil
	})
}

// remove removes one binding.
func (s *service) remove(w http.ResponseWriter, r request) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	return r.change(w, func(mine *session) (update, error) {
		for _, b := range mine.Bindings {
			if b.Name == name {
				return update{removes: true, name: name}, nil
			}
		}
		return update{}, wire.NewProblem(wire.UnknownName, "the session has no name "+name).
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
func (r request) change(w http.ResponseWriter, plan func(*session) (update, error)) error {
	mine, err := r.store.change(r.token.Owner(), "", func(mine *session) (update, error) {
		if err := wire.CheckVersion(r.Header.Get("If-Match"), mine.Version); err != nil {
			return update{}, err
		}
		return plan(mine)
	})
	if err == nil || errors.Is(err, wire.ErrVersion) {
		w.Header().Set("ETag", wire.ETag(mine.Version))
	}
	if err != nil {
		return err
	}
	return wire.NoContent(w)
}

package sessions

import (
	"abacus/shared/calc"
	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// setAll sets bindings, and holds the session to its number of them. A session that has too many
// already may change and remove those it has.
func (s *store) setAll(id int64, bindings []calc.Binding) error {
	before, err := s.count(id)
	if err != nil {
		return err
	}
	for _, b := range bindings {
		if err := s.set(id, b); err != nil {
			return err
		}
	}
	limit := s.maxNames()
	if before+int64(len(bindings)) <= limit {
		return nil
	}
	after, err := s.count(id)
	if err == nil && after > before && after > limit {
		return wire.NewProblem(wire.TooManyNames,
			"a session holds at most "+wire.FormatInt(limit)+" names").
			WithHint("remove some: DELETE /clear/NAME")
	}
	return err
}

// set sets one binding. A name is a variable or a function, whichever was set last.
func (s *store) set(id int64, b calc.Binding) error {
	session, name := sqlite.Int(id), sqlite.String(b.Name)
	if b.IsDefinition() {
		if _, err := s.db.Execute("DELETE FROM variables WHERE session_id = ?1 AND key = ?2",
			session, name); err != nil {
			return err
		}
		_, err := s.db.Execute(`
			INSERT INTO definitions (session_id, name, source) VALUES (?1, ?2, ?3)
			ON CONFLICT (session_id, name) DO UPDATE SET source = excluded.source`, session,
			name, sqlite.String(b.Source))
		return err
	}
	if _, err := s.db.Execute("DELETE FROM definitions WHERE session_id = ?1 AND name = ?2",
		session, name); err != nil {
		return err
	}
	_, err := s.db.Execute(`
		INSERT INTO variables (session_id, key, value, unit) VALUES (?1, ?2, ?3, nullif(?4, ''))
		ON CONFLICT (session_id, key) DO UPDATE SET value = excluded.value, unit = excluded.unit`,
		session, name, sqlite.Float(b.Value), sqlite.String(b.Unit))
	return err
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

// maxNames is how many bindings a session may have, never more than the language takes.
func (s *store) maxNames() int64 {
	if s.limits.Names == 0 || s.limits.Names > calc.MaxNames {
		return calc.MaxNames
	}
	return s.limits.Names
}

func (s *store) count(id int64) (int64, error) {
	result, err := s.db.Execute(`
		SELECT (SELECT count(*) FROM variables WHERE session_id = ?1) + (SELECT count(*)
		FROM definitions WHERE session_id = ?1)`, sqlite.Int(id))
	if err != nil {
		return 0, err
	}
	return result.Rows[0][0].Int(), nil
}

package sessions

import (
	"abacus/shared/calc"
	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// setAll sets bindings, and holds the session to their number and size. A session that has too many
// already may change and remove those it has.
func (s *store) setAll(id int64, bindings []calc.Binding) error {
	before, err := s.measure(id)
	if err != nil {
		return err
	}
	limit, most := s.maxNames(), before
	for _, b := range bindings {
		if err := s.set(id, b); err != nil {
			return err
		}
		most.names++
		most.bytes += int64(len(b.Name) + len(b.Source))
	}
	if most.names <= limit && most.bytes <= maxBytes {
		return nil
	}
	after, err := s.measure(id)
	if err != nil {
		return err
	}
	fault := ""
	if after.names > before.names && after.names > limit {
		fault = "a session holds at most " + wire.FormatInt(limit) + " names"
	} else if after.bytes > before.bytes && after.bytes > maxBytes {
		fault = "the names and functions of a session have at most 256 KiB together"
	}
	if fault != "" {
		return wire.NewProblem(wire.TooManyNames, fault).WithHint("remove some: DELETE /clear/NAME")
	}
	return nil
}

// maxBytes is the size of all names and sources of a session, which every evaluation loads.
const maxBytes = 256 << 10

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

// measure is the number and the size of a session's bindings.
type measure struct {
	names, bytes int64
}

func (s *store) measure(id int64) (measure, error) {
	result, err := s.db.Execute(`
		SELECT count(*), total(size) FROM (
			SELECT octet_length(key) AS size FROM variables WHERE session_id = ?1
			UNION ALL SELECT octet_length(name) + octet_length(source) FROM definitions
				WHERE session_id = ?1)`,
		sqlite.Int(id))
	if err != nil {
		return measure{}, err
	}
	return measure{result.Rows[0][0].Int(), result.Rows[0][1].Int()}, nil
}

package sessions

import (
	"abacus/shared/calc"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// set makes one change of names. A name is a variable or a definition: the
// latest wins.
func (s *store) set(id int64, c change) error {
	session, name := sqlite.Int(id), sqlite.String(c.Name)
	var err error
	switch {
	case c.Remove && c.Name == "":
		if _, err = s.db.Execute("DELETE FROM variables WHERE session_id = ?1", session); err == nil {
			_, err = s.db.Execute("DELETE FROM definitions WHERE session_id = ?1", session)
		}
	case c.Remove:
		return s.remove(session, name)
	case c.Source != "":
		if _, err = s.db.Execute("DELETE FROM variables WHERE session_id = ?1 AND key = ?2", session, name); err == nil {
			_, err = s.db.Execute("INSERT INTO definitions (session_id, name, source) VALUES (?1, ?2, ?3) "+
				"ON CONFLICT (session_id, name) DO UPDATE SET source = excluded.source", session, name, sqlite.String(c.Source))
		}
	default:
		if _, err = s.db.Execute("DELETE FROM definitions WHERE session_id = ?1 AND name = ?2", session, name); err == nil {
			_, err = s.db.Execute("INSERT INTO variables (session_id, key, value) VALUES (?1, ?2, ?3) "+
				"ON CONFLICT (session_id, key) DO UPDATE SET value = excluded.value", session, name, sqlite.Float(c.Value))
		}
	}
	return err
}

// remove removes one name, whatever it is; one that is not there is a problem.
func (s *store) remove(session, name sqlite.Value) error {
	removed := 0
	for _, statement := range []string{
		"DELETE FROM variables WHERE session_id = ?1 AND key = ?2 RETURNING 1",
		"DELETE FROM definitions WHERE session_id = ?1 AND name = ?2 RETURNING 1",
	} {
		result, err := s.db.Execute(statement, session, name)
		if err != nil {
			return err
		}
		removed += len(result.Rows)
	}
	if removed == 0 {
		return wire.NewProblem(wire.UnknownName, "the session has no name "+name.Text()).
			WithHint("GET /session lists its names")
	}
	return nil
}

// setAll makes changes of names, and holds the session to its number of them: one
// that has too many already may change and remove those it has.
func (s *store) setAll(id int64, changes []change) error {
	before, err := s.count(id)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if err := s.set(id, c); err != nil {
			return err
		}
	}
	most := s.mostNames()
	if before+int64(len(changes)) <= most {
		return nil
	}
	after, err := s.count(id)
	if err == nil && after > before && after > most {
		return wire.NewProblem(wire.TooManyNames, "a session holds at most "+wire.FormatInt(most)+" names").
			WithHint("remove some: DELETE /clear/NAME")
	}
	return err
}

// mostNames is how many names a session may have; never more than the language
// takes.
func (s *store) mostNames() int64 {
	if s.limits.Names == 0 || s.limits.Names > calc.MaxNames {
		return calc.MaxNames
	}
	return s.limits.Names
}

func (s *store) count(id int64) (int64, error) {
	result, err := s.db.Execute("SELECT (SELECT count(*) FROM variables WHERE session_id = ?1) + "+
		"(SELECT count(*) FROM definitions WHERE session_id = ?1)", sqlite.Int(id))
	if err != nil {
		return 0, err
	}
	return result.Rows[0][0].Int(), nil
}

// The longest that a slot may be, the longest wait for one, and the farthest that the
// end of the last one can be ahead, in milliseconds. What is farther was given away
// before the clock was set back, and counts for nothing.
const (
	maxPace  = 500
	maxWait  = 10_000
	farthest = maxWait + maxPace
)

// slot gives away the session's next free moment and returns how many
// milliseconds it is off. Nothing depends on anybody's keeping to it: a slot only
// makes it likely that a commit finds the version that it was calculated from.
func (s *store) slot(owner string, pace int64) (wait int64, err error) {
	if _, _, err := s.find(owner); err != nil {
		return 0, err
	}
	if pace < 1 || pace > maxPace {
		pace = maxPace
	}
	result, err := s.db.Execute("UPDATE sessions SET slot_at = CASE WHEN slot_at BETWEEN ?2 AND ?2 + ?5 THEN slot_at ELSE ?2 END + ?3 "+
		"WHERE token_hash = ?1 AND (slot_at < ?2 + ?4 OR slot_at > ?2 + ?5) RETURNING slot_at",
		sqlite.String(owner), sqlite.Int(s.now), sqlite.Int(pace), sqlite.Int(maxWait), sqlite.Int(farthest))
	if err != nil {
		return 0, err
	}
	if len(result.Rows) == 0 {
		return maxWait, nil
	}
	return result.Rows[0][0].Int() - pace - s.now, nil
}

// erase leaves of a session nothing but a tombstone, so that an evaluation under
// way cannot bring anything back.
func (s *store) erase(owner string) error {
	result, err := s.query("SELECT session_id FROM (SELECT 1 WHERE "+current+") LEFT JOIN sessions ON token_hash = ?1", sqlite.String(owner))
	if err != nil {
		return err
	}
	id := result.Rows[0][0]
	if id.IsNull() {
		return errUnknown
	}
	return storage.Immediate(s.db, func() error {
		if _, err := s.db.Execute("UPDATE sessions SET erased_at = coalesce(erased_at, ?2) WHERE session_id = ?1", id, sqlite.Int(s.now)); err != nil {
			return err
		}
		return s.strip(id)
	})
}

func (s *store) strip(session sqlite.Value) error {
	for _, table := range []string{"variables", "definitions", "commits"} {
		if _, err := s.db.Execute("DELETE FROM "+table+" WHERE session_id = ?1", session); err != nil {
			return err
		}
	}
	return nil
}

// sweepCommits removes some commits that are older than a day, now and then.
func (s *store) sweepCommits() error {
	_, err := s.db.Execute("DELETE FROM commits WHERE id IN (SELECT id FROM commits ORDER BY id LIMIT 32) AND at < ?1",
		sqlite.Int(s.now-keyLife))
	return err
}

// sweep removes a few of what has outlived its use, whenever a session is made:
// commits after a day, sessions after 90 days without use.
func (s *store) sweep() error {
	return storage.Immediate(s.db, func() error {
		if err := s.sweepCommits(); err != nil {
			return err
		}
		// Sessions that came with the course's own tables were never used, at 0: they stay.
		old, err := s.db.Execute("SELECT session_id FROM sessions WHERE used_at > 0 AND used_at < ?1 LIMIT 5", sqlite.Int(s.now-life))
		if err != nil {
			return err
		}
		for _, row := range old.Rows {
			if err := s.strip(row[0]); err != nil {
				return err
			}
			if _, err := s.db.Execute("DELETE FROM sessions WHERE session_id = ?1", row[0]); err != nil {
				return err
			}
		}
		return nil
	})
}

package sessions

import (
	"abacus/shared/capability"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

const life = 90 * day // how long a session is kept unused

// erase leaves a tombstone and nothing else of a session, so that an evaluation under way cannot
// bring anything back.
func (s *store) erase(owner string) error {
	return storage.Immediate(s.db, func() error {
		result, err := s.db.Execute(`
			UPDATE sessions SET erased_at = coalesce(erased_at, ?2) WHERE token_hash = ?1
			RETURNING session_id`,
			sqlite.String(owner), sqlite.Int(s.now))
		if err != nil {
			return err
		}
		if len(result.Rows) == 0 {
			return capability.ErrUnknown
		}
		return s.empty(result.Rows[0][0].Int(), "variables", "definitions", "commits")
	})
}

// sweep removes a few rows that have outlived their use, with every new session: commits after a
// day, sessions after 90 days without use.
func (s *store) sweep() error {
	return storage.Immediate(s.db, func() error {
		if err := s.sweepCommits(); err != nil {
			return err
		}
		// The sessions of the course's own tables have no time of use; they stay.
		old, err := s.db.Execute(`
			SELECT session_id FROM sessions WHERE used_at > 0 AND used_at < ?1 LIMIT 5`,
			sqlite.Int(s.now-life))
		if err != nil {
			return err
		}
		for _, row := range old.Rows {
			if err := s.empty(row[0].Int(), "variables", "definitions", "commits",
				"sessions"); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepCommits removes some of the commits that are older than a day.
func (s *store) sweepCommits() error {
	_, err := s.db.Execute(`
		DELETE FROM commits WHERE id IN (SELECT id FROM commits ORDER BY id LIMIT 32) AND at < ?1`,
		sqlite.Int(s.now-keyLife))
	return err
}

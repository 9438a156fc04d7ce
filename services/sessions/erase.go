package sessions

import (
	"abacus/shared/capability"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

const (
	life      = 90 * day // how long a session is kept unused
	sweepSize = 5        // sessions
)

// erase leaves a tombstone and nothing else of a session, so that an evaluation under way cannot
// bring anything back. Nothing of it stays in the files.
func (s *store) erase(owner string) error {
	err := storage.Immediate(s.db, func() error {
		result, err := s.db.Execute(`
			UPDATE sessions SET erased_at = coalesce(erased_at, ?2) WHERE token_hash = ?1
			RETURNING session_id`, sqlite.String(owner), sqlite.Int(s.now))
		if err != nil {
			return err
		}
		if len(result.Rows) == 0 {
			return capability.ErrUnknown
		}
		return s.empty(result.Rows[0][0].Int(), "variables", "definitions", "commits")
	})
	if err == nil {
		storage.Shrink(s.db)
	}
	return err
}

// sweep removes a few rows that have outlived their use, with every new session: commits after a
// day, and sessions after 90 days without use.
//
// A clock that is wrong must not erase what people keep. So nothing is swept unless the newest
// session was used within a day of now, and a session only if an earlier sweep, more than a day
// ago, found it unused for 90 days as well.
func (s *store) sweep() error {
	newest, err := s.db.Execute("SELECT max(used_at) FROM sessions")
	if err != nil {
		return err
	}
	if used := newest.Rows[0][0].Int(); used < s.now-day || used > s.now+day {
		return nil
	}
	if err := s.sweepCommits(); err != nil {
		return err
	}
	if _, err := s.db.Execute(`
		DELETE FROM clients WHERE client IN (SELECT client FROM clients WHERE quota_at < ?1
		LIMIT 8)`,
		sqlite.Int(s.now*1000)); err != nil {
		return err
	}
	old, err := s.db.Execute(`
		SELECT session_id FROM sessions WHERE unused_at < ?1 AND used_at < ?2 LIMIT ?3`,
		sqlite.Int(s.now-day), sqlite.Int(s.now-life), sqlite.Int(sweepSize))
	if err != nil {
		return err
	}
	for _, row := range old.Rows {
		err := s.empty(row[0].Int(), "variables", "definitions", "commits", "sessions")
		if err != nil {
			return err
		}
	}
	// The sessions of the course's own tables have no time of use; they stay.
	_, err = s.db.Execute(`
		UPDATE sessions SET unused_at = ?1 WHERE session_id IN (SELECT session_id FROM sessions
			WHERE used_at > 0 AND used_at < ?2 AND unused_at IS NULL LIMIT ?3)`,
		sqlite.Int(s.now), sqlite.Int(s.now-life), sqlite.Int(sweepSize))
	return err
}

// sweepCommits removes some of the commits that are older than a day.
func (s *store) sweepCommits() error {
	_, err := s.db.Execute(`
		DELETE FROM commits WHERE id IN (SELECT id FROM commits ORDER BY id LIMIT 32) AND at < ?1`,
		sqlite.Int(s.now-keyLife))
	return err
}

package sessions

import (
	"errors"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// store is the tables of this service, in one request.
type store struct {
	db     storage.Database
	now    int64 // UTC milliseconds
	limits Limits
}

const (
	keyLife    = storage.Day // how long a commit is known by its key
	rowBytes   = 200         // what a commit costs besides its reply
	sweepEvery = 8           // commits
)

var errConflict = errors.New("the session has changed, or the key of the commit is known")

// load reads a session and its bindings in one statement, so that they belong to one version, and
// what was committed under the key.
func (s *store) load(token capability.Token, key string) (*wire.State, error) {
	result, err := s.db.Execute(`
WITH mine AS (SELECT * FROM sessions WHERE token_hash = ?1 AND erased_at IS NULL)
SELECT 0, '', version, used_at FROM mine
UNION ALL SELECT 1, key, value, unit FROM mine JOIN variables USING (session_id)
UNION ALL SELECT 2, name, source, NULL FROM mine JOIN definitions USING (session_id)
UNION ALL SELECT 3, hash, response, NULL FROM mine JOIN commits USING (session_id)
	WHERE key = ?2 AND at > ?3
ORDER BY 1, 2`, sqlite.String(token.Owner()), sqlite.String(key), sqlite.Int(s.now-keyLife))
	if err != nil {
		return nil, err
	}
	if len(result.Rows) == 0 {
		return nil, capability.ErrUnknown
	}
	state := &wire.State{Token: string(token)}
	for _, row := range result.Rows {
		switch row[0].Int() {
		case 0:
			state.Version = row[2].Int()
			if s.now-row[3].Int() > storage.Day {
				// Best effort: a session that is read is in use as well.
				s.db.Execute(`
					UPDATE sessions SET used_at = ?2, unused_at = NULL WHERE token_hash = ?1`,
					sqlite.String(token.Owner()), sqlite.Int(s.now))
			}
		case 1:
			state.Bindings = append(state.Bindings, calc.Binding{Name: row[1].Text(),
				Value: row[2].Float(), Unit: row[3].Text()})
		case 2:
			state.Bindings = append(state.Bindings, calc.Binding{Name: row[1].Text(),
				Source: row[2].Text()})
		case 3:
			state.Stored = &wire.Stored{Hash: row[1].Text(), Response: row[2].Text()}
		}
	}
	return state, nil
}

// sessionRow is one row of the table.
type sessionRow struct {
	id, version int64
	quotaAt     int64 // UTC microseconds: up to here the entries of a minute are used up
	repliesAt   int64 // the same for the replies of a day
}

// find reads the row of a session.
func (s *store) find(owner string) (sessionRow, error) {
	result, err := s.db.Execute(`
		SELECT session_id, version, quota_at, replies_at FROM sessions WHERE token_hash = ?1
		AND erased_at IS NULL`, sqlite.String(owner))
	if err != nil {
		return sessionRow{}, err
	}
	if len(result.Rows) == 0 {
		return sessionRow{}, capability.ErrUnknown
	}
	row := result.Rows[0]
	return sessionRow{row[0].Int(), row[1].Int(), row[2].Int(), row[3].Int()}, nil
}

// commit makes the changes, all or none of them, and counts the version up. At wire.AnyVersion it
// only claims the key.
//
// It compares the version before it takes the write lock as well: if many clients change one
// session, most of their commits come too late, and these then keep nobody waiting.
func (s *store) commit(owner string, c *wire.Commit) error {
	isLate := func(version int64) bool {
		return c.Version != wire.AnyVersion && c.Version != version
	}
	mine, err := s.find(owner)
	if err != nil {
		return err
	}
	if isLate(mine.version) {
		return errConflict
	}
	return storage.Immediate(s.db, func() error {
		mine, err := s.find(owner)
		if err != nil {
			return err
		}
		if isLate(mine.version) {
			return errConflict
		}
		next, wait := s.limits.Entries.Take(mine.quotaAt, s.now*1000, c.Entries)
		if wait > 0 {
			return wire.TooManyEntries(int64(s.limits.Entries), wait)
		}
		mine.quotaAt = next
		response := c.Response
		next, wait = s.takeBytes(mine, len(response))
		if wait > 0 {
			response = "" // a repeat is told that it was carried out before
			next, wait = s.takeBytes(mine, 0)
		}
		if wait > 0 {
			return wire.NewProblem(wire.TooManyRequests,
				"this session has stored as much as it may in a day").
				WithHint("nothing was changed: try again later").WithRetry(wait)
		}
		mine.repliesAt = next
		if err := s.claim(mine.id, c, response); err != nil {
			return err
		}
		if c.Version != wire.AnyVersion {
			if err := s.setAll(mine.id, c.Changes); err != nil {
				return err
			}
			mine.version++
		}
		return s.update(mine)
	})
}

// takeBytes counts a commit and its reply for the bytes of a day.
func (s *store) takeBytes(mine sessionRow, reply int) (next int64, wait int) {
	return s.limits.Replies.Take(mine.repliesAt, s.now*1000, int64(reply)+rowBytes)
}

// claim stores a commit under its key, unless the key is taken. After a day it is free again.
func (s *store) claim(id int64, c *wire.Commit, response string) error {
	result, err := s.db.Execute(`
		INSERT INTO commits (session_id, key, hash, response, at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (session_id, key) DO UPDATE SET hash = ?3, response = ?4, at = ?5
		WHERE at <= ?6 RETURNING id`,
		sqlite.Int(id), sqlite.String(c.Key), sqlite.String(c.Hash), sqlite.String(response),
		sqlite.Int(s.now), sqlite.Int(s.now-keyLife))
	if err != nil {
		return err
	}
	if len(result.Rows) == 0 {
		return errConflict
	}
	if result.Rows[0][0].Int()%sweepEvery != 0 {
		return nil // others wait for the write lock
	}
	return s.sweepCommits()
}

func (s *store) update(row sessionRow) error {
	_, err := s.db.Execute(`
		UPDATE sessions
		SET version = ?2, quota_at = ?3, replies_at = ?4, used_at = ?5, unused_at = NULL
		WHERE session_id = ?1`, sqlite.Int(row.id), sqlite.Int(row.version),
		sqlite.Int(row.quotaAt), sqlite.Int(row.repliesAt), sqlite.Int(s.now))
	return err
}

// setAll sets bindings, within the limits on their number and size. A session that is beyond a
// limit already may still change and remove what it has.
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

// maxNames returns how many bindings a session may have: never more than the language allows.
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

package sessions

import (
	"errors"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/quota"
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
	day     = 24 * 60 * 60 * 1000 // milliseconds
	keyLife = 1 * day             // how long a commit is known by its key

	rowBytes = 200 // what a commit costs beside its reply

	sweepEvery = 8 // commits
)

var (
	errConflict = errors.New("the session has changed, or the key of the commit is known")
	errMismatch = wire.NewProblem(wire.VersionMismatch,
		"the session does not have a version that If-Match names").
		WithHint("read it again: GET /session")
)

// derive returns the token that belongs to an idempotency key.
func (s *store) derive(key string) (capability.Token, error) {
	result, err := s.db.Execute("SELECT value FROM secrets")
	if err != nil {
		return "", err
	}
	return capability.Derive(result.Rows[0][0].Text(), key), nil
}

// create stores a new session, or finds the one that is there.
func (s *store) create(owner, client string) error {
	if _, err := s.find(owner); err != capability.ErrUnknown {
		return err
	}
	return storage.Immediate(s.db, func() error {
		if err := s.countSession(client); err != nil {
			return err
		}
		if err := s.sweep(); err != nil {
			return err
		}
		// Another request with the same key may have been faster.
		_, err := s.db.Execute(`
			INSERT INTO sessions (token_hash, created_at, used_at) VALUES (?1, ?2, ?2)
			ON CONFLICT (token_hash) DO NOTHING`, sqlite.String(owner), sqlite.Int(s.now))
		return err
	})
}

// countSession counts a new session for its client and for all. Clients are kept as keyed hashes of
// their addresses, for a minute.
func (s *store) countSession(client string) error {
	rates := map[string]quota.Rate{"": s.limits.Sessions}
	if client != "" {
		hash, err := s.derive("client " + client)
		if err != nil {
			return err
		}
		rates[string(hash)] = s.limits.ClientSessions
	}
	for name, rate := range rates {
		result, err := s.db.Execute("SELECT quota_at FROM clients WHERE client = ?1",
			sqlite.String(name))
		if err != nil {
			return err
		}
		state := int64(0)
		if len(result.Rows) > 0 {
			state = result.Rows[0][0].Int()
		}
		next, wait := rate.Take(state, s.now*1000, 1)
		if wait > 0 {
			return wire.NewProblem(wire.TooManyRequests, "too many sessions are being made").
				WithHint("use the session you have, or try again later").WithRetry(wait)
		}
		if _, err := s.db.Execute(`
			INSERT INTO clients (client, quota_at) VALUES (?1, ?2)
			ON CONFLICT (client) DO UPDATE SET quota_at = ?2`,
			sqlite.String(name), sqlite.Int(next)); err != nil {
			return err
		}
	}
	return nil
}

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
			if s.now-row[3].Int() > day {
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

// commit makes the changes, all or none of them. Without changes it claims the key at any version.
//
// It compares the version before it takes the write lock as well: if many clients change one
// session, most of their commits come too late, and these then keep nobody waiting.
func (s *store) commit(owner string, c *wire.Commit) error {
	changes := len(c.Changes) > 0
	mine, err := s.find(owner)
	if err != nil {
		return err
	}
	if changes && mine.version != c.Version {
		return errConflict
	}
	return storage.Immediate(s.db, func() error {
		mine, err := s.find(owner)
		if err != nil {
			return err
		}
		if changes && mine.version != c.Version {
			return errConflict
		}
		next, wait := s.limits.Entries.Take(mine.quotaAt, s.now*1000, c.Entries)
		if wait > 0 {
			return wire.TooManyEntries(int64(s.limits.Entries), wait)
		}
		mine.quotaAt = next
		response := c.Response
		kept := int64(len(response)) + rowBytes
		if next, wait := s.limits.Replies.Take(mine.repliesAt, s.now*1000, kept); wait > 0 {
			response = "" // a repeat is told that it was carried out before
		} else {
			mine.repliesAt = next
		}
		if err := s.claim(mine.id, c, response); err != nil {
			return err
		}
		if changes {
			if err := s.setAll(mine.id, c.Changes); err != nil {
				return err
			}
			mine.version++
		}
		return s.update(mine)
	})
}

// claim stores a commit under its key, unless there is one. After a day a key is a new one.
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

// change applies a change to whatever version the session has now, or only to one that If-Match
// names, and returns the session's version afterwards.
func (s *store) change(owner, ifMatch string, apply func(id int64) error) (version int64,
	err error) {
	err = storage.Immediate(s.db, func() error {
		mine, err := s.find(owner)
		if err != nil {
			return err
		}
		if version = mine.version; ifMatch != "" && !wire.Matches(ifMatch, etag(version)) {
			return errMismatch
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

func (s *store) update(row sessionRow) error {
	_, err := s.db.Execute(`
		UPDATE sessions
		SET version = ?2, quota_at = ?3, replies_at = ?4, used_at = ?5, unused_at = NULL
		WHERE session_id = ?1`, sqlite.Int(row.id), sqlite.Int(row.version),
		sqlite.Int(row.quotaAt), sqlite.Int(row.repliesAt), sqlite.Int(s.now))
	return err
}

package sessions

import (
	"errors"
	"os"

	"abacus/migrations"
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
	day     = 24 * 60 * 60 * 1000 // milliseconds
	keyLife = 1 * day             // how long a commit is known by its key
	life    = 90 * day            // how long a session is kept unused

	sweepStep = 8 // commits from one sweep to the next
)

// errStale tells that the session has another version than the change was
// calculated from, errDone that the commit's key is known already.
var (
	errStale = errors.New("the session has changed in the meantime")
	errDone  = errors.New("the commit was made before")
)

var errUnknown = capability.Unknown()

// current is the condition that the tables are those of this service.
var current = migrations.Sessions.Current()

// query runs the statement that a request begins with.
func (s *store) query(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	return migrations.Sessions.Query(s.db, statement, parameters...)
}

// ready tells whether the tables can be used.
func (s *store) ready() error {
	_, err := s.query("SELECT 1 WHERE " + current)
	return err
}

// derive makes the token that belongs to an idempotency key.
func (s *store) derive(key string) (capability.Token, error) {
	result, err := s.query("SELECT value FROM secrets WHERE " + current)
	if err != nil {
		return "", err
	}
	return capability.Derive(result.Rows[0][0].Text(), key), nil
}

// create stores a new session, or finds the one that is there.
func (s *store) create(owner string) error {
	if _, _, err := s.find(owner); err != error(errUnknown) {
		return err
	}
	if s.limits.Sessions > 0 {
		result, err := s.query("SELECT (SELECT created_at FROM sessions WHERE session_id = (SELECT max(session_id) FROM sessions) - ?1 + 1) WHERE "+current,
			sqlite.Int(s.limits.Sessions))
		if err != nil {
			return err
		}
		if wait := result.Rows[0][0].Int() + 60_000 - s.now; wait > 0 {
			return wire.NewProblem(wire.TooManyRequests, "too many sessions are being made").
				WithHint("use the session you have, or try again later").WithRetry(int(wait/1000) + 1)
		}
	}
	_, err := s.query("INSERT INTO sessions (token_hash, created_at, used_at) SELECT ?1, ?2, ?2 WHERE "+current+
		" ON CONFLICT (token_hash) DO UPDATE SET used_at = excluded.used_at RETURNING session_id",
		sqlite.String(owner), sqlite.Int(s.now))
	if err != nil {
		return err
	}
	if err := s.sweep(); err != nil {
		// The session is there; what is to be swept waits for the next one.
		os.Stderr.WriteString("sessions: sweep: " + err.Error() + "\n")
	}
	return nil
}

// load reads a session and all its names in one statement, so that they belong
// to one version; and what a commit by that key did.
func (s *store) load(token capability.Token, key string) (*state, error) {
	result, err := s.query(`
WITH mine AS (SELECT * FROM sessions WHERE token_hash = ?1 AND `+current+`)
SELECT 'schema', '', 0, NULL, NULL, NULL WHERE `+current+`
UNION ALL SELECT 'session', session_id, version, used_at, erased_at, slot_at FROM mine
UNION ALL SELECT 'variable', key, value, NULL, NULL, NULL FROM mine JOIN variables USING (session_id)
UNION ALL SELECT 'definition', name, source, NULL, NULL, NULL FROM mine JOIN definitions USING (session_id)
UNION ALL SELECT 'commit', hash, commits.version, outcome, NULL, NULL FROM mine JOIN commits USING (session_id) WHERE key = ?2 AND at > ?3
ORDER BY 1, 2`, sqlite.String(token.Owner()), sqlite.String(key), sqlite.Int(s.now-keyLife))
	if err != nil {
		return nil, err
	}
	loaded := &state{token: token}
	for _, row := range result.Rows {
		switch row[0].Text() {
		case "session":
			if !row[4].IsNull() {
				return nil, errUnknown
			}
			loaded.id, loaded.version, loaded.usedAt = row[1].Int(), row[2].Int(), row[3].Int()
			loaded.busy = row[5].Int() > s.now && row[5].Int() <= s.now+farthest
		case "variable":
			loaded.variables = append(loaded.variables, change{Name: row[1].Text(), Value: row[2].Float()})
		case "definition":
			loaded.definitions = append(loaded.definitions, change{Name: row[1].Text(), Source: row[2].Text()})
		case "commit":
			loaded.done = &commit{Hash: row[1].Text(), Version: row[2].Int(), Outcome: row[3].Text()}
		}
	}
	if loaded.id == 0 {
		return nil, errUnknown
	}
	if s.now-loaded.usedAt > day {
		// Best effort: a session that is read is in use as well.
		s.db.Execute("UPDATE sessions SET used_at = ?2 WHERE session_id = ?1", sqlite.Int(loaded.id), sqlite.Int(s.now))
	}
	return loaded, nil
}

// commit makes the changes and returns the session's new version. Without changes
// it claims the key and keeps what was answered, whatever the version is.
//
// The version is compared before the write lock is taken as well, since a commit
// that comes too late, the common case among many, then keeps nobody waiting.
func (s *store) commit(owner string, c commit) (int64, error) {
	id, version, err := s.find(owner)
	if err != nil {
		return 0, err
	}
	if version != c.Version && len(c.Changes) > 0 {
		return 0, errStale
	}
	err = storage.Immediate(s.db, func() error {
		if err := s.claim(id, c); err != nil || len(c.Changes) == 0 {
			return err
		}
		if version, err = s.advance(id, c.Version); err != nil {
			return err
		}
		return s.setAll(id, c.Changes)
	})
	return version, err
}

// claim stores a commit by its key, unless there is one by that key already.
func (s *store) claim(id int64, c commit) error {
	after := int64(1) // versions
	if len(c.Changes) == 0 {
		after = 0
	}
	result, err := s.db.Execute("INSERT INTO commits (session_id, key, hash, outcome, version, at) "+
		"SELECT session_id, ?2, ?3, ?4, version + ?7, ?5 FROM sessions WHERE session_id = ?1 AND erased_at IS NULL "+
		"ON CONFLICT (session_id, key) DO UPDATE SET hash = ?3, outcome = ?4, version = excluded.version, at = ?5 WHERE at <= ?6 RETURNING id",
		sqlite.Int(id), sqlite.String(c.Key), sqlite.String(c.Hash), sqlite.String(c.Outcome), sqlite.Int(s.now), sqlite.Int(s.now-keyLife), sqlite.Int(after))
	if err != nil {
		return err
	}
	if len(result.Rows) == 0 {
		return errDone
	}
	if result.Rows[0][0].Int()%sweepStep != 0 {
		return nil // others wait for the write lock
	}
	return s.sweepCommits()
}

// change makes one change to whatever version the session has now, or, with an
// If-Match, to the version that it names. Clearing a name that is not there is a
// problem.
func (s *store) change(owner string, c change, ifMatch string) (int64, error) {
	if _, _, err := s.find(owner); err != nil {
		return 0, err
	}
	var version int64
	err := storage.Immediate(s.db, func() error {
		id, now, err := s.find(owner)
		if err != nil {
			return err
		}
		if version = now; ifMatch != "" && !wire.Matches(ifMatch, etag(now)) {
			return wire.NewProblem(wire.VersionMismatch, "the session has version "+wire.FormatInt(now)+", not one that If-Match names").
				WithHint("read it again: GET /session")
		}
		if version, err = s.advance(id, now); err != nil {
			return err
		}
		return s.setAll(id, []change{c})
	})
	return version, err
}

// find returns the id and the version of a session.
func (s *store) find(owner string) (id, version int64, err error) {
	result, err := s.query(`SELECT session_id, version, erased_at FROM (SELECT 1 WHERE `+current+`) LEFT JOIN sessions ON token_hash = ?1`,
		sqlite.String(owner))
	if err != nil {
		return 0, 0, err
	}
	row := result.Rows[0]
	if row[0].IsNull() || !row[2].IsNull() {
		return 0, 0, errUnknown
	}
	return row[0].Int(), row[1].Int(), nil
}

// advance gives the session its next version if it still has this one.
func (s *store) advance(id, version int64) (int64, error) {
	result, err := s.db.Execute("UPDATE sessions SET version = version + 1, used_at = ?3 "+
		"WHERE session_id = ?1 AND version = ?2 AND erased_at IS NULL RETURNING version",
		sqlite.Int(id), sqlite.Int(version), sqlite.Int(s.now))
	if err != nil {
		return 0, err
	}
	if len(result.Rows) == 0 {
		return 0, errStale
	}
	return result.Rows[0][0].Int(), nil
}

package sessions

import (
	"errors"
	"strings"

	"abacus/migrations"
	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// store is the tables of this service, in one request.
type store struct {
	db     *migrations.Tables
	now    int64 // UTC milliseconds
	limits Limits
}

const (
	keyLife  = storage.Day // how long a commit is known by its key
	rowBytes = 200         // what a commit costs besides its reply
	maxBytes = 256 << 10   // of the names and sources that every evaluation loads
)

var errConflict = errors.New("the session has changed, or the key of the commit is known")

// load reads a session and its bindings in one statement, so that they belong to one version, and
// what was committed under the key.
func (s *store) load(token capability.Token, key string) (*wire.State, error) {
	result, err := s.db.Execute(`
WITH mine AS (SELECT sessions.* FROM sessions, sessions_v6
	WHERE token_hash = ?1 AND erased_at IS NULL)
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
				s.db.Write(`
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
	version   int64
	quotaAt   int64 // UTC microseconds: up to here the entries of a minute are used up
	repliesAt int64 // the same for the bytes of a day
}

// find reads the row of a session.
func (s *store) find(owner string) (sessionRow, error) {
	result, err := s.db.Execute(`
		SELECT version, quota_at, replies_at FROM sessions, sessions_v6
		WHERE token_hash = ?1 AND erased_at IS NULL`, sqlite.String(owner))
	if err != nil {
		return sessionRow{}, err
	}
	if len(result.Rows) == 0 {
		return sessionRow{}, capability.ErrUnknown
	}
	row := result.Rows[0]
	return sessionRow{row[0].Int(), row[1].Int(), row[2].Int()}, nil
}

// commit makes the changes, all or none of them, and counts the version up. At wire.AnyVersion it
// only claims the key.
//
// It compares the version before it asks for the write lock as well: if many clients change one
// session, most of their commits come too late, and these then keep nobody waiting.
func (s *store) commit(owner string, c *wire.Commit) error {
	if c.Version != wire.AnyVersion {
		mine, err := s.find(owner)
		if err != nil {
			return err
		}
		if mine.version != c.Version {
			return errConflict
		}
	}
	_, done, err := s.set(owner, c)
	if err != nil || done {
		return err
	}
	mine, err := s.find(owner)
	if err != nil {
		return err
	}
	if c.Version != wire.AnyVersion && c.Version != mine.version {
		return errConflict
	}
	if _, wait := s.limits.Entries.Take(mine.quotaAt, s.now*1000, c.Entries); wait > 0 {
		return wire.TooManyEntries(int64(s.limits.Entries), wait)
	}
	if _, wait := s.limits.Replies.Take(mine.repliesAt, s.now*1000, rowBytes); wait > 0 {
		return wire.NewProblem(wire.TooManyRequests,
			"this session has stored as much as it may in a day").
			WithHint("nothing was changed: try again later").WithRetry(wait)
	}
	return errConflict
}

// set writes the changes of a commit, or those of a client if there is no key, in one statement,
// and returns the version of the session afterwards. Nothing is done if the session is not there or
// has another version, if the key is known, or if the session has used up a minute or a day.
func (s *store) set(owner string, c *wire.Commit) (version int64, done bool, err error) {
	grows := int64(0)
	if c.Version != wire.AnyVersion || len(c.Changes) > 0 {
		grows = 1
	}
	key, rowCost, cost := sqlite.Nil(), int64(0), int64(0)
	if c.Key != "" {
		key, rowCost = sqlite.String(c.Key), s.limits.Replies.Cost(rowBytes)
		cost = s.limits.Replies.Cost(rowBytes + int64(len(c.Response)))
	}
	parameters := []sqlite.Value{sqlite.String(owner),
		sqlite.Int(c.Version), sqlite.Int(wire.AnyVersion), sqlite.Int(grows),
		sqlite.Int(s.now), sqlite.Int(s.now * 1000),
		sqlite.Int(s.limits.Entries.Cost(c.Entries)), sqlite.Int(cost), sqlite.Int(rowCost),
		key, sqlite.String(c.Hash), sqlite.String(c.Response), sqlite.Int(s.now - keyLife),
		sqlite.Int(s.maxNames()), sqlite.Int(maxBytes)}
	first := len(parameters) + 1
	for i, b := range c.Changes {
		value, unit, source := sqlite.Float(b.Value), sqlite.Nil(), sqlite.Nil()
		if b.Unit != "" {
			unit = sqlite.String(b.Unit)
		}
		if b.IsDefinition() {
			value, source = sqlite.Nil(), sqlite.String(b.Source)
		}
		isLast := int64(0)
		if i == len(c.Changes)-1 {
			isLast = 1
		}
		parameters = append(parameters, sqlite.String(b.Name), value, unit, source,
			sqlite.Int(isLast))
	}
	rows := "(NULL, NULL, NULL, NULL, 1)"
	if len(c.Changes) > 0 {
		rows = storage.Rows(first, 5, len(c.Changes))
	}
	result, err := s.db.Write("WITH new (name, value, unit, source, is_last) AS (VALUES "+rows+"),"+
		setChanges, parameters...)
	if err != nil {
		return 0, false, s.explain(err)
	}
	if len(result.Rows) == 0 {
		return 0, false, nil
	}
	return result.Rows[0][0].Int(), true, nil
}

// setChanges is the rest of a statement that begins with the changes. The states of the rates
// become what they become in package quota. A reply that would be more than a session may keep in a
// day is not kept: a repeat is told that it was carried out before. A session that has too many
// names already, or too long ones, may change those it has.
const setChanges = `
mine AS (SELECT sessions.*,
		iif(quota_at > ?6 + 120000000, ?6, max(quota_at, ?6)) + ?7 AS entries_until,
		iif(replies_at > ?6 + 172800000000, ?6, max(replies_at, ?6)) AS kept_until
	FROM sessions, sessions_v6 WHERE token_hash = ?1 AND erased_at IS NULL
		AND ?2 IN (version, ?3)),
next AS (SELECT mine.*, kept_until + ?8 <= ?6 + 86400000000 OR ?8 = 0 AS keeps_reply FROM mine)
INSERT INTO session_changes (session_id, version, quota_at, replies_at, at,
	key, hash, response, name, value, unit, source, is_last, max_names, max_bytes)
SELECT session_id, version + ?4, min(entries_until, ?6 + 60000000),
	kept_until + iif(keeps_reply, ?8, ?9), ?5, ?10, ?11, iif(keeps_reply, ?12, ''),
	name, value, unit, source, is_last, max(names, ?14), max(bytes, ?15)
FROM next JOIN session_sizes USING (session_id), new
WHERE (entries_until <= ?6 + 60000000 OR ?7 = 0)
	AND (kept_until + ?9 <= ?6 + 86400000000 OR ?9 = 0)
	AND NOT EXISTS (SELECT 1 FROM commits
		WHERE commits.session_id = next.session_id AND key = ?10 AND at > ?13)
RETURNING version`

// explain words the errors that the trigger of session_changes makes.
func (s *store) explain(err error) error {
	fault := ""
	switch text := err.Error(); {
	case strings.Contains(text, "too many names"):
		fault = "a session holds at most " + wire.FormatInt(s.maxNames()) + " names"
	case strings.Contains(text, "too many bytes of names"):
		fault = "the names and functions of a session have at most 256 KiB together"
	default:
		return err
	}
	return wire.NewProblem(wire.TooManyNames, fault).WithHint("remove some: DELETE /clear/NAME")
}

// maxNames returns how many bindings a session may have: never more than the language allows.
func (s *store) maxNames() int64 {
	if s.limits.Names == 0 || s.limits.Names > calc.MaxNames {
		return calc.MaxNames
	}
	return s.limits.Names
}

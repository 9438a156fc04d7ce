package history

import (
	"errors"
	"strconv"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// share is one row of the index of shares.
type share struct {
	token     capability.Token // "" where only its hash is known
	hash      string           // hex SHA-256 of the token
	owner     string
	key       string // with the session's token it gives the share's
	request   string // hex SHA-256 of the request that made it
	title     string
	entries   int64
	names     int64
	opens     int64
	createdAt int64 // UTC milliseconds
	expiresAt int64 // UTC milliseconds; 0: never
	state     int64
	size      int64  // bytes of the snapshot
	snapshot  string // its name in the key-value store, "" before it has one
}

// The states of a share. Its row is there before its snapshot and after it, so no snapshot is ever
// forgotten in the key-value store.
const (
	storing = 0 // nobody has the token yet
	open    = 1
	ended   = 2 // its snapshot may still be there; in state 3 it is not
)

const (
	storeTime   = 10 * 1000      // milliseconds to store a share in, before a repeat may try
	abandonedAt = 60 * 60 * 1000 // milliseconds after which a share that was not stored is swept
	maxListed   = 1000           // shares
	sweepSize   = 5              // shares
)

var (
	errMade    = errors.New("another request with this key makes or has made the share")
	errNoShare = wire.NewProblem(wire.UnknownShare, "there is no share with this token").
			WithHint("check that the link is complete")
	errGone = wire.NewProblem(wire.ShareGone, "the share was revoked or has expired").
		WithHint("ask for a new link")
)

const shareColumns = `
	token_hash, owner, key, hash, title, entries, names, opens, created_at, expires_at, state,
	snapshot`

// read reads the shares that meet a condition.
func (s *store) read(condition string, parameters ...sqlite.Value) ([]*share, error) {
	result, err := s.db.Execute("SELECT "+shareColumns+" FROM shares WHERE "+condition,
		parameters...)
	if err != nil {
		return nil, err
	}
	list := make([]*share, len(result.Rows))
	for i, row := range result.Rows {
		list[i] = &share{hash: row[0].Text(), owner: row[1].Text(), key: row[2].Text(),
			request: row[3].Text(), title: row[4].Text(), entries: row[5].Int(),
			names: row[6].Int(), opens: row[7].Int(), createdAt: row[8].Int(),
			expiresAt: row[9].Int(), state: row[10].Int(), snapshot: row[11].Text()}
	}
	return list, nil
}

// find reads the share of a token, in any state.
func (s *store) find(token capability.Token) (*share, error) {
	list, err := s.read("token_hash = ?1", sqlite.String(token.Owner()))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errNoShare
	}
	found := list[0]
	found.token = token
	if found.state == open && found.expiresAt != 0 && found.expiresAt <= s.now {
		found.state = ended
	}
	return found, nil
}

// follow reads the open share of a token.
func (s *store) follow(token capability.Token) (*share, error) {
	if !token.Valid() {
		return nil, errNoShare
	}
	found, err := s.find(token)
	switch {
	case err != nil:
		return nil, err
	case found.state == storing:
		return nil, errNoShare
	case found.state != open:
		return nil, errGone
	}
	return found, nil
}

// opened counts that a share was read. Best effort: a reader waits a tenth of a second at most for
// writers.
func (s *store) opened(a *share) {
	s.db.Execute("PRAGMA busy_timeout = 100")
	s.db.Execute("UPDATE shares SET opens = opens + 1 WHERE token_hash = ?1", sqlite.String(a.hash))
}

// sharesOf reads the open shares of an owner, newest first.
func (s *store) sharesOf(owner string) ([]*share, error) {
	if _, err := s.findOwner(owner); err != nil {
		return nil, err
	}
	return s.read(`owner = ?1 AND state = 1 AND coalesce(expires_at > ?2, 1)
		ORDER BY id DESC LIMIT `+wire.FormatInt(maxListed), sqlite.String(owner), sqlite.Int(s.now))
}

// prepare gives a share its row, or takes over the row of a request that broke off. If another
// request with the same key has made the share, or is making it, that is errMade: a snapshot is
// never replaced once somebody may have seen it.
func (s *store) prepare(a *share) error {
	expires := sqlite.Nil()
	if a.expiresAt != 0 {
		expires = sqlite.Int(a.expiresAt)
	}
	return storage.Immediate(s.db, func() error {
		result, err := s.db.Execute(`
			SELECT (SELECT erased_at FROM owners WHERE owner = ?1), count(*),
				(SELECT bytes FROM owners WHERE owner = ?1),
				(SELECT total(size) FROM (SELECT DISTINCT snapshot, size FROM shares
					WHERE owner = ?1 AND state = 1 AND snapshot <> ?4))
			FROM shares
			WHERE owner = ?1 AND state = 1 AND coalesce(expires_at > ?2, 1) AND token_hash <> ?3`,
			sqlite.String(a.owner), sqlite.Int(s.now), sqlite.String(a.hash),
			sqlite.String(a.snapshot))
		if err != nil {
			return err
		}
		if !result.Rows[0][0].IsNull() {
			return capability.ErrUnknown
		}
		if limit := s.limits.Shares; limit != 0 && result.Rows[0][1].Int() >= limit {
			return wire.NewProblem(wire.TooManyShares,
				"a session has at most "+wire.FormatInt(limit)+" shares").
				WithHint("revoke some: GET /shares lists them, DELETE /shares/TOKEN revokes one")
		}
		if s.isFull(result.Rows[0][2].Int() + result.Rows[0][3].Int() + a.size) {
			return errFull
		}
		result, err = s.db.Execute(`
			INSERT INTO shares
				(token_hash, owner, key, hash, title, entries, names, created_at, expires_at, size,
				snapshot)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11, ?12)
			ON CONFLICT (token_hash) DO UPDATE SET entries = excluded.entries,
				names = excluded.names, created_at = excluded.created_at,
				expires_at = excluded.expires_at, size = excluded.size,
				snapshot = excluded.snapshot
			WHERE state = 0 AND created_at < ?10 RETURNING 1`,
			sqlite.String(a.hash), sqlite.String(a.owner), sqlite.String(a.key),
			sqlite.String(a.request), sqlite.String(a.title),
			sqlite.Int(a.entries), sqlite.Int(a.names), sqlite.Int(a.createdAt), expires,
			sqlite.Int(s.now-storeTime), sqlite.Int(a.size), sqlite.String(a.snapshot))
		if err == nil && len(result.Rows) == 0 {
			return errMade
		}
		return err
	})
}

// release lets a repeat store the share at once. Best effort: after a while it may anyway.
func (s *store) release(a *share) {
	s.db.Execute("UPDATE shares SET created_at = 0 WHERE token_hash = ?1 AND state = 0",
		sqlite.String(a.hash))
}

// publish opens a share whose snapshot is stored, unless its owner was erased in the meantime.
func (s *store) publish(a *share) error {
	result, err := s.db.Execute(`
		UPDATE shares SET state = 1 WHERE token_hash = ?1 AND state <= 1 RETURNING 1`,
		sqlite.String(a.hash))
	if err == nil && len(result.Rows) == 0 {
		return capability.ErrUnknown
	}
	return err
}

// revoke ends an open share of the owner.
func (s *store) revoke(owner string, token capability.Token) (*share, error) {
	if _, err := s.findOwner(owner); err != nil {
		return nil, err
	}
	found, err := s.find(token)
	switch {
	case err != nil:
		return nil, err
	case found.owner != owner || found.state == storing:
		return nil, errNoShare
	case found.state != open:
		return nil, errGone
	}
	storage.EraseDeleted(s.db)
	result, err := s.db.Execute(`
		UPDATE shares SET state = 2, title = '' WHERE token_hash = ?1 AND state = 1 RETURNING 1`,
		sqlite.String(found.hash))
	if err == nil && len(result.Rows) == 0 {
		return nil, errGone // by another request
	}
	return found, err
}

// sharesSnapshot reports whether another share that is open or being stored has the snapshot.
func (s *store) sharesSnapshot(snapshot, hash string) (bool, error) {
	result, err := s.db.Execute(`
		SELECT 1 FROM shares WHERE snapshot = ?1 AND state IN (0, 1) AND token_hash <> ?2 LIMIT 1`,
		sqlite.String(snapshot), sqlite.String(hash))
	return err == nil && len(result.Rows) > 0, err
}

// finish notes that the snapshot of an ended share is deleted.
func (s *store) finish(hash string) error {
	storage.EraseDeleted(s.db)
	_, err := s.db.Execute("UPDATE shares SET state = 3, title = '' WHERE token_hash = ?1",
		sqlite.String(hash))
	return err
}

// unfinished lists some ended shares whose snapshots are to be deleted: those of an owner or, if
// owner is "", of everyone, with shares that have expired or whose request broke off.
func (s *store) unfinished(owner string) ([]*share, error) {
	condition, parameter := "owner = ?1 AND state = 2", sqlite.String(owner)
	if owner == "" {
		storage.EraseDeleted(s.db)
		condition = "state IN (0, 2) AND (state = 2 OR created_at < ?1)"
		parameter = sqlite.Int(s.now - abandonedAt)
		if _, err := s.db.Execute(`
			UPDATE shares SET state = 2, title = '' WHERE id IN
				(SELECT id FROM shares WHERE state = 1 AND expires_at <= ?1
				LIMIT `+wire.FormatInt(sweepSize)+`)`, sqlite.Int(s.now)); err != nil {
			return nil, err
		}
	}
	return s.read(condition+" LIMIT "+wire.FormatInt(sweepSize), parameter)
}

// chosen reads the entries that are to be shared, in the order in which they are shown. One that is
// not there is an error, and so are too many.
func (s *store) chosen(owner string, req *shareRequest) ([]entry, error) {
	from, parameters := "shown WHERE owner = ?1", []sqlite.Value{sqlite.String(owner)}
	if !req.all {
		ids := json.AppendArray(nil, len(req.ids), func(b []byte, i int) []byte {
			return strconv.AppendInt(b, req.ids[i], 10)
		})
		from = "entries WHERE owner = ?1 AND id IN (SELECT value FROM json_each(?2))"
		parameters = append(parameters, sqlite.String(string(ids)))
	}
	// Their size first: what is too large must not get into the memory of a component.
	result, err := s.db.Execute(`
		SELECT count(*), total(length(expression) + length(parsed) + coalesce(length(plot), 0))
		FROM (SELECT expression, parsed, plot FROM `+from+`
			LIMIT `+wire.FormatInt(maxShared+1)+`)`, parameters...)
	if err != nil {
		return nil, err
	}
	switch count, size := result.Rows[0][0].Int(), result.Rows[0][1].Int(); {
	case count > maxShared:
		return nil, errManyShared
	case size > maxSnapshot:
		return nil, errLargeShared
	case count == 0 && req.all:
		return nil, wire.NewProblem(wire.UnknownEntry, "the history has no entries to share").
			WithHint("calculate something first")
	case count < int64(len(req.ids)):
		return nil, errNoEntry
	}
	result, err = s.db.Execute(`
		SELECT `+entryColumns+` FROM `+from+` ORDER BY coalesce(place, id)`, parameters...)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, row := range result.Rows {
		entries = append(entries, readEntry(row))
	}
	return entries, nil
}

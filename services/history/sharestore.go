package history

import (
	"errors"
	"strconv"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/quota"
	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// share is one row of the index of shares.
type share struct {
	token     capability.Token // "" where only its hash is known
	hash      string           // hex SHA-256 of the token
	owner     string
	key       string // gives the share's token, with the session's token
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

// The states of a share. Its row exists before its snapshot and after it, so that no snapshot is
// ever forgotten in the key-value store.
const (
	storing = 0 // nobody has its token yet
	open    = 1
	ended   = 2 // its snapshot may still exist; in state 3 it does not
)

const (
	storeTime   = 10 * 1000      // milliseconds after which a repeat may store the share
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
	result, err := s.db.Execute("SELECT "+shareColumns+" FROM shares, history_v10 WHERE "+condition,
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

// opened counts a reading of a share. Best effort: a reader waits at most a tenth of a second for
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

// prepare makes the row of a share, or takes over the row of a request that broke off. It returns
// errMade if another request with the same key has made the share or is making it: a snapshot is
// never replaced once somebody may have seen it.
func (s *store) prepare(a *share) error {
	expires := sqlite.Nil()
	if a.expiresAt != 0 {
		expires = sqlite.Int(a.expiresAt)
	}
	limits := []sqlite.Value{sqlite.String(a.owner), sqlite.String(a.hash), sqlite.Int(s.now),
		sqlite.String(a.snapshot)}
	result, err := s.db.Write(`
		WITH `+others+`
		INSERT INTO shares
			(owner, token_hash, created_at, snapshot, key, hash, title, entries, names,
			expires_at, size)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM others
		WHERE erased_at IS NULL AND (number < ?12 OR ?12 = 0) AND (bytes + ?11 <= ?13 OR ?13 = 0)
		ON CONFLICT (token_hash) DO UPDATE SET entries = excluded.entries,
			names = excluded.names, created_at = excluded.created_at,
			expires_at = excluded.expires_at, size = excluded.size,
			snapshot = excluded.snapshot
		WHERE state = 0 AND created_at < ?14 RETURNING 1`,
		append(limits, sqlite.String(a.key), sqlite.String(a.request), sqlite.String(a.title),
			sqlite.Int(a.entries), sqlite.Int(a.names), expires, sqlite.Int(a.size),
			sqlite.Int(quota.Limit(s.variable, "limit_shares")), sqlite.Int(s.maxBytes()),
			sqlite.Int(s.now-storeTime))...)
	if err != nil || len(result.Rows) > 0 {
		return err
	}
	result, err = s.db.Execute("WITH "+others+" SELECT erased_at, number, bytes FROM others",
		limits...)
	if err != nil {
		return err
	}
	row := result.Rows[0]
	switch limit := quota.Limit(s.variable, "limit_shares"); {
	case !row[0].IsNull():
		return capability.ErrUnknown
	case limit != 0 && row[1].Int() >= limit:
		return wire.NewProblem(wire.TooManyShares,
			"a session has at most "+wire.FormatInt(limit)+" shares").
			WithHint("revoke some: GET /shares lists them, DELETE /shares/TOKEN revokes one")
	case s.isFull(row[2].Int() + a.size):
		return errFull
	}
	return errMade
}

// others is a common table expression with one row: whether the owner ?1 is erased, the number of
// its open shares other than ?2 at the time ?3, and the bytes of its entries and of its snapshots
// other than ?4.
const others = `others AS (
	SELECT (SELECT erased_at FROM owners WHERE owner = ?1) AS erased_at, count(*) AS number,
		coalesce((SELECT bytes FROM owners WHERE owner = ?1), 0)
			+ (SELECT total(size) FROM (SELECT DISTINCT snapshot, size FROM shares
				WHERE owner = ?1 AND state = 1 AND snapshot <> ?4)) AS bytes
	FROM shares
	WHERE owner = ?1 AND state = 1 AND coalesce(expires_at > ?3, 1) AND token_hash <> ?2)`

// release lets a repeat store the share at once. Best effort: a repeat may do so after a while
// anyway.
func (s *store) release(a *share) {
	s.db.Execute("UPDATE shares SET created_at = 0 WHERE token_hash = ?1 AND state = 0",
		sqlite.String(a.hash))
}

// publish opens a share whose snapshot is stored, unless its owner was erased in the meantime. It
// reports whether there are others to sweep.
func (s *store) publish(a *share) (others bool, err error) {
	result, err := s.db.Execute(`
		UPDATE shares SET state = 1 WHERE token_hash = ?2 AND state <= 1
		RETURNING EXISTS (SELECT 1 FROM shares WHERE state = 1 AND expires_at <= ?3)
			OR EXISTS (SELECT 1 FROM shares WHERE `+unfinished+`)`,
		sqlite.Int(s.now-abandonedAt), sqlite.String(a.hash), sqlite.Int(s.now))
	if err == nil && len(result.Rows) == 0 {
		return false, capability.ErrUnknown
	}
	return err == nil && result.Rows[0][0].Int() != 0, err
}

// unfinished is the condition for shares whose snapshots are to be deleted: those that have ended,
// and those whose requests broke off before the time ?1.
const unfinished = "state IN (0, 2) AND (state = 2 OR created_at < ?1)"

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
	result, err := s.db.Write(`
		UPDATE shares SET state = 2, title = '' WHERE token_hash = ?1 AND state = 1 RETURNING 1`,
		sqlite.String(found.hash))
	if err == nil && len(result.Rows) == 0 {
		return nil, errGone // by another request
	}
	return found, err
}

// sharesSnapshot reports whether another share, open or being stored, has the same snapshot.
func (s *store) sharesSnapshot(snapshot, hash string) (bool, error) {
	result, err := s.db.Execute(`
		SELECT 1 FROM shares WHERE snapshot = ?1 AND state IN (0, 1) AND token_hash <> ?2 LIMIT 1`,
		sqlite.String(snapshot), sqlite.String(hash))
	return err == nil && len(result.Rows) > 0, err
}

// finish notes that the snapshot of an ended share has been deleted.
func (s *store) finish(hash string) error {
	_, err := s.db.Write("UPDATE shares SET state = 3, title = '' WHERE token_hash = ?1",
		sqlite.String(hash))
	return err
}

// unfinishedOf lists some shares of an owner that have ended and whose snapshots are to be deleted.
func (s *store) unfinishedOf(owner string) ([]*share, error) {
	return s.read("owner = ?1 AND state = 2 LIMIT ?2", sqlite.String(owner), sqlite.Int(sweepSize))
}

// end ends some shares that have expired, and lists some whose snapshots are to be deleted.
func (s *store) end() ([]*share, error) {
	if _, err := s.db.Write(`
		UPDATE shares SET state = 2, title = '' WHERE id IN
			(SELECT id FROM shares WHERE state = 1 AND expires_at <= ?1 LIMIT ?2)`,
		sqlite.Int(s.now), sqlite.Int(sweepSize)); err != nil {
		return nil, err
	}
	return s.read(unfinished+" LIMIT ?2", sqlite.Int(s.now-abandonedAt), sqlite.Int(sweepSize))
}

// chosen reads the entries to share, in the order in which they are shown. A missing entry is an
// error, and so are too many: they must not fill the memory of the component.
func (s *store) chosen(owner string, req *shareRequest) ([]entry, error) {
	from, parameters := shown+" WHERE owner = ?1",
		[]sqlite.Value{sqlite.String(owner), sqlite.Int(maxShared), sqlite.Int(maxSnapshot)}
	if !req.all {
		ids := json.AppendArray(nil, len(req.ids), func(b []byte, i int) []byte {
			return strconv.AppendInt(b, req.ids[i], 10)
		})
		from = "entries WHERE owner = ?1 AND id IN (SELECT value FROM json_each(?4))"
		parameters = append(parameters, sqlite.String(string(ids)))
	}
	result, err := s.db.Execute(`
		WITH chosen AS NOT MATERIALIZED (
			SELECT coalesce(place, id) AS position, `+entryColumns+` FROM `+from+` LIMIT ?2 + 1),
		sum AS (SELECT count(*) AS number,
			total(length(expression) + length(parsed) + coalesce(length(plot), 0)) AS size
			FROM chosen)
		SELECT number, size, `+entryColumns+`
		FROM history_v10, sum LEFT JOIN chosen ON number <= ?2 AND size <= ?3
		ORDER BY position`, parameters...)
	if err != nil {
		return nil, err
	}
	switch count, size := result.Rows[0][0].Int(), result.Rows[0][1].Int(); {
	case count > maxShared:
		return nil, errManyShared
	case size > maxSnapshot:
		return nil, errLargeShared
	case count > 0 && count == int64(len(req.ids)) || count > 0 && req.all:
	default:
		return nil, s.nothingToShare(owner, req)
	}
	entries := make([]entry, len(result.Rows))
	for i, row := range result.Rows {
		entries[i] = readEntry(row[2:])
	}
	return entries, nil
}

// nothingToShare returns the error for entries that do not exist.
func (s *store) nothingToShare(owner string, req *shareRequest) error {
	if _, err := s.findOwner(owner); err != nil {
		return err
	}
	if req.all {
		return wire.NewProblem(wire.UnknownEntry, "the history has no entries to share").
			WithHint("calculate something first")
	}
	return errNoEntry
}

package history

import (
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

// entry is an entry of an owner's history.
type entry struct {
	wire.Entry
	id int64
}

const (
	idLife     = 2 * storage.Day  // how long an evaluation is known: longer than its commit
	ownerLife  = 90 * storage.Day // how long the entries of an owner are kept unused
	sweepEvery = 8                // entries
	maxSwept   = 200              // entries in a sweep
)

// ownerRow is one row of the table of owners.
type ownerRow struct {
	last    int64 // id of the newest entry
	usedAt  int64 // UTC milliseconds; 0 for an owner who is not known
	quotaAt int64 // UTC microseconds: up to here the entries of a minute are used up
	bytes   int64 // of the entries
}

var errFull = wire.NewProblem(wire.HistoryFull,
	"the entries and the shares of this session are at their limit").
	WithHint("erase entries: DELETE /history; or begin a new session")

// isFull reports whether a session may not store this many bytes.
func (s *store) isFull(bytes int64) bool { return s.limits.Bytes > 0 && bytes > s.limits.Bytes }

// findOwner reads the row of an owner. One that was erased is an error.
func (s *store) findOwner(owner string) (ownerRow, error) {
	result, err := s.db.Execute(`
		SELECT last, used_at, quota_at, bytes, erased_at FROM owners WHERE owner = ?1`,
		sqlite.String(owner))
	if err != nil || len(result.Rows) == 0 {
		return ownerRow{}, err
	}
	row := result.Rows[0]
	if !row[4].IsNull() {
		return ownerRow{}, capability.ErrUnknown
	}
	return ownerRow{row[0].Int(), row[1].Int(), row[2].Int(), row[3].Int()}, nil
}

// record stores entries under the next ids, all or none, unless the same evaluation was recorded
// before. It returns the first id. Entries that were committed count, but are not refused.
func (s *store) record(owner string, m *wire.Recording) (first int64, err error) {
	err = storage.Immediate(s.db, func() error {
		before, err := s.db.Execute("SELECT first FROM appends WHERE owner = ?1 AND key = ?2",
			sqlite.String(owner), sqlite.String(m.ID))
		if err != nil {
			return err
		}
		if len(before.Rows) > 0 {
			first = before.Rows[0][0].Int()
			return nil
		}
		of, err := s.findOwner(owner)
		if err != nil {
			return err
		}
		count := int64(len(m.Entries))
		next, wait := s.limits.Entries.Take(of.quotaAt, s.now*1000, count)
		if wait > 0 && !m.Committed {
			return wire.TooManyEntries(int64(s.limits.Entries), wait)
		}
		size := int64(0)
		for _, e := range m.Entries {
			size += entrySize(e)
		}
		if s.isFull(of.bytes + size) {
			return errFull
		}
		first = of.last + 1
		if first%sweepEvery == 1 { // else others would wait for the write lock
			if err := s.sweep(); err != nil {
				return err
			}
		}
		if _, err := s.db.Execute(`
			INSERT INTO owners (owner, last, used_at, quota_at, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT (owner) DO UPDATE
			SET last = ?2, used_at = ?3, quota_at = ?4, bytes = ?5, unused_at = NULL`,
			sqlite.String(owner), sqlite.Int(of.last+count), sqlite.Int(s.now),
			sqlite.Int(next), sqlite.Int(of.bytes+size)); err != nil {
			return err
		}
		if _, err := s.db.Execute(`
			INSERT INTO appends (owner, key, first, at) VALUES (?1, ?2, ?3, ?4)`,
			sqlite.String(owner), sqlite.String(m.ID), sqlite.Int(first),
			sqlite.Int(s.now)); err != nil {
			return err
		}
		for i, e := range m.Entries {
			if err := s.insert(owner, m.ID, first+int64(i), e); err != nil {
				return err
			}
		}
		return nil
	})
	return first, err
}

// entryBytes is what an entry costs besides its texts: rows, keys and indexes.
const entryBytes = 200

// entrySize returns the bytes that an entry counts. A step of the migrations has the same sum.
func entrySize(e wire.Entry) int64 {
	return int64(entryBytes + len(e.Expression) + len(storedParsed(e)) + len(e.Plot))
}

// storedParsed returns the canonical form of an entry, "" if it is the expression.
func storedParsed(e wire.Entry) string {
	if e.Parsed == e.Expression {
		return ""
	}
	return e.Parsed
}

// insert stores an entry: at the time that it has in a share, or now. One that replaces another
// goes to its place, if that is still there.
func (s *store) insert(owner, key string, id int64, e wire.Entry) error {
	at, value, plot := s.now, sqlite.Nil(), sqlite.Nil()
	if e.At != 0 {
		at = e.At
	}
	if e.HasValue {
		value = sqlite.Float(e.Value)
	}
	if e.Plot != "" {
		plot = sqlite.String(e.Plot)
	}
	_, err := s.db.Execute(`
		INSERT INTO entries
			(owner, id, at, kind, expression, parsed, result, key, plot, unit, replaces, place)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, ''), nullif(?11, 0),
			(SELECT coalesce(place, id) FROM entries WHERE owner = ?1 AND id = ?11))`,
		sqlite.String(owner), sqlite.Int(id), sqlite.Int(at), sqlite.String(e.Kind),
		sqlite.String(e.Expression), sqlite.String(storedParsed(e)), value, sqlite.String(key),
		plot, sqlite.String(e.Unit), sqlite.Int(e.Replaces))
	return err
}

// ans returns the value of the last entry that is shown and has one.
func (s *store) ans(owner string) (wire.Ans, error) {
	if _, err := s.findOwner(owner); err != nil {
		return wire.Ans{}, err
	}
	result, err := s.db.Execute(`
		SELECT result, unit, place FROM shown WHERE owner = ?1 AND result IS NOT NULL
		ORDER BY place DESC LIMIT 1`, sqlite.String(owner))
	if err != nil || len(result.Rows) == 0 {
		return wire.Ans{}, err
	}
	row := result.Rows[0]
	return wire.Ans{Value: row[0].Float(), Unit: row[1].Text(), Known: true}, nil
}

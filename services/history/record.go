package history

import (
	"net/http"

	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// record stores the entries of an evaluation, once for its id.
func (s *service) record(w http.ResponseWriter, r request) error {
	body, err := wire.MessageBody(r.Request)
	if err != nil {
		return err
	}
	first, err := r.store.record(r.owner, wire.ParseRecording(body))
	if err != nil {
		return err
	}
	return wire.Reply(w, http.StatusOK, wire.Message, wire.Recorded{First: first}.Append(nil))
}

// record stores entries under the next ids, all or none, unless the same evaluation was recorded
// before. It returns the first id. Entries that were committed count, but are not refused.
//
// It is one statement, which updates the state of the rate as package quota does.
func (s *store) record(owner string, m *wire.Recording) (first int64, err error) {
	if len(m.Entries) == 0 {
		return 0, nil
	}
	count, size, committed := int64(len(m.Entries)), int64(0), int64(0)
	for _, e := range m.Entries {
		size += entrySize(e)
	}
	if m.Committed {
		committed = 1
	}
	parameters := []sqlite.Value{sqlite.String(owner), sqlite.String(m.ID),
		sqlite.Int(s.now), sqlite.Int(s.now * 1000), sqlite.Int(s.rate().Cost(count)),
		sqlite.Int(committed), sqlite.Int(size), sqlite.Int(s.maxBytes()), sqlite.Int(count),
		sqlite.Int(s.now - ownerLife)}
	rows := storage.Rows(len(parameters)+1, 9, len(m.Entries))
	for i, e := range m.Entries {
		parameters = s.appendEntry(parameters, i, e)
	}
	result, err := s.db.Write("WITH new ("+newColumns+") AS (VALUES "+rows+"),"+insertRecording,
		parameters...)
	switch {
	case err != nil:
		return 0, err
	case len(result.Rows) == 0:
		return s.refused(owner, m, size)
	}
	row := result.Rows[0]
	first = row[0].Int()
	// Only now and then, since it changes an index. If it fails, the next evaluation tries again.
	if usedAt := row[1].Int(); s.now-usedAt > hour || usedAt-s.now > hour {
		s.touch(owner)
	}
	if row[2].Int() != 0 {
		s.sweep(owner)
	}
	return first, nil
}

const newColumns = "n, written_at, kind, expression, parsed, result, plot, unit, replaces"

// insertRecording is the end of a statement that begins with the entries. It returns their ids, the
// time of the owner's last use, and for every eighth whether there may be something to sweep.
const insertRecording = `
	next AS (SELECT coalesce(last, 0) AS last, coalesce(bytes, 0) + ?7 AS bytes,
			coalesce(used_at, ?3) AS used_at,
			iif(quota_at <= ?4 + 120000000, max(quota_at, ?4), ?4) + ?5 AS until
		FROM history_v10 LEFT JOIN owners ON owner = ?1 WHERE erased_at IS NULL)
INSERT INTO recordings (owner, last, quota_at, bytes, used_at, at, key, id, ` + newColumns + `)
SELECT ?1, last + ?9, min(until, ?4 + 60000000), bytes, used_at, ?3, ?2, last + n + 1,
	` + newColumns + `
FROM next, new
WHERE (until <= ?4 + 60000000 OR ?5 = 0 OR ?6) AND (bytes <= ?8 OR ?8 = 0)
	AND NOT EXISTS (SELECT 1 FROM appends WHERE owner = ?1 AND key = ?2)
RETURNING id, used_at, id % 8 = 1 AND (EXISTS (SELECT 1 FROM owners WHERE used_at < ?10)
	OR (SELECT at FROM appends WHERE id = (SELECT min(id) FROM appends)) < ?3 - 172800000)`

// appendEntry appends the parameters of an entry. Its time is the one that it has in a share, or
// else now.
func (s *store) appendEntry(to []sqlite.Value, n int, e wire.Entry) []sqlite.Value {
	value, replaces := sqlite.Nil(), sqlite.Nil()
	at := s.now
	if e.At != 0 {
		at = e.At
	}
	if e.HasValue {
		value = sqlite.Float(e.Value)
	}
	if e.Replaces != 0 {
		replaces = sqlite.Int(e.Replaces)
	}
	return append(to, sqlite.Int(int64(n)), sqlite.Int(at), sqlite.String(e.Kind),
		sqlite.String(e.Expression), sqlite.String(storedParsed(e)), value,
		storage.TextOrNull(e.Plot), storage.TextOrNull(e.Unit), replaces)
}

// refused finds out why entries were not stored. If they were stored before, it returns the first
// id; otherwise they are too many or too large.
func (s *store) refused(owner string, m *wire.Recording, size int64) (first int64, err error) {
	before, err := s.db.Execute("SELECT first FROM appends WHERE owner = ?1 AND key = ?2",
		sqlite.String(owner), sqlite.String(m.ID))
	if err != nil {
		return 0, err
	}
	if len(before.Rows) > 0 {
		return before.Rows[0][0].Int(), nil
	}
	known, err := s.findOwner(owner)
	if err != nil {
		return 0, err
	}
	rate := s.rate()
	_, wait := rate.Take(known.quotaAt, s.now*1000, int64(len(m.Entries)))
	switch {
	case wait > 0 && !m.Committed:
		return 0, wire.TooManyEntries(rate.Limit, wait)
	case s.isFull(known.bytes + size):
		return 0, errFull
	}
	return 0, wire.NewProblem(wire.StorageBusy, "others are writing to this history").
		WithHint("nothing was changed: try again").WithRetry(1)
}

// entryBytes is what an entry costs besides its texts: rows, keys and indexes.
const entryBytes = 200

// entrySize returns the bytes that an entry counts for. The migrations have the same sum.
func entrySize(e wire.Entry) int64 {
	return int64(entryBytes + len(e.Expression) + len(storedParsed(e)) + len(e.Plot))
}

// storedParsed returns the canonical form of an entry, or "" if that is the expression itself.
func storedParsed(e wire.Entry) string {
	if e.Parsed == e.Expression {
		return ""
	}
	return e.Parsed
}

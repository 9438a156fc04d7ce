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
	day        = 24 * 60 * 60 * 1000 // milliseconds
	idLife     = 2 * day             // how long an evaluation is known: longer than its commit
	ownerLife  = 90 * day            // how long the entries of an owner are kept unused
	sweepEvery = 8                   // entries
	maxSwept   = 200                 // entries in a sweep
)

// ownerRow is one row of the table of owners.
type ownerRow struct {
	last    int64 // id of the newest entry
	usedAt  int64 // UTC milliseconds; 0 for an owner who is not known
	quotaAt int64 // UTC microseconds: up to here the entries of a minute are used up
}

// findOwner reads the row of an owner. One that was erased is an error.
func (s *store) findOwner(owner string) (ownerRow, error) {
	result, err := s.db.Execute(`
		SELECT last, used_at, quota_at, erased_at FROM owners WHERE owner = ?1`,
		sqlite.String(owner))
	if err != nil || len(result.Rows) == 0 {
		return ownerRow{}, err
	}
	row := result.Rows[0]
	if !row[3].IsNull() {
		return ownerRow{}, capability.ErrUnknown
	}
	return ownerRow{row[0].Int(), row[1].Int(), row[2].Int()}, nil
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
		first = of.last + 1
		if _, err := s.db.Execute(`
			INSERT INTO owners (owner, last, used_at, quota_at) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (owner) DO UPDATE SET last = ?2, used_at = ?3, quota_at = ?4`,
			sqlite.String(owner), sqlite.Int(of.last+count), sqlite.Int(s.now),
			sqlite.Int(next)); err != nil {
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
		if first%sweepEvery != 1 {
			return nil // others wait for the write lock
		}
		return s.sweep()
	})
	return first, err
}

func (s *store) insert(owner, key string, id int64, e wire.Entry) error {
	value, plot := sqlite.Nil(), sqlite.Nil()
	if e.HasValue {
		value = sqlite.Float(e.Value)
	}
	if e.Plot != "" {
		plot = sqlite.String(e.Plot)
	}
	_, err := s.db.Execute(`
		INSERT INTO entries (owner, id, at, kind, expression, parsed, result, key, plot, unit)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, ''))`,
		sqlite.String(owner), sqlite.Int(id), sqlite.Int(s.now), sqlite.String(e.Kind),
		sqlite.String(e.Expression), sqlite.String(e.Parsed), value, sqlite.String(key), plot,
		sqlite.String(e.Unit))
	return err
}

// sweep removes some rows that have outlived their use, with an owner's first entry and now and
// then: the ids of evaluations after two days, the entries of an owner after 90 days without use.
func (s *store) sweep() error {
	if _, err := s.db.Execute(`
		DELETE FROM appends WHERE id IN (SELECT id FROM appends ORDER BY id LIMIT 32) AND at < ?1`,
		sqlite.Int(s.now-idLife)); err != nil {
		return err
	}
	old, err := s.db.Execute(`
		SELECT owner FROM owners WHERE used_at < ?1 ORDER BY used_at LIMIT 1`,
		sqlite.Int(s.now-ownerLife))
	if err != nil || len(old.Rows) == 0 {
		return err
	}
	owner := old.Rows[0][0]
	gone, err := s.db.Execute(`
		DELETE FROM entries WHERE owner = ?1 AND id IN
			(SELECT id FROM entries WHERE owner = ?1 ORDER BY id LIMIT `+wire.FormatInt(maxSwept)+`)
		RETURNING id`, owner)
	if err != nil || len(gone.Rows) == maxSwept {
		return err
	}
	if err := s.strip(owner.Text()); err != nil {
		return err
	}
	_, err = s.db.Execute("DELETE FROM owners WHERE owner = ?1", owner)
	return err
}

// ans returns the value of the newest entry that has one.
func (s *store) ans(owner string) (wire.Ans, error) {
	if _, err := s.findOwner(owner); err != nil {
		return wire.Ans{}, err
	}
	result, err := s.db.Execute(`
		SELECT result, unit FROM entries WHERE owner = ?1 AND result IS NOT NULL
		ORDER BY id DESC LIMIT 1`, sqlite.String(owner))
	if err != nil || len(result.Rows) == 0 {
		return wire.Ans{}, err
	}
	row := result.Rows[0]
	return wire.Ans{Value: row[0].Float(), Unit: row[1].Text(), Known: true}, nil
}

// page reads the newest entries that match the filter.
func (s *store) page(owner string, f filter) (*page, error) {
	of, err := s.findOwner(owner)
	if err != nil {
		return nil, err
	}
	if of.usedAt != 0 && s.now-of.usedAt > day {
		// Best effort: a history that is read is in use as well.
		s.db.Execute("UPDATE owners SET used_at = ?2 WHERE owner = ?1", sqlite.String(owner),
			sqlite.Int(s.now))
	}
	statement := "SELECT " + entryColumns +
		" FROM entries WHERE owner = ?1 AND id < ?2 AND at >= ?3 AND at <= ?4"
	parameters := []sqlite.Value{sqlite.String(owner), sqlite.Int(f.before), sqlite.Int(f.from),
		sqlite.Int(f.to)}
	if f.kind != "" {
		parameters = append(parameters, sqlite.String(f.kind))
		statement += " AND kind = ?" + wire.FormatInt(int64(len(parameters)))
	}
	if f.text != "" {
		parameters = append(parameters, sqlite.String(f.text))
		n := wire.FormatInt(int64(len(parameters)))
		statement += " AND (instr(expression, ?" + n + ") > 0 OR instr(parsed, ?" + n + ") > 0)"
	}
	result, err := s.db.Execute(statement+" ORDER BY id DESC LIMIT "+wire.FormatInt(f.limit+1),
		parameters...)
	if err != nil {
		return nil, err
	}
	p := &page{}
	size := 0
	for i, row := range result.Rows {
		e := readEntry(row)
		size += len(e.Expression) + len(e.Parsed) + len(e.Plot)
		if int64(i) == f.limit || i > 0 && size > maxPage {
			p.next = p.entries[i-1].id
			break
		}
		p.entries = append(p.entries, e)
	}
	return p, nil
}

const entryColumns = "id, at, kind, expression, parsed, result, plot, unit"

func readEntry(row []sqlite.Value) entry {
	return entry{id: row[0].Int(), Entry: wire.Entry{
		At: row[1].Int(), Kind: row[2].Text(), Expression: row[3].Text(), Parsed: row[4].Text(),
		Value: row[5].Float(), HasValue: !row[5].IsNull(), Plot: row[6].Text(),
		Unit: row[7].Text()}}
}

// chosen reads the entries that are to be shared, in the order in which they were calculated. One
// that is not there is an error, and so are too many.
func (s *store) chosen(owner string, req *shareRequest) ([]entry, error) {
	which, parameters := "owner = ?1", []sqlite.Value{sqlite.String(owner)}
	if !req.all {
		list := []byte{'['}
		for i, id := range req.ids {
			if i > 0 {
				list = append(list, ',')
			}
			list = append(list, wire.FormatInt(id)...)
		}
		which += " AND id IN (SELECT value FROM json_each(?2))"
		parameters = append(parameters, sqlite.String(string(append(list, ']'))))
	}
	// Their size first: what is too large must not get into the memory of a component.
	result, err := s.db.Execute(`
		SELECT count(*), total(length(expression) + length(parsed) + coalesce(length(plot), 0))
		FROM (SELECT expression, parsed, plot FROM entries
			WHERE `+which+` LIMIT `+wire.FormatInt(maxShared+1)+`)`, parameters...)
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
		SELECT `+entryColumns+` FROM entries WHERE `+which+` ORDER BY id`, parameters...)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, row := range result.Rows {
		entries = append(entries, readEntry(row))
	}
	return entries, nil
}

// remove erases one entry.
func (s *store) remove(owner string, id int64) error {
	if _, err := s.findOwner(owner); err != nil {
		return err
	}
	result, err := s.db.Execute("DELETE FROM entries WHERE owner = ?1 AND id = ?2 RETURNING id",
		sqlite.String(owner), sqlite.Int(id))
	if err == nil && len(result.Rows) == 0 {
		return errNoEntry
	}
	return err
}

// clear erases the entries of an owner. Their ids are not used again, and the ids of evaluations
// stay, so that a repeat does not bring one back.
func (s *store) clear(owner string) error {
	if _, err := s.findOwner(owner); err != nil {
		return err
	}
	_, err := s.db.Execute("DELETE FROM entries WHERE owner = ?1", sqlite.String(owner))
	return err
}

func (s *store) strip(owner string) error {
	for _, table := range []string{"entries", "appends"} {
		if _, err := s.db.Execute("DELETE FROM "+table+" WHERE owner = ?1",
			sqlite.String(owner)); err != nil {
			return err
		}
	}
	return nil
}

// erase leaves tombstones and nothing else of an owner, so that an evaluation under way cannot
// bring anything back. The snapshots of the shares are still to be deleted.
func (s *store) erase(owner string) error {
	return storage.Immediate(s.db, func() error {
		_, err := s.db.Execute(`
			INSERT INTO owners (owner, used_at, erased_at) VALUES (?1, ?2, ?2)
			ON CONFLICT (owner) DO UPDATE SET erased_at = coalesce(erased_at, ?2)`,
			sqlite.String(owner), sqlite.Int(s.now))
		if err != nil {
			return err
		}
		if _, err := s.db.Execute(`
			UPDATE shares SET state = 2, title = '' WHERE owner = ?1 AND state <= 1`,
			sqlite.String(owner)); err != nil {
			return err
		}
		return s.strip(owner)
	})
}

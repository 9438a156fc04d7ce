package history

import (
	"abacus/migrations"
	"abacus/shared/plot"
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

// entry is one evaluation that had an answer.
type entry struct {
	id         int64
	at         int64  // UTC milliseconds
	kind       string // value, assignment, definition, plot
	expression string
	parsed     string
	result     float64
	hasResult  bool            // a definition and a plot have none
	plot       *plot.Statement // of a plot
}

const (
	day       = 24 * 60 * 60 * 1000 // milliseconds
	keyLife   = 2 * day             // how long an append is known by its key: longer than sessions knows the commit
	ownerLife = 90 * day            // how long the entries of an owner are kept unused
	sweepStep = 8                   // entries from one sweep to the next
	mostSwept = 200                 // entries in a sweep
)

// current is the condition that the tables are those of this service.
var current = migrations.History.Current()

// query runs the statement that a request begins with, and returns its row.
func (s *store) query(statement string, parameters ...sqlite.Value) ([]sqlite.Value, error) {
	result, err := migrations.History.Query(s.db, statement, parameters...)
	if err != nil {
		return nil, err
	}
	return result.Rows[0], nil
}

// owner reads who a request is about, first of all: when they stored something
// last, and up to when their entries a minute are used up; 0 for an owner not
// known. An erased one is a problem.
func (s *store) owner(owner string) (usedAt, pacedAt int64, err error) {
	row, err := s.query("SELECT used_at, paced_at, erased_at FROM (SELECT 1 WHERE "+current+") LEFT JOIN owners ON owner = ?1", sqlite.String(owner))
	if err != nil {
		return 0, 0, err
	}
	if !row[2].IsNull() {
		return 0, 0, errUnknown
	}
	return row[0].Int(), row[1].Int(), nil
}

// append stores entries under the next ids, unless that was done before with the
// same key, and returns the first id. All is done or nothing.
func (s *store) append(owner string, what appended) (first int64, err error) {
	if _, _, err := s.owner(owner); err != nil {
		return 0, err
	}
	err = storage.Immediate(s.db, func() error {
		before, err := s.db.Execute("SELECT first FROM appends WHERE owner = ?1 AND key = ?2", sqlite.String(owner), sqlite.String(what.key))
		if err != nil {
			return err
		}
		if len(before.Rows) > 0 {
			first = before.Rows[0][0].Int()
			return nil
		}
		count, now := int64(len(what.entries)), s.now*1000
		result, err := s.db.Execute("INSERT INTO owners (owner, last, used_at, paced_at) VALUES (?1, ?2, ?3, ?4 + ?5) "+
			"ON CONFLICT (owner) DO UPDATE SET last = last + ?2, used_at = ?3, "+
			"paced_at = min(CASE WHEN paced_at BETWEEN ?4 AND ?6 THEN paced_at ELSE ?4 END + ?5, ?6) "+
			"WHERE erased_at IS NULL RETURNING last, paced_at",
			sqlite.String(owner), sqlite.Int(count), sqlite.Int(s.now), sqlite.Int(now),
			sqlite.Int(count*s.limits.spacing()), sqlite.Int(now+s.limits.farthest()))
		if err != nil {
			return err
		}
		if len(result.Rows) == 0 {
			return errUnknown
		}
		if !what.committed {
			if problem := s.pace(result.Rows[0][1].Int()-count*s.limits.spacing(), count); problem != nil {
				return problem
			}
		}
		first = result.Rows[0][0].Int() - count + 1
		if _, err = s.db.Execute("INSERT INTO appends (owner, key, first, at) VALUES (?1, ?2, ?3, ?4)",
			sqlite.String(owner), sqlite.String(what.key), sqlite.Int(first), sqlite.Int(s.now)); err != nil {
			return err
		}
		for i, e := range what.entries {
			if err := s.insert(owner, what.key, first+int64(i), e); err != nil {
				return err
			}
		}
		if first%sweepStep != 1 {
			return nil // others wait for the write lock
		}
		return s.sweep()
	})
	return first, err
}

// sweep removes some of what has outlived its use, with an owner's first append
// and now and then: appends after two days, entries of an owner after 90 days without
// use.
func (s *store) sweep() error {
	if _, err := s.db.Execute("DELETE FROM appends WHERE id IN (SELECT id FROM appends ORDER BY id LIMIT 32) AND at < ?1",
		sqlite.Int(s.now-keyLife)); err != nil {
		return err
	}
	old, err := s.db.Execute("SELECT owner FROM owners WHERE used_at < ?1 ORDER BY used_at LIMIT 1", sqlite.Int(s.now-ownerLife))
	if err != nil || len(old.Rows) == 0 {
		return err
	}
	owner := old.Rows[0][0]
	gone, err := s.db.Execute("DELETE FROM entries WHERE owner = ?1 AND id IN (SELECT id FROM entries WHERE owner = ?1 ORDER BY id LIMIT "+
		wire.FormatInt(mostSwept)+") RETURNING id", owner)
	if err != nil || len(gone.Rows) == mostSwept {
		return err
	}
	if err := s.strip(owner.Text()); err != nil {
		return err
	}
	_, err = s.db.Execute("DELETE FROM owners WHERE owner = ?1", owner)
	return err
}

func (s *store) insert(owner, key string, id int64, e entry) error {
	result := sqlite.Nil()
	if e.hasResult {
		result = sqlite.Float(e.result)
	}
	drawn := sqlite.Nil()
	if e.plot != nil {
		drawn = sqlite.String(e.plot.Text())
	}
	_, err := s.db.Execute("INSERT INTO entries (owner, id, at, kind, expression, parsed, result, key, plot) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		sqlite.String(owner), sqlite.Int(id), sqlite.Int(s.now), sqlite.String(e.kind),
		sqlite.String(e.expression), sqlite.String(e.parsed), result, sqlite.String(key), drawn)
	return err
}

const (
	minute      = 60_000_000 // microseconds
	mostEntries = 100        // of one evaluation, an array of the service eval
)

// spacing is how many microseconds of a minute one entry takes up.
func (l Limits) spacing() int64 {
	if l.Entries == 0 {
		return 0
	}
	return minute / l.Entries
}

// farthest is how many microseconds ahead what is taken up can be: a minute, and the
// most entries that one evaluation has, an array's. What is farther was taken up
// before the clock was set back, and counts for nothing.
func (l Limits) farthest() int64 { return minute + mostEntries*l.spacing() }

// pace holds an owner to its entries a minute, by the generic cell rate algorithm
// (ITU-T I.371): each entry takes up its part of a minute, and what is taken up
// may reach a minute into the future. Unlike a count of the entries it does not
// forget those that were erased.
func (s *store) pace(pacedAt, count int64) error {
	if s.limits.Entries == 0 || count == 0 {
		return nil
	}
	now := s.now * 1000
	if pacedAt < now || pacedAt > now+s.limits.farthest() {
		pacedAt = now
	}
	if count > s.limits.Entries {
		count = s.limits.Entries // an array that could never pass may once nothing is taken up
	}
	if wait := pacedAt + count*s.limits.spacing() - now - minute; wait > 0 {
		return wire.NewProblem(wire.TooManyRequests, "this session calculates more than "+wire.FormatInt(s.limits.Entries)+" times a minute").
			WithHint("nothing was changed: try again later").WithRetry(int(wait/1_000_000) + 1)
	}
	return nil
}

// ans returns the value of the newest entry that has one, for who is about to
// append so many.
func (s *store) ans(owner string, entries int64) (float64, bool, error) {
	_, pacedAt, err := s.owner(owner)
	if err != nil {
		return 0, false, err
	}
	if err := s.pace(pacedAt, entries); err != nil {
		return 0, false, err
	}
	result, err := s.db.Execute("SELECT result FROM entries WHERE owner = ?1 AND result IS NOT NULL ORDER BY id DESC LIMIT 1",
		sqlite.String(owner))
	if err != nil || len(result.Rows) == 0 {
		return 0, false, err
	}
	return result.Rows[0][0].Float(), true, nil
}

// page reads the newest entries that the filter lets through.
func (s *store) page(owner string, f filter) (*page, error) {
	usedAt, _, err := s.owner(owner)
	if err != nil {
		return nil, err
	}
	if usedAt != 0 && s.now-usedAt > day {
		// Best effort: a history that is read is in use as well.
		s.db.Execute("UPDATE owners SET used_at = ?2 WHERE owner = ?1", sqlite.String(owner), sqlite.Int(s.now))
	}
	statement := "SELECT " + entryColumns + " FROM entries WHERE owner = ?1 AND id < ?2 AND at >= ?3 AND at <= ?4"
	parameters := []sqlite.Value{sqlite.String(owner), sqlite.Int(f.before), sqlite.Int(f.from), sqlite.Int(f.to)}
	if f.kind != "" {
		parameters = append(parameters, sqlite.String(f.kind))
		statement += " AND kind = ?" + wire.FormatInt(int64(len(parameters)))
	}
	if f.text != "" {
		parameters = append(parameters, sqlite.String(f.text))
		n := wire.FormatInt(int64(len(parameters)))
		statement += " AND (instr(expression, ?" + n + ") > 0 OR instr(parsed, ?" + n + ") > 0)"
	}
	result, err := s.db.Execute(statement+" ORDER BY id DESC LIMIT "+wire.FormatInt(f.limit+1), parameters...)
	if err != nil {
		return nil, err
	}
	p := &page{}
	size := 0
	for i, row := range result.Rows {
		e := readEntry(row)
		size += len(e.expression) + len(e.parsed) + len(row[6].Text())
		if int64(i) == f.limit || i > 0 && size > maxPage {
			p.next = p.entries[i-1].id
			break
		}
		p.entries = append(p.entries, e)
	}
	return p, nil
}

const entryColumns = "id, at, kind, expression, parsed, result, plot"

func readEntry(row []sqlite.Value) entry {
	return entry{id: row[0].Int(), at: row[1].Int(), kind: row[2].Text(), expression: row[3].Text(),
		parsed: row[4].Text(), result: row[5].Float(), hasResult: !row[5].IsNull(), plot: plot.Read(row[6].Text())}
}

// chosen reads the entries that are to be shared, in the order in which they were
// calculated. One that is not there is a problem, and so are too many.
func (s *store) chosen(owner string, wanted *want) ([]entry, error) {
	which, parameters := "owner = ?1", []sqlite.Value{sqlite.String(owner)}
	if !wanted.all {
		list := []byte{'['}
		for i, id := range wanted.ids {
			if i > 0 {
				list = append(list, ',')
			}
			list = append(list, wire.FormatInt(id)...)
		}
		which += " AND id IN (SELECT value FROM json_each(?2))"
		parameters = append(parameters, sqlite.String(string(append(list, ']'))))
	}
	// Their size first: what is too large must not get into a component's memory.
	result, err := s.db.Execute("SELECT count(*), total(length(expression) + length(parsed) + coalesce(length(plot), 0)) FROM "+
		"(SELECT expression, parsed, plot FROM entries WHERE "+which+" LIMIT "+wire.FormatInt(maxShared+1)+")",
		parameters...)
	if err != nil {
		return nil, err
	}
	switch count, size := result.Rows[0][0].Int(), result.Rows[0][1].Int(); {
	case count > maxShared:
		return nil, tooManyShared()
	case size > maxSnapshot:
		return nil, tooLargeShared()
	case count == 0 && wanted.all:
		return nil, wire.NewProblem(wire.UnknownEntry, "the history has no entries to share").WithHint("calculate something first")
	case count < int64(len(wanted.ids)):
		return nil, errNoEntry
	}
	if result, err = s.db.Execute("SELECT "+entryColumns+" FROM entries WHERE "+which+" ORDER BY id", parameters...); err != nil {
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
	if _, _, err := s.owner(owner); err != nil {
		return err
	}
	result, err := s.db.Execute("DELETE FROM entries WHERE owner = ?1 AND id = ?2 RETURNING id", sqlite.String(owner), sqlite.Int(id))
	if err == nil && len(result.Rows) == 0 {
		return errNoEntry
	}
	return err
}

// clear erases the entries of an owner; their ids are not used again, and what is
// known of the keys stays, so that a repeat does not bring one back.
func (s *store) clear(owner string) error {
	if _, _, err := s.owner(owner); err != nil {
		return err
	}
	_, err := s.db.Execute("DELETE FROM entries WHERE owner = ?1", sqlite.String(owner))
	return err
}

func (s *store) strip(owner string) error {
	for _, table := range []string{"entries", "appends"} {
		if _, err := s.db.Execute("DELETE FROM "+table+" WHERE owner = ?1", sqlite.String(owner)); err != nil {
			return err
		}
	}
	return nil
}

// erase leaves of an owner nothing but tombstones, so that an evaluation under way
// cannot bring anything back. The snapshots of the shares are still to be deleted.
func (s *store) erase(owner string) error {
	if _, _, err := s.owner(owner); err != nil && err != error(errUnknown) {
		return err
	}
	return storage.Immediate(s.db, func() error {
		_, err := s.db.Execute("INSERT INTO owners (owner, used_at, erased_at) VALUES (?1, ?2, ?2) "+
			"ON CONFLICT (owner) DO UPDATE SET erased_at = coalesce(erased_at, ?2)", sqlite.String(owner), sqlite.Int(s.now))
		if err != nil {
			return err
		}
		if _, err := s.db.Execute("UPDATE shares SET state = 2, title = '' WHERE owner = ?1 AND state <= 1", sqlite.String(owner)); err != nil {
			return err
		}
		return s.strip(owner)
	})
}

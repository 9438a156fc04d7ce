package history

import (
	"abacus/migrations"
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
	kind       string // value, assignment, definition
	expression string
	parsed     string
	result     float64
	hasResult  bool // a definition has none
}

const keyLife = 24 * 60 * 60 * 1000 // milliseconds that an append is known by its key

// current is the condition that the tables are those of this service.
var current = "(SELECT version FROM schema WHERE service = 'history') = " + wire.FormatInt(migrations.History.Version())

// owner reads who a request is about, first of all: where there is no answer, the
// tables are older or newer than this service, and are brought up to date, once,
// or refused. It returns the id of the newest entry, 0 for an owner not known.
func (s *store) owner(owner string) (last int64, err error) {
	const query = "SELECT last, erased_at FROM (SELECT 1 WHERE "
	const join = ") LEFT JOIN owners ON owner = ?1"
	result, err := s.db.Execute(query+current+join, sqlite.String(owner))
	if err != nil || len(result.Rows) == 0 {
		if err := migrations.History.Apply(s.db); err != nil {
			return 0, err
		}
		if result, err = s.db.Execute(query+current+join, sqlite.String(owner)); err != nil {
			return 0, err
		}
	}
	if !result.Rows[0][1].IsNull() {
		return 0, errUnknown
	}
	return result.Rows[0][0].Int(), nil
}

// append stores entries under the next ids, unless that was done before with the
// same key: then it tells what was stored. All is done or nothing.
func (s *store) append(owner string, what *appended, entries []entry) (known bool, err error) {
	if _, err := s.owner(owner); err != nil {
		return false, err
	}
	err = storage.Immediate(s.db, func() error {
		before, err := s.appended(owner, what.key)
		if err != nil {
			return err
		}
		if before != nil {
			*what, known = *before, true
			return nil
		}
		result, err := s.db.Execute("INSERT INTO owners (owner, last, used_at) VALUES (?1, ?2, ?3) "+
			"ON CONFLICT (owner) DO UPDATE SET last = last + ?2, used_at = ?3 WHERE erased_at IS NULL RETURNING last",
			sqlite.String(owner), sqlite.Int(int64(len(entries))), sqlite.Int(s.now))
		if err != nil {
			return err
		}
		if len(result.Rows) == 0 {
			return errUnknown
		}
		last := result.Rows[0][0].Int()
		if err := s.pace(owner, last); err != nil {
			return err
		}
		what.first = last - int64(len(entries)) + 1
		if _, err = s.db.Execute("INSERT INTO appends (owner, key, hash, outcome, first, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			sqlite.String(owner), sqlite.String(what.key), sqlite.String(what.hash), sqlite.String(what.outcome),
			sqlite.Int(what.first), sqlite.Int(s.now)); err != nil {
			return err
		}
		for i, e := range entries {
			if err := s.insert(owner, what.key, what.first+int64(i), e); err != nil {
				return err
			}
		}
		// A few of what has outlived its use go with every append.
		_, err = s.db.Execute("DELETE FROM appends WHERE id IN (SELECT id FROM appends ORDER BY id LIMIT 3) AND at < ?1",
			sqlite.Int(s.now-keyLife))
		return err
	})
	return known, err
}

func (s *store) insert(owner, key string, id int64, e entry) error {
	result := sqlite.Nil()
	if e.hasResult {
		result = sqlite.Float(e.result)
	}
	_, err := s.db.Execute("INSERT INTO entries (owner, id, at, kind, expression, parsed, result, key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
		sqlite.String(owner), sqlite.Int(id), sqlite.Int(s.now), sqlite.String(e.kind),
		sqlite.String(e.expression), sqlite.String(e.parsed), result, sqlite.String(key))
	return err
}

// pace holds an owner to its entries a minute. The ids are counted without gaps,
// so the entry that many ids ago tells when they began.
func (s *store) pace(owner string, last int64) error {
	if s.limits.Entries == 0 || last <= s.limits.Entries {
		return nil
	}
	result, err := s.db.Execute("SELECT at FROM entries WHERE owner = ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1",
		sqlite.String(owner), sqlite.Int(last-s.limits.Entries))
	if err != nil || len(result.Rows) == 0 {
		return err
	}
	if wait := result.Rows[0][0].Int() + 60_000 - s.now; wait > 0 {
		return wire.NewProblem(wire.TooManyRequests, "this session calculates more than "+wire.FormatInt(s.limits.Entries)+" times a minute").
			WithHint("try again later").WithRetry(int(wait/1000) + 1)
	}
	return nil
}

// appended returns what was stored with that key, nil if nothing was.
func (s *store) appended(owner, key string) (*appended, error) {
	if _, err := s.owner(owner); err != nil {
		return nil, err
	}
	result, err := s.db.Execute("SELECT hash, outcome, first FROM appends WHERE owner = ?1 AND key = ?2",
		sqlite.String(owner), sqlite.String(key))
	if err != nil || len(result.Rows) == 0 {
		return nil, err
	}
	row := result.Rows[0]
	return &appended{key: key, hash: row[0].Text(), outcome: row[1].Text(), first: row[2].Int()}, nil
}

// ans returns the value of the newest entry that has one.
func (s *store) ans(owner string) (float64, bool, error) {
	if _, err := s.owner(owner); err != nil {
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
	if _, err := s.owner(owner); err != nil {
		return nil, err
	}
	statement := "SELECT id, at, kind, expression, parsed, result FROM entries WHERE owner = ?1 AND id < ?2 AND at >= ?3 AND at <= ?4"
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
	for i, row := range result.Rows {
		if int64(i) == f.limit {
			p.next = p.entries[i-1].id
			break
		}
		p.entries = append(p.entries, entry{id: row[0].Int(), at: row[1].Int(), kind: row[2].Text(), expression: row[3].Text(),
			parsed: row[4].Text(), result: row[5].Float(), hasResult: !row[5].IsNull()})
	}
	return p, nil
}

// remove erases one entry.
func (s *store) remove(owner string, id int64) error {
	if _, err := s.owner(owner); err != nil {
		return err
	}
	result, err := s.db.Execute("DELETE FROM entries WHERE owner = ?1 AND id = ?2 RETURNING id", sqlite.String(owner), sqlite.Int(id))
	if err == nil && len(result.Rows) == 0 {
		return errNoEntry
	}
	return err
}

// clear erases the entries of an owner; what they were answered goes with them,
// their ids are not used again.
func (s *store) clear(owner string) error {
	if _, err := s.owner(owner); err != nil {
		return err
	}
	return storage.Immediate(s.db, func() error { return s.strip(owner) })
}

func (s *store) strip(owner string) error {
	for _, table := range []string{"entries", "appends"} {
		if _, err := s.db.Execute("DELETE FROM "+table+" WHERE owner = ?1", sqlite.String(owner)); err != nil {
			return err
		}
	}
	return nil
}

// erase leaves of an owner nothing but a tombstone, so that an evaluation under
// way cannot bring anything back.
func (s *store) erase(owner string) error {
	if _, err := s.owner(owner); err != nil && err != error(errUnknown) {
		return err
	}
	return storage.Immediate(s.db, func() error {
		_, err := s.db.Execute("INSERT INTO owners (owner, used_at, erased_at) VALUES (?1, ?2, ?2) "+
			"ON CONFLICT (owner) DO UPDATE SET erased_at = coalesce(erased_at, ?2)", sqlite.String(owner), sqlite.Int(s.now))
		if err != nil {
			return err
		}
		return s.strip(owner)
	})
}

package history

import (
	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// maxScan is how many bytes of entries a search reads for one page: a text of the greatest length,
// sought in these, takes a fraction of a second.
const maxScan = 256 << 10

// page reads the newest entries that match the filter. A search reads maxScan bytes at most: the
// page then has what was found, and the cursor goes on from there.
func (s *store) page(owner string, f filter) (*page, error) {
	of, err := s.findOwner(owner)
	if err != nil {
		return nil, err
	}
	if of.usedAt != 0 && s.now-of.usedAt > day {
		// Best effort: a history that is read is in use as well.
		s.db.Execute("UPDATE owners SET used_at = ?2, unused_at = NULL WHERE owner = ?1",
			sqlite.String(owner), sqlite.Int(s.now))
	}
	floor := int64(0) // entries up to this id are left to the next page
	if f.text != "" {
		if floor, err = s.floor(owner, f.before); err != nil {
			return nil, err
		}
	}
	statement := "SELECT " + entryColumns +
		" FROM entries WHERE owner = ?1 AND id < ?2 AND id > ?3 AND at >= ?4 AND at <= ?5"
	parameters := []sqlite.Value{sqlite.String(owner), sqlite.Int(f.before), sqlite.Int(floor),
		sqlite.Int(f.from), sqlite.Int(f.to)}
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
	if floor > 0 {
		p.next = floor + 1
	}
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

// floor returns the id of the newest entry that a search from before on does not reach within
// maxScan bytes; 0 if it reaches all.
func (s *store) floor(owner string, before int64) (int64, error) {
	result, err := s.db.Execute(`
		SELECT id FROM (SELECT id, sum(octet_length(expression) + octet_length(parsed)) OVER
			(ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newer
			FROM entries WHERE owner = ?1 AND id < ?2)
		WHERE newer > ?3 LIMIT 1`,
		sqlite.String(owner), sqlite.Int(before), sqlite.Int(maxScan))
	if err != nil || len(result.Rows) == 0 {
		return 0, err
	}
	return result.Rows[0][0].Int(), nil
}

const entryColumns = "id, at, kind, expression, parsed, result, plot, unit"

func readEntry(row []sqlite.Value) entry {
	e := entry{id: row[0].Int(), Entry: wire.Entry{
		At: row[1].Int(), Kind: row[2].Text(), Expression: row[3].Text(), Parsed: row[4].Text(),
		Value: row[5].Float(), HasValue: !row[5].IsNull(), Plot: row[6].Text(),
		Unit: row[7].Text()}}
	if e.Parsed == "" {
		e.Parsed = e.Expression
	}
	return e
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

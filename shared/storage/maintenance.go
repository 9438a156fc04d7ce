package storage

import "abacus/shared/sqlite"

// Shrink returns at most 32 MiB of free pages to the file system, and empties the write-ahead log
// so that nothing deleted stays in it. Best effort: while others read, the log stays, and a large
// file from an older version keeps its pages and reuses them.
func (t *Tables) Shrink() {
	t.db.Execute("PRAGMA incremental_vacuum(8192)")
	t.db.Execute("PRAGMA wal_checkpoint(TRUNCATE)")
}

// Day is a day in milliseconds.
const Day = 24 * 60 * 60 * 1000

// IsPlausible reports whether now is within a day of the newest time in the column used_at of a
// table, not counting the caller's row, which has the value own in the column key. Times are UTC
// milliseconds.
func (t *Tables) IsPlausible(table, key, own string, now int64) (bool, error) {
	newest, err := t.Execute("SELECT max(used_at) FROM "+table+" WHERE "+key+" <> ?1",
		sqlite.String(own))
	if err != nil {
		return false, err
	}
	used := newest.Rows[0][0].Int()
	return now-Day <= used && used <= now+Day, nil
}

// CheckHealth returns the error of a trial write, or of a read from one of the tables.
func (t *Tables) CheckHealth(tables ...string) error {
	for _, table := range tables {
		if _, err := t.Execute("SELECT * FROM " + table + " LIMIT 1"); err != nil {
			return err
		}
	}
	_, err := t.Execute("INSERT INTO schema SELECT * FROM schema WHERE false")
	return err
}

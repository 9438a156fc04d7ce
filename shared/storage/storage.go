// Package storage is what the services with a database share: the database's interface, erasure,
// plausible times, and the errors that clients see.
package storage

import (
	"strconv"

	"abacus/shared/sqlite"
)

// Database runs one statement at a time: Spin's interface in a component, the embedded host's
// SQLite in a service's tests.
type Database interface {
	Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error)
}

// Rows returns the rows of a VALUES clause whose parameters are numbered from first: (?3, ?4), (?5,
// ?6).
func Rows(first, columns, rows int) string {
	b := make([]byte, 0, 6*columns*rows)
	for row := 0; row < rows; row++ {
		for column := 0; column < columns; column++ {
			b = append(b, separator(row, column)...)
			b = strconv.AppendInt(append(b, '?'), int64(first+row*columns+column), 10)
		}
	}
	return string(append(b, ')'))
}

func separator(row, column int) string {
	switch {
	case column > 0:
		return ", "
	case row > 0:
		return "), ("
	}
	return "("
}

// TextOrNull returns a text, or NULL for "".
func TextOrNull(s string) sqlite.Value {
	if s == "" {
		return sqlite.Nil()
	}
	return sqlite.String(s)
}

// EraseDeleted makes SQLite overwrite what this connection deletes. Every write needs it, since
// SQLite may also move rows from one page to another. Best effort: a remote database (libSQL) may
// not support it.
func EraseDeleted(db Database) { db.Execute("PRAGMA secure_delete = ON") }

// Shrink returns at most 32 MiB of free pages to the file system, and empties the write-ahead log
// so that nothing deleted stays in it. Best effort: while others read, the log stays, and a large
// file from an older version keeps its pages and reuses them.
func Shrink(db Database) {
	db.Execute("PRAGMA incremental_vacuum(8192)")
	db.Execute("PRAGMA wal_checkpoint(TRUNCATE)")
}

// Day is a day in milliseconds.
const Day = 24 * 60 * 60 * 1000

// IsPlausible reports whether now is within a day of the newest time in the column used_at of a
// table, not counting the caller's row, which has the value own in the column key. Times are UTC
// milliseconds.
func IsPlausible(db Database, table, key, own string, now int64) (bool, error) {
	newest, err := db.Execute("SELECT max(used_at) FROM "+table+" WHERE "+key+" <> ?1",
		sqlite.String(own))
	if err != nil {
		return false, err
	}
	used := newest.Rows[0][0].Int()
	return now-Day <= used && used <= now+Day, nil
}

// CheckHealth returns the error of a trial write, or of a read from one of the tables.
func CheckHealth(db Database, tables ...string) error {
	for _, table := range tables {
		if _, err := db.Execute("SELECT * FROM " + table + " LIMIT 1"); err != nil {
			return err
		}
	}
	_, err := db.Execute("INSERT INTO schema SELECT * FROM schema WHERE false")
	return err
}

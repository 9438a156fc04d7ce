// Package storage is how the services with a database use it: the tables of a request, which it
// brings up to date (migrate.go), what erasing and sweeping need (maintenance.go), and the errors
// that clients see (explain.go).
package storage

import (
	"strconv"
	"strings"

	"abacus/shared/sqlite"
)

// Database runs one statement at a time: Spin's interface in a component, the embedded host's
// SQLite in a service's tests.
type Database interface {
	Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error)
}

// Schema is the steps that make the tables of one service, in order. The version of its tables is
// the number of steps that have been applied.
type Schema struct {
	Service string
	Steps   []string
}

// Version is the version of the tables that this build of the service uses.
func (s Schema) Version() int64 { return int64(len(s.Steps)) }

// Current returns the name of a view that only a database of this version has.
func (s Schema) Current() string { return s.view(s.Version()) }

func (s Schema) view(version int64) string {
	return s.Service + "_v" + strconv.FormatInt(version, 10)
}

// Tables is the database of one request, with the tables of this build: the first statement
// upgrades an older database, and fails on a newer one.
//
// A first statement that reads the view Schema.Current needs no query for the version, since it can
// only succeed on tables of this version.
type Tables struct {
	db      Database
	schema  Schema
	checked bool
	erases  bool // whether SQLite overwrites what this connection deletes
}

// Open returns the tables of a service in a database.
func Open(db Database, schema Schema) *Tables { return &Tables{db: db, schema: schema} }

// Execute runs a statement.
func (t *Tables) Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	if !t.checked && strings.Contains(statement, t.schema.Current()) {
		result, err := t.db.Execute(statement, parameters...)
		if err == nil || !isOutdated(err) {
			t.checked = err == nil
			return result, err
		}
	}
	if !t.checked {
		if err := t.schema.Apply(t.db); err != nil {
			return sqlite.Result{}, err
		}
		t.checked = true
	}
	return t.db.Execute(statement, parameters...)
}

// Write runs a statement that changes rows, and makes SQLite overwrite what it deletes.
func (t *Tables) Write(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	if !t.erases {
		eraseDeleted(t.db)
		t.erases = true
	}
	return t.Execute(statement, parameters...)
}

// eraseDeleted makes SQLite overwrite what this connection deletes. Every write needs it, since
// SQLite may also move rows from one page to another. Best effort: a remote database (libSQL) may
// not support it.
func eraseDeleted(db Database) { db.Execute("PRAGMA secure_delete = ON") }

// Rows returns the rows of a VALUES clause whose parameters are numbered from first: (?3, ?4), (?5,
// ?6).
func Rows(first, columns, rows int) string {
	b := make([]byte, 0, 6*columns*rows)
	for i := 0; i < columns*rows; i++ {
		switch {
		case i == 0:
			b = append(b, '(')
		case i%columns == 0:
			b = append(b, "), ("...)
		default:
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(append(b, '?'), int64(first+i), 10)
	}
	return string(append(b, ')'))
}

// TextOrNull returns a text, or NULL for "".
func TextOrNull(s string) sqlite.Value {
	if s == "" {
		return sqlite.Nil()
	}
	return sqlite.String(s)
}

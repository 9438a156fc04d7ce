package migrations

import (
	"strings"

	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

// Tables is the database of one request, with the tables of this build: the first statement
// upgrades an older database, and fails on a newer one.
//
// A first statement that reads the view List.Current needs no query for the version, since it can
// only succeed on tables of this version.
type Tables struct {
	db      storage.Database
	list    List
	checked bool
	erases  bool // whether SQLite overwrites what this connection deletes
}

// Open returns the tables in a database.
func (l List) Open(db storage.Database) *Tables { return &Tables{db: db, list: l} }

// Execute runs a statement.
func (t *Tables) Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	if !t.checked && strings.Contains(statement, t.list.Current()) {
		result, err := t.db.Execute(statement, parameters...)
		if !isOutdated(err) {
			t.checked = err == nil
			return result, err
		}
	}
	if !t.checked {
		if err := t.list.Apply(t.db); err != nil {
			return sqlite.Result{}, err
		}
		t.checked = true
	}
	return t.db.Execute(statement, parameters...)
}

// Write runs a statement that changes rows, and makes SQLite overwrite what it deletes.
func (t *Tables) Write(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	if !t.erases {
		storage.EraseDeleted(t.db)
		t.erases = true
	}
	return t.Execute(statement, parameters...)
}

// Shrink is storage.Shrink.
func (t *Tables) Shrink() { storage.Shrink(t.db) }

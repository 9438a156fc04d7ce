package migrations

import (
	"errors"
	"strconv"
	"strings"

	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

// List is the steps of one service, in order. The version of its tables is the number of steps that
// have been applied.
type List struct {
	Service string
	Steps   []string
}

// Version is the version of the tables that this build of the service uses.
func (l List) Version() int64 { return int64(len(l.Steps)) }

// Current returns the name of a view that only a database of this version has.
func (l List) Current() string { return l.view(l.Version()) }

func (l List) view(version int64) string {
	return l.Service + "_v" + strconv.FormatInt(version, 10)
}

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

// isOutdated reports whether an error says that the tables lack what a statement names.
func isOutdated(err error) bool {
	return lacksTable(err) || says(err, "no such column") || says(err, "no column named")
}

// lacksTable reports whether an error says that a table does not exist.
func lacksTable(err error) bool { return says(err, "no such table") }

// says reports whether an error is one of SQLite with this text.
func says(err error, text string) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && strings.Contains(failure.Error(), text)
}

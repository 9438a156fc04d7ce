// Package storage is what the services with a database share: its interface, its transactions, and
// the words for its failures.
package storage

import (
	"errors"
	"strings"

	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// Database runs one statement at a time: Spin's interface in a component, the embedded host's
// SQLite in a service's tests.
type Database interface {
	Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error)
}

// ErrNewer is the error for tables that a later version of the service made.
var ErrNewer = errors.New("the tables belong to a newer version of this service")

// Immediate runs f in a transaction that takes the write lock at once: one that reads first and
// writes later fails if another has written in between. An error of f rolls back, since in SQLite a
// failed statement alone does not end a transaction.
func Immediate(db Database, f func() error) error {
	EraseDeleted(db)
	if _, err := db.Execute("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		if _, err = db.Execute("COMMIT"); err == nil {
			return nil
		}
	}
	// If this fails as well, Spin rolls back when the request ends.
	db.Execute("ROLLBACK")
	return err
}

// EraseDeleted makes SQLite overwrite what this connection deletes, and what it moves from one page
// to another: so it is for every write. Best effort: a database elsewhere (libSQL) may not know
// how.
func EraseDeleted(db Database) { db.Execute("PRAGMA secure_delete = ON") }

// Shrink gives free pages back to the file system, 32 MiB of them at most, and empties the
// write-ahead log, so that nothing deleted stays in it. Best effort: while others read the log
// stays, and a file that an older version made keeps its pages and uses them again.
func Shrink(db Database) {
	db.Execute("PRAGMA incremental_vacuum(8192)")
	db.Execute("PRAGMA wal_checkpoint(TRUNCATE)")
}

// Explain words an error of the database for a client, without its SQL. The router logs the error.
func Explain(err error) *wire.Problem {
	if errors.Is(err, ErrNewer) {
		return wire.NewProblem(wire.SchemaNewer, ErrNewer.Error()).
			WithHint("run the newer version; nothing was changed").WithRetry(60)
	}
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return wire.NewProblem(wire.Internal, "the storage failed")
	}
	text := failure.Error()
	switch {
	case contains(text, "locked", "busy"):
		return wire.NewProblem(wire.StorageBusy, "others are writing to the storage").
			WithHint("nothing was changed: try again").WithRetry(1)
	case contains(text, "interrupt"):
		return wire.NewProblem(wire.StorageBusy, "the storage took too long and was interrupted").
			WithHint("nothing was changed: ask for less, or try again").WithRetry(1)
	case contains(text, "full", "readonly", "read-only", "I/O error", "unable to open"):
		return wire.NewProblem(wire.StorageFull, "the storage cannot be written now").
			WithHint("nothing was changed; the operator sees the reason in the log").WithRetry(30)
	case contains(text, "malformed", "not a database"):
		return wire.NewProblem(wire.ServiceUnavailable, "the database is damaged").
			WithHint("nothing was changed; whoever runs the services must put a good copy in its " +
				"place").WithRetry(60)
	case failure.Code != sqlite.IO:
		return wire.NewProblem(wire.ServiceUnavailable, "the database cannot be opened").
			WithHint("check sqlite_databases in the manifest and the runtime configuration").
			WithRetry(30)
	}
	return wire.NewProblem(wire.Internal, "the storage failed")
}

func contains(text string, words ...string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

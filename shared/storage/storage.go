// Package storage is what the services that keep something have in common: the
// database as they see it, its transactions, and the words for its failures.
package storage

import (
	"errors"
	"net/http"
	"os"
	"strings"

	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// Database runs one statement at a time: in a component Spin's own interface, in
// a service's tests the embedded host's SQLite.
type Database interface {
	Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error)
}

// ErrNewer tells that the tables were made by a later version of the service.
var ErrNewer = errors.New("the tables belong to a newer version of this service")

// Immediate runs f in a transaction that takes the write lock at once, since a
// transaction that reads first and writes later fails when another has written
// in between. An error of f rolls back; a failed statement alone does not, in
// SQLite, end a transaction.
func Immediate(db Database, f func() error) error {
	if _, err := db.Execute("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		if _, err = db.Execute("COMMIT"); err == nil {
			return nil
		}
	}
	// The first error is the one to tell; if rolling back fails as well, Spin
	// does it when the request ends.
	db.Execute("ROLLBACK")
	return err
}

// Outdated tells whether a statement failed because the tables are missing or
// older than it expects.
func Outdated(err error) bool { return contains(err.Error(), "no such table", "no such column") }

// Problem puts a failure into words for a client, with no SQL in them; SQLite's
// own words go to the log of the service. A problem that is one already stays as
// it is.
func Problem(service string, err error) *wire.Problem {
	problem := translate(err)
	if problem.Status >= http.StatusInternalServerError {
		os.Stderr.WriteString(service + ": " + err.Error() + "\n")
	}
	return problem
}

func translate(err error) *wire.Problem {
	if p, ok := err.(*wire.Problem); ok {
		return p
	}
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
	case contains(text, "full", "readonly", "read-only", "I/O error", "unable to open"):
		return wire.NewProblem(wire.StorageFull, "the storage cannot be written now").
			WithHint("nothing was changed; the operator sees the reason in the log").WithRetry(30)
	case contains(text, "malformed", "not a database"):
		return wire.NewProblem(wire.ServiceUnavailable, "the database is damaged").
			WithHint("nothing was changed; whoever runs the services must put a good copy in its place").WithRetry(60)
	case failure.Code != sqlite.IO:
		return wire.NewProblem(wire.ServiceUnavailable, "the database cannot be opened").
			WithHint("check sqlite_databases in the manifest and the runtime configuration").WithRetry(30)
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

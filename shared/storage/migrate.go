package storage

import (
	"errors"
	"strings"

	"abacus/shared/sqlite"
)

// ErrNewer is the error for tables that a later version of the service made.
var ErrNewer = errors.New("the tables belong to a newer version of this service")

// Apply runs the steps that the database lacks, all or none. If it lacks none, that is one short
// query. Several instances may do it at once. A database with more steps stays as it is: ErrNewer.
func (s Schema) Apply(db Database) error {
	seen, err := s.seen(db)
	if err != nil {
		return err
	}
	if seen == s.Version() {
		return nil
	}
	makeShrinkable(db)
	// In WAL mode, which the file keeps, readers do not wait for the writer. Best effort: a remote
	// database (libSQL) has no such mode.
	db.Execute("PRAGMA journal_mode = WAL")
	return immediate(db, func() error {
		if _, err := db.Execute("CREATE TABLE IF NOT EXISTS schema (service TEXT PRIMARY KEY, " +
			"version INTEGER NOT NULL)"); err != nil {
			return err
		}
		seen, err := s.seen(db)
		if err != nil {
			return err
		}
		list := []string{"DROP VIEW IF EXISTS " + s.view(seen)}
		for _, step := range s.Steps[seen:] {
			list = append(list, statements(step)...)
		}
		list = append(list, "CREATE VIEW IF NOT EXISTS "+s.Current()+" AS SELECT 1 AS one")
		for _, statement := range list {
			if _, err := db.Execute(statement); err != nil {
				return err
			}
		}
		_, err = db.Execute("INSERT INTO schema (service, version) VALUES (?1, ?2) "+
			"ON CONFLICT (service) DO UPDATE SET version = excluded.version",
			sqlite.String(s.Service), sqlite.Int(s.Version()))
		return err
	})
}

// maxRewritten is the largest file that makeShrinkable rewrites, in pages: 64 MiB, which takes
// about a second.
const maxRewritten = 16 << 10

// makeShrinkable lets the file shrink after deletions (Tables.Shrink), for which a file from an
// older version is rewritten. Best effort: a larger file only reuses its pages.
func makeShrinkable(db Database) {
	db.Execute("PRAGMA auto_vacuum = INCREMENTAL")
	result, err := db.Execute("SELECT page_count FROM pragma_page_count, pragma_auto_vacuum " +
		"WHERE auto_vacuum = 0")
	if err == nil && len(result.Rows) == 1 && result.Rows[0][0].Int() <= maxRewritten {
		db.Execute("VACUUM")
	}
}

// immediate runs f in a transaction that takes the write lock at the start: one that reads first
// and writes later fails if another has written in between. An error of f rolls it back, since in
// SQLite a failed statement does not end a transaction.
func immediate(db Database, f func() error) error {
	eraseDeleted(db)
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

// seen returns the number of steps that have been applied to the database.
func (s Schema) seen(db Database) (int64, error) {
	result, err := db.Execute("SELECT version FROM schema WHERE service = ?1",
		sqlite.String(s.Service))
	if lacksTable(err) {
		return 0, nil
	}
	if err != nil || len(result.Rows) == 0 {
		return 0, err
	}
	if seen := result.Rows[0][0].Int(); seen <= s.Version() {
		return seen, nil
	}
	return 0, ErrNewer
}

// statements splits a step into its statements. It drops comments, so strings in the SQL must not
// contain `--`.
func statements(step string) []string {
	var list []string
	var statement string
	inTrigger := false
	for _, line := range strings.Split(step, "\n") {
		line, _, _ = strings.Cut(line, "--")
		line = strings.TrimRight(line, " ")
		statement += line + "\n"
		inTrigger = strings.HasSuffix(line, " BEGIN") || inTrigger && line != "END;"
		if strings.HasSuffix(line, ";") && !inTrigger {
			list = append(list, strings.TrimSpace(statement))
			statement = ""
		}
	}
	return list
}

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

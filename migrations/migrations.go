// Package migrations holds the tables of every service and brings a database to
// them: each service its own, whenever it meets a database that is older.
//
// To add a step, write the next NNNN_name.sql, with a comment for every column,
// and append it to the list of the service that owns the tables. A step that has
// been released is never edited. Statements end with `;` at the end of a line
// (or before a comment), because Spin runs only the first statement of a string.
package migrations

import (
	_ "embed"
	"errors"
	"strconv"
	"strings"

	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

//go:embed 0001_sessions.sql
var sessions1 string

//go:embed 0002_capabilities.sql
var sessions2 string

//go:embed 0003_history.sql
var history1 string

//go:embed 0004_shares.sql
var history2 string

//go:embed 0005_once.sql
var history3 string

//go:embed 0006_plots.sql
var history4 string

// List is the steps of one service, in order. The version of a service's tables
// is the number of steps that they have seen.
type List struct {
	Service string
	Steps   []string
}

// The lists, one a service that owns tables.
var (
	Sessions = List{"sessions", []string{sessions1, sessions2}}
	History  = List{"history", []string{history1, history2, history3, history4}}
)

// Version is the version of the tables that this build of the service works with.
func (l List) Version() int64 { return int64(len(l.Steps)) }

// Apply runs the steps that the database has not seen, all or none, and does
// nothing where there are none. Two services, or two instances of one, may do it
// at once. A database that has seen more is left untouched: storage.ErrNewer.
func (l List) Apply(db storage.Database) error {
	seen, err := l.seen(db)
	if err != nil {
		return err
	}
	if seen == l.Version() {
		return nil
	}
	// Readers do not wait for the writer in WAL mode, which stays with the file.
	// Best effort: a database elsewhere (libSQL) has none, and needs none.
	db.Execute("PRAGMA journal_mode = WAL")
	return storage.Immediate(db, func() error {
		if _, err := db.Execute("CREATE TABLE IF NOT EXISTS schema (service TEXT PRIMARY KEY, version INTEGER NOT NULL)"); err != nil {
			return err
		}
		seen, err := l.seen(db)
		if err != nil {
			return err
		}
		for _, step := range l.Steps[seen:] {
			for _, statement := range statements(step) {
				if _, err := db.Execute(statement); err != nil {
					return err
				}
			}
		}
		_, err = db.Execute("INSERT INTO schema (service, version) VALUES (?1, ?2) "+
			"ON CONFLICT (service) DO UPDATE SET version = excluded.version",
			sqlite.String(l.Service), sqlite.Int(l.Version()))
		return err
	})
}

// Query runs the statement that a request begins with. Its answer must have a row
// where the condition Current holds; where it has none, or a table or column is
// missing, the tables are older or newer than this service: they are brought up to
// date, once, or refused.
func (l List) Query(db storage.Database, statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	result, err := db.Execute(statement, parameters...)
	if err == nil && len(result.Rows) > 0 || err != nil && !storage.Outdated(err) {
		return result, err
	}
	if err := l.Apply(db); err != nil {
		return result, err
	}
	return db.Execute(statement, parameters...)
}

// Current is the condition, in SQL, that the tables are those of this build.
func (l List) Current() string {
	return "(SELECT version FROM schema WHERE service = '" + l.Service + "') = " + strconv.FormatInt(l.Version(), 10)
}

// seen reads how many steps the database has seen.
func (l List) seen(db storage.Database) (int64, error) {
	result, err := db.Execute("SELECT version FROM schema WHERE service = ?1", sqlite.String(l.Service))
	var failure *sqlite.Error
	if errors.As(err, &failure) && strings.Contains(failure.Error(), "no such table") {
		return 0, nil
	}
	if err != nil || len(result.Rows) == 0 {
		return 0, err
	}
	if seen := result.Rows[0][0].Int(); seen <= l.Version() {
		return seen, nil
	}
	return 0, storage.ErrNewer
}

// statements cuts a step into its statements. A line's comment is cut away, so
// the SQL of a step holds no `--` within a string.
func statements(step string) []string {
	var list []string
	var statement string
	for _, line := range strings.Split(step, "\n") {
		line, _, _ = strings.Cut(line, "--")
		line = strings.TrimRight(line, " ")
		statement += line + "\n"
		if strings.HasSuffix(line, ";") {
			list = append(list, strings.TrimSpace(statement))
			statement = ""
		}
	}
	return list
}

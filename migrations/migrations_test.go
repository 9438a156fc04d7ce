package migrations

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"abacus/shared/sqlite"
	"abacus/shared/sqlite/sqlitetest"
	"abacus/shared/storage"
)

var schemas = []storage.Schema{Sessions, History}

func TestApplyMakesTheTablesOnce(t *testing.T) {
	for _, schema := range schemas {
		db := open(t, filepath.Join(t.TempDir(), "a.db"))
		for i := 0; i < 2; i++ {
			if err := schema.Apply(db); err != nil {
				t.Fatalf("%s, time %d: %v", schema.Service, i+1, err)
			}
			if got := query(t, db, "SELECT version FROM schema WHERE service = '"+schema.Service+"'"); got != strconv.Itoa(len(schema.Steps)) {
				t.Errorf("%s has version %s, want %d", schema.Service, got, len(schema.Steps))
			}
		}
		if got := query(t, db, "PRAGMA journal_mode"); got != "wal" {
			t.Errorf("journal mode %s, want wal", got)
		}
	}
}

// TestApplyKeepsTheCoursesData upgrades the tables of the course's app with data in them.
func TestApplyKeepsTheCoursesData(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "course.db"))
	execute(t, db, "CREATE TABLE sessions (session_id INTEGER PRIMARY KEY AUTOINCREMENT)")
	execute(t, db, "CREATE TABLE variables (session_id INTEGER NOT NULL, key TEXT NOT NULL, value REAL NOT NULL)")
	execute(t, db, "INSERT INTO sessions VALUES (7)")
	execute(t, db, "INSERT INTO variables VALUES (7, 'a', 1), (7, 'a', 2), (7, 'b', 3)")
	if err := Sessions.Apply(db); err != nil {
		t.Fatal(err)
	}
	if got := query(t, db, "SELECT group_concat(key || '=' || value, ' ') FROM (SELECT * FROM variables WHERE session_id = 7 ORDER BY key)"); got != "a=2.0 b=3.0" {
		t.Errorf("variables %q, want the latest of each name: a=2.0 b=3.0", got)
	}
	if got := query(t, db, "SELECT session_id || ' ' || version FROM sessions"); got != "7 0" {
		t.Errorf("session %q, want 7 0", got)
	}
	execute(t, db, "INSERT INTO sessions DEFAULT VALUES")
	if got := query(t, db, "SELECT max(session_id) FROM sessions"); got != "8" {
		t.Errorf("the next session is %s, want 8", got)
	}
}

// TestApplyMakesFilesShrinkable upgrades a file that an older version made without auto-vacuum.
func TestApplyMakesFilesShrinkable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	db := open(t, path)
	execute(t, db, "PRAGMA auto_vacuum = NONE")
	execute(t, db, "PRAGMA journal_mode = WAL")
	execute(t, db, "CREATE TABLE sessions (session_id INTEGER PRIMARY KEY AUTOINCREMENT)")
	execute(t, db, "CREATE TABLE filler (a)")
	execute(t, db, "INSERT INTO filler VALUES (zeroblob(1000000))")
	if err := Sessions.Apply(db); err != nil {
		t.Fatal(err)
	}
	execute(t, db, "DELETE FROM filler")
	storage.Open(db, Sessions).Shrink()
	if info, err := os.Stat(path); err != nil || info.Size() > 500_000 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

// TestApplyKeepsTheHistory upgrades an older history: it keeps its entries, its shares and the keys
// that it knows.
func TestApplyKeepsTheHistory(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "history.db"))
	if err := (storage.Schema{Service: "history", Steps: History.Steps[:2]}).Apply(db); err != nil {
		t.Fatal(err)
	}
	execute(t, db, "INSERT INTO owners (owner, last, used_at) VALUES ('me', 2, 1000)")
	execute(t, db, "INSERT INTO entries VALUES ('me', 1, 900, 'value', '1', '1', 1.0, 'a'), ('me', 2, 1000, 'assignment', 'x = 2', 'x = 2', 2.0, 'b')")
	execute(t, db, "INSERT INTO appends (owner, key, hash, outcome, first, at) VALUES ('me', 'a', 'h', 'o', 1, 900), ('me', 'b', 'i', 'o', 2, 1000)")
	execute(t, db, "INSERT INTO shares (token_hash, owner, key, hash, title, entries, names, created_at) VALUES ('t', 'me', 'k', 'h', 'mine', 1, 0, 1000)")
	if err := History.Apply(db); err != nil {
		t.Fatal(err)
	}
	for statement, want := range map[string]string{
		"SELECT group_concat(id || ' ' || expression || ' ' || result, ', ') FROM entries": "1 1 1.0, 2 x = 2 2.0",
		"SELECT count(*) FROM entries WHERE plot IS NULL":                                  "2",
		"SELECT group_concat(key || first, ' ') FROM appends":                              "a1 b2",
		"SELECT last || ' ' || quota_at FROM owners":                                       "2 0",
		"SELECT title FROM shares":                                                         "mine",
	} {
		if got := query(t, db, statement); got != want {
			t.Errorf("%s: %q, want %q", statement, got, want)
		}
	}
}

func TestApplyRefusesNewerTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newer.db")
	database := sqlitetest.Open(path)
	db := database.Connect().Bind(context.Background())
	for _, schema := range schemas {
		if err := schema.Apply(db); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, db, "UPDATE schema SET version = version + 1")
	execute(t, db, "PRAGMA wal_checkpoint(TRUNCATE)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range schemas {
		if err := schema.Apply(db); !errors.Is(err, storage.ErrNewer) {
			t.Errorf("%s: error %v, want %v", schema.Service, err, storage.ErrNewer)
		}
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the refused database was changed")
	}
}

// TestApplyResumesAfterEveryInterruption upgrades from every older version and stops before every
// statement: the next Apply always ends with the same tables.
func TestApplyResumesAfterEveryInterruption(t *testing.T) {
	for _, schema := range schemas {
		want := ""
		for old := 0; old < len(schema.Steps); old++ {
			for after := 0; ; after++ {
				db := open(t, filepath.Join(t.TempDir(), "b.db"))
				execute(t, db, "PRAGMA synchronous = OFF") // there are hundreds of files
				if err := (storage.Schema{Service: schema.Service, Steps: schema.Steps[:old]}).Apply(db); old > 0 && err != nil {
					t.Fatal(err)
				}
				broken := &breaking{Database: db, left: after}
				interrupted := schema.Apply(broken) != nil
				if interrupted {
					// The host does this when a component ends within a transaction.
					db.Execute("ROLLBACK")
					if got := seen(t, schema, db); got != int64(old) {
						t.Fatalf("%s from %d, broken off after %d statements: version %d", schema.Service, old, after, got)
					}
					if err := schema.Apply(db); err != nil {
						t.Fatalf("%s from %d, again after %d statements: %v", schema.Service, old, after, err)
					}
				}
				made := query(t, db, "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE name <> 'schema' ORDER BY name)")
				if want == "" {
					want = made
				}
				if made != want {
					t.Fatalf("%s from %d, broken off after %d statements, has other tables:\n%s\nwant\n%s", schema.Service, old, after, made, want)
				}
				if !interrupted {
					break
				}
			}
		}
	}
}

func TestApplyAtOnce(t *testing.T) {
	database := sqlitetest.Open(filepath.Join(t.TempDir(), "c.db"))
	defer database.Close()
	var wait sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		i := i
		wait.Add(1)
		go func() {
			defer wait.Done()
			conn := database.Connect()
			defer conn.Close()
			errs[i] = schemas[i%len(schemas)].Apply(conn.Bind(context.Background()))
		}()
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("instance %d: %v", i, err)
		}
	}
}

// breaking is a database that fails for good after a number of statements.
type breaking struct {
	storage.Database
	left int
}

func (b *breaking) Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	if b.left == 0 {
		return sqlite.Result{}, &sqlite.Error{Code: sqlite.IO, Detail: "disk I/O error"}
	}
	b.left--
	return b.Database.Execute(statement, parameters...)
}

func open(t *testing.T, path string) storage.Database {
	t.Helper()
	database := sqlitetest.Open(path)
	conn := database.Connect()
	t.Cleanup(func() {
		conn.Close()
		database.Close()
	})
	return conn.Bind(context.Background())
}

func execute(t *testing.T, db storage.Database, statement string) sqlite.Result {
	t.Helper()
	result, err := db.Execute(statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return result
}

func query(t *testing.T, db storage.Database, statement string) string {
	t.Helper()
	value := execute(t, db, statement).Rows[0][0]
	if value.Kind() == sqlite.Integer {
		return strconv.FormatInt(value.Int(), 10)
	}
	return value.Text()
}

// seen returns the number of steps that have been applied to a database.
func seen(t *testing.T, schema storage.Schema, db storage.Database) int64 {
	t.Helper()
	if query(t, db, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema'") == "0" {
		return 0
	}
	rows := execute(t, db, "SELECT version FROM schema WHERE service = '"+schema.Service+"'").Rows
	if len(rows) == 0 {
		return 0
	}
	return rows[0][0].Int()
}

package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// inFile returns a database in a folder that does not exist yet.
func inFile(t testing.TB) *Database {
	d := &Database{Path: filepath.Join(t.TempDir(), "state", "data.db")}
	t.Cleanup(func() { d.Close() })
	return d
}

// run executes statements that must succeed and returns the last result in the form of the
// transcript.
func run(t testing.TB, c *Conn, statements ...string) string {
	t.Helper()
	var b strings.Builder
	for _, statement := range statements {
		b.Reset()
		result, err := c.Execute(context.Background(), statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		show(&b, result, nil)
	}
	return b.String()
}

// TestPooledLooksNew checks that a pooled connection looks new, whatever was done with it before.
func TestPooledLooksNew(t *testing.T) {
	tests := []struct {
		name       string
		statements []string
		pooled     bool // the next user gets the same connection
	}{
		{"reads", []string{"select * from t"}, true},
		{"writes", []string{"insert into t values(2), (3)"}, true},
		{"unfinished transaction", []string{"begin immediate", "insert into t values(2)"}, true},
		{"unfinished savepoint", []string{"savepoint s", "insert into t values(2)"}, true},
		{"reading a setting", []string{"pragma cache_size"}, true},
		{"setting what is set", []string{"PRAGMA Foreign_Keys = ON", "pragma busy_timeout = 5000", "pragma synchronous = full"}, true},
		{"a setting of the file", []string{"pragma user_version = 0", "pragma journal_mode = wal"}, true},
		{"asking about a table", []string{"pragma table_info(t)", "select * from pragma_index_list('t')"}, true},
		{"foreign keys off", []string{"pragma foreign_keys = off"}, false},
		{"busy timeout", []string{"pragma busy_timeout(7)"}, true},
		{"cache size", []string{"pragma main.cache_size = 100"}, false},
		{"synchronous", []string{"pragma synchronous = off"}, false},
		{"journal in memory", []string{"pragma journal_mode = memory"}, false},
		{"case sensitive like", []string{"pragma case_sensitive_like = on"}, false},
		{"temporary table", []string{"create temp table x(a)"}, false},
		{"temporary table by schema", []string{"create table temp.x(a)"}, false},
		{"temporary view", []string{"create temporary view x as select 1"}, false},
		{"temporary trigger", []string{"create temp trigger x after insert on t begin select 1; end"}, false},
		{"temporary virtual table", []string{"create virtual table temp.x using fts5(a)"}, false},
		{"attached", []string{"attach '' as x"}, false},
		{"attached and detached", []string{"attach ':memory:' as x", "detach x"}, false},
	}
	probes := []string{
		"select changes(), total_changes(), last_insert_rowid()",
		"pragma foreign_keys", "pragma busy_timeout", "pragma synchronous", "pragma cache_size",
		"select name from pragma_database_list",
		"select 'abc' like 'ABC'",
		"select count(*) from sqlite_temp_schema",
		"select a from t where a = 1",
		"begin", "commit",
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := inFile(t)
			conn := d.Connect()
			run(t, conn, "create table t(a)", "insert into t values(1)")
			conn.Close()
			d.closeIdle()

			first := d.Connect()
			run(t, first, test.statements...)
			first.Close()
			pool := slices.Clone(d.idle)
			second, fresh := d.Connect(), (&Database{Path: d.Path}).Connect()
			defer second.Close()
			defer fresh.Close()
			for _, probe := range probes {
				if got, want := run(t, second, probe), run(t, fresh, probe); got != want {
					t.Errorf("%s: %s, a new connection says %s", probe, got, want)
				}
				if probe == "begin" {
					if pooled := slices.Contains(pool, second.connection); pooled != test.pooled {
						t.Fatalf("same connection: %v, want %v", pooled, test.pooled)
					}
					run(t, fresh, "commit") // an open transaction would keep the other from committing
					run(t, fresh, "begin")
				}
			}
		})
	}
}

// TestSchemaChange changes tables under prepared statements of another connection.
func TestSchemaChange(t *testing.T) {
	d := inFile(t)
	one, other := d.Connect(), d.Connect()
	defer one.Close()
	defer other.Close()
	run(t, one, "create table t(a)", "insert into t values(1)")
	steps := []struct{ change, query, want string }{
		{"pragma user_version = 1", "select * from t", "    a\n    1\n"},
		{"alter table t add column b default 2", "select * from t", "    a | b\n    1 | 2\n"},
		{"alter table t rename column a to c", "select * from t", "    c | b\n    1 | 2\n"},
		{"delete from t", "select * from t", "    c | b\n"},
		{"drop table t", "select count(*) from sqlite_schema", "    count(*)\n    0\n"},
		{"create table t(d)", "select * from t", "    d\n"},
		{"alter table t add column e", "select name from pragma_table_info('t')", "    name\n    'd'\n    'e'\n"},
	}
	for _, step := range steps {
		run(t, other, step.change)
		if got := run(t, one, step.query); got != step.want {
			t.Errorf("after %s, %s gives\n%swant\n%s", step.change, step.query, got, step.want)
		}
	}
}

// TestLeavingWAL checks that idle connections do not keep another one from leaving WAL mode.
func TestLeavingWAL(t *testing.T) {
	d := inFile(t)
	one, other := d.Connect(), d.Connect()
	defer one.Close()
	run(t, one, "pragma journal_mode = wal", "create table t(a)")
	run(t, other, "select * from t")
	other.Close()
	if got := run(t, one, "pragma journal_mode = delete"); got != "    journal_mode\n    'delete'\n" {
		t.Errorf("journal mode: %s", got)
	}
}

// TestManyStatements runs more statements than a connection keeps prepared.
func TestManyStatements(t *testing.T) {
	conn := new(Database).Connect()
	defer conn.Close()
	for i := 0; i < 3*maxStatements; i++ {
		text := literal(int64(i))
		if got, want := run(t, conn, "select "+text), "    "+text+"\n    "+text+"\n"; got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if kept := len(conn.connection.statements); kept != maxStatements {
		t.Errorf("%d statements kept, want %d", kept, maxStatements)
	}
}

func TestCloseRollsBack(t *testing.T) {
	d := inFile(t)
	first := d.Connect()
	run(t, first, "create table t(a)", "begin", "insert into t values(1)")
	first.Close()
	first.Close()
	_, err := first.Execute(context.Background(), "select 1")
	wantError(t, err, "invalid database connection")
	second := d.Connect()
	defer second.Close()
	if got := run(t, second, "select count(*) from t"); got != "    count(*)\n    0\n" {
		t.Errorf("after an unfinished transaction: %s", got)
	}
}

// TestInMemory checks that every connection is a new database.
func TestInMemory(t *testing.T) {
	d := new(Database)
	for i := 0; i < 2; i++ {
		conn := d.Connect()
		run(t, conn, "create table t(a)")
		conn.Close()
	}
	d.Close()
	_, err := d.Connect().Execute(context.Background(), "select 1")
	wantError(t, err, "invalid database connection")
}

// TestReplacedFile replaces the file of an idle connection.
func TestReplacedFile(t *testing.T) {
	d, other := inFile(t), inFile(t)
	if err := other.Batch(context.Background(), "create table other(a)"); err != nil {
		t.Fatal(err)
	}
	other.Close()
	steps := []struct {
		name   string
		change func() error
		want   string
	}{
		{"removed", func() error { return os.Remove(d.Path) }, "    tables\n    NULL\n"},
		{"replaced", func() error { return os.Rename(other.Path, d.Path) }, "    tables\n    'other'\n"},
	}
	for _, step := range steps {
		conn := d.Connect()
		run(t, conn, "create table if not exists mine(a)")
		conn.Close()
		if err := step.change(); err != nil {
			t.Fatal(err)
		}
		conn = d.Connect()
		if got := run(t, conn, "select group_concat(name) as tables from sqlite_schema"); got != step.want {
			t.Errorf("after the file was %s: %s", step.name, got)
		}
		conn.Close()
	}
}

func TestUnusablePath(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte("this is not a database, but long enough to be read as one: "+strings.Repeat("x", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, want string }{
		{filepath.Join(file, "data.db"), "failed to create sqlite database directory '" + file + "': mkdir " + file + ": not a directory"},
		{folder, "unable to open database file: " + folder},
		{file, "file is not a database"},
	}
	for _, test := range tests {
		conn := (&Database{Path: test.path}).Connect()
		_, err := conn.Execute(context.Background(), "select * from sqlite_schema")
		wantError(t, err, test.want)
		conn.Close()
	}
}

func TestAttachFiles(t *testing.T) {
	d := inFile(t)
	d.AttachFiles = true
	conn := d.Connect()
	defer conn.Close()
	run(t, conn, "attach '"+filepath.Join(t.TempDir(), "other.db")+"' as other", "create table other.t(a)")
}

func TestResultLimit(t *testing.T) {
	conn := new(Database).Connect()
	defer conn.Close()
	run(t, conn, "select length(a) from (select zeroblob(134217728) as a)")
	_, err := conn.Execute(context.Background(), "select zeroblob(67108864) union all select zeroblob(67108865)")
	wantError(t, err, "query result exceeds limit of 134217728 bytes")
	run(t, conn, "select 1")
}

func TestBatch(t *testing.T) {
	tests := []struct{ name, script, tables, err string }{
		{"nothing", "", "", ""},
		{"comment", "-- nothing\n", "", ""},
		{"two", "create table a(x);\ncreate table b(x);\n", "a b", ""},
		{"no last semicolon", "create table a(x); -- one\ncreate table b(x)", "a b", ""},
		{"rows are ignored", "select 1;\ncreate table a(x);", "a", ""},
		{"syntax", "create table a(x);\n\n-- next\ncreate\ntabel b(x);\ncreate table c(x);", "a", `line 5: near "tabel": syntax error`},
		{"no such table", "create table a(x);\n\ninsert into b values(1);", "a", "line 3: no such table: b"},
		{"constraint", "create table a(x unique);\ninsert into a values(1);\n  insert into a values(1);", "a", "line 3: UNIQUE constraint failed: a.x"},
		{"NUL ends it", "create table a(x);\x00create table b(x)", "a", ""},
		{"after a comment", "/* one\ntwo */ select 1;\nselect * from nope", "", "line 3: no such table: nope"},
		{"wrong count does not matter", "create table a(x);\ninsert into a values(?);", "a", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := inFile(t)
			err := d.Batch(context.Background(), test.script)
			if test.err != "" || err != nil {
				wantError(t, err, test.err)
			}
			conn := d.Connect()
			defer conn.Close()
			result, err := conn.Execute(context.Background(), "select group_concat(name, ' ') from sqlite_schema where type = ?", "table")
			if err != nil || asText(result.Rows[0][0]) != test.tables {
				t.Errorf("tables %v, %v, want %q", result.Rows, err, test.tables)
			}
		})
	}
}

// TestClosedWhileInUse checks that a closed database lets its connections finish.
func TestClosedWhileInUse(t *testing.T) {
	d := inFile(t)
	conn := d.Connect()
	run(t, conn, "create table t(a)")
	d.Close()
	run(t, conn, "insert into t values(1)")
	conn.Close()
	if len(d.idle) != 0 {
		t.Error("a closed database keeps a connection")
	}
	var failure *Error
	if _, err := d.Connect().Execute(context.Background(), "select 1"); !errors.As(err, &failure) || failure.Code != InvalidConnection {
		t.Errorf("connecting to a closed database: %v", err)
	}
}

// TestFull checks that a full database still reads, updates and deletes, but inserts nothing.
func TestFull(t *testing.T) {
	d := inFile(t)
	full := false
	d.Full = func() bool { return full }
	conn := d.Connect()
	defer conn.Close()
	run(t, conn, "create table t(a unique, b)", "create table u(a)", "insert into t values(1, 1), (2, 2)",
		"create trigger copy after update of b on t begin insert into u values(new.b); end")
	full = true
	for _, statement := range []string{
		"insert into t values(3, 3)", "InSeRt into t select a + 10, b from t", "replace into t values(1, 2)",
		"insert into t values(1, 2) on conflict do update set b = 2",
		"with x as (select 4) insert into t select 4, 4 from x", "update t set b = 3",
		"create table v(a)", "create table v as select * from t",
	} {
		for range 2 { // with a new prepared statement, and with a cached one
			_, err := conn.Execute(context.Background(), statement)
			wantError(t, err, "database or disk is full")
		}
	}
	run(t, conn, "begin immediate", "update t set a = 3 where a = 1", "delete from t where a = 2", "commit")
	if got := run(t, conn, "select a from t"); got != "    a\n    3\n" {
		t.Errorf("after an update and a deletion: %s", got)
	}
	full = false
	run(t, conn, "update t set b = 3", "insert into t values(1, 1)")
	if got := run(t, conn, "select count(*) from u"); got != "    count(*)\n    1\n" {
		t.Errorf("with space again: %s", got)
	}
}

// FuzzExecute looks for statements that break the interface.
func FuzzExecute(f *testing.F) {
	for _, line := range strings.Split(transcript(f), "\n") {
		if !strings.HasPrefix(line, "    ") {
			statement, _, _ := strings.Cut(line, " <- ")
			f.Add(statement, "parameter")
		}
	}
	f.Fuzz(func(t *testing.T, statement, parameter string) {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		conn := new(Database).Connect()
		defer conn.Close()
		for _, parameters := range [][]any{nil, {parameter}} {
			result, err := conn.Execute(ctx, statement, parameters...)
			if err != nil {
				var failure *Error
				if !errors.As(err, &failure) || failure.Error() == "" {
					t.Errorf("%q: error %#v", statement, err)
				}
			}
			for _, row := range result.Rows {
				if len(row) != len(result.Columns) {
					t.Errorf("%q: %d columns, %d fields", statement, len(result.Columns), len(row))
				}
			}
		}
	})
}

// asText returns a text, "" for NULL.
func asText(value any) string {
	text, _ := value.(string)
	return text
}

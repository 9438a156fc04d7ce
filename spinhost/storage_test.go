package spinhost

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abacus/spinhost/config"
	"abacus/spinhost/variable"
)

const storage = `
spin_manifest_version = 2
[application]
name = "storage"
[variables]
greeting = { default = "hello" }
who = { required = true }
[[trigger.http]]
route = "/..."
component = "storage"
[component.storage]
source = WASM(storage)
sqlite_databases = ["default", "other"]
key_value_stores = ["default", "other"]
[component.storage.variables]
phrase = "{{ greeting }}, {{ who }} {{greeting}}"
broken = "{{ who }}"
empty = ""
`

// storageOptions adds a second database and store in memory, and the required variable.
func storageOptions(o *Options) {
	o.Config.Databases["other"] = config.Database{}
	o.Config.Databases["unlisted"] = config.Database{}
	o.Config.Stores["other"] = config.Store{Type: "spin"}
	o.Variables, _ = variable.New(o.Manifest, variable.Static{"who": "w\u00f6rld"})
}

// script runs operations, one request for each paragraph, and returns the results likewise.
func (s *server) script(t *testing.T, source string) string {
	t.Helper()
	var results []string
	for _, r := range strings.Split(strings.TrimSpace(source), "\n\n") {
		reply, body := s.do(t, "POST", "/", r)
		if reply.StatusCode != 200 {
			body = reply.Status + "\n"
		}
		results = append(results, strings.TrimSpace(body))
	}
	return strings.Join(results, "\n\n")
}

// transcript checks a script whose lines "> operation" are followed by their results.
func transcript(t *testing.T, s *server, text string) {
	t.Helper()
	var requests, want []string
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		var operations, results []string
		for _, line := range strings.Split(block, "\n") {
			line = strings.TrimSpace(line)
			if operation, ok := strings.CutPrefix(line, "> "); ok {
				operations = append(operations, operation)
			} else {
				results = append(results, line)
			}
		}
		requests = append(requests, strings.Join(operations, "\n"))
		want = append(want, strings.Join(results, "\n"))
	}
	got := strings.Split(s.script(t, strings.Join(requests, "\n\n")), "\n\n")
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s\ngives\n%s\nwant\n%s", requests[i], got[i], want[i])
		}
	}
}

func TestSQLite(t *testing.T) {
	s := launch(t, storage, storageOptions)
	if _, err := os.Stat(filepath.Join(s.dir, ".spin", "sqlite_db.db")); err == nil {
		t.Error("the file is there before the first statement")
	}
	transcript(t, s, `
		> database default
		> sql CREATE TABLE t(a INTEGER UNIQUE, b TEXT)
		> sql INSERT INTO t VALUES (1, 'one'), (2, NULL)
		> sql SELECT a, b, a AS a FROM t ORDER BY a
		ok
		:
		:
		a,b,a: 1,"one",1; 2,NULL,2

		> database default
		> bind
		ok
		?1,?2,?3,?4,?5,typeof(?1),typeof(?2),typeof(?3),typeof(?4),typeof(?5): -9223372036854775808,0.1,"a\x00é","\x00\xff",NULL,"integer","real","text","blob","null"

		> database default
		> sql SELECT * FROM t WHERE a = 3
		> sql INSERT INTO t VALUES (1, 'again')
		> sql SELECT bogus FROM
		> sql SELECT ?
		> sql SELECT 1; DROP TABLE t
		> sql SELECT count(*) FROM t
		ok
		a,b:
		error: UNIQUE constraint failed: t.a
		error: incomplete input
		error: Wrong number of parameters passed to query. Got 0, needed 1
		1: 1
		count(*): 2

		> database nothing
		> database unlisted
		error: access to the database denied
		error: access to the database denied

		> database default
		> sql BEGIN IMMEDIATE
		> sql INSERT INTO t VALUES (3, 'lost with the request')
		> sql SELECT count(*) FROM t
		ok
		:
		:
		count(*): 3

		> database default
		> sql SELECT count(*) FROM t
		ok
		count(*): 2

		> database default
		> sql BEGIN IMMEDIATE
		> sql INSERT INTO t VALUES (4, 'lost with the trap')
		> panic
		500 Internal Server Error

		> database default
		> sql BEGIN IMMEDIATE
		> sql SELECT count(*) FROM t
		ok
		:
		count(*): 2

		> database other
		> sql CREATE TABLE t(a)
		> database other
		> sql SELECT * FROM t
		ok
		:
		ok
		error: no such table: t
	`)
}

func TestKeyValue(t *testing.T) {
	s := launch(t, storage, storageOptions)
	if _, err := os.Stat(filepath.Join(s.dir, ".spin", "sqlite_key_value.db")); err == nil {
		t.Error("the file is there before the first operation")
	}
	transcript(t, s, `
		> store default
		> get a
		> set a one two
		> set b 2
		> get a
		> get b
		> exists a
		> exists c
		> keys
		ok
		error: no such key
		ok
		ok
		"one two"
		"2"
		true
		false
		"a b"

		> store default
		> delete a
		> delete a
		> exists a
		> panic
		500 Internal Server Error

		> store default
		> keys
		> store other
		> keys
		> store nothing
		ok
		"b"
		ok
		""
		error: access denied
	`)
}

func TestVariables(t *testing.T) {
	s := launch(t, storage, storageOptions)
	transcript(t, s, `
		> variable phrase
		> variable empty
		> variable greeting
		> variable Bad-Name
		"hello, wörld hello"
		""
		error: no variable for "storage"."greeting"
		error: "Bad-Name": invalid character 'B'. Variable names may contain only lower-case letters, numbers, and underscores.
	`)
}

// TestBadCalls checks calls of imports that no SDK makes.
func TestBadCalls(t *testing.T) {
	s := launch(t, raw)
	for _, c := range []struct{ path, want string }{
		{"/call/variable/nope", `error 0 no variable for "raw"."nope"`},
		{"/call/variable/", `error 1 "": must not be empty`},
		{"/call/variable-bytes", "trap"},
		{"/call/variable-outside", "trap"},
		{"/call/variable-result/nope", "trap"},
		{"/call/method/7", "trap"},
		{"/call/body-tag/x", "trap"},
		{"/call/header-bytes", "trap"},
		{"/call/store/default", "0"},
		{"/call/store/other", "error 2"},
		{"/call/stores/256", "255"},
		{"/call/stores/257", "error 0"},
		{"/call/store-get/0", "trap"},
		{"/call/store-closed/x", "trap"},
		{"/call/database/default", "0"},
		{"/call/database/other", "error 1"},
		{"/call/databases/256", "255"},
		{"/call/databases/257", "error 4 too many connections opened"},
		{"/call/execute/0", "error 2"},
		{"/call/execute-closed", "error 2"},
		{"/call/parameter-tag", "trap"},
		{"/call/parameter-text", "trap"},
		{"/call/parameter-outside", "trap"},
	} {
		reply, body := s.do(t, "GET", c.path, "")
		if reply.StatusCode == 500 && body == "" {
			body = "trap"
		}
		if body != c.want {
			t.Errorf("%s: %q, want %q", c.path, body, c.want)
		}
	}
}

// TestFirst checks Options.SQL and Options.KeyValue.
func TestFirst(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.sql")
	if err := os.WriteFile(script, []byte("CREATE TABLE t(a);\n-- a comment\nINSERT INTO t VALUES (1); INSERT INTO t VALUES (2)"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := launch(t, storage, storageOptions, func(o *Options) {
		o.SQL = []string{"@" + script, "INSERT INTO t VALUES (3)"}
		o.KeyValue = map[string]string{"a": "one", "b": "x=y"}
	})
	transcript(t, s, `
		> database default
		> sql SELECT a FROM t
		> store default
		> get a
		> get b
		ok
		a: 1; 2; 3
		ok
		"one"
		"x=y"
	`)
	for _, want := range []string{`Logging component stdio to ".spin/logs/"`, `Storing default SQLite data to ".spin/sqlite_db.db".`,
		`Storing default key-value data to ".spin/sqlite_key_value.db".`} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("the host does not say %s", want)
		}
	}
	for _, c := range []struct{ sql, want string }{
		{"bogus", "failed to execute following sql statement against default database: 'bogus': "},
		{"@", "file path is empty in the '@' sqlite statement"},
		{"@x.sql:", "database label is empty in the '@x.sql:' sqlite statement"},
		{"@x.sql:nothing", "based on the '@x.sql:nothing' a registered database named 'nothing' was expected but not found"},
		{"@/no/such.sql", "could not read file '/no/such.sql' containing sql statements: "},
	} {
		_, _, _, err := newApp(t, storage, storageOptions, func(o *Options) { o.SQL = []string{c.sql} })
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("--sqlite %s: %v, want %s", c.sql, err, c.want)
		}
	}
}

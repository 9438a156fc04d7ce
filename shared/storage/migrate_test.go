package storage

import (
	"errors"
	"reflect"
	"testing"

	"abacus/shared/sqlite"
)

// recorder is a database that records its statements and fails one of them.
type recorder struct {
	statements []string
	failing    string
}

func (r *recorder) Execute(statement string, _ ...sqlite.Value) (sqlite.Result, error) {
	r.statements = append(r.statements, statement)
	if statement == r.failing {
		return sqlite.Result{}, &sqlite.Error{Code: sqlite.IO, Detail: "database is locked"}
	}
	return sqlite.Result{}, nil
}

func TestImmediate(t *testing.T) {
	const erase = "PRAGMA secure_delete = ON"
	refused := errors.New("refused")
	for _, c := range []struct {
		name    string
		failing string
		inside  error
		want    []string
		failed  bool
	}{
		{"all well", "", nil, []string{erase, "BEGIN IMMEDIATE", "COMMIT"}, false},
		{"no lock", "BEGIN IMMEDIATE", nil, []string{erase, "BEGIN IMMEDIATE"}, true},
		{"refused inside", "", refused, []string{erase, "BEGIN IMMEDIATE", "ROLLBACK"}, true},
		{"not committed", "COMMIT", nil, []string{erase, "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"}, true},
		{"nor rolled back", "ROLLBACK", refused, []string{erase, "BEGIN IMMEDIATE", "ROLLBACK"}, true},
	} {
		db := &recorder{failing: c.failing}
		err := immediate(db, func() error { return c.inside })
		if !reflect.DeepEqual(db.statements, c.want) || (err != nil) != c.failed || c.inside != nil && err != c.inside {
			t.Errorf("%s: %q, %v", c.name, db.statements, err)
		}
	}
}

func TestStatements(t *testing.T) {
	got := statements("-- a comment\nCREATE TABLE a (\n  b TEXT -- why; because\n);\n\nDROP TABLE a; -- gone\n-- the end\n")
	want := []string{"CREATE TABLE a (\n  b TEXT\n);", "DROP TABLE a;"}
	if len(got) != len(want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("statement %d is %q, want %q", i, got[i], want[i])
		}
	}
}

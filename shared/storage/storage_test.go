package storage

import (
	"errors"
	"reflect"
	"testing"

	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// recorder is a database that remembers statements and fails one of them.
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
		err := Immediate(db, func() error { return c.inside })
		if !reflect.DeepEqual(db.statements, c.want) || (err != nil) != c.failed || c.inside != nil && err != c.inside {
			t.Errorf("%s: %q, %v", c.name, db.statements, err)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		err  error
		want wire.Code
	}{
		{ErrNewer, wire.SchemaNewer},
		{&sqlite.Error{Code: sqlite.IO, Detail: "database is locked"}, wire.StorageBusy},
		{&sqlite.Error{Code: sqlite.IO, Detail: "interrupted"}, wire.StorageBusy},
		{&sqlite.Error{Code: sqlite.IO, Detail: "database or disk is full"}, wire.StorageFull},
		{&sqlite.Error{Code: sqlite.IO, Detail: "attempt to write a readonly database"}, wire.StorageFull},
		{&sqlite.Error{Code: sqlite.IO, Detail: "unable to open database file"}, wire.StorageFull},
		{&sqlite.Error{Code: sqlite.IO, Detail: "database disk image is malformed"}, wire.ServiceUnavailable},
		{&sqlite.Error{Code: sqlite.IO, Detail: "file is not a database"}, wire.ServiceUnavailable},
		{&sqlite.Error{Code: sqlite.IO, Detail: "near \"x\": syntax error"}, wire.Internal},
		{&sqlite.Error{Code: sqlite.AccessDenied}, wire.ServiceUnavailable},
		{errors.New("anything else"), wire.Internal},
	} {
		if got := Explain(c.err); got.Code != c.want || got.Detail == c.err.Error() && c.err != ErrNewer {
			t.Errorf("%v: %s %q, want %s in other words", c.err, got.Code, got.Detail, c.want)
		}
	}
}

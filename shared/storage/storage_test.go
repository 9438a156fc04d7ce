package storage

import (
	"errors"
	"testing"

	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		err  error
		want wire.Code
	}{
		{ErrNewer, wire.SchemaNewer},
		{&sqlite.Error{Code: sqlite.IO, Detail: "database is locked"}, wire.StorageBusy},
		{&sqlite.Error{Code: sqlite.IO, Detail: "interrupted"}, wire.StorageBusy},
		{&sqlite.Error{Code: sqlite.IO, Detail: "http error: connection refused"}, wire.StorageBusy},
		{&sqlite.Error{Code: sqlite.IO, Detail: "api error: status=500"}, wire.StorageBusy},
		{&sqlite.Error{Code: sqlite.IO, Detail: "cursor error: closed"}, wire.StorageBusy},
		{&sqlite.Error{Code: sqlite.IO, Detail: "stream error: STREAM_EXPIRED: the stream has expired"}, wire.StorageBusy},
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

func TestRows(t *testing.T) {
	for _, c := range []struct {
		first, columns, rows int
		want                 string
	}{
		{1, 1, 1, "(?1)"},
		{9, 2, 1, "(?9, ?10)"},
		{3, 2, 3, "(?3, ?4), (?5, ?6), (?7, ?8)"},
	} {
		if got := Rows(c.first, c.columns, c.rows); got != c.want {
			t.Errorf("%d rows of %d columns: %s, want %s", c.rows, c.columns, got, c.want)
		}
	}
}

// Package sqlitetest runs a service's statements on the embedded host's SQLite, natively, so
// that tests need neither Wasm nor a mock.
package sqlitetest

import (
	"context"
	"errors"

	"abacus/shared/sqlite"
	host "abacus/spinhost/sqlite"
)

// Database is a database in a file.
type Database struct{ *host.Database }

// Open returns the database in a file. The first statement creates the file.
func Open(path string) Database { return Database{&host.Database{Path: path}} }

// Connect returns a new connection.
func (d Database) Connect() *Conn { return &Conn{d.Database.Connect()} }

// Conn is one connection.
type Conn struct{ *host.Conn }

// Bind returns the connection as a service sees it.
func (c *Conn) Bind(ctx context.Context) Bound { return Bound{c.Conn, ctx} }

// Bound executes statements with a context.
type Bound struct {
	conn *host.Conn
	ctx  context.Context
}

// Execute is Execute of a component's sqlite.Conn.
func (b Bound) Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	bound := make([]any, len(parameters))
	for i, p := range parameters {
		bound[i] = toHost(p)
	}
	result, err := b.conn.Execute(b.ctx, statement, bound...)
	if failure := new(host.Error); errors.As(err, &failure) {
		return sqlite.Result{}, &sqlite.Error{Code: sqlite.Code(failure.Code),
			Detail: failure.Detail}
	}
	rows := make([][]sqlite.Value, len(result.Rows))
	for i, row := range result.Rows {
		for _, value := range row {
			rows[i] = append(rows[i], fromHost(value))
		}
	}
	return sqlite.Result{Columns: result.Columns, Rows: rows}, err
}

func toHost(v sqlite.Value) any {
	switch v.Kind() {
	case sqlite.Integer:
		return v.Int()
	case sqlite.Real:
		return v.Float()
	case sqlite.Text:
		return v.Text()
	case sqlite.Blob:
		return []byte(v.Text())
	}
	return nil
}

func fromHost(value any) sqlite.Value {
	switch v := value.(type) {
	case int64:
		return sqlite.Int(v)
	case float64:
		return sqlite.Float(v)
	case string:
		return sqlite.String(v)
	case []byte:
		return sqlite.Bytes(string(v))
	}
	return sqlite.Nil()
}

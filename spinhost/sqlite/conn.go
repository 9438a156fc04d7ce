package sqlite

import (
	"context"
	"strings"

	"abacus/shared/sqlite"
)

// Conn is what a guest gets for an opened database: a connection that nobody
// has used before, or that cannot be told from one. It is for one goroutine at
// a time.
type Conn struct {
	database   *Database
	connection *connection // nil before the first statement
	closed     bool
	writing    bool // holds the turn to write
}

// Execute runs the first statement of the text and ignores the rest, as Spin
// does. Parameters are bound by position, whatever their names; there must be
// as many as the statement has. A transaction lasts over several calls. The
// error is a *sqlite.Error. When ctx ends, a running statement and a wait for
// a lock end with "interrupted" or "database is locked".
func (c *Conn) Execute(ctx context.Context, statement string, parameters []sqlite.Value) (sqlite.Result, error) {
	if err := c.open(ctx); err != nil {
		return sqlite.Result{}, err
	}
	defer c.connection.interruptOn(ctx)()
	text := strings.TrimSpace(statement)
	prepared, err := c.connection.statement(text)
	if err != nil {
		return sqlite.Result{}, err
	}
	if err := c.await(ctx, text, prepared); err != nil {
		return sqlite.Result{}, err
	}
	defer c.yield()
	if c.connection.marked() {
		// What sets a connection apart may also need the file for itself, as
		// leaving WAL does.
		c.database.drain()
	}
	return c.connection.query(prepared, parameters)
}

// Close rolls an unfinished transaction back and gives the connection up.
// Closing twice does nothing.
func (c *Conn) Close() {
	c.closed = true
	if c.connection != nil {
		c.database.give(c.connection)
		c.connection = nil
		c.yield()
	}
}

// open makes sure that there is a connection and time to use it.
func (c *Conn) open(ctx context.Context) error {
	if c.closed {
		return &sqlite.Error{Code: sqlite.InvalidConnection}
	}
	if ctx.Err() != nil {
		return failed("interrupted")
	}
	if c.connection != nil {
		return nil
	}
	var err error
	c.connection, err = c.database.take()
	return err
}

// Bound is a connection in the form in which a service sees its own. It lets
// the tests of a service run on SQLite without any Wasm.
type Bound struct {
	conn *Conn
	ctx  context.Context
}

// Bind gives the connection's statements this context.
func (c *Conn) Bind(ctx context.Context) Bound {
	return Bound{conn: c, ctx: ctx}
}

// Execute is Conn.Execute with the parameters spelled out.
func (b Bound) Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	return b.conn.Execute(b.ctx, statement, parameters)
}

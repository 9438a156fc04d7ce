package sqlite

import (
	"context"
	"strings"
)

// Conn is one opened database, as a component sees it. It must not be used by two goroutines at
// once.
//
// It has a connection only while a statement runs, in a transaction, or after the component has
// changed its settings. So however many components wait, few connections are open, and these keep
// their prepared statements and caches. Each looks new, whoever has used it before.
type Conn struct {
	// Waiting, if set, is called before a statement waits for others, and while one takes long.
	Waiting func()

	database   *Database
	connection *connection // nil while it needs none
	counters   counters    // of its own statements
	used       bool
	closed     bool
	writing    bool // holds the database's write lock of this process
}

// Execute runs the first statement of a text and ignores the rest, as Spin does. Parameters
// are bound by position; their number must be the statement's. They and the values of the
// result are nil, int64, float64, string or []byte. A transaction may span calls. The error is
// an *Error. When ctx ends, a running statement fails with "interrupted", one that waits for a
// lock with "database is locked".
func (c *Conn) Execute(ctx context.Context, statement string, parameters ...any) (Result, error) {
	if err := c.open(ctx); err != nil {
		return Result{}, err
	}
	c.connection.waiting = c.Waiting
	defer c.rest()
	text := strings.TrimSpace(statement)
	prepared, err := c.connection.statement(text)
	if err != nil {
		return Result{}, err
	}
	if prepared.inserts && c.database.Full != nil && c.database.Full() {
		return Result{}, ioError("database or disk is full") // SQLite's words
	}
	if c.groups(text, prepared.handle) {
		return c.write(ctx, text, parameters)
	}
	defer c.connection.interruptOn(ctx)()
	if err := c.lockWriter(ctx, text, prepared.handle); err != nil {
		return Result{}, err
	}
	defer c.unlockWriter()
	if c.connection.flag(modified) {
		// The statement may need the file to itself, as leaving WAL mode does.
		c.database.closeIdle()
	}
	c.connection.setCounters(c.counters)
	result, err := c.connection.query(prepared.handle, parameters)
	c.counters = c.connection.counters()
	return result, err
}

// Close rolls back an unfinished transaction and releases the connection. Closing twice does
// nothing.
func (c *Conn) Close() {
	c.closed = true
	if c.connection != nil {
		c.release()
		c.unlockWriter()
	}
}

// rest releases the connection between two statements, if another will do for the next.
func (c *Conn) rest() {
	if c.connection != nil && c.connection.looksNew() {
		c.release()
	}
}

func (c *Conn) release() {
	c.connection.waiting = nil
	c.database.put(c.connection, &c.database.idle)
	c.connection = nil
}

// open makes sure that there is a connection, and time left to use it.
func (c *Conn) open(ctx context.Context) error {
	if c.closed {
		return &Error{Code: InvalidConnection}
	}
	if ctx.Err() != nil {
		return ioError("interrupted")
	}
	if c.connection != nil {
		return nil
	}
	if c.used { // the file was checked then
		c.connection = c.database.pop(&c.database.idle)
		if c.connection != nil {
			return nil
		}
	} else if c.database.isClosed() {
		return &Error{Code: InvalidConnection}
	}
	c.used = true
	var err error
	c.connection, err = c.database.take(&c.database.idle)
	return err
}

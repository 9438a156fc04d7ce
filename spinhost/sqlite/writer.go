package sqlite

import (
	"context"
	"strings"
	"time"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// SQLite lets one connection write at a time; the others look again and again,
// after sleeps that grow to 100 ms, and whoever looks at the right moment wins.
// Within this process they queue instead: each waits its turn and no longer than
// its busy timeout, so no guest can tell but by the time it takes. Between
// processes SQLite's own locks hold, as ever.

// await makes the connection the one that writes, where the statement begins to.
func (c *Conn) await(ctx context.Context, text string, statement uintptr) error {
	if c.writing || c.database.Path == "" || !c.connection.beginsToWrite(text, statement) {
		return nil
	}
	patience := time.Duration(libc.AtomicLoadNInt32(c.connection.db+busyTimeoutField, 0)) * time.Millisecond
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case c.database.turn() <- struct{}{}:
		c.writing = true
		return nil
	case <-timer.C:
	case <-ctx.Done():
	}
	return failed("database is locked")
}

// yield lets the next one write, unless a transaction goes on.
func (c *Conn) yield() {
	if c.writing && (c.connection == nil || lib.Xsqlite3_get_autocommit(c.connection.tls, c.connection.db) != 0) {
		c.writing = false
		<-c.database.turn()
	}
}

// beginsToWrite tells whether a statement takes the write lock that the connection
// does not have yet: BEGIN IMMEDIATE and its like, or, outside of a transaction,
// what is not read-only. Within one, a read that becomes a write must not wait.
func (c *connection) beginsToWrite(text string, statement uintptr) bool {
	if statement == 0 || lib.Xsqlite3_get_autocommit(c.tls, c.db) == 0 {
		return false
	}
	words := strings.Fields(text[:min(len(text), 40)])
	if len(words) > 1 && strings.EqualFold(words[0], "BEGIN") {
		return strings.EqualFold(words[1], "IMMEDIATE") || strings.EqualFold(words[1], "EXCLUSIVE")
	}
	return lib.Xsqlite3_stmt_readonly(c.tls, statement) == 0
}

// turn holds the one that writes.
func (d *Database) turn() chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.writer == nil {
		d.writer = make(chan struct{}, 1)
	}
	return d.writer
}

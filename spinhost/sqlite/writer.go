package sqlite

import (
	"context"
	"strings"
	"time"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// SQLite lets one connection write at a time. The others poll with sleeps of up to 100 ms, and
// whichever polls at the right moment wins. Within this process they queue instead, each for at
// most its busy timeout, so a component notices nothing but shorter waits. Between processes
// SQLite's own locks still apply.

// lockWriter queues for the write lock if the statement needs it.
func (c *Conn) lockWriter(ctx context.Context, text string, statement uintptr) error {
	if c.writing || c.database.Path == "" || !c.connection.startsWrite(text, statement) {
		return nil
	}
	milliseconds := libc.AtomicLoadNInt32(c.connection.db+busyTimeoutField, 0)
	timer := time.NewTimer(time.Duration(milliseconds) * time.Millisecond)
	defer timer.Stop()
	select {
	case c.database.writers() <- struct{}{}:
		c.writing = true
		return nil
	case <-timer.C:
	case <-ctx.Done():
	}
	return ioError("database is locked")
}

// unlockWriter lets the next connection write, unless a transaction is still open.
func (c *Conn) unlockWriter() {
	if c.writing && (c.connection == nil || c.connection.autocommit()) {
		c.writing = false
		<-c.database.writers()
	}
}

// startsWrite reports whether a statement takes SQLite's write lock: BEGIN IMMEDIATE or
// EXCLUSIVE, or, outside a transaction, a statement that is not read-only. In a transaction, a
// read that becomes a write must not wait.
func (c *connection) startsWrite(text string, statement uintptr) bool {
	if statement == 0 || !c.autocommit() {
		return false
	}
	words := strings.Fields(text[:min(len(text), 40)])
	if len(words) > 1 && strings.EqualFold(words[0], "BEGIN") {
		return strings.EqualFold(words[1], "IMMEDIATE") || strings.EqualFold(words[1], "EXCLUSIVE")
	}
	return lib.Xsqlite3_stmt_readonly(c.tls, statement) == 0
}

func (d *Database) writers() chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.writer == nil {
		d.writer = make(chan struct{}, 1)
	}
	return d.writer
}

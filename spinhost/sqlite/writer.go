package sqlite

import (
	"context"
	"strings"
	"time"
)

// SQLite lets one connection write at a time. The others poll with sleeps of up to 100 ms, and
// whichever polls at the right moment wins. Within this process they queue instead, each for at
// most its busy timeout, so a component notices nothing but shorter waits: transactions of
// components and statements that change the tables here, all others in groups (group.go). Between
// processes SQLite's own locks still apply.

// lockWriter queues for the write lock if the statement needs it.
func (c *Conn) lockWriter(ctx context.Context, text string, statement uintptr) error {
	if c.writing || c.database.Path == "" || !c.connection.startsWrite(text, statement) {
		return nil
	}
	c.connection.waits()
	timer := time.NewTimer(c.connection.busyTimeout())
	defer timer.Stop()
	select {
	case c.database.writeToken() <- struct{}{}:
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
		<-c.database.writeToken()
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
	return c.writesAlone(statement)
}

// writeToken returns the channel that takes one token: the right to write.
func (d *Database) writeToken() chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token == nil {
		d.token = make(chan struct{}, 1)
	}
	return d.token
}

package sqlite

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	lib "modernc.org/sqlite/lib"
)

// Group commit: a statement that writes on its own, outside a transaction of its component, waits
// until the transaction before it is committed, and is then run in one transaction with others
// that wait. They share one sync of the disk. Nobody reads what they wrote before that transaction
// is committed, in this process or another, and none of them returns before that. So what is
// acknowledged or read is on the disk, as if each statement had a transaction of its own.
//
// All groups are run on one connection. Its page cache stays valid, because nobody else writes.

// Group describes a transaction that ran a group of statements.
type Group struct {
	Statements int
	Waited     time.Duration // how long the first of them waited until the transaction began
	Commit     time.Duration // how long COMMIT took, which is mostly the sync
}

// write is a statement of a group.
type write struct {
	ctx        context.Context
	text       string
	parameters []any
	since      time.Time
	before     counters // of the component's connection
	state      atomic.Int32
	done       chan struct{} // closed when all below is final
	after      counters
	result     Result
	err        error
}

// The states of a write.
const (
	waiting int32 = iota
	begun
	withdrawn // by its component, while it was waiting
)

// groups reports whether a statement can be run in a group: one that inserts, updates or deletes
// rows of a file, outside a transaction, on a connection with the usual settings.
func (c *Conn) groups(text string, statement uintptr) bool {
	if c.database.Path == "" || c.connection.flag(modified) ||
		!c.connection.writesAlone(statement) {
		return false
	}
	verb := text
	if end := strings.IndexAny(text, " \t\r\n"); end > 0 {
		verb = text[:end]
	}
	switch strings.ToUpper(verb) {
	case "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}

// write runs a statement in a group. It waits for its turn for as long as the connection waits for
// locks, or until ctx ends.
func (c *Conn) write(ctx context.Context, text string, parameters []any) (Result, error) {
	w := &write{ctx: ctx, text: text, parameters: parameters, since: time.Now(),
		before: c.counters, done: make(chan struct{})}
	timer := time.NewTimer(c.connection.busyTimeout())
	c.connection.waits()
	c.rest()
	c.database.enqueue(w)
	defer timer.Stop()
	select {
	case <-w.done:
	case <-timer.C:
	case <-ctx.Done():
	}
	if w.state.CompareAndSwap(waiting, withdrawn) {
		return Result{}, ioError("database is locked")
	}
	<-w.done
	c.counters = w.after
	return w.result, w.err
}

// enqueue adds a write to the next group, and starts the goroutine that runs groups unless it is
// running.
func (d *Database) enqueue(w *write) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = append(d.queue, w)
	if !d.grouping {
		d.grouping = true
		d.running.Add(1)
		go d.runGroups()
	}
}

// runGroups runs the writes that wait, group by group, until there are none.
func (d *Database) runGroups() {
	defer d.running.Done()
	token := d.writeToken()
	for {
		token <- struct{}{}
		d.mu.Lock()
		group := slices.DeleteFunc(d.queue, func(w *write) bool {
			return w.state.Load() == withdrawn
		})
		d.queue = nil
		if d.most > 0 && d.most < len(group) {
			group, d.queue = group[:d.most], group[d.most:]
		}
		d.grouping = len(group) > 0
		d.mu.Unlock()
		if len(group) > 0 {
			d.runGroup(group)
		}
		<-token
		if len(group) == 0 {
			return
		}
	}
}

// leastGroup is the least time for the statements of a group.
const leastGroup = time.Millisecond

// runGroup runs a group in one transaction. The next one may have as many statements as will take
// as long as the COMMIT: if all that wait were in one group, their components would all wait for
// it, and then all compute, on a processor that is idle in between.
func (d *Database) runGroup(group []*write) {
	c, err := d.take(&d.writers)
	if err == nil {
		c.watchLog()
		defer d.put(c, &d.writers)
		defer d.checkpoint(c)
		err = c.run("BEGIN IMMEDIATE")
	}
	start := time.Now()
	group = slices.DeleteFunc(group, func(w *write) bool {
		return !w.state.CompareAndSwap(waiting, begun)
	})
	if err == nil && len(group) > 0 {
		observed := Group{Statements: len(group), Waited: start.Sub(group[0].since)}
		observed.Commit, err = c.runTogether(group)
		ran := time.Since(start) - observed.Commit
		d.most = max(1, int(time.Duration(len(group))*max(observed.Commit, leastGroup)/max(ran, 1)))
		if err == nil && d.Observe != nil {
			defer d.Observe(observed)
		}
	}
	for _, w := range group {
		if err != nil && w.err == nil {
			w.result, w.err = Result{}, err
		}
		close(w.done)
	}
}

// runTogether runs a group in the transaction that is open, commits it, and returns how long the
// COMMIT took. The error is that of the COMMIT: then nothing has happened.
//
// A statement that fails is undone alone. But if it ends the whole transaction, as an interrupt
// does, or if the transaction violates a deferred constraint, the others are run again, each in a
// transaction of its own.
func (c *connection) runTogether(group []*write) (time.Duration, error) {
	for _, w := range group {
		w.run(c)
		if c.autocommit() {
			c.runAlone(group, w)
			return 0, nil
		}
	}
	start := time.Now()
	err := c.run("COMMIT")
	if err != nil {
		violation := lib.Xsqlite3_errcode(c.tls, c.db)&0xff == lib.SQLITE_CONSTRAINT
		c.run("ROLLBACK")
		if violation {
			c.runAlone(group, nil)
			err = nil
		}
	}
	return time.Since(start), err
}

// runAlone runs the writes of a group, all but one, each in a transaction of its own.
func (c *connection) runAlone(group []*write, except *write) {
	for _, w := range group {
		if w != except {
			w.run(c)
		}
	}
}

// run runs a write on a connection, with the counters of its component's.
func (w *write) run(c *connection) {
	c.setCounters(w.before)
	w.result, w.err = w.query(c)
	w.after = c.counters()
}

func (w *write) query(c *connection) (Result, error) {
	if w.ctx.Err() != nil {
		return Result{}, ioError("interrupted")
	}
	defer c.interruptOn(w.ctx)()
	prepared, err := c.statement(w.text)
	if err != nil {
		return Result{}, err
	}
	return c.query(prepared.handle, w.parameters)
}

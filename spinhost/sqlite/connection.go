package sqlite

import (
	"context"
	"os"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"abacus/shared/sqlite"
)

const (
	busyTimeout   = 5000 // milliseconds a statement waits for a lock
	maxStatements = 64   // prepared statements that a connection keeps
)

const pointerSize = unsafe.Sizeof(uintptr(0))

// Fields of the C structure sqlite3 for which its API has no setter.
const (
	changesField      = unsafe.Offsetof(lib.Tsqlite3{}.FnChange)
	totalChangesField = unsafe.Offsetof(lib.Tsqlite3{}.FnTotalChange)
	busyTimeoutField  = unsafe.Offsetof(lib.Tsqlite3{}.FbusyTimeout)
)

// connection is an open sqlite3 with its prepared statements.
type connection struct {
	tls        *libc.TLS
	db         uintptr            // sqlite3*
	marks      uintptr            // int32 that the authorizer writes to
	statements map[string]uintptr // text to sqlite3_stmt*
	file       os.FileInfo        // the file behind it, nil in memory
}

// open opens a connection as Spin has it: foreign keys on, 5 s of patience, no
// ATTACH of files unless allowed.
func open(path string, attachFiles bool) (*connection, error) {
	c := &connection{tls: libc.NewTLS(), statements: map[string]uintptr{}}
	name, err := libc.CString(path)
	if err != nil {
		c.tls.Close()
		return nil, failed("unable to open database file: " + err.Error())
	}
	slot := c.pointers(1)
	const flags = lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE | lib.SQLITE_OPEN_NOMUTEX |
		lib.SQLITE_OPEN_URI | lib.SQLITE_OPEN_EXRESCODE
	code := lib.Xsqlite3_open_v2(c.tls, name, slot, flags, 0)
	c.db = pointer(slot, 0)
	lib.Xsqlite3_free(c.tls, slot)
	libc.Xfree(c.tls, name)
	if code != lib.SQLITE_OK {
		words := c.words(code)
		if code&0xff == lib.SQLITE_CANTOPEN {
			words += ": " + path
		}
		c.close()
		return nil, failed(words)
	}
	lib.Xsqlite3_busy_timeout(c.tls, c.db, busyTimeout)
	if err := c.run("PRAGMA foreign_keys = ON"); err != nil {
		c.close()
		return nil, err
	}
	c.watch(attachFiles)
	return c, nil
}

// close finalizes the statements, rolls back and closes.
func (c *connection) close() {
	for _, statement := range c.statements {
		lib.Xsqlite3_finalize(c.tls, statement)
	}
	lib.Xsqlite3_close_v2(c.tls, c.db)
	lib.Xsqlite3_free(c.tls, c.marks)
	c.tls.Close()
}

// renew makes the connection look new: no transaction, all counters at zero.
// It tells whether it does; a connection with temporary tables, attached
// databases or settings of its own does not.
func (c *connection) renew() bool {
	if c.marked() {
		return false
	}
	if lib.Xsqlite3_get_autocommit(c.tls, c.db) == 0 && c.run("ROLLBACK") != nil {
		return false
	}
	lib.Xsqlite3_set_last_insert_rowid(c.tls, c.db, 0)
	libc.AtomicStoreNInt64(c.db+changesField, 0, 0)
	libc.AtomicStoreNInt64(c.db+totalChangesField, 0, 0)
	return true
}

// interruptOn ends what the connection does when ctx ends, until release.
func (c *connection) interruptOn(ctx context.Context) (release func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	released, done := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		// SQLite does not look for interrupts while it waits for a lock.
		patience := libc.AtomicLoadNInt32(c.db+busyTimeoutField, 0)
		libc.AtomicStoreNInt32(c.db+busyTimeoutField, 0, 0)
		defer libc.AtomicStoreNInt32(c.db+busyTimeoutField, patience, 0)
		for {
			lib.Xsqlite3_interrupt(c.tls, c.db)
			select {
			case <-released:
				return
			case <-time.After(time.Millisecond):
				// Again: one that comes before the first step is forgotten.
			}
		}
	})
	return func() {
		close(released)
		if !stop() {
			<-done
		}
	}
}

// run executes a statement of the host's own.
func (c *connection) run(text string) error {
	statement, err := c.statement(text)
	if err != nil {
		return err
	}
	_, err = c.query(statement, nil)
	return err
}

// pointers allocates room for n pointers, for results that C gives by address.
func (c *connection) pointers(n uint64) uintptr {
	return lib.Xsqlite3_malloc64(c.tls, n*uint64(pointerSize))
}

// pointer reads the i-th of them.
func pointer(slots uintptr, i uintptr) uintptr {
	return libc.AtomicLoadNUintptr(slots+i*pointerSize, 0)
}

// failure is the error for a result code of the last call.
func (c *connection) failure(code int32) *sqlite.Error {
	return failed(c.words(code))
}

// words are what SQLite says about a result code: about the last call if that
// is where the code comes from, else about the code in general (rusqlite's
// error_msg).
func (c *connection) words(code int32) string {
	if c.db == 0 || lib.Xsqlite3_errcode(c.tls, c.db) != code {
		return libc.GoString(lib.Xsqlite3_errstr(c.tls, code))
	}
	return libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
}

package sqlite

import (
	"context"
	"os"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

const (
	busyTimeout   = 5000 // ms that a statement waits for a lock
	maxStatements = 64   // prepared statements kept by a connection
)

const pointerSize = unsafe.Sizeof(uintptr(0))

// Fields of the C structure sqlite3 that its API cannot set.
const (
	changesField      = unsafe.Offsetof(lib.Tsqlite3{}.FnChange)
	totalChangesField = unsafe.Offsetof(lib.Tsqlite3{}.FnTotalChange)
	busyTimeoutField  = unsafe.Offsetof(lib.Tsqlite3{}.FbusyTimeout)
)

// connection is an open sqlite3 with its prepared statements.
type connection struct {
	tls        *libc.TLS
	db         uintptr             // sqlite3*
	flags      uintptr             // int32 that the authorizer writes
	logPages   uintptr             // int32 that keepLength writes; 0 without it
	statements map[string]compiled // by text
	file       os.FileInfo         // the file behind it, nil in memory
	waiting    func()              // Conn.Waiting, while a Conn uses it
}

// open opens a connection with Spin's settings: foreign keys on, a busy timeout of 5 s, no
// ATTACH of files unless allowed. In addition, it overwrites what it deletes.
func open(path string, attachFiles bool) (*connection, error) {
	c := &connection{tls: libc.NewTLS(), statements: map[string]compiled{}}
	name, err := libc.CString(path)
	if err != nil {
		c.tls.Close()
		return nil, ioError("unable to open database file: " + err.Error())
	}
	result := c.pointers(1)
	const flags = lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE | lib.SQLITE_OPEN_NOMUTEX |
		lib.SQLITE_OPEN_URI | lib.SQLITE_OPEN_EXRESCODE
	code := lib.Xsqlite3_open_v2(c.tls, name, result, flags, 0)
	c.db = pointer(result, 0)
	lib.Xsqlite3_free(c.tls, result)
	libc.Xfree(c.tls, name)
	if code != lib.SQLITE_OK {
		message := c.message(code)
		if code&0xff == lib.SQLITE_CANTOPEN {
			message += ": " + path
		}
		c.close()
		return nil, ioError(message)
	}
	lib.Xsqlite3_busy_timeout(c.tls, c.db, busyTimeout)
	c.setAuthorizer(attachFiles)
	c.watchProgress()
	lib.Xsqlite3_wal_autocheckpoint(c.tls, c.db, checkpointPages)
	for _, setting := range []string{"PRAGMA foreign_keys = ON", "PRAGMA secure_delete = ON"} {
		if err := c.run(setting); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// close finalizes the statements, rolls back and closes.
func (c *connection) close() {
	for _, prepared := range c.statements {
		lib.Xsqlite3_finalize(c.tls, prepared.handle)
	}
	connections.Delete(c.db)
	lib.Xsqlite3_close_v2(c.tls, c.db)
	lib.Xsqlite3_free(c.tls, c.flags)
	lib.Xsqlite3_free(c.tls, c.logPages)
	c.tls.Close()
}

// looksNew reports whether a connection to a file differs from a new one in its counters alone.
func (c *connection) looksNew() bool {
	return c.file != nil && c.autocommit() && !c.flag(modified) &&
		c.busyTimeout() == busyTimeout*time.Millisecond
}

// reset makes the connection look new, but for its counters. It returns false if that is
// impossible, after temporary tables, attached databases or changed settings.
func (c *connection) reset() bool {
	if c.flag(modified) {
		return false
	}
	if !c.autocommit() && c.run("ROLLBACK") != nil {
		return false
	}
	lib.Xsqlite3_busy_timeout(c.tls, c.db, busyTimeout)
	return true
}

// counters are what last_insert_rowid(), changes() and total_changes() return.
type counters struct{ rowID, changes, total int64 }

func (c *connection) counters() counters {
	return counters{lib.Xsqlite3_last_insert_rowid(c.tls, c.db),
		libc.AtomicLoadNInt64(c.db+changesField, 0),
		libc.AtomicLoadNInt64(c.db+totalChangesField, 0)}
}

func (c *connection) setCounters(n counters) {
	lib.Xsqlite3_set_last_insert_rowid(c.tls, c.db, n.rowID)
	libc.AtomicStoreNInt64(c.db+changesField, n.changes, 0)
	libc.AtomicStoreNInt64(c.db+totalChangesField, n.total, 0)
}

// autocommit reports whether no transaction is open.
func (c *connection) autocommit() bool { return lib.Xsqlite3_get_autocommit(c.tls, c.db) != 0 }

// writesAlone reports whether a statement writes and is a transaction of its own.
func (c *connection) writesAlone(statement uintptr) bool {
	return statement != 0 && c.autocommit() && lib.Xsqlite3_stmt_readonly(c.tls, statement) == 0
}

// busyTimeout returns how long a statement waits for a lock.
func (c *connection) busyTimeout() time.Duration {
	return time.Duration(libc.AtomicLoadNInt32(c.db+busyTimeoutField, 0)) * time.Millisecond
}

// interruptOn interrupts the connection when ctx ends, until release is called.
func (c *connection) interruptOn(ctx context.Context) (release func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	released, done := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		// SQLite ignores interrupts while it waits for a lock.
		busy := libc.AtomicLoadNInt32(c.db+busyTimeoutField, 0)
		libc.AtomicStoreNInt32(c.db+busyTimeoutField, 0, 0)
		defer libc.AtomicStoreNInt32(c.db+busyTimeoutField, busy, 0)
		for {
			lib.Xsqlite3_interrupt(c.tls, c.db)
			select {
			case <-released:
				return
			case <-time.After(time.Millisecond):
				// Again: SQLite drops an interrupt that comes before the first step.
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

// run executes a statement of the host.
func (c *connection) run(text string) error {
	prepared, err := c.statement(text)
	if err != nil {
		return err
	}
	_, err = c.query(prepared.handle, nil)
	return err
}

// pointers allocates n pointers, for results that C returns by address.
func (c *connection) pointers(n uint64) uintptr {
	return lib.Xsqlite3_malloc64(c.tls, n*uint64(pointerSize))
}

// pointer reads the i-th pointer.
func pointer(array, i uintptr) uintptr {
	return libc.AtomicLoadNUintptr(array+i*pointerSize, 0)
}

// resultError returns the error for a result code of the last call.
func (c *connection) resultError(code int32) *Error { return ioError(c.message(code)) }

// message returns SQLite's message for a result code: that of the last call if it returned
// this code, else the general one (as rusqlite's error_msg).
func (c *connection) message(code int32) string {
	if c.db == 0 || lib.Xsqlite3_errcode(c.tls, c.db) != code {
		return libc.GoString(lib.Xsqlite3_errstr(c.tls, code))
	}
	return libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
}

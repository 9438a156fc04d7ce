package sqlite

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// checkpointPages is how long the write-ahead log grows before it is copied into the database, in
// pages: 16 MiB. SQLite's 1,000 pages are a few groups of writes.
const checkpointPages = 4096

const copyLog = "PRAGMA wal_checkpoint(PASSIVE)"

// checkpoint copies a long log into the database, after a commit of c, the connection of the
// groups. SQLite does it while all writers wait. Here they wait only for the last part: most of the
// log is copied while they go on, and what they have added meanwhile after the next commit. Then
// the log begins anew.
func (d *Database) checkpoint(c *connection) {
	if libc.AtomicLoadNInt32(c.logPages, 0) < checkpointPages {
		return
	}
	if d.copied == nil {
		d.copied = make(chan struct{})
		d.running.Add(1)
		go d.copyLog()
		return
	}
	select {
	case <-d.copied:
		d.copied = nil
		_ = c.run(copyLog) // what fails is tried again after the next commit
	default:
	}
}

// copyLog copies the log on a connection of its own.
func (d *Database) copyLog() {
	defer d.running.Done()
	defer close(d.copied)
	if c, err := d.take(&d.idle); err == nil {
		_ = c.run(copyLog)
		d.put(c, &d.idle)
	}
}

// watchLog has the connection keep the length of the log, instead of copying it after a commit.
func (c *connection) watchLog() {
	if c.logPages != 0 {
		return
	}
	c.logPages = lib.Xsqlite3_malloc64(c.tls, uint64(unsafe.Sizeof(int32(0))))
	libc.AtomicStoreNInt32(c.logPages, 0, 0)
	lib.Xsqlite3_wal_hook(c.tls, c.db, address(keepLength), c.logPages)
}

// keepLength is SQLite's callback after a commit, with the length of the log in pages.
func keepLength(_ *libc.TLS, logPages, _, _ uintptr, pages int32) int32 {
	libc.AtomicStoreNInt32(logPages, pages, 0)
	return lib.SQLITE_OK
}

package sqlite

import (
	"sync"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// longSteps is how many instructions of SQLite's virtual machine a statement runs before it counts
// as long: about a millisecond. A page of a list takes some hundred.
const longSteps = 10_000

// connections are the open connections by their sqlite3*, for progress.
var connections sync.Map

// watchProgress makes SQLite call progress after each longSteps of a statement.
func (c *connection) watchProgress() {
	connections.Store(c.db, c)
	lib.Xsqlite3_progress_handler(c.tls, c.db, longSteps, address(progress), c.db)
}

// progress is SQLite's callback during a long statement.
func progress(_ *libc.TLS, db uintptr) int32 {
	if c, ok := connections.Load(db); ok {
		c.(*connection).waits()
	}
	return lib.SQLITE_OK
}

// waits calls the Waiting of the Conn that uses the connection, if it is set.
func (c *connection) waits() {
	if c.waiting != nil {
		c.waiting()
	}
}

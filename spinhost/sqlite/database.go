// Package sqlite is the host's side of Spin's SQLite interface: databases whose
// statements behave as they do under `spin up`, down to the words of an error.
//
// It speaks to SQLite's C API, in modernc.org/sqlite/lib's translation to Go,
// and not through a driver, because a guest sees what drivers take away: two
// columns of one name, string literals in double quotes, the plain error text,
// and counters (last_insert_rowid, changes) that start at zero.
//
// Differences that remain: SQLite is 3.49.2 here and 3.49.1 in Spin, without
// FTS3, with the mathematical SQL functions that Spin lacks, with a LIKE that
// does not look into blobs; and the file that ATTACH names must be a literal,
// while Spin lets any file pass whose name is an expression.
//
// Sources: Spin's crates/sqlite-inproc and crates/factor-sqlite, and rusqlite
// 0.34, on which they stand.
package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"abacus/shared/sqlite"
)

// maxIdle is how many connections a database keeps open for the next user.
const maxIdle = 32

// Database is what a label of the manifest's sqlite_databases stands for. Its
// zero value is in memory, where every connection is an empty database of its
// own. It is safe for concurrent use.
//
// Nothing else in the process may open the file: closing it again would drop
// the locks that SQLite holds on it (POSIX locks belong to the process).
type Database struct {
	// Path is the file, "" for a database in memory. File and folder are
	// created when the first statement runs.
	Path string
	// AttachFiles allows ATTACH of other files (allow_attach_file of Spin's
	// runtime configuration).
	AttachFiles bool

	mu     sync.Mutex
	idle   []*connection
	closed bool
	writer chan struct{} // holds the connection that writes, see turn
}

// Connect makes a connection. It touches no file before its first statement
// and is for one goroutine at a time.
func (d *Database) Connect() *Conn {
	return &Conn{database: d}
}

// Batch runs every statement of a script on a connection of its own, as
// `--sqlite @FILE` does, and gives up at the first that fails. The error is a
// *sqlite.Error that begins with the line.
func (d *Database) Batch(ctx context.Context, script string) error {
	conn := d.Connect()
	defer conn.Close()
	if err := conn.open(ctx); err != nil {
		return err
	}
	defer conn.connection.interruptOn(ctx)()
	return conn.connection.batch(ctx, script)
}

// Close closes the idle connections. One still in use is closed when its user
// closes it; new ones are refused. It always returns nil.
func (d *Database) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.drain()
	return nil
}

// take gives an idle connection or opens a new one.
func (d *Database) take() (*connection, error) {
	for {
		c, err := d.pop()
		if err != nil {
			return nil, err
		}
		if c == nil {
			return d.create()
		}
		if now, err := os.Stat(d.Path); err == nil && os.SameFile(now, c.file) {
			return c, nil
		}
		c.close() // the file was removed or replaced since
	}
}

// pop gives the connection that became idle last, nil if there is none.
func (d *Database) pop() (*connection, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, &sqlite.Error{Code: sqlite.InvalidConnection}
	}
	if len(d.idle) == 0 {
		return nil, nil
	}
	last := len(d.idle) - 1
	c := d.idle[last]
	d.idle = d.idle[:last]
	return c, nil
}

// create opens a connection to the file, which it makes if need be.
func (d *Database) create() (*connection, error) {
	if d.Path == "" {
		return open(":memory:", d.AttachFiles)
	}
	folder := filepath.Dir(d.Path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, failed("failed to create sqlite database directory '" + folder + "': " + err.Error())
	}
	c, err := open(d.Path, d.AttachFiles)
	if err != nil {
		return nil, err
	}
	if c.file, err = os.Stat(d.Path); err != nil {
		c.close()
		return nil, failed("unable to open database file: " + err.Error())
	}
	return c, nil
}

// give takes a connection back: to be used again if its next user could not
// tell it from a new one, else to be closed.
func (d *Database) give(c *connection) {
	if c.file != nil && c.renew() {
		d.mu.Lock()
		if !d.closed && len(d.idle) < maxIdle {
			d.idle = append(d.idle, c)
			c = nil
		}
		d.mu.Unlock()
	}
	if c != nil {
		c.close()
	}
}

// drain closes the idle connections.
func (d *Database) drain() {
	d.mu.Lock()
	idle := d.idle
	d.idle = nil
	d.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
}

// failed is the error of the interface with these words.
func failed(words string) *sqlite.Error {
	return &sqlite.Error{Code: sqlite.IO, Detail: words}
}

// inLine is the error with these words in a line of a script, from 1.
func inLine(line int, words string) *sqlite.Error {
	return failed("line " + strconv.Itoa(line) + ": " + words)
}

// Package sqlite implements Spin's SQLite interface: statements behave as they do under
// `spin up`, down to the text of an error.
//
// It calls SQLite's C API, in modernc.org/sqlite/lib's translation to Go, rather than a
// driver, because drivers hide what a component sees: duplicate column names, string literals
// in double quotes, the plain error text, and counters (last_insert_rowid, changes) that start
// at zero.
//
// Differences that remain: SQLite is 3.49.2 here and 3.49.1 in Spin; FTS3 is missing; there
// are mathematical SQL functions that Spin lacks; LIKE does not match blobs; what is deleted is
// overwritten (PRAGMA secure_delete); and the file name of an allowed ATTACH must be a literal.
//
// Sources: Spin's crates/sqlite-inproc and crates/factor-sqlite, and rusqlite 0.34 below them.
package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"sync"
)

// maxIdle is how many connections a database keeps open for later use.
const maxIdle = 32

// Database is one label of a manifest's sqlite_databases. The zero value is in memory, where
// every connection is an empty database of its own. It is safe for concurrent use.
//
// Nothing else in the process may open the file: closing it would drop SQLite's locks, since
// POSIX locks belong to the process.
type Database struct {
	// Path is the file, "" for a database in memory. The first statement creates the file and
	// its folder.
	Path string
	// AttachFiles allows ATTACH of other files (allow_attach_file of the runtime
	// configuration).
	AttachFiles bool
	// Full, if set, reports whether nothing new may be stored: statements that insert rows, or
	// make tables, then fail as they do on a full disk. Updates and deletions go on.
	Full func() bool
	// Observe, if set, is called after each transaction that ran a group of statements. It must
	// not use the database.
	Observe func(Group)

	mu       sync.Mutex
	idle     []*connection
	closed   bool
	token    chan struct{}  // full while a connection writes (writer.go)
	queue    []*write       // the statements of the next group (group.go)
	most     int            // how many statements the next group may have; 0: any number
	grouping bool           // a goroutine runs groups
	running  sync.WaitGroup // that goroutine, and one that copies the log
	copied   chan struct{}  // closed once the log is copied (checkpoint.go); nil while it is short
	writers  []*connection  // the connection of the groups, while it is idle
}

// Connect returns a new Conn. It opens nothing before its first statement.
func (d *Database) Connect() *Conn { return &Conn{database: d} }

// Batch runs every statement of a script on a connection of its own, as `--sqlite @FILE`
// does, and stops at the first that fails. The error is an *Error that begins with the line.
func (d *Database) Batch(ctx context.Context, script string) error {
	conn := d.Connect()
	defer conn.Close()
	if err := conn.open(ctx); err != nil {
		return err
	}
	defer conn.connection.interruptOn(ctx)()
	return conn.connection.batch(ctx, script)
}

// Close closes the idle connections and refuses new ones, once the statements that wait have been
// run. A connection in use is closed with its Conn. The error is always nil.
func (d *Database) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.running.Wait()
	d.closeIdle()
	return nil
}

// take returns an idle connection or opens a new one.
func (d *Database) take(idle *[]*connection) (*connection, error) {
	for {
		c := d.pop(idle)
		if c == nil {
			return d.create()
		}
		if now, err := os.Stat(d.Path); err == nil && os.SameFile(now, c.file) {
			return c, nil
		}
		c.close() // the file was removed or replaced since
	}
}

// pop returns the connection that became idle last, nil if there is none.
func (d *Database) pop(idle *[]*connection) *connection {
	d.mu.Lock()
	defer d.mu.Unlock()
	last := len(*idle) - 1
	if last < 0 {
		return nil
	}
	c := (*idle)[last]
	*idle = (*idle)[:last]
	return c
}

// create opens a connection to the file, and creates the file if necessary.
func (d *Database) create() (*connection, error) {
	if d.Path == "" {
		return open(":memory:", d.AttachFiles)
	}
	folder := filepath.Dir(d.Path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, ioError("failed to create sqlite database directory '" + folder + "': " +
			err.Error())
	}
	c, err := open(d.Path, d.AttachFiles)
	if err != nil {
		return nil, err
	}
	if c.file, err = os.Stat(d.Path); err != nil {
		c.close()
		return nil, ioError("unable to open database file: " + err.Error())
	}
	return c, nil
}

// put takes a connection back. It is kept if it can be made to look new, else closed.
func (d *Database) put(c *connection, idle *[]*connection) {
	if c.file != nil && c.reset() {
		d.mu.Lock()
		if !d.closed && len(*idle) < maxIdle {
			*idle = append(*idle, c)
			c = nil
		}
		d.mu.Unlock()
	}
	if c != nil {
		c.close()
	}
}

// isClosed reports whether Close was called.
func (d *Database) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

func (d *Database) closeIdle() {
	d.mu.Lock()
	idle := append(d.idle, d.writers...)
	d.idle, d.writers = nil, nil
	d.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
}

// Package backup copies the SQLite files of a running app, all as of the same moment, into one
// archive, and restores them somewhere else.
package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // registers the driver "sqlite"
	lib "modernc.org/sqlite/lib"
)

// File is an SQLite file of an app, with its name in an archive.
type File struct{ Name, Path string }

// lockTimeout is how long Write waits for the write locks of all files.
const lockTimeout = 30 * time.Second

// Write writes those of the files that exist to an archive, and returns how long writers were
// blocked. The archive appears once all files are copied and checked.
//
// It takes the write locks of all files, begins to read each file, and releases the locks: what it
// reads from then on is the state of that moment. A file that is not in WAL mode cannot be written
// until it is copied.
func Write(ctx context.Context, archive string, files []File) (held time.Duration, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(archive), ".backup-")
	if err != nil {
		return 0, fmt.Errorf("make a folder for the copies: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var sources []*source
	defer func() {
		for _, s := range sources {
			s.close()
		}
	}()
	for _, f := range files {
		if _, err := os.Stat(f.Path); errors.Is(err, os.ErrNotExist) {
			continue // nothing has been stored yet
		}
		s, err := openSource(ctx, f)
		if err != nil {
			return 0, fmt.Errorf("open %s: %w", f.Path, err)
		}
		sources = append(sources, s)
	}
	if len(sources) == 0 {
		return 0, errors.New("there is nothing to back up: none of the app's files exists")
	}
	if held, err = begin(ctx, sources); err != nil {
		return held, err
	}
	var copies []File
	for _, s := range sources {
		c := File{s.file.Name, filepath.Join(dir, s.file.Name)}
		if err := s.copyTo(ctx, c.Path); err != nil {
			return held, fmt.Errorf("copy %s: %w", s.file.Path, err)
		}
		if err := check(ctx, c.Path); err != nil {
			return held, fmt.Errorf("the copy of %s: %w", s.file.Path, err)
		}
		copies = append(copies, c)
	}
	return held, pack(archive, copies)
}

// source is an open file. One connection takes the write lock, the other one reads.
type source struct {
	file            File
	database        *sql.DB
	holding, reader *sql.Conn
}

func openSource(ctx context.Context, f File) (*source, error) {
	database, err := open(f.Path)
	if err != nil {
		return nil, err
	}
	s := &source{file: f, database: database}
	if s.holding, err = database.Conn(ctx); err == nil {
		s.reader, err = database.Conn(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return s, nil
}

// close rolls back what is open and closes the connections.
func (s *source) close() {
	for _, c := range []*sql.Conn{s.holding, s.reader} {
		_, _ = c.ExecContext(context.Background(), "ROLLBACK")
		_ = c.Close()
	}
	_ = s.database.Close()
}

// begin takes the write locks of all sources, begins to read from each, and releases the locks.
func begin(ctx context.Context, sources []*source) (held time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	var start time.Time
	for i, s := range sources {
		if err := hold(ctx, s.holding); err != nil {
			return 0, fmt.Errorf("hold the writers of %s: %w", s.file.Path, err)
		}
		if i == 0 {
			start = time.Now()
		}
	}
	for _, s := range sources {
		_, err := s.reader.ExecContext(ctx, "BEGIN")
		if err == nil {
			_, err = s.reader.ExecContext(ctx, "SELECT count(*) FROM sqlite_schema")
		}
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", s.file.Path, err)
		}
	}
	for _, s := range sources {
		if _, err := s.holding.ExecContext(ctx, "ROLLBACK"); err != nil {
			return 0, fmt.Errorf("release %s: %w", s.file.Path, err)
		}
	}
	return time.Since(start), nil
}

// hold takes the write lock. It retries at once rather than with SQLite's growing waits: a busy
// host leaves the lock free only for moments.
func hold(ctx context.Context, c *sql.Conn) error {
	for {
		_, err := c.ExecContext(ctx, "BEGIN IMMEDIATE")
		busy := new(sqlite.Error)
		if err == nil || !errors.As(err, &busy) || busy.Code()&0xff != lib.SQLITE_BUSY {
			return err
		}
		if ctx.Err() != nil {
			return err
		}
		time.Sleep(100 * time.Microsecond)
	}
}

// copyTo copies the state that the reader sees to a file.
func (s *source) copyTo(ctx context.Context, path string) error {
	return s.reader.Raw(func(driver any) error {
		online, err := driver.(interface {
			NewBackup(target string) (*sqlite.Backup, error)
		}).NewBackup(address(path))
		if err != nil {
			return err
		}
		const pages = 1024
		for more := true; more && err == nil; {
			if more, err = online.Step(pages); err == nil {
				err = ctx.Err()
			}
		}
		return errors.Join(err, online.Finish())
	})
}

// check runs SQLite's integrity check on a file, and leaves it without a WAL.
func check(ctx context.Context, path string) error {
	database, err := open(path)
	if err != nil {
		return err
	}
	defer database.Close()
	var result, mode string
	if err := database.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&result); err != nil {
		return fmt.Errorf("check its integrity: %w", err)
	}
	if result != "ok" {
		return fmt.Errorf("it is damaged: %s", result)
	}
	err = database.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
	if err == nil && mode == "wal" {
		_, err = database.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return err
}

func open(path string) (*sql.DB, error) { return sql.Open("sqlite", address(path)) }

// address returns the URI of a file, whatever characters its path contains.
func address(path string) string {
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path)}).String()
}

// Package keyvalue implements Spin's key-value stores: a Store in an SQLite file, as Spin's
// crates/key-value-spin, and Redis, as its crates/key-value-redis. The file format is Spin's,
// so both hosts can share a state directory.
//
// As in Spin, values do not expire, the last writer wins, and results are limited to 128 MiB.
package keyvalue

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"abacus/spinhost/sqlite"
)

// Spin's statements. Several stores may share the table.
const (
	createTable = `CREATE TABLE IF NOT EXISTS spin_key_value (
                           store TEXT NOT NULL,
                           key   TEXT NOT NULL,
                           value BLOB NOT NULL,

                           PRIMARY KEY (store, key)
                        )`
	selectValue = "SELECT value FROM spin_key_value WHERE store=$1 AND key=$2"
	selectOne   = "SELECT 1 FROM spin_key_value WHERE store=$1 AND key=$2"
	selectKeys  = "SELECT key FROM spin_key_value WHERE store=$1"
	deleteRow   = "DELETE FROM spin_key_value WHERE store=$1 AND key=$2"
	insertRow   = "INSERT INTO spin_key_value (store, key, value) VALUES ($1, $2, $3)" +
		" ON CONFLICT(store, key) DO UPDATE SET value=$3"
)

var (
	errFull    = errors.New("database or disk is full")
	errClosed  = errors.New("the key-value store is closed")
	errTooMuch = fmt.Errorf("query result exceeds limit of %d bytes", maxResult)
)

// Store is one label of a manifest's key_value_stores. The zero value is the store "default" in
// memory. It is safe for concurrent use; like Spin it has one connection, so that operations
// run one at a time.
type Store struct {
	// Path is the SQLite file, "" for memory. The first operation creates the file and its
	// folder.
	Path string
	// Label is the store's name in the manifest, "" for "default".
	Label string
	// Full, if set, reports whether nothing new may be stored: a new key or a longer value then
	// fails as it does on a full disk.
	Full func() bool

	mu       sync.Mutex
	database *sqlite.Database
	conn     *sqlite.Conn // nil before the first operation
	closed   bool
}

// Get returns the value of a key and reports whether the key exists.
func (s *Store) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	rows, err := s.execute(ctx, selectValue, key)
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	value, isBlob := rows[0][0].([]byte)
	if !isBlob {
		return nil, false, fmt.Errorf(
			"the value of %q is not a blob: another program wrote it", key)
	}
	return value, true, nil
}

// Set sets or replaces the value of a key.
func (s *Store) Set(ctx context.Context, key string, value []byte) error {
	if s.Full != nil && s.Full() {
		old, found, err := s.Get(ctx, key)
		if err != nil {
			return err
		}
		if !found || len(value) > len(old) {
			return errFull
		}
	}
	_, err := s.execute(ctx, insertRow, key, value)
	return err
}

// Delete removes a key, if it exists.
func (s *Store) Delete(ctx context.Context, key string) error {
	_, err := s.execute(ctx, deleteRow, key)
	return err
}

// Exists reports whether a key exists.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	rows, err := s.execute(ctx, selectOne, key)
	return len(rows) > 0, err
}

// Keys returns the keys of the store.
func (s *Store) Keys(ctx context.Context) ([]string, error) {
	rows, err := s.execute(ctx, selectKeys)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row[0].(string)
	}
	return keys, nil
}

// Close closes the file after the operation under way. The error is always nil.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.disconnect()
	return nil
}

func (s *Store) disconnect() {
	if s.conn != nil {
		s.conn.Close()
		s.database.Close()
		s.conn = nil
	}
}

// execute runs a statement whose first parameter is the label. It opens the file if necessary.
func (s *Store) execute(ctx context.Context, statement string, parameters ...any) ([][]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if s.conn == nil {
		s.database = &sqlite.Database{Path: s.Path}
		s.conn = s.database.Connect()
		if _, err := s.conn.Execute(ctx, createTable); err != nil {
			s.disconnect() // the next operation tries again
			return nil, err
		}
	}
	label := s.Label
	if label == "" {
		label = "default"
	}
	result, err := s.conn.Execute(ctx, statement, append([]any{label}, parameters...)...)
	return result.Rows, err
}

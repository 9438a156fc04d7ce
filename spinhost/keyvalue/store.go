// Package keyvalue is the host's side of Spin's key-value interface: a Store in
// an SQLite file, as Spin's own (crates/key-value-spin), and Redis, as Spin's
// other (crates/key-value-redis). The files are Spin's, so one state directory
// serves both hosts.
//
// As in Spin, a value has no age, the last writer wins, and what an operation
// gives back is refused over 128 MiB.
package keyvalue

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"abacus/spinhost/sqlite"
	spin "abacus/shared/sqlite"
)

// Spin's statements, with a table that several stores may share.
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
	errClosed  = errors.New("the key-value store is closed")
	errTooMuch = fmt.Errorf("query result exceeds limit of %d bytes", maxResult)
)

// Store is what one label of the manifest's key_value_stores stands for. Its
// zero value is the store "default" in memory. It is safe for concurrent use;
// like Spin it has one connection, so its operations come one after the other.
type Store struct {
	// Path is the SQLite file, "" for memory. File and folder are created by
	// the first operation.
	Path string
	// Label is what the manifest calls the store, "" for "default".
	Label string

	mu       sync.Mutex
	database *sqlite.Database
	conn     *sqlite.Conn // nil before the first operation
	closed   bool
}

// Get returns the value of a key and whether there is one.
func (s *Store) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	rows, err := s.execute(ctx, selectValue, spin.String(key))
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	field := rows[0][0]
	if field.Kind() != spin.Blob {
		return nil, false, fmt.Errorf("the value of %q is not a blob: another program wrote it", key)
	}
	return []byte(field.Text()), true, nil
}

// Set gives a key a value, in place of any that it had.
func (s *Store) Set(ctx context.Context, key string, value []byte) error {
	_, err := s.execute(ctx, insertRow, spin.String(key), spin.Bytes(string(value)))
	return err
}

// Delete removes a key; that there is none is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	_, err := s.execute(ctx, deleteRow, spin.String(key))
	return err
}

// Exists tells whether a key has a value.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	rows, err := s.execute(ctx, selectOne, spin.String(key))
	return len(rows) > 0, err
}

// Keys lists the keys of the store.
func (s *Store) Keys(ctx context.Context) ([]string, error) {
	rows, err := s.execute(ctx, selectKeys)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row[0].Text()
	}
	return keys, nil
}

// Close closes the file. It waits for an operation under way and always
// returns nil.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.disconnect()
	return nil
}

// disconnect gives the connection up and closes the file.
func (s *Store) disconnect() {
	if s.conn != nil {
		s.conn.Close()
		s.database.Close()
		s.conn = nil
	}
}

// execute runs a statement whose first parameter is the label.
func (s *Store) execute(ctx context.Context, statement string, parameters ...spin.Value) ([][]spin.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if s.conn == nil {
		s.database = &sqlite.Database{Path: s.Path}
		s.conn = s.database.Connect()
		if _, err := s.conn.Execute(ctx, createTable, nil); err != nil {
			s.disconnect() // the next operation tries again
			return nil, err
		}
	}
	label := s.Label
	if label == "" {
		label = "default"
	}
	result, err := s.conn.Execute(ctx, statement, append([]spin.Value{spin.String(label)}, parameters...))
	return result.Rows, err
}

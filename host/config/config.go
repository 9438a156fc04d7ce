// Package config reads a runtime configuration file and says where state lives
// (Spin's crates/runtime-config).
package config

import (
	"errors"

	"abacus/host/variable"
)

// Config is the runtime configuration of an application, its defaults filled
// in.
type Config struct {
	Path              string // of the file, "" without one
	StateDir          string // absolute; "" if unset: what is stored by default is kept in memory
	LogDir            string // absolute; "" if unset: no log files
	MaxInstanceMemory int64  // bytes; 0 without limit
	Sources           []variable.Source
	Databases         map[string]Database // by label; "default" is always there
	Stores            map[string]Store    // by label; "default" is always there
	HTTP              HTTP

	summary []string
}

// Database is one SQLite database.
type Database struct {
	Path        string // absolute; "" for a database of its own in memory for every open
	AllowAttach bool   // ATTACH may name a file
}

// Store is one key-value store.
type Store struct {
	Type string // "spin" or "redis"
	Path string // of a spin store, absolute; "" for one in memory
	URL  string // of a redis store
}

// HTTP is what applies to outgoing requests.
type HTTP struct {
	NoKeepAlive    bool // a connection for every request
	MaxConnections int  // -1 without limit; 0 allows none
}

// Flags are the settings of the command line that go before the file's.
type Flags struct {
	AppDir   string  // the manifest's directory: .spin is in it
	StateDir *string // nil if not given, "" to unset
	LogDir   *string // nil if not given, "" to unset
}

// Load reads the file at path; "" is a configuration without a file.
func Load(path string, flags Flags) (*Config, error) {
	return nil, errors.New("config: not implemented")
}

// Summary returns the line that tells what the file configures, or "".
func (c *Config) Summary() string { return "" }

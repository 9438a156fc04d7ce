// Package config reads a runtime configuration file and decides where state is stored (Spin's
// crates/runtime-config).
package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"abacus/spinhost/tomlfile"
	"abacus/spinhost/variable"
)

// The label of the database and the store that every app has, and the names of their files in the
// state directory.
const (
	defaultLabel = "default"
	databaseFile = "sqlite_db.db"
	storeFile    = "sqlite_key_value.db"
)

// Config is a runtime configuration with its defaults.
type Config struct {
	Path              string            // of the file, "" without one
	StateDir          string            // absolute; "" keeps the default storage in memory
	LogDir            string            // absolute; "" for no log files
	MaxInstanceMemory int64             // bytes; 0 if unset
	Sources           []variable.Source // of variables, the environment last
	Databases         map[string]Database
	Stores            map[string]Store
	HTTP              HTTP

	summary []string
}

// Database is an SQLite database. There is always one with the label "default".
type Database struct {
	Path        string // absolute; "" for a new one in memory at every open
	AllowAttach bool   // allows ATTACH of files
}

// Store is a key-value store. There is always one with the label "default".
type Store struct {
	Type string // "spin" or "redis"
	Path string // of a spin store, absolute; "" for one in memory
	URL  string // of a redis store; it may hold a password
}

// HTTP configures outbound requests.
type HTTP struct {
	NoKeepAlive    bool // a new connection for every request
	MaxConnections int  // -1 for no limit; 0 allows none
}

// Flags are settings from the command line. They override those of the file.
type Flags struct {
	AppDir   string  // the manifest's directory: .spin is in it
	StateDir *string // nil if not given, "" to unset
	LogDir   *string // nil if not given, "" to unset
}

// Load reads the file at path, or returns the default configuration for "". The error has a line
// for each problem, with file, line and key.
func Load(path string, flags Flags) (*Config, error) {
	root, err := tomlfile.Parse("", nil)
	if path != "" {
		root, err = tomlfile.Read(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read runtime config: %w", err)
	}
	// As in Spin, paths of stores are relative to the file, all others to the working directory.
	working, err := filepath.Abs(".")
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	c := &Config{Path: path, HTTP: HTTP{MaxConnections: -1}}
	c.readDirectories(root, flags, working)
	c.readMemory(root)
	c.readSources(root)
	c.readDatabases(root, working)
	c.readStores(root, resolve(filepath.Dir(path), working))
	c.readHTTP(root)
	rejectUnsupported(root)
	root.Close()
	if err := root.Err(); err != nil {
		return nil, err
	}
	c.summarize(root)
	return c, nil
}

// InMemory returns a configuration without a state directory: data is kept in memory and
// nothing is logged to files.
func InMemory() *Config {
	return &Config{
		Sources:   []variable.Source{&variable.Environment{Prefix: variable.DefaultPrefix}},
		Databases: map[string]Database{defaultLabel: {}},
		Stores:    map[string]Store{defaultLabel: {Type: "spin"}},
		HTTP:      HTTP{MaxConnections: -1},
	}
}

// resolve makes a path absolute; "" stays "".
func resolve(path, base string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}

// readDirectories sets the directories from the flags, or else from the file. The defaults are
// .spin next to the manifest, and logs in the state directory.
func (c *Config) readDirectories(root *tomlfile.Table, flags Flags, working string) {
	choose := func(flag *string, key, fallback string) string {
		value, given := root.Text(key)
		switch {
		case flag != nil:
			return resolve(*flag, working)
		case given:
			return resolve(value, working)
		}
		return fallback
	}
	state := resolve(filepath.Join(flags.AppDir, ".spin"), working)
	c.StateDir = choose(flags.StateDir, "state_dir", state)
	logs := ""
	if c.StateDir != "" {
		logs = filepath.Join(c.StateDir, "logs")
	}
	c.LogDir = choose(flags.LogDir, "log_dir", logs)
}

func (c *Config) readMemory(root *tomlfile.Table) {
	const key = "max_instance_memory"
	size, _ := root.Int(key)
	if size < 0 {
		root.Reject(key, "must be a number of bytes, not %d", size)
	}
	c.MaxInstanceMemory = size
}

// readSources reads the variable providers. The environment comes last.
func (c *Config) readSources(root *tomlfile.Table) {
	key := "variables_provider"
	if _, ok := root.Any(key); !ok {
		key = "config_provider" // the old name
	}
	for _, t := range root.Array(key) {
		switch kind := t.Required("type"); kind {
		case "static":
			if _, ok := t.Any("values"); !ok {
				t.RejectTable("the table \"values\" is missing")
			}
			c.Sources = append(c.Sources, variable.Static(t.TextMap("values")))
		case "env":
			prefix, ok := t.Text("prefix")
			if !ok {
				prefix = variable.DefaultPrefix
			}
			dotenv, _ := t.Text("dotenv_path")
			c.Sources = append(c.Sources, &variable.Environment{Prefix: prefix, Dotenv: dotenv})
		case "vault", "azure_key_vault":
			t.Reject("type", "the provider %s is not supported here; static and env are", kind)
			continue
		case "":
			continue
		default:
			t.Reject("type", "unknown provider %q; static and env are known", kind)
			continue
		}
		t.Close()
	}
	environment := &variable.Environment{Prefix: variable.DefaultPrefix, Dotenv: ".env"}
	c.Sources = append(c.Sources, environment)
}

func (c *Config) readDatabases(root *tomlfile.Table, working string) {
	c.Databases = map[string]Database{defaultLabel: {Path: inState(c.StateDir, databaseFile)}}
	for _, t := range root.Tables("sqlite_database") {
		switch kind := t.Required("type"); kind {
		case "spin":
			path, _ := t.Text("path")
			c.Databases[t.Name] = Database{
				Path:        resolve(path, working),
				AllowAttach: t.Bool("allow_attach_file"),
			}
			t.Close()
		case "libsql":
			t.Reject("type", "libsql databases are not supported here; only type spin is")
		case "":
		default:
			t.Reject("type", "unknown database kind %q; only spin is known", kind)
		}
	}
}

func (c *Config) readStores(root *tomlfile.Table, dir string) {
	c.Stores = map[string]Store{defaultLabel: {Type: "spin", Path: inState(c.StateDir, storeFile)}}
	for _, t := range root.Tables("key_value_store") {
		switch kind := t.Required("type"); kind {
		case "spin":
			path, _ := t.Text("path")
			c.Stores[t.Name] = Store{Type: kind, Path: resolve(path, dir)}
			t.Close()
		case "redis":
			address := t.Required("url")
			isRedis := strings.HasPrefix(address, "redis://") ||
				strings.HasPrefix(address, "rediss://")
			if _, exists := t.Any("url"); exists && !isRedis {
				t.Reject("url", "must begin with redis:// or rediss://")
			}
			c.Stores[t.Name] = Store{Type: kind, URL: address}
			t.Close()
		case "azure_cosmos", "aws_dynamo":
			t.Reject("type", "%s stores are not supported here; spin and redis are", kind)
		case "":
		default:
			t.Reject("type", "unknown store type %q; spin and redis are known", kind)
		}
	}
}

func inState(dir, file string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, file)
}

func (c *Config) readHTTP(root *tomlfile.Table) {
	t := root.Table("outbound_http")
	if t == nil {
		return
	}
	// A table without the key turns pooling off, contrary to the comment in Spin's source.
	c.HTTP.NoKeepAlive = !t.Bool("connection_pooling")
	limit, limited := t.Int("max_connections")
	old, oldLimited := t.Int("max_concurrent_requests")
	switch {
	case limit < 0 || old < 0:
		t.RejectTable("a number of connections must not be negative")
	case limited && oldLimited:
		t.RejectTable("cannot set both max_connections and max_concurrent_requests; " +
			"use max_connections only")
	case limited:
		c.HTTP.MaxConnections = int(limit)
	case oldLimited:
		c.HTTP.MaxConnections = int(old) + 1 // the old key always allowed one
	}
	t.Close()
}

// rejectUnsupported rejects what Spin supports but this host does not.
func rejectUnsupported(root *tomlfile.Table) {
	for key, what := range map[string]string{
		"llm_compute":         "large language models are",
		"outbound_networking": "blocked networks and limits of sockets are",
		"client_tls":          "client certificates are",
		"outbound_pg":         "PostgreSQL is",
		"outbound_mysql":      "MySQL is",
		"outbound_redis":      "outbound Redis is",
		"outbound_mqtt":       "MQTT is",
	} {
		if _, ok := root.Any(key); ok {
			root.Reject(key, "%s not supported here; remove the table", what)
		}
	}
}

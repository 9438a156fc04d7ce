// Package config reads a runtime configuration file and says where state lives
// (Spin's crates/runtime-config).
package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"abacus/spinhost/document"
	"abacus/spinhost/variable"
)

// The label of the database and the store that every application has, and their
// files in the state directory.
const (
	defaultLabel = "default"
	databaseFile = "sqlite_db.db"
	storeFile    = "sqlite_key_value.db"
)

// Config is the runtime configuration of an application, its defaults filled
// in.
type Config struct {
	Path              string            // of the file, "" without one
	StateDir          string            // absolute; "" if unset: what is stored by default is kept in memory
	LogDir            string            // absolute; "" if unset: no log files
	MaxInstanceMemory int64             // bytes; 0 without limit
	Sources           []variable.Source // of variables, in order, the environment last
	Databases         map[string]Database
	Stores            map[string]Store
	HTTP              HTTP

	summary []string
}

// Database is one SQLite database. The label "default" is always there.
type Database struct {
	Path        string // absolute; "" for a database of its own in memory for every open
	AllowAttach bool   // ATTACH may name a file
}

// Store is one key-value store. The label "default" is always there.
type Store struct {
	Type string // "spin" or "redis"
	Path string // of a spin store, absolute; "" for one in memory
	URL  string // of a redis store; it may hold a password
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

// Load reads the file at path; "" is a configuration without a file. Its error
// lists every problem found, one a line, each with file, line and key.
func Load(path string, flags Flags) (*Config, error) {
	root, err := document.Parse("", nil)
	if path != "" {
		root, err = document.Read(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read runtime config: %w", err)
	}
	// Paths of the file and of the flags are relative to different directories,
	// as in Spin: stores to the file's, all others to the working directory.
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

// readDirectories settles the directories: the flag, else the file's key, else
// .spin beside the manifest and logs in the state directory.
func (c *Config) readDirectories(root *document.Table, flags Flags, working string) {
	choose := func(flag *string, key, otherwise string) string {
		value, given := root.Text(key)
		switch {
		case flag != nil:
			return resolve(*flag, working)
		case given:
			return resolve(value, working)
		}
		return otherwise
	}
	c.StateDir = choose(flags.StateDir, "state_dir", resolve(filepath.Join(flags.AppDir, ".spin"), working))
	logs := ""
	if c.StateDir != "" {
		logs = filepath.Join(c.StateDir, "logs")
	}
	c.LogDir = choose(flags.LogDir, "log_dir", logs)
}

func (c *Config) readMemory(root *document.Table) {
	const key = "max_instance_memory"
	bytes, _ := root.Int(key)
	if bytes < 0 {
		root.Reject(key, "must be a number of bytes, not %d", bytes)
	}
	c.MaxInstanceMemory = bytes
}

// readSources reads the providers of variables. The environment follows them.
func (c *Config) readSources(root *document.Table) {
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
	c.Sources = append(c.Sources, &variable.Environment{Prefix: variable.DefaultPrefix, Dotenv: ".env"})
}

func (c *Config) readDatabases(root *document.Table, working string) {
	c.Databases = map[string]Database{defaultLabel: {Path: inState(c.StateDir, databaseFile)}}
	for _, t := range root.Tables("sqlite_database") {
		switch kind := t.Required("type"); kind {
		case "spin":
			path, _ := t.Text("path")
			c.Databases[t.Name] = Database{Path: resolve(path, working), AllowAttach: t.Bool("allow_attach_file")}
			t.Close()
		case "libsql":
			t.Reject("type", "libsql databases are not supported here; only type spin is")
		case "":
		default:
			t.Reject("type", "unknown database kind %q; only spin is known", kind)
		}
	}
}

func (c *Config) readStores(root *document.Table, dir string) {
	c.Stores = map[string]Store{defaultLabel: {Type: "spin", Path: inState(c.StateDir, storeFile)}}
	for _, t := range root.Tables("key_value_store") {
		switch kind := t.Required("type"); kind {
		case "spin":
			path, _ := t.Text("path")
			c.Stores[t.Name] = Store{Type: kind, Path: resolve(path, dir)}
			t.Close()
		case "redis":
			url := t.Required("url")
			if _, bad := t.Any("url"); bad && !strings.HasPrefix(url, "redis://") && !strings.HasPrefix(url, "rediss://") {
				t.Reject("url", "must begin with redis:// or rediss://")
			}
			c.Stores[t.Name] = Store{Type: kind, URL: url}
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

func (c *Config) readHTTP(root *document.Table) {
	t := root.Table("outbound_http")
	if t == nil {
		return
	}
	// A table without the key turns pooling off, against Spin's own comment.
	c.HTTP.NoKeepAlive = !t.Bool("connection_pooling")
	limit, limited := t.Int("max_connections")
	old, oldLimited := t.Int("max_concurrent_requests")
	switch {
	case limit < 0 || old < 0:
		t.RejectTable("a number of connections must not be negative")
	case limited && oldLimited:
		t.RejectTable("cannot set both max_connections and max_concurrent_requests; use max_connections only")
	case limited:
		c.HTTP.MaxConnections = int(limit)
	case oldLimited:
		c.HTTP.MaxConnections = int(old) + 1 // the old key always allowed one
	}
	t.Close()
}

// rejectUnsupported names what Spin can be told and this host cannot.
func rejectUnsupported(root *document.Table) {
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

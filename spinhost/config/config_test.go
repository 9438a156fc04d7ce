package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"abacus/spinhost/variable"
)

// load writes conf/runtime.toml in a new working directory and loads it.
func load(t *testing.T, text string, flags Flags) (*Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.Mkdir("conf", 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("conf", "runtime.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, flags)
}

func TestWithoutFile(t *testing.T) {
	c, err := Load("", Flags{AppDir: "/app"})
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		StateDir:  "/app/.spin",
		LogDir:    "/app/.spin/logs",
		Sources:   []variable.Source{&variable.Environment{Prefix: "SPIN_VARIABLE", Dotenv: ".env"}},
		Databases: map[string]Database{"default": {Path: "/app/.spin/sqlite_db.db"}},
		Stores:    map[string]Store{"default": {Type: "spin", Path: "/app/.spin/sqlite_key_value.db"}},
		HTTP:      HTTP{MaxConnections: -1},
	}
	if !reflect.DeepEqual(c, want) || c.Summary() != "" {
		t.Errorf("got %+v, %q", c, c.Summary())
	}
}

func TestLoad(t *testing.T) {
	c, err := load(t, `
state_dir = "/state"
log_dir = ""
max_instance_memory = 1048576

[[variables_provider]]
type = "static"
values = { a = "A" }
[[variables_provider]]
type = "env"
prefix = "APP"
dotenv_path = "app.env"

[sqlite_database.other]
type = "spin"
path = "other.db"
allow_attach_file = true
[sqlite_database.memory]
type = "spin"

[key_value_store.beside]
type = "spin"
path = "beside.db"
[key_value_store.default]
type = "redis"
url = "redis://cache/0"

[outbound_http]
connection_pooling = true
max_connections = 10
`, Flags{AppDir: "/app"})
	if err != nil {
		t.Fatal(err)
	}
	working, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Path:              "conf/runtime.toml",
		StateDir:          "/state",
		MaxInstanceMemory: 1 << 20,
		Sources: []variable.Source{
			variable.Static{"a": "A"},
			&variable.Environment{Prefix: "APP", Dotenv: "app.env"},
			&variable.Environment{Prefix: "SPIN_VARIABLE", Dotenv: ".env"},
		},
		Databases: map[string]Database{
			"default": {Path: "/state/sqlite_db.db"},
			"other":   {Path: filepath.Join(working, "other.db"), AllowAttach: true},
			"memory":  {},
		},
		Stores: map[string]Store{
			"default": {Type: "redis", URL: "redis://cache/0"},
			"beside":  {Type: "spin", Path: filepath.Join(working, "conf/beside.db")},
		},
		HTTP:    HTTP{MaxConnections: 10},
		summary: c.summary,
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v", c)
	}
	summary := `Using runtime config [key_value_store.beside: spin], [key_value_store.default: redis], [sqlite_database.other: spin], [sqlite_database.memory: spin], [outbound_http: max_connections=10] from "conf/runtime.toml"`
	if c.Summary() != summary {
		t.Errorf("got %s", c.Summary())
	}
}

func TestDirectories(t *testing.T) {
	given, unset := "given", ""
	for _, c := range []struct {
		text         string
		state, log   *string
		wantS, wantL string // below the working directory unless absolute
	}{
		{``, nil, nil, "app/.spin", "app/.spin/logs"},
		{``, &given, nil, "given", "given/logs"},
		{``, &unset, nil, "", ""},
		{``, &unset, &given, "", "given"},
		{``, nil, &unset, "app/.spin", ""},
		{`state_dir = "file"`, nil, nil, "file", "file/logs"},
		{`state_dir = "file"`, &given, nil, "given", "given/logs"},
		{`state_dir = ""`, nil, nil, "", ""},
		{`log_dir = "/logs"`, nil, nil, "app/.spin", "/logs"},
		{`log_dir = "/logs"`, nil, &given, "app/.spin", "given"},
	} {
		got, err := load(t, c.text, Flags{AppDir: "app", StateDir: c.state, LogDir: c.log})
		if err != nil {
			t.Fatal(err)
		}
		working, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		if state, log := resolve(c.wantS, working), resolve(c.wantL, working); got.StateDir != state || got.LogDir != log {
			t.Errorf("%s: got %q and %q, want %q and %q", c.text, got.StateDir, got.LogDir, state, log)
		}
		if c.wantS == "" && got.Databases["default"].Path+got.Stores["default"].Path != "" {
			t.Errorf("%s: files without a state directory", c.text)
		}
	}
}

func TestHTTP(t *testing.T) {
	for text, want := range map[string]HTTP{
		"":                {false, -1},
		"[outbound_http]": {true, -1},
		"[outbound_http]\nmax_connections = 0\nconnection_pooling = true": {false, 0},
		"[outbound_http]\nmax_concurrent_requests = 0":                    {true, 1},
	} {
		if c, err := load(t, text, Flags{}); err != nil || c.HTTP != want {
			t.Errorf("%q: got %+v, %v", text, c, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a = ", "conf/runtime.toml:1: expected value, not eof"},
		{"stat_dir = ''", "conf/runtime.toml:1: stat_dir: unknown key; known here: "},
		{"state_dir = 1", "conf/runtime.toml:1: state_dir: must be a string, not an integer"},
		{"max_instance_memory = -1", "conf/runtime.toml:1: max_instance_memory: must be a number of bytes, not -1"},
		{"[[variables_provider]]\ntype = 'vault'\nurl = 'x'", "conf/runtime.toml:2: variables_provider[0].type: the provider vault is not supported here; static and env are"},
		{"[[variables_provider]]\ntype = 'other'", `conf/runtime.toml:2: variables_provider[0].type: unknown provider "other"; static and env are known`},
		{"[[variables_provider]]\ntype = 'static'", `conf/runtime.toml:1: variables_provider[0]: the table "values" is missing`},
		{"[[variables_provider]]\ntype = 'env'\nprefx = 'x'", "conf/runtime.toml:3: variables_provider[0].prefx: unknown key; known here: dotenv_path, prefix, type"},
		{"[[variables_provider]]\ntype = 'env'\n[[config_provider]]\ntype = 'env'", "conf/runtime.toml:3: config_provider: unknown key; "},
		{"[sqlite_database.x]\ntype = 'libsql'\nurl = 'http://x'\ntoken = 't'", "conf/runtime.toml:2: sqlite_database.x.type: libsql databases are not supported here; only type spin is"},
		{"[sqlite_database.x]\npath = 'x'", `conf/runtime.toml:1: sqlite_database.x: the key "type" is missing`},
		{"[sqlite_database.x]\ntype = 'pg'", `conf/runtime.toml:2: sqlite_database.x.type: unknown database kind "pg"; only spin is known`},
		{"[sqlite_database.x]\ntype = 'spin'\nfile = 'x'", "conf/runtime.toml:3: sqlite_database.x.file: unknown key; known here: allow_attach_file, path, type"},
		{"[key_value_store.x]\ntype = 'aws_dynamo'", "conf/runtime.toml:2: key_value_store.x.type: aws_dynamo stores are not supported here; spin and redis are"},
		{"[key_value_store.x]\ntype = 'redis'\nurl = 'http://secret'", "conf/runtime.toml:3: key_value_store.x.url: must begin with redis:// or rediss://"},
		{"[key_value_store.x]\ntype = 'redis'", `conf/runtime.toml:1: key_value_store.x: the key "url" is missing`},
		{"[key_value_store.x]\ntype = 'file'", `conf/runtime.toml:2: key_value_store.x.type: unknown store type "file"; spin and redis are known`},
		{"[outbound_http]\nmax_connections = -1", "conf/runtime.toml:1: outbound_http: a number of connections must not be negative"},
		{"[outbound_http]\nmax_connections = 1\nmax_concurrent_requests = 1", "conf/runtime.toml:1: outbound_http: cannot set both max_connections and max_concurrent_requests; use max_connections only"},
		{"[outbound_networking]\nblock_networks = ['private']", "conf/runtime.toml:1: outbound_networking: blocked networks and limits of sockets are not supported here; remove the table"},
		{"[[client_tls]]", "conf/runtime.toml:1: client_tls: client certificates are not supported here; remove the table"},
		{"[llm_compute]", "conf/runtime.toml:1: llm_compute: large language models are not supported here; remove the table"},
	} {
		if _, err := load(t, c.text, Flags{}); err == nil || !strings.HasPrefix(strings.TrimPrefix(err.Error(), "read runtime config: "), c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
	_, err := Load("missing.toml", Flags{})
	if want := "read runtime config: open missing.toml: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

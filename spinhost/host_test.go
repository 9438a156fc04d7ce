package spinhost

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"abacus/spinhost/config"
	"abacus/spinhost/manifest"
	"abacus/spinhost/variable"
	"abacus/toolchain"
)

// TestMain builds the component of Example.
func TestMain(m *testing.M) {
	if _, err := build("hello"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var builds sync.Map // name to the components built by this process

// build compiles testdata/NAME to Wasm, once, and returns the absolute path of the module.
func build(name string) (string, error) {
	compile, _ := builds.LoadOrStore(name, sync.OnceValues(func() (string, error) {
		dir, err := filepath.Abs(filepath.Join("testdata", name))
		if err != nil {
			return "", err
		}
		output := filepath.Join(dir, name+".wasm")
		options := toolchain.Options{Dir: dir, Output: output, Log: os.Stderr}
		return output, toolchain.Build(context.Background(), options)
	}))
	return compile.(func() (string, error))()
}

// built is build, and fails the test on an error.
func built(t testing.TB, name string) string {
	t.Helper()
	output, err := build(name)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// TestImports checks that the library imports nothing of the repository outside its folder.
func TestImports(t *testing.T) {
	output, err := exec.Command("go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(output)) {
		if strings.HasPrefix(path, "abacus/") && !strings.HasPrefix(path+"/", "abacus/spinhost/") {
			t.Errorf("the library imports %s", path)
		}
	}
}

// server is an app behind a real HTTP server.
type server struct {
	*httptest.Server
	app *App
	log *buffer
	dir string // of the manifest
}

// launch serves an app from the text of its spin.toml, in which WASM(name) stands for the path of
// testdata/name compiled to Wasm.
func launch(t testing.TB, spinToml string, change ...func(*Options)) *server {
	t.Helper()
	app, log, dir, err := newApp(t, spinToml, change...)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Server: httptest.NewUnstartedServer(app), app: app, log: log, dir: dir}
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(func() {
		s.Server.Close()
		if t.Failed() {
			t.Logf("the log of the host:\n%s", log)
		}
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newApp(t testing.TB, spinToml string, change ...func(*Options)) (*App, *buffer, string, error) {
	t.Helper()
	dir := t.TempDir()
	for strings.Contains(spinToml, "WASM(") {
		before, rest, _ := strings.Cut(spinToml, "WASM(")
		name, after, _ := strings.Cut(rest, ")")
		spinToml = before + `"` + built(t, name) + `"` + after
	}
	path := filepath.Join(dir, "spin.toml")
	if err := os.WriteFile(path, []byte(spinToml), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kept.txt"), []byte("kept"), 0o644); err != nil {
		t.Fatal(err)
	}
	app, err := manifest.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(dir, ".spin")
	configuration := &config.Config{
		StateDir:  state,
		LogDir:    filepath.Join(state, "logs"),
		Databases: map[string]config.Database{"default": {Path: filepath.Join(state, "sqlite_db.db")}},
		Stores:    map[string]config.Store{"default": {Type: "spin", Path: filepath.Join(state, "sqlite_key_value.db")}},
		HTTP:      config.HTTP{MaxConnections: -1},
	}
	variables, err := variable.New(app)
	if err != nil {
		t.Fatal(err)
	}
	log := &buffer{}
	options := Options{Manifest: app, Config: configuration, Variables: variables, Stderr: log}
	for _, f := range change {
		f(&options)
	}
	loaded, err := New(context.Background(), options)
	return loaded, log, dir, err
}

// do sends a request and returns the response with its body.
func (s *server) do(t testing.TB, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	reply, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply, string(text)
}

// get sends a GET that must succeed.
func (s *server) get(t testing.TB, path string) string {
	t.Helper()
	reply, body := s.do(t, "GET", path, "")
	if reply.StatusCode != 200 {
		t.Fatalf("GET %s: %s, want 200\n%s", path, reply.Status, s.log)
	}
	return body
}

// buffer is a bytes.Buffer for concurrent use.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abacus/spinhost"
	"abacus/spinhost/manifest"

	"github.com/alecthomas/kong"
)

// parseUp parses a command line of `abacus up`.
func parseUp(t *testing.T, args ...string) (*upCommand, error) {
	t.Helper()
	var up upCommand
	parser, err := kong.New(&up)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return &up, err
}

// writeApp writes a manifest into a new folder, which becomes the working directory.
func writeApp(t *testing.T, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	head := "spin_manifest_version = 2\n[application]\nname = \"test\"\n"
	if err := os.WriteFile(manifest.DefaultFile, []byte(head+text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const static = "[[trigger.http]]\nroute = \"/hello\"\nstatic_response = { body = \"hello\" }\n"

func TestUpRefusesLimitsThatNothingMeets(t *testing.T) {
	for _, flags := range [][]string{{"--timeout", "0s"}, {"--timeout=-1s"}, {"--max-instances", "0"}, {"--max-chain", "0"}, {"--max-body", "0"},
		{"--max-instance-memory=-1"}} {
		if _, err := parseUp(t, flags...); err == nil || !strings.Contains(err.Error(), "must not be less than ") {
			t.Errorf("%v: %v", flags, err)
		}
	}
}

func TestUpServesUntilTheContextEnds(t *testing.T) {
	writeApp(t, static)
	up, err := parseUp(t, "--listen", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	var stderr bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- up.run(ctx, write, &stderr)
		write.Close()
	}()

	output := make([]byte, 1000)
	n, err := read.Read(output)
	if err != nil {
		t.Fatal(err, <-ended)
	}
	_, rest, _ := strings.Cut(string(output[:n]), "\nServing ")
	base, rest, _ := strings.Cut(rest, "\n")
	if want := "Available Routes:\n  http-trigger1: " + base + "/hello\n"; rest != want {
		t.Errorf("got %q, want %q", rest, want)
	}
	response, err := http.Get(base + "/hello")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "hello" {
		t.Errorf("got %q, %v", body, err)
	}

	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(base + "/hello"); err == nil {
		t.Error("still serves")
	}
	if !strings.Contains(stderr.String(), `Logging component stdio to ".spin/logs/"`) {
		t.Errorf("stderr: %s", stderr.String())
	}
}

func TestUpRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()

	const component = "[[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[component.a]\nsource = \"a.wasm\"\n"
	for _, c := range []struct {
		app  string
		args []string
		want string // a part of the error
	}{
		{static, []string{"--from", "none"}, "file or directory 'none' not found"},
		{"[[trigger.htp]]", nil, "spin.toml:4: trigger.htp: htp triggers are not supported here; only http is"},
		{component, nil, "/a.wasm; is its path right?"},
		{component + "build.command = \"make\"\n", nil, "/a.wasm; build it with `make build` or `abacus build`, or start with --build"},
		{static, []string{"--listen", address}, address + " is already in use; choose another address with --listen, or use --find-free-port"},
		{static, []string{"--listen", "127.0.0.1"}, "--listen 127.0.0.1: must be an address with a port, such as 127.0.0.1:3000"},
		{static, []string{"--listen", "127.0.0.1:65536"}, "--listen 127.0.0.1:65536: the port must be a number from 0 to 65535"},
		{static, []string{"--listen", "192.0.2.1:3920"}, "unable to listen on 192.0.2.1:3920: "},
		{static, []string{"--state-dir", "spin.toml/x"}, "spin.toml/x cannot be written: mkdir "},
		{static, []string{"--log-dir", "spin.toml"}, "spin.toml: not a directory; choose another with --log-dir"},
		{static, []string{"--runtime-config-file", "none.toml"}, "read runtime config: open none.toml: no such file or directory"},
		{static, []string{"--env", "X"}, "--env must be of the form NAME=VALUE"},
		{static, []string{"--key-value", "X"}, "--key-value must be of the form NAME=VALUE"},
		{static, []string{"--variable", "X"}, "--variable: variables must be in the form 'key=value' or '@file'"},
		{static + "[variables]\ntok = { required = true }\n", nil, `no provider resolved required variable(s): [Key("tok")]; give a value with --variable tok=VALUE`},
		{static + "[component.b]\nsource = \"b\"\nvariables = { x = \"{{ y }}\" }\n", nil, `spin.toml:9: component.b.variables.x: invalid variable template: unknown variable "y"; declare it in [variables]`},
		{static, []string{"--component-id", "x"}, "--component-id: `spin up` has this flag; it is not supported here"},
		{static, []string{"-c", "x"}, "`spin up` has this flag; it is not supported here"},
		{static, []string{"--tls-cert", "x"}, "--tls-cert: `spin up` has this flag; it is not supported here"},
		{static, []string{"--nope"}, "unknown flag --nope"},
	} {
		writeApp(t, c.app)
		up, err := parseUp(t, append([]string{"--listen", "127.0.0.1:0"}, c.args...)...)
		if err == nil {
			// The context is cancelled, so an app that is not refused ends at once.
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			err = up.run(ctx, io.Discard, io.Discard)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.args, err, c.want)
		}
	}
}

// TestMissingModule checks that a component with two routes is reported once if its module is
// missing.
func TestMissingModule(t *testing.T) {
	writeApp(t, "[[trigger.http]]\nroute = \"/a\"\ncomponent = \"a\"\n[[trigger.http]]\nroute = \"/b\"\ncomponent = \"a\"\n"+
		static+"[component.a]\nsource = \"a.wasm\"\n")
	up, err := parseUp(t)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := up.load(t.Context(), io.Discard); err == nil || strings.Count(err.Error(), "a.wasm") != 1 {
		t.Errorf("got %v", err)
	}
}

func TestFindFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	up, err := parseUp(t, "--listen", taken.Addr().String(), "--find-free-port")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := up.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	first, port := taken.Addr().(*net.TCPAddr).Port, listener.Addr().(*net.TCPAddr).Port
	if port <= first || port >= first+portAttempts {
		t.Errorf("port %d after %d", port, first)
	}
}

func TestUpOptions(t *testing.T) {
	writeApp(t, static+"[variables]\na = { default = \"d\" }\nb = { default = \"d\" }\n")
	t.Setenv("SPIN_VARIABLE_B", "environment")
	up, err := parseUp(t, "--state-dir=", "-e", "A=1,2", "-e", "A=3", "--key-value", "k=a=b", "--variable", "a=x,y", "--sqlite", "SELECT 1, 2", "-q")
	if err != nil {
		t.Fatal(err)
	}
	app, err := up.load(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o, err := up.options(app, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.Environment["A"] != "3" || o.KeyValue["k"] != "a=b" || o.SQL[0] != "SELECT 1, 2" || !o.Quiet {
		t.Errorf("got %+v", o)
	}
	if o.Config.StateDir != "" || o.Config.LogDir != "" {
		t.Errorf("got %q and %q of an unset state directory", o.Config.StateDir, o.Config.LogDir)
	}
	if o.MaxInstances != spinhost.DefaultInstances || o.MaxChain != spinhost.DefaultChain ||
		o.MaxBody != spinhost.DefaultBody || o.Timeout != spinhost.DefaultTimeout || o.MaxMemory != 0 ||
		o.MaxTotalMemory != spinhost.DefaultTotal || o.OutboundTimeout != spinhost.DefaultOutbound {
		t.Errorf("limits: %+v", o)
	}
}

// TestCheckWritable checks that the check leaves no file behind.
func TestCheckWritable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := checkWritable("state", "--state-dir", dir); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v", entries, err)
	}
}

// Package harness starts Abacus with `abacus up` and the built components, for tests and benchmarks
// of the whole app.
package harness

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Options are the options of a host. The zero value is the app of this repository on an empty state
// directory.
type Options struct {
	Manifest string   // default: the repository's spin.toml
	StateDir string   // default: a temporary directory
	Listen   string   // default: a free port of 127.0.0.1
	Flags    []string // further flags of `abacus up`
	Env      []string // further variables of the environment, as KEY=VALUE
	Faulty   bool     // build the host with the tag faults, which adds the flag --fault
	Spin     bool     // start the `spin` on PATH instead
	Binary   string   // start this `abacus`, or `spin`, instead
}

// App is a running host.
type App struct {
	URL      string // without a slash at the end
	StateDir string

	command *exec.Cmd
	output  *output
	ended   chan struct{} // closed when the process has ended
}

// timeout is how long a host may take to start, and to end.
const timeout = 30 * time.Second

// The commands under test, built on first use: without and with fault injection.
var (
	folder string
	plain  = sync.OnceValues(func() (string, error) { return build("abacus") })
	faulty = sync.OnceValues(func() (string, error) {
		return build("abacus-faults", "-tags=faults")
	})
)

// Main runs the tests of a package and returns their exit code:
//
//	func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }
func Main(m *testing.M) int {
	var err error
	if folder, err = os.MkdirTemp("", "abacus"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	return m.Run()
}

// build compiles the command and returns its path.
func build(name string, flags ...string) (string, error) {
	path := filepath.Join(folder, name)
	command := exec.Command("go", "build", "-buildvcs=false", "-o", path)
	command.Args = slices.Concat(command.Args, flags, []string{"./cmd/abacus"})
	command.Dir = Root()
	if text, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command abacus: %w\n%s", err, text)
	}
	return path, nil
}

// Root returns the folder of the repository, the nearest one with a go.mod.
func Root() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	for dir != "/" {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return "."
}

// FreeAddress returns an address that was free a moment ago.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// Start starts a host and returns once it serves. The host is killed when the test ends.
func Start(t testing.TB, o Options) *App {
	t.Helper()
	if o.StateDir == "" {
		o.StateDir = t.TempDir()
	}
	a := &App{
		StateDir: o.StateDir,
		command:  o.command(t),
		output:   newOutput(),
		ended:    make(chan struct{}),
	}
	a.command.Stdout, a.command.Stderr = a.output, a.output
	if err := a.command.Start(); err != nil {
		t.Fatalf("start %s: %v", a.command, err)
	}
	go func() {
		a.command.Wait()
		close(a.ended)
	}()
	t.Cleanup(a.Kill)
	select {
	case a.URL = <-a.output.serving:
	case <-a.ended:
		t.Fatalf("%s ended before it served:\n%s", a.command, a.Output())
	case <-time.After(timeout):
		t.Fatalf("%s does not serve after %v:\n%s", a.command, timeout, a.Output())
	}
	return a
}

// Refuse starts a host that must refuse to serve, and returns its output and its exit code.
func Refuse(t testing.TB, o Options) (text string, code int) {
	t.Helper()
	if o.StateDir == "" {
		o.StateDir = t.TempDir()
	}
	command, out := o.command(t), newOutput()
	command.Stdout, command.Stderr = out, out
	if err := command.Start(); err != nil {
		t.Fatalf("start %s: %v", command, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case <-ended:
	case <-out.serving:
		command.Process.Kill()
		t.Fatalf("%s serves:\n%s", command, out)
	case <-time.After(timeout):
		command.Process.Kill()
		t.Fatalf("%s neither serves nor ends after %v:\n%s", command, timeout, out)
	}
	return out.String(), command.ProcessState.ExitCode()
}

func (o Options) command(t testing.TB) *exec.Cmd {
	t.Helper()
	binary, err := o.Binary, error(nil)
	switch {
	case o.Faulty:
		binary, err = faulty()
	case o.Spin && binary == "":
		binary, err = exec.LookPath("spin")
	case binary == "":
		binary, err = plain()
	}
	if err != nil {
		t.Fatal(err)
	}
	if o.Manifest == "" {
		o.Manifest = filepath.Join(Root(), "spin.toml")
	}
	switch {
	case o.Listen == "" && o.Spin: // which does not say which port it chose for 0
		o.Listen = FreeAddress(t)
	case o.Listen == "":
		o.Listen = "127.0.0.1:0"
	}
	command := exec.Command(binary,
		"up", "--from", o.Manifest, "--listen", o.Listen, "--state-dir", o.StateDir)
	command.Args = append(command.Args, o.Flags...)
	// A killed host leaves temporary files behind, which are deleted with the tests' folder. No
	// test fetches exchange rates unless it names an origin for them.
	command.Env = append(os.Environ(),
		"TMPDIR="+folder, "SPIN_VARIABLE_RATES_ORIGIN=http://127.0.0.1:9")
	command.Env = append(command.Env, o.Env...)
	if o.Spin { // its server is a process of its own, which must be killed with it
		command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	return command
}

// Kill kills the host, which has no chance to clean up.
func (a *App) Kill() {
	if attributes := a.command.SysProcAttr; attributes != nil && attributes.Setpgid {
		syscall.Kill(-a.command.Process.Pid, syscall.SIGKILL)
	} else {
		a.command.Process.Kill()
	}
	<-a.ended
}

// Terminate asks the host to end and does not wait for it.
func (a *App) Terminate() { a.Signal(syscall.SIGTERM) }

// Signal sends the host a signal.
func (a *App) Signal(s syscall.Signal) { a.command.Process.Signal(s) }

// PeakMemory returns the host's peak resident memory in bytes.
func (a *App) PeakMemory(t testing.TB) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.command.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// Stop asks the host to end, waits, and returns its exit code.
func (a *App) Stop(t testing.TB) int {
	t.Helper()
	a.Terminate()
	return a.Wait(t)
}

// Wait waits until the host ends and returns its exit code.
func (a *App) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-a.ended:
	case <-time.After(timeout):
		t.Fatalf("the host does not end within %v:\n%s", timeout, a.Output())
	}
	return a.command.ProcessState.ExitCode()
}

// Output returns everything that the host has written so far.
func (a *App) Output() string { return a.output.String() }

// output collects what a process writes, and finds the address that it serves on.
type output struct {
	mutex   sync.Mutex
	text    bytes.Buffer
	found   bool
	serving chan string
}

func newOutput() *output { return &output{serving: make(chan string, 1)} }

func (o *output) Write(b []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.text.Write(b)
	if o.found {
		return len(b), nil
	}
	if _, after, begun := strings.Cut(o.text.String(), "Serving http"); begun {
		if address, _, complete := strings.Cut(after, "\n"); complete {
			o.found = true
			o.serving <- "http" + strings.TrimSpace(address)
		}
	}
	return len(b), nil
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"abacus/spinhost"
	"abacus/spinhost/config"
	"abacus/spinhost/manifest"
	"abacus/spinhost/variable"
	"abacus/toolchain"

	"github.com/alecthomas/kong"
)

const (
	portAttempts    = 10  // of --find-free-port
	exitInterrupted = 130 // 128 + SIGINT
)

// upCommand is `abacus up`. Flag names, environment variables and defaults are those of
// `spin up` (src/commands/up.rs, crates/trigger/src/cli.rs); the limits are the host's own.
type upCommand struct {
	From         string `short:"f" aliases:"from-file,file" placeholder:"FILE" help:"The app's spin.toml, or its folder (default: the nearest spin.toml in this folder or above)."`
	Listen       string `default:"127.0.0.1:3000" env:"SPIN_HTTP_LISTEN_ADDR" placeholder:"ADDRESS" help:"Address and port to listen on (default ${default})."`
	FindFreePort bool   `help:"If the port is taken, try the nine above it."`
	Build        bool   `env:"SPIN_ALWAYS_BUILD" help:"Build the app first."`
	Format       string `enum:"plain,json" default:"plain" help:"How to print the address and the routes: plain or json."`

	StateDir          *string `placeholder:"DIR" help:"Folder for the app's data (default: .spin next to spin.toml); empty: in memory."`
	LogDir            *string `short:"L" env:"SPIN_LOG_DIR" placeholder:"DIR" help:"Folder for the output of components (default: logs in the state folder); empty: none."`
	TruncateLogs      bool    `help:"Empty the log files first."`
	Quiet             bool    `short:"q" aliases:"sh,shush" help:"Do not print the output of components."`
	RuntimeConfigFile string  `env:"RUNTIME_CONFIG_FILE" placeholder:"FILE" help:"Runtime configuration: databases, stores and variable providers."`

	Variable []string `sep:"none" placeholder:"NAME=VALUE" help:"Set a variable: NAME=VALUE, NAME=@FILE, @FILE.json or @FILE.toml. Repeatable."`
	Env      []string `short:"e" sep:"none" placeholder:"NAME=VALUE" help:"Set an environment variable for every component. Repeatable."`
	SQLite   []string `name:"sqlite" sep:"none" placeholder:"STATEMENT" help:"Run SQL first: a statement in the default database, or @FILE[:LABEL]. Repeatable."`
	KeyValue []string `name:"key-value" sep:"none" placeholder:"KEY=VALUE" help:"Set a key of the default store first. Repeatable."`

	MaxInstanceMemory int64         `env:"SPIN_MAX_INSTANCE_MEMORY" placeholder:"BYTES" help:"Memory of one instance (default 134217728)."`
	MaxTotalMemory    int64         `default:"268435456" placeholder:"BYTES" help:"Memory of all instances and bodies (default ${default})."`
	MaxInstances      int           `default:"1000" env:"SPIN_MAX_INSTANCE_COUNT" placeholder:"N" help:"Instances that run at the same time (default ${default})."`
	MaxConnections    int           `default:"4096" placeholder:"N" help:"Connections of clients; an address may have three quarters of them (default ${default})."`
	MaxChain          int           `default:"16" placeholder:"N" help:"Depth of calls from component to component (default ${default})."`
	MaxBody           int64         `default:"10485760" placeholder:"BYTES" help:"Size of a request body (default ${default})."`
	Timeout           time.Duration `default:"30s" placeholder:"DURATION" help:"Time a component may spend on one request (default ${default})."`
	OutboundTimeout   time.Duration `default:"10s" placeholder:"DURATION" help:"Time of one request to another host (default ${default})."`
	MinFreeDisk       int64         `placeholder:"BYTES" help:"Free space of the disk below which nothing new is stored (default: a tenth of the disk, at most 1 GiB); -1: none."`

	telemetryFlags
	faultFlags

	// Flags of `spin up` that this command lacks.
	ComponentID         unsupported `short:"c" hidden:""`
	Profile             unsupported `hidden:""`
	DirectMounts        unsupported `hidden:""`
	AllowTransientWrite unsupported `hidden:""`
	Follow              unsupported `hidden:""`
	TLSCert             unsupported `name:"tls-cert" env:"SPIN_TLS_CERT" hidden:""`
	TLSKey              unsupported `name:"tls-key" env:"SPIN_TLS_KEY" hidden:""`
	FromRegistry        unsupported `hidden:""`
}

// unsupported is a flag that is recognised, and refused by name.
type unsupported struct{}

// Decode implements kong.MapperValue.
func (unsupported) Decode(c *kong.DecodeContext) error {
	return fmt.Errorf("`spin up` has this flag; it is not supported here")
}

// Validate refuses limits that nothing can meet. Kong calls it.
func (u *upCommand) Validate() error {
	for _, limit := range []struct {
		flag  string
		value int64
		least int64
	}{
		{"--max-instance-memory", u.MaxInstanceMemory, 0},
		{"--max-total-memory", u.MaxTotalMemory, 1},
		{"--max-instances", int64(u.MaxInstances), 1},
		{"--max-connections", int64(u.MaxConnections), 1},
		{"--max-chain", int64(u.MaxChain), 1},
		{"--max-body", u.MaxBody, 1},
		{"--timeout", int64(u.Timeout), 1},
		{"--outbound-timeout", int64(u.OutboundTimeout), 1},
	} {
		if limit.value < limit.least {
			return fmt.Errorf("%s must not be less than %d", limit.flag, limit.least)
		}
	}
	return nil
}

// Run serves the app until the context ends, usually by the first signal, and then finishes
// the requests under way. A second signal exits at once.
func (u *upCommand) Run(ctx context.Context) error { return u.run(ctx, os.Stdout, os.Stderr) }

func (u *upCommand) run(ctx context.Context, stdout, stderr io.Writer) (err error) {
	u.tuneGC()
	app, err := u.load(ctx, stderr)
	if err != nil {
		return err
	}
	options, err := u.options(app, stderr)
	if err != nil {
		return err
	}
	// Listen first: a port in use is the likeliest failure, and nothing has happened yet.
	listener, err := u.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	if line := options.Config.Summary(); line != "" {
		fmt.Fprintln(stderr, line)
	}
	watched, stop, err := u.telemetryFlags.start(ctx, app.Name, listener.Addr(), stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	options.Telemetry = watched
	host, err := spinhost.New(ctx, options)
	if err != nil {
		return err
	}
	ready := banner{"http://" + listener.Addr().String(), app, host.Routes()}
	if err := ready.print(stdout, u.Format); err != nil {
		return errors.Join(err, host.Close())
	}
	drained := make(chan struct{})
	defer close(drained)
	defer context.AfterFunc(ctx, func() { exitOnSignal(drained, stderr) })()
	return errors.Join(host.Serve(ctx, listener), host.Close())
}

// gcPercent lets the heap grow to five times what is in use: little is, and each request leaves
// much behind.
const gcPercent = 400

// tuneGC sets up the garbage collector, unless the environment does. However much bodies take, the
// heap stays below twice their limit, if it can.
func (u *upCommand) tuneGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(2 * u.MaxTotalMemory)
	}
}

// exitOnSignal exits at the next signal, and says so if the host takes long to drain.
// Acknowledged writes are safe: databases survive a crash.
func exitOnSignal(drained <-chan struct{}, stderr io.Writer) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	notice := time.After(time.Second)
	for {
		select {
		case <-signals:
			os.Exit(exitInterrupted)
		case <-drained:
			return
		case <-notice:
			fmt.Fprintln(stderr,
				"Finishing the requests under way; interrupt again to stop at once.")
		}
	}
}

// load finds and reads the manifest, and builds the app if --build is set.
func (u *upCommand) load(ctx context.Context, stderr io.Writer) (*manifest.Manifest, error) {
	path, distance, err := manifest.Find(u.From)
	if err != nil {
		return nil, err
	}
	if distance > 0 {
		fmt.Fprintf(stderr, "No 'spin.toml' in current directory. "+
			"Using 'spin.toml' from %s directory (%s)\n", ancestor(distance), path)
	}
	app, err := manifest.Load(path)
	if err != nil {
		return nil, err
	}
	if u.Build {
		if err := toolchain.BuildApp(ctx, app, stderr); err != nil {
			return nil, err
		}
	}
	return app, checkModules(app)
}

// ancestor names the directory that is distance levels up.
func ancestor(distance int) string {
	switch distance {
	case 1:
		return "parent"
	case 2:
		return "grandparent"
	}
	return strings.Repeat("great-", distance-2) + "grandparent"
}

// checkModules reports every module that has not been built.
func checkModules(app *manifest.Manifest) error {
	var missing []error
	seen := map[string]bool{"": true} // "" is a static response
	for _, trigger := range app.Triggers {
		if seen[trigger.Component] {
			continue
		}
		seen[trigger.Component] = true
		c := app.Component(trigger.Component)
		if _, err := os.Stat(c.Source); errors.Is(err, fs.ErrNotExist) {
			hint := "is its path right?"
			if c.Build != nil {
				hint = "build it with `make build` or `abacus build`, or start with --build"
			}
			missing = append(missing,
				fmt.Errorf("component %s: there is no %s; %s", c.ID, c.Source, hint))
		}
	}
	return errors.Join(missing...)
}

// options returns the host's options from the flags and the files they name.
func (u *upCommand) options(app *manifest.Manifest, stderr io.Writer) (spinhost.Options, error) {
	var none spinhost.Options
	settings, err := config.Load(u.RuntimeConfigFile,
		config.Flags{AppDir: app.Dir, StateDir: u.StateDir, LogDir: u.LogDir})
	if err != nil {
		return none, err
	}
	if err := checkWritable("state", "--state-dir", settings.StateDir); err != nil {
		return none, err
	}
	if err := checkWritable("log", "--log-dir", settings.LogDir); err != nil {
		return none, err
	}
	environment, err := pairs("--env", u.Env)
	if err != nil {
		return none, err
	}
	values, err := pairs("--key-value", u.KeyValue)
	if err != nil {
		return none, err
	}
	flags, err := variable.Flags(u.Variable)
	if err != nil {
		return none, fmt.Errorf("--variable: %w", err)
	}
	variables, err := variable.New(app, append([]variable.Source{flags}, settings.Sources...)...)
	if err != nil {
		return none, err
	}
	if err := variables.CheckRequired(); err != nil {
		return none, err
	}
	return spinhost.Options{
		Manifest:        app,
		Config:          settings,
		Variables:       variables,
		Environment:     environment,
		SQL:             u.SQLite,
		KeyValue:        values,
		Stderr:          stderr,
		Quiet:           u.Quiet,
		TruncateLogs:    u.TruncateLogs,
		LogFormat:       u.LogFormat,
		AccessLog:       u.AccessLog,
		RequestHeader:   "Abacus-Request",
		MaxInstances:    u.MaxInstances,
		MaxConnections:  u.MaxConnections,
		MaxChain:        u.MaxChain,
		MaxMemory:       u.MaxInstanceMemory,
		MaxTotalMemory:  u.MaxTotalMemory,
		MaxBody:         u.MaxBody,
		Timeout:         u.Timeout,
		OutboundTimeout: u.OutboundTimeout,
		MinFreeDisk:     u.MinFreeDisk,
		Faults:          u.faults(),
	}, nil
}

// listen opens the port of --listen, or the next free one.
func (u *upCommand) listen(ctx context.Context) (net.Listener, error) {
	host, text, err := net.SplitHostPort(u.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: must be an address with a port, "+
			"such as 127.0.0.1:3000", u.Listen)
	}
	first, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: the port must be a number from 0 to 65535", u.Listen)
	}
	last := first
	if u.FindFreePort && first != 0 {
		last = min(first+portAttempts-1, math.MaxUint16)
	}
	for port := first; port <= last; port++ {
		address := net.JoinHostPort(host, strconv.FormatUint(port, 10))
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		switch {
		case err == nil:
			return listener, nil
		case !errors.Is(err, syscall.EADDRINUSE):
			return nil, fmt.Errorf("unable to listen on %s: %w; "+
				"choose another address with --listen", u.Listen, err)
		}
	}
	if u.FindFreePort {
		return nil, fmt.Errorf("no free port in the range %d-%d; "+
			"choose another with --listen", first, last)
	}
	return nil, fmt.Errorf("%s is already in use; "+
		"choose another address with --listen, or use --find-free-port", u.Listen)
}

// checkWritable creates a directory and tries to write in it.
func checkWritable(what, flag, dir string) error {
	if dir == "" {
		return nil
	}
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(dir, ".writable-"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("the %s folder %s cannot be written: %w; choose another with %s",
			what, filepath.Clean(dir), err, flag)
	}
	return nil
}

// pairs parses NAME=VALUE flags. The last value of a name wins.
func pairs(flag string, values []string) (map[string]string, error) {
	parsed := make(map[string]string)
	for _, pair := range values {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("%s must be of the form NAME=VALUE", flag)
		}
		parsed[name] = value
	}
	return parsed, nil
}

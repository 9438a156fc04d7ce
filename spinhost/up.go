package spinhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"abacus/toolchain"
	"abacus/spinhost/config"
	"abacus/spinhost/manifest"
	"abacus/spinhost/variable"

	"github.com/alecthomas/kong"
)

// defaultMemory is what an instance may use where neither a flag nor the
// runtime configuration says more, in bytes.
const defaultMemory = 128 << 20

// Up is the command `abacus up`, with the names, environment variables and
// defaults of `spin up` (src/commands/up.rs, crates/trigger/src/cli.rs) and the
// limits that Spin does not have.
type Up struct {
	From         string `short:"f" aliases:"from-file,file" placeholder:"FILE" help:"The app's spin.toml, or the folder that has it; else the nearest from here upwards."`
	Listen       string `default:"127.0.0.1:3000" env:"SPIN_HTTP_LISTEN_ADDR" placeholder:"ADDRESS" help:"Address and port to listen on (default ${default})."`
	FindFreePort bool   `help:"If the port is taken, try the nine above it."`
	Build        bool   `env:"SPIN_ALWAYS_BUILD" help:"Run the build commands first."`
	Format       string `enum:"plain,json" default:"plain" help:"How to print the address and the routes: plain or json."`

	StateDir          *string `placeholder:"DIR" help:"Where data is kept (default .spin beside the spin.toml); empty for in memory."`
	LogDir            *string `short:"L" env:"SPIN_LOG_DIR" placeholder:"DIR" help:"Where the output of components is kept (default logs in the state folder); empty for nowhere."`
	TruncateLogs      bool    `help:"Empty the files of the log folder first."`
	Quiet             bool    `short:"q" aliases:"sh,shush" help:"Do not show the output of components."`
	RuntimeConfigFile string  `env:"RUNTIME_CONFIG_FILE" placeholder:"FILE" help:"Where databases, stores and variables come from."`

	Variable []string `sep:"none" placeholder:"NAME=VALUE" help:"A variable: NAME=VALUE, NAME=@FILE, @FILE.json or @FILE.toml. Repeatable."`
	Env      []string `short:"e" sep:"none" placeholder:"NAME=VALUE" help:"An environment variable for every component. Repeatable."`
	SQLite   []string `name:"sqlite" sep:"none" placeholder:"STATEMENT" help:"SQL to run first: a statement for the database default, or @FILE[:LABEL]. Repeatable."`
	KeyValue []string `name:"key-value" sep:"none" placeholder:"KEY=VALUE" help:"A pair to set first in the store default. Repeatable."`

	MaxInstanceMemory int64         `env:"SPIN_MAX_INSTANCE_MEMORY" placeholder:"BYTES" help:"Memory of an instance (default 134217728)."`
	MaxInstances      int           `default:"1000" env:"SPIN_MAX_INSTANCE_COUNT" placeholder:"N" help:"Instances at work at the same time (default ${default})."`
	MaxChain          int           `default:"16" placeholder:"N" help:"Calls of components one inside the other (default ${default})."`
	MaxBody           int64         `default:"10485760" placeholder:"BYTES" help:"Size of a request's body (default ${default})."`
	Timeout           time.Duration `default:"30s" placeholder:"DURATION" help:"Time of a component for one request (default ${default})."`

	faults

	// What `spin up` has and this command has not.
	ComponentID         unsupported `short:"c" hidden:""`
	Profile             unsupported `hidden:""`
	DirectMounts        unsupported `hidden:""`
	AllowTransientWrite unsupported `hidden:""`
	Follow              unsupported `hidden:""`
	TLSCert             unsupported `name:"tls-cert" env:"SPIN_TLS_CERT" hidden:""`
	TLSKey              unsupported `name:"tls-key" env:"SPIN_TLS_KEY" hidden:""`
	FromRegistry        unsupported `hidden:""`
}

// unsupported is a flag that is refused by name rather than as a typing error.
type unsupported struct{}

// Decode implements kong.MapperValue.
func (unsupported) Decode(c *kong.DecodeContext) error {
	return fmt.Errorf("`spin up` has this flag; it is not supported here")
}

// Validate refuses limits that nothing could meet. Kong calls it.
func (u *Up) Validate() error {
	for _, limit := range []struct {
		flag  string
		value int64
		least int64
	}{
		{"--max-instance-memory", u.MaxInstanceMemory, 0}, {"--max-instances", int64(u.MaxInstances), 1}, {"--max-chain", int64(u.MaxChain), 1},
		{"--max-body", u.MaxBody, 1}, {"--timeout", int64(u.Timeout), 1},
	} {
		if limit.value < limit.least {
			return fmt.Errorf("%s must not be less than %d", limit.flag, limit.least)
		}
	}
	return nil
}

// Run serves the application until the context ends, which the first signal is
// expected to bring about; then it finishes the requests under way. A signal
// while it does so ends the process at once.
func (u *Up) Run(ctx context.Context) error { return u.run(ctx, os.Stdout, os.Stderr) }

func (u *Up) run(ctx context.Context, stdout, stderr io.Writer) error {
	app, err := u.load(ctx, stderr)
	if err != nil {
		return err
	}
	options, err := u.options(app, stderr)
	if err != nil {
		return err
	}
	// The port comes first: it is the likeliest to fail, and nothing else has
	// been done by then.
	listener, err := u.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	if line := options.Config.Summary(); line != "" {
		fmt.Fprintln(stderr, line)
	}
	host, err := New(ctx, options)
	if err != nil {
		return err
	}
	banner := banner{base: "http://" + listener.Addr().String(), manifest: app, routes: host.Routes()}
	if err := banner.print(stdout, u.Format); err != nil {
		return errors.Join(err, host.Close())
	}
	err = serveUntil(ctx, listener, host, u.Timeout+drainMargin, stderr)
	return errors.Join(err, host.Close())
}

// load finds and reads the manifest and builds the application if that is
// wanted.
func (u *Up) load(ctx context.Context, stderr io.Writer) (*manifest.Manifest, error) {
	path, distance, err := manifest.Find(u.From)
	if err != nil {
		return nil, err
	}
	if distance > 0 {
		fmt.Fprintf(stderr, "No 'spin.toml' in current directory. Using 'spin.toml' from %s directory (%s)\n", ancestor(distance), path)
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

// ancestor names the directory that many steps up.
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
				hint = "make it with `make build` or `abacus build`, or start with --build"
			}
			missing = append(missing, fmt.Errorf("component %s: there is no %s; %s", c.ID, c.Source, hint))
		}
	}
	return errors.Join(missing...)
}

// options turns the flags and the files that they name into those of New.
func (u *Up) options(app *manifest.Manifest, stderr io.Writer) (Options, error) {
	settings, err := config.Load(u.RuntimeConfigFile, config.Flags{AppDir: app.Dir, StateDir: u.StateDir, LogDir: u.LogDir})
	if err != nil {
		return Options{}, err
	}
	if err := checkWritable("state", "--state-dir", settings.StateDir); err != nil {
		return Options{}, err
	}
	if err := checkWritable("log", "--log-dir", settings.LogDir); err != nil {
		return Options{}, err
	}
	environment, err := pairs("--env", u.Env)
	if err != nil {
		return Options{}, err
	}
	values, err := pairs("--key-value", u.KeyValue)
	if err != nil {
		return Options{}, err
	}
	flags, err := variable.Flags(u.Variable)
	if err != nil {
		return Options{}, fmt.Errorf("--variable: %w", err)
	}
	variables, err := variable.New(app, append([]variable.Source{flags}, settings.Sources...)...)
	if err != nil {
		return Options{}, err
	}
	if err := variables.CheckRequired(); err != nil {
		return Options{}, err
	}
	memory := u.MaxInstanceMemory
	if memory == 0 && settings.MaxInstanceMemory == 0 {
		memory = defaultMemory
	}
	return Options{
		Manifest:     app,
		Config:       settings,
		Variables:    variables,
		Environment:  environment,
		SQL:          u.SQLite,
		KeyValue:     values,
		Stderr:       stderr,
		Quiet:        u.Quiet,
		TruncateLogs: u.TruncateLogs,
		MaxInstances: u.MaxInstances,
		MaxChain:     u.MaxChain,
		MaxMemory:    memory,
		MaxBody:      u.MaxBody,
		Timeout:      u.Timeout,
		faults:       u.faults,
	}, nil
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
		return fmt.Errorf("the %s folder %s cannot be written: %w; choose another with %s", what, filepath.Clean(dir), err, flag)
	}
	return nil
}

// pairs reads NAME=VALUE flags. The last value of a name counts.
func pairs(flag string, values []string) (map[string]string, error) {
	read := make(map[string]string)
	for _, pair := range values {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("%s must be of the form NAME=VALUE", flag)
		}
		read[name] = value
	}
	return read, nil
}

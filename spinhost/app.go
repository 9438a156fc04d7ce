// Package spinhost serves Spin apps whose components are core modules of Spin's Go SDK v2,
// without Spin. It is a library: an App is an http.Handler, so a Go test can start a whole app
// from its spin.toml, and a command can serve one where there is no `spin`.
//
//	app, err := manifest.Load("spin.toml")
//	...
//	host, err := spinhost.New(ctx, spinhost.Options{Manifest: app})
//	...
//	defer host.Close()
//	server := httptest.NewServer(host)
//
// It supports manifests of version 2 with HTTP triggers (package manifest lists the rest, which
// is refused by name), runtime configuration files, variables, outbound HTTP, service chaining,
// SQLite, key-value stores in SQLite or Redis, and files. It behaves as `spin up` does, down to
// statuses, headers and error texts, except for its limits and what follows from them:
//
//   - spin-* headers of clients are dropped: the SDK would take them for the host's;
//   - header values that are not UTF-8 are read as Latin-1, where Spin fails with a 500;
//   - redirects of outbound requests are not followed;
//   - writers of one SQLite file queue (package sqlite lists differences in SQL);
//   - net/http refuses a malformed escape in a path, and a request without a host.
//
// # Limits
//
// Spin has few limits. Here every request is bounded, so that one client cannot starve others.
// At a limit of the host a client gets a problem (RFC 9457) with a code, and with a 503
// Retry-After. Options sets what is marked with a *.
//
//	time*      of a component for one request: 503. A callee has three quarters of what its
//	           caller has left. GET and HEAD stop when their client has gone; other methods go
//	           on. Guest code yields about every 4,096 loop iterations or calls, where it
//	           stops; bulk memory and table instructions count by length.
//	processor  After its first milliseconds a request computes only while it has one of two
//	           slots per core, for which those under 100 ms come first (package limit).
//	memory*    of an instance: memory.grow fails. Of all instances and bodies together: 503
//	           after a second. All instances over 1/256 of it may have half of it, those of one
//	           component three quarters.
//	instances* at a time: 503. One component may have three quarters of them.
//	chaining*  depth of calls from component to component: the call fails.
//	bodies*    of requests: 413, at the head if the client announces the length. They are
//	           reserved as they arrive; one that takes longer than a minute is a 408.
//	outbound*  time of a request. Its response may have 10 MiB.
//	responses  A client has 30 s for every 64 KiB; then its connection is closed.
//	output     of a component for one request: 64 KiB, the rest is dropped. Log files rotate at
//	           16 MiB, one old file is kept.
//	files      are mounted read-only.
//
// # Path of a request
//
// A request passes through handler.go (well-known paths, route, authority), execution.go (an
// instance, the request into its memory, the response out of it) and imports.go with one file
// per host module (outbound.go and chain.go, sqlite.go, keyvalue.go, variables.go).
//
// Sources: Spin's crates/trigger-http and crates/factor-*.
package spinhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"abacus/spinhost/config"
	"abacus/spinhost/limit"
	"abacus/spinhost/manifest"
	"abacus/spinhost/mount"
	"abacus/spinhost/outbound"
	"abacus/spinhost/route"
	"abacus/spinhost/sqlite"
	"abacus/spinhost/variable"
	"abacus/spinhost/wasm"
)

// The defaults of Options.
const (
	DefaultInstances = 1000 // Spin's SPIN_MAX_INSTANCE_COUNT
	DefaultChain     = 16
	DefaultBody      = 10 << 20
	DefaultMemory    = 128 << 20
	DefaultTotal     = 256 << 20
	DefaultTimeout   = 30 * time.Second
	DefaultOutbound  = 10 * time.Second
)

// slotsPerCore is how many long executions run at a time for each processor core.
const slotsPerCore = 2

// Options configures an App. Only Manifest is required.
type Options struct {
	Manifest     *manifest.Manifest
	Config       *config.Config     // default: data in memory, no log files
	Variables    *variable.Resolver // default: Config's sources and the manifest's defaults
	Environment  map[string]string  // of every component, below its own
	SQL          []string           // run first: statements, or @FILE[:LABEL]
	KeyValue     map[string]string  // set first in the store "default"
	Stderr       io.Writer          // log of the host and output of the components; default: none
	Quiet        bool               // no output of the components on Stderr
	TruncateLogs bool

	// Limits; 0 means the default.
	MaxInstances    int           // that run at a time; a component may have three quarters
	MaxChain        int           // depth of calls from component to component
	MaxMemory       int64         // bytes of an instance; default: Config's, else DefaultMemory
	MaxTotalMemory  int64         // bytes of all instances and bodies
	MaxBody         int64         // bytes of a request body
	Timeout         time.Duration // of a component for one request
	OutboundTimeout time.Duration // of one outbound request

	Faults []string // injected failures, only in a build with the tag faults (fault.go)
}

// App is a loaded app. It is an http.Handler.
type App struct {
	options    Options
	log        *log.Logger
	engine     *wasm.Engine
	routes     *route.Table
	triggers   []manifest.Trigger
	components map[string]*component       // those with a trigger, by id
	databases  map[string]*sqlite.Database // by label
	stores     map[string]store            // by label
	client     *http.Client
	outgoing   semaphore
	memory     *limit.Memory
	files      *filesDir    // nil if no component has any
	running    atomic.Int64 // instances
	busyLogged atomic.Int64 // second of the last message about overload
	closing    context.Context
	stop       context.CancelFunc // of closing
	faults     faults
}

// component is a component with a trigger.
type component struct {
	manifest       *manifest.Component
	module         *wasm.Module
	stdout, stderr *componentLog
	hosts          *outbound.Hosts
	running        atomic.Int64 // instances
}

// New loads every component that has a trigger. Database files are not opened before their
// first use. Close the App when its last request has ended.
func New(ctx context.Context, options Options) (_ *App, err error) {
	a := &App{
		options:    options,
		triggers:   options.Manifest.Triggers,
		components: map[string]*component{},
	}
	a.closing, a.stop = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			_ = a.Close()
		}
	}()
	if err := a.options.setDefaults(); err != nil {
		return nil, err
	}
	a.log = log.New(a.options.Stderr, "", log.LstdFlags)
	if a.faults, err = parseFaults(options.Faults); err != nil {
		return nil, err
	}
	if err := a.makeRoutes(); err != nil {
		return nil, err
	}
	a.makeClient()
	if err := a.prepareStorage(ctx); err != nil {
		return nil, err
	}
	a.memory = limit.NewMemory(a.options.MaxTotalMemory)
	a.engine, err = wasm.NewEngine(ctx, wasm.Limits{
		InstanceMemory: a.options.MaxMemory,
		Memory:         a.memory,
		CPU:            limit.NewCPU(slotsPerCore * runtime.GOMAXPROCS(0)),
	})
	if err != nil {
		return nil, err
	}
	if err := a.addHostModules(ctx); err != nil {
		return nil, err
	}
	if err := a.loadComponents(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

func (o *Options) setDefaults() error {
	if o.Config == nil {
		o.Config = config.InMemory()
	}
	if o.Variables == nil {
		var err error
		if o.Variables, err = variable.New(o.Manifest, o.Config.Sources...); err != nil {
			return err
		}
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.MaxInstances == 0 {
		o.MaxInstances = DefaultInstances
	}
	if o.MaxChain == 0 {
		o.MaxChain = DefaultChain
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultBody
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = o.Config.MaxInstanceMemory
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = DefaultMemory
	}
	if o.MaxTotalMemory == 0 {
		o.MaxTotalMemory = DefaultTotal
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.OutboundTimeout == 0 {
		o.OutboundTimeout = DefaultOutbound
	}
	return nil
}

// makeRoutes makes the table of public routes and prints Spin's warnings about them.
func (a *App) makeRoutes() error {
	var routes []route.Route
	for i, trigger := range a.triggers {
		if !trigger.Private {
			routes = append(routes, route.Route{Pattern: trigger.Route, Trigger: i})
		}
	}
	table, duplicates, err := route.New(routes)
	if err != nil {
		return err
	}
	a.routes = table
	if len(duplicates) > 0 {
		a.print("The following component routes are duplicates and will never be used:")
	}
	for _, d := range duplicates {
		a.print("  %s: %s (duplicate of %s)",
			a.triggers[d.Replaced].Handler(), d.Path, a.triggers[d.Effective].Handler())
	}
	if table.HasReserved() {
		a.print("Routes under %s are handled by the host and will never be reached", route.Reserved)
	}
	return nil
}

// loadComponents loads the components that have a trigger, all at the same time.
func (a *App) loadComponents(ctx context.Context) error {
	var ids []string
	hasFiles := false
	for _, c := range a.options.Manifest.Components {
		ids = append(ids, c.ID)
		hasFiles = hasFiles || len(c.Files) > 0
	}
	for _, trigger := range a.triggers {
		if trigger.Component == "" || a.components[trigger.Component] != nil {
			continue
		}
		c := &component{manifest: a.options.Manifest.Component(trigger.Component)}
		var err error
		if c.hosts, err = outbound.Parse(c.manifest, ids, a.options.Variables); err != nil {
			return fmt.Errorf("component %s: %w", trigger.Component, err)
		}
		a.components[trigger.Component] = c
	}
	if len(a.triggers) == 0 {
		return errors.New("no triggers in app")
	}
	if hasFiles {
		var err error
		if a.files, err = newFilesDir(); err != nil {
			return fmt.Errorf("copy the files of the components: %w", err)
		}
	}
	var loading sync.WaitGroup
	failures := make(chan error, len(a.components))
	for _, c := range a.components {
		loading.Go(func() {
			if err := a.load(ctx, c); err != nil {
				failures <- fmt.Errorf("component %s: %w", c.manifest.ID, err)
			}
		})
	}
	loading.Wait()
	close(failures)
	var all []error
	for err := range failures {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// load copies a component's files and loads its module.
func (a *App) load(ctx context.Context, c *component) error {
	module, err := os.ReadFile(c.manifest.Source)
	if err != nil {
		return err
	}
	c.stdout = a.componentLog(c.manifest.ID, "stdout")
	c.stderr = a.componentLog(c.manifest.ID, "stderr")
	settings := wasm.Config{
		Environment: map[string]string{},
		Stdout:      c.stdout,
		Stderr:      c.stderr,
		Timeout:     a.options.Timeout,
	}
	maps.Copy(settings.Environment, c.manifest.Environment)
	maps.Copy(settings.Environment, a.options.Environment)
	if len(c.manifest.Files) > 0 {
		settings.Root = filepath.Join(a.files.path, c.manifest.ID)
		if err := mount.Copy(settings.Root, a.options.Manifest.Dir, c.manifest); err != nil {
			return err
		}
	}
	if c.module, err = a.engine.Load(ctx, module, settings); err != nil {
		return fmt.Errorf("cannot load %s: %w", c.manifest.Source, err)
	}
	return nil
}

// Routes returns the public routes in order of precedence. Their Trigger is an index into the
// manifest's triggers.
func (a *App) Routes() []route.Listed { return a.routes.Routes() }

// closeTimeout is how long Close waits for requests that it has stopped.
const closeTimeout = 5 * time.Second

// Close stops the requests that still run and frees what the App holds.
func (a *App) Close() error {
	a.stop()
	deadline := time.Now().Add(closeTimeout)
	for ; a.running.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return errors.New("requests do not end; their instances are not closed")
		}
	}
	var errs []error
	if a.engine != nil {
		errs = append(errs, a.engine.Close(context.Background()))
	}
	for _, c := range a.components {
		errs = append(errs, c.stdout.Close(), c.stderr.Close())
	}
	for _, database := range a.databases {
		errs = append(errs, database.Close())
	}
	for _, s := range a.stores {
		errs = append(errs, s.Close())
	}
	if a.files != nil {
		errs = append(errs, a.files.Close())
	}
	return errors.Join(errs...)
}

// print writes a line for the person who starts the app.
func (a *App) print(format string, args ...any) {
	fmt.Fprintf(a.options.Stderr, format+"\n", args...)
}

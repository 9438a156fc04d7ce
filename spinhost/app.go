// Package host runs a Spin application of core Wasm modules without Spin: it
// serves its HTTP triggers, gives its components the imports of Spin's old core
// ABI and behaves as `spin up` does.
//
// The path of a request: front.go (well-known paths, route, authority) ->
// handle.go (an instance of the component, the request into its memory, the
// response out of it) -> imports.go and one file per family of imports
// (outbound.go and chain.go, keyvalue.go, database.go, variables.go).
//
// What differs from Spin: a request's body and time have limits, and so has how
// deep components call each other (Options); spin-* headers of a client are
// dropped; writers of one SQLite file wait in a queue (package sqlite lists what
// differs in SQL); net/http itself refuses a malformed escape in a path and a
// request without a host.
//
// Source: Spin's crates/trigger-http and crates/factor-*.
package spinhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"abacus/spinhost/config"
	"abacus/spinhost/manifest"
	"abacus/spinhost/mount"
	"abacus/spinhost/outbound"
	"abacus/spinhost/route"
	"abacus/spinhost/sqlite"
	"abacus/spinhost/variable"
	"abacus/spinhost/wasm"
)

// The limits that hold where Options has none.
const (
	DefaultInstances = 1000             // as Spin's SPIN_MAX_INSTANCE_COUNT
	DefaultChain     = 16               // calls of a component by another, one inside the other
	DefaultBody      = 10 << 20         // bytes of a request's body
	DefaultMemory    = 128 << 20        // bytes of one instance
	DefaultTimeout   = 30 * time.Second // of one component for one request
)

// Options is what an App is made of.
type Options struct {
	Manifest     *manifest.Manifest
	Config       *config.Config
	Variables    *variable.Resolver
	Environment  map[string]string // for every component, before its own
	SQL          []string          // statements and files to run first: package sqlite
	KeyValue     map[string]string // pairs to set first in the store "default"
	Stderr       io.Writer         // what the host has to say, and a copy of what components say
	Quiet        bool              // no copy of what components say
	TruncateLogs bool

	MaxInstances int           // at work at the same time; the next request gets a 500
	MaxChain     int           // depth of service chaining
	MaxMemory    int64         // bytes of an instance; 0 leaves it to Config
	MaxBody      int64         // bytes of a request's body; more is a 413
	Timeout      time.Duration // of a component for one request; then it is stopped, a 500

	Faults []string // failures on purpose, for tests: only in a build with the tag `faults` (fault.go)
}

// App is a loaded application. It is an http.Handler.
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
	outgoing   gate
	files      string       // the directory of the copied files; "" without any
	live       atomic.Int64 // instances at work
	faults     faults
}

// component is a component that can be called.
type component struct {
	manifest       *manifest.Component
	guest          *wasm.Guest
	stdout, stderr *output
	hosts          *outbound.Hosts
}

// New loads every component that has a trigger, and opens nothing else: files of
// databases appear when they are used first. The error says what is wrong with
// which component. Close the App after the last request.
func New(ctx context.Context, options Options) (_ *App, err error) {
	a := &App{options: options, components: map[string]*component{}, triggers: options.Manifest.Triggers}
	a.options.setDefaults()
	a.log = log.New(a.options.Stderr, "", log.LstdFlags)
	defer func() {
		if err != nil {
			_ = a.Close()
		}
	}()
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
	if a.engine, err = wasm.NewEngine(ctx, a.options.MaxMemory); err != nil {
		return nil, err
	}
	if err := a.offerImports(ctx); err != nil {
		return nil, err
	}
	if err := a.loadComponents(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

func (o *Options) setDefaults() {
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.Config == nil {
		o.Config = &config.Config{HTTP: config.HTTP{MaxConnections: -1}}
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
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = o.Config.MaxInstanceMemory
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = DefaultMemory
	}
}

// makeRoutes fills the table of public routes and reports what Spin reports.
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
		a.say("The following component routes are duplicates and will never be used:")
	}
	for _, d := range duplicates {
		a.say("  %s: %s (duplicate of %s)", a.triggers[d.Replaced].Handler(), d.Path, a.triggers[d.Effective].Handler())
	}
	if table.HasReserved() {
		a.say("Routes under %s are handled by the host and will never be reached", route.Reserved)
	}
	return nil
}

// loadComponents loads every component that has a trigger, as many at the same
// time as there are.
func (a *App) loadComponents(ctx context.Context) error {
	var ids []string
	for _, component := range a.options.Manifest.Components {
		ids = append(ids, component.ID)
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
	if len(a.components) == 0 && len(a.triggers) == 0 {
		return errors.New("no triggers in app")
	}
	if slices.ContainsFunc(a.options.Manifest.Components, func(c *manifest.Component) bool { return len(c.Files) > 0 }) {
		var err error
		if a.files, err = os.MkdirTemp("", "abacus-files-"); err != nil {
			return fmt.Errorf("copy the files of the components: %w", err)
		}
	}
	var loading sync.WaitGroup
	failures := make(chan error, len(a.components))
	for _, c := range a.components {
		loading.Go(func() { failures <- a.load(ctx, c) })
	}
	loading.Wait()
	close(failures)
	var all []error
	for err := range failures {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// load prepares the world of one component and loads its module.
func (a *App) load(ctx context.Context, c *component) error {
	module, err := os.ReadFile(c.manifest.Source)
	if err != nil {
		return fmt.Errorf("component %s: %w", c.manifest.ID, err)
	}
	world := wasm.World{Environment: map[string]string{}, Timeout: a.options.Timeout}
	for _, variables := range []map[string]string{c.manifest.Environment, a.options.Environment} {
		for name, value := range variables {
			world.Environment[name] = value
		}
	}
	if len(c.manifest.Files) > 0 {
		world.Root = filepath.Join(a.files, c.manifest.ID)
		if err := mount.Copy(world.Root, a.options.Manifest.Dir, c.manifest); err != nil {
			return fmt.Errorf("component %s: %w", c.manifest.ID, err)
		}
	}
	c.stdout, c.stderr = a.output(c.manifest.ID, "stdout"), a.output(c.manifest.ID, "stderr")
	world.Stdout, world.Stderr = c.stdout, c.stderr
	if c.guest, err = a.engine.Load(ctx, module, world); err != nil {
		return fmt.Errorf("component %s: cannot load %s: %w", c.manifest.ID, c.manifest.Source, err)
	}
	return nil
}

// Routes returns the public routes in order of precedence. Their Trigger is an
// index into the manifest's triggers.
func (a *App) Routes() []route.Listed { return a.routes.Routes() }

// Close frees what the App holds. No request may be under way.
func (a *App) Close() error {
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
	for _, store := range a.stores {
		errs = append(errs, store.Close())
	}
	if a.files != "" {
		errs = append(errs, os.RemoveAll(a.files))
	}
	return errors.Join(errs...)
}

package spinhost

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"abacus/spinhost/limit"
	"abacus/spinhost/manifest"
	"abacus/spinhost/mount"
	"abacus/spinhost/outbound"
	"abacus/spinhost/route"
	"abacus/spinhost/sqlite"
	"abacus/spinhost/telemetry"
	"abacus/spinhost/wasm"
)

// App is a loaded app. It is an http.Handler.
type App struct {
	options    Options
	log        *logger
	telemetry  *telemetry.Telemetry // nil if nothing is exported
	engine     *wasm.Engine
	routes     *route.Table
	triggers   []manifest.Trigger
	components map[string]*component       // those with a trigger, by id
	databases  map[string]*sqlite.Database // by label
	stores     map[string]store            // by label
	client     *http.Client
	outgoing   semaphore
	memory     *limit.Memory
	cpu        *limit.CPU
	files      *filesDir // nil if no component has any
	running    semaphore // of instances
	refused    refusals
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
	allowed        outbound.Rules // the hosts that it may call
	allowedError   error          // why they are not known
	variables      map[string]knownVariable
	operations     hostOperations
	metrics        *telemetry.Component
	running        semaphore // of instances
	waiting        semaphore // of instances that wait for other hosts
}

// New loads every component that has a trigger. Database files are not opened before their
// first use. Close the App after use.
func New(ctx context.Context, options Options) (_ *App, err error) {
	a := &App{
		options:    options,
		telemetry:  options.Telemetry,
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
	a.log = newLogger(a.options.Stderr, a.options.LogFormat, a.telemetry)
	if a.faults, err = parseFaults(options.Faults); err != nil {
		return nil, err
	}
	if err := a.makeRoutes(); err != nil {
		return nil, err
	}
	a.makeClient()
	a.running = newSemaphore(a.options.MaxInstances)
	if err := a.prepareStorage(ctx); err != nil {
		return nil, err
	}
	a.memory = limit.NewMemory(a.options.MaxTotalMemory)
	a.cpu = limit.NewCPU(runtime.GOMAXPROCS(0))
	a.engine, err = wasm.NewEngine(ctx, wasm.Limits{
		InstanceMemory: a.options.MaxMemory,
		Memory:         a.memory,
		CPU:            a.cpu,
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
	return a, a.addMetrics()
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
		most := a.options.MaxInstances
		c := &component{
			manifest:  a.options.Manifest.Component(trigger.Component),
			variables: map[string]knownVariable{},
			running:   newSemaphore(most - most/4),
			waiting:   newSemaphore(max(1, (most-most/4)/4)),
			metrics:   a.telemetry.Component(trigger.Component),
		}
		c.operations = newOperations(a.telemetry, c.manifest, a.options.Config)
		hosts, err := outbound.Parse(c.manifest, ids, a.options.Variables)
		if err != nil {
			return fmt.Errorf("component %s: %w", trigger.Component, err)
		}
		c.allowed, c.allowedError = hosts.Resolve()
		for name := range c.manifest.Variables {
			if value, err := a.options.Variables.Get(c.manifest.ID, name); err == nil {
				get := a.telemetry.Operation("spin_config.get", "key", name)
				c.variables[name] = knownVariable{value, get}
			}
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
		Stdout:      c.stdout.write,
		Stderr:      c.stderr.write,
		Timeout:     a.options.Timeout,
		Measure:     a.telemetry.Measures(),
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
	for ; len(a.running) > 0; time.Sleep(time.Millisecond) {
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

package wasm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// The exports that a guest must have.
const (
	exportMemory     = "memory"
	exportRealloc    = "canonical_abi_realloc"
	exportFree       = "canonical_abi_free"
	exportHandle     = "handle-http-request"
	exportInitialize = "_initialize"
	exportStart      = "_start"
)

// keptInstances is how many instances of a guest wait for the next request.
const keptInstances = 64

// ErrTimeout is the error of a guest that was stopped because its context ended.
var ErrTimeout = errors.New("its time was over, it was stopped")

// World is what a guest finds around it.
type World struct {
	Environment    map[string]string
	Root           string // the directory at its /, read-only; "" for none
	Stdout, Stderr io.Writer
	Timeout        time.Duration // for _initialize
}

// Guest is a loaded module with the instances that wait for work.
type Guest struct {
	engine   *Engine
	world    World
	prepared *prepared

	// The state right after _initialize; without it (a guest that can change
	// more than memory and globals) every request gets an instance of its own.
	restorable bool
	memory     []byte
	values     []uint64 // of the globals

	mu   sync.Mutex
	idle []*Instance
}

// Load checks a module, compiles it and runs its _initialize once: all requests
// share what it leaves, a time that it has read among it. Only a guest that draws
// random numbers there runs it for every request. Errors speak of the module as
// "it".
func (e *Engine) Load(ctx context.Context, module []byte, world World) (*Guest, error) {
	if err := checkHeader(module); err != nil {
		return nil, err
	}
	prepared, err := e.compile(ctx, module)
	if err != nil {
		return nil, err
	}
	g := &Guest{engine: e, world: world, prepared: prepared}
	if err := g.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, world.Timeout)
	defer cancel()
	first, err := g.instantiate(ctx)
	if err != nil {
		return nil, err
	}
	if g.restorable = prepared.onlyMemory && !first.random && first.unchanged(); g.restorable {
		g.memory = slices.Clone(first.linear.buffer)
		for _, name := range g.prepared.globals {
			g.values = append(g.values, first.module.ExportedGlobal(name).Get())
		}
	}
	first.Release()
	return g, nil
}

// check refuses what the ABI does not have or this host does not offer.
func (g *Guest) check() error {
	exported := g.prepared.compiled.ExportedFunctions()
	if exported[exportInitialize] == nil {
		if exported[exportStart] != nil {
			return errors.New("it exports _start but not _initialize: Spin calls only _initialize, so that its package variables would stay zero; " +
				"build it with abacus guest, or with TinyGo 0.35 or newer and -buildmode=c-shared")
		}
		return errors.New("it exports no _initialize")
	}
	for _, f := range []struct {
		name            string
		params, results int
	}{{exportInitialize, 0, 0}, {exportHandle, 10, 1}, {exportRealloc, 4, 1}, {exportFree, 3, 0}} {
		have := exported[f.name]
		if have == nil {
			return fmt.Errorf("it exports no %s: it does not serve HTTP through Spin's SDK v2", f.name)
		}
		if !integers(have.ParamTypes(), f.params) || !integers(have.ResultTypes(), f.results) {
			return fmt.Errorf("its %s does not take %d 32-bit integers and return %d: it was built for another ABI than that of Spin's SDK v2",
				f.name, f.params, f.results)
		}
	}
	if g.prepared.compiled.ExportedMemories()[exportMemory] == nil {
		return errors.New("it exports no memory")
	}
	for _, function := range g.prepared.compiled.ImportedFunctions() {
		family, name, _ := function.Import()
		if !g.engine.offered[family][name] {
			return fmt.Errorf("it imports %s of %s, which this host does not offer (%s); run it on Spin itself",
				name, family, strings.Join(slices.Sorted(maps.Keys(g.engine.offered)), ", "))
		}
	}
	return nil
}

// integers reports whether the types are so many i32.
func integers(types []api.ValueType, count int) bool {
	return len(types) == count && !slices.ContainsFunc(types, func(t api.ValueType) bool { return t != api.ValueTypeI32 })
}

// Instance takes an instance for one request that ends with ctx. Release it.
func (g *Guest) Instance(ctx context.Context) (*Instance, error) {
	g.mu.Lock()
	if last := len(g.idle) - 1; last >= 0 {
		in := g.idle[last]
		g.idle = g.idle[:last]
		g.mu.Unlock()
		in.bind(ctx)
		return in, nil
	}
	g.mu.Unlock()
	in, err := g.instantiate(ctx)
	if err != nil {
		return nil, fmt.Errorf("instantiate: %w", err)
	}
	return in, nil
}

// Idle returns how many instances wait for a request.
func (g *Guest) Idle() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.idle)
}

// instantiate makes an instance in its first state, by copying that state or,
// where there is none, by running _initialize.
func (g *Guest) instantiate(ctx context.Context) (*Instance, error) {
	in := &Instance{guest: g, linear: &linear{}}
	in.ctx = context.WithValue(ctx, instanceKey{}, in)
	config := wazero.NewModuleConfig().WithName("").
		WithStdout(g.world.Stdout).WithStderr(g.world.Stderr).
		WithSysWalltime().WithSysNanotime().WithNanosleep(in.sleep).WithRandSource(entropy{in})
	for _, name := range slices.Sorted(maps.Keys(g.world.Environment)) {
		config = config.WithEnv(name, g.world.Environment[name])
	}
	if g.world.Root != "" {
		config = config.WithFSConfig(wazero.NewFSConfig().WithReadOnlyDirMount(g.world.Root, "/"))
	}
	config = config.WithStartFunctions() // none, not even _start
	allocator := experimental.MemoryAllocatorFunc(func(_, _ uint64) experimental.LinearMemory { return in.linear })
	module, err := g.engine.runtime.InstantiateModule(experimental.WithMemoryAllocator(in.ctx, allocator), g.prepared.compiled, config)
	if err != nil {
		return nil, err
	}
	in.module, in.memory = module, module.Memory()
	in.stop = module.ExportedGlobal(exportStop).(api.MutableGlobal)
	in.realloc, in.handle = module.ExportedFunction(exportRealloc), module.ExportedFunction(exportHandle)
	for _, name := range g.prepared.globals {
		if global, ok := module.ExportedGlobal(name).(api.MutableGlobal); ok {
			in.globals = append(in.globals, global)
		}
	}
	in.bind(ctx)
	if g.restorable {
		if !in.restore() {
			in.close()
			return nil, errors.New("its memory cannot be as long as after _initialize")
		}
	} else if _, err := module.ExportedFunction(exportInitialize).Call(in.ctx); err != nil {
		defer in.close()
		return nil, fmt.Errorf("_initialize: %w", in.trapped(err))
	}
	return in, nil
}

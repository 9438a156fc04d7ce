package wasm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"abacus/spinhost/limit"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/experimental/sysfs"
)

// The exports that a module must have.
const (
	exportMemory     = "memory"
	exportRealloc    = "canonical_abi_realloc"
	exportFree       = "canonical_abi_free"
	exportHandle     = "handle-http-request"
	exportInitialize = "_initialize"
	exportStart      = "_start"
)

// maxIdle is how many instances of a module are kept for later requests.
const maxIdle = 64

// The errors of an instance that was stopped because its context ended.
var (
	ErrTimeout  = errors.New("its time was over, it was stopped")
	ErrCanceled = errors.New("it was stopped, because nobody waits for it")
)

// Config is the environment of a module's instances.
type Config struct {
	Environment    map[string]string
	Root           string // the directory mounted read-only at /; "" for none
	Stdout, Stderr Output
	Timeout        time.Duration // of _initialize
	Measure        bool          // the time that the guest computes (Instance.Computed)
}

// Output receives what an instance prints, with the context of its request.
type Output func(ctx context.Context, text []byte)

// Module is a loaded module with its idle instances.
type Module struct {
	engine       *Engine
	config       Config
	instrumented *instrumented
	group        limit.Group // the memory of its instances

	// The state right after _initialize. If an instance can change more than memory and
	// globals it cannot be restored, and every request gets a new one.
	restorable bool
	memory     []byte
	globals    []uint64

	made, restored, dropped atomic.Int64

	mu   sync.Mutex
	idle []*Instance
}

// Stats counts the instances of a module.
type Stats struct {
	Made     int64 // for a request that found no idle instance
	Restored int64 // and kept for another request
	Dropped  int64 // closed after a request, or to free their memory
	Idle     int
}

// Stats returns the counts so far.
func (m *Module) Stats() Stats {
	return Stats{m.made.Load(), m.restored.Load(), m.dropped.Load(), m.Idle()}
}

// Load checks a module, compiles it and runs its _initialize once; every instance starts in the
// state that leaves, with the time it has read. Only a module that draws random numbers there
// runs it for each request. Errors call the module "it".
func (e *Engine) Load(ctx context.Context, module []byte, config Config) (*Module, error) {
	if err := checkHeader(module); err != nil {
		return nil, err
	}
	compiled, err := e.compile(ctx, module)
	if err != nil {
		return nil, err
	}
	m := &Module{engine: e, config: config, instrumented: compiled}
	if err := m.check(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.modules = append(e.modules, m)
	e.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, config.Timeout)
	defer cancel()
	turn := e.limits.CPU.Turn()
	defer turn.Pause()
	first, err := m.instantiate(ctx, turn)
	if err != nil {
		return nil, err
	}
	if m.restorable = compiled.restorable && !first.random && first.clean(); m.restorable {
		m.memory = slices.Clone(first.linear.space[:first.linear.size])
		for _, name := range m.instrumented.globals {
			m.globals = append(m.globals, first.module.ExportedGlobal(name).Get())
		}
	}
	first.Release()
	return m, nil
}

// check refuses a module of another ABI, or with imports that are missing here.
func (m *Module) check() error {
	exported := m.instrumented.compiled.ExportedFunctions()
	if exported[exportInitialize] == nil {
		if exported[exportStart] != nil {
			return errors.New("it exports _start but not _initialize: " +
				"Spin calls only _initialize, so that its package variables would stay zero; " +
				"build it with TinyGo 0.35 or newer and -buildmode=c-shared")
		}
		return errors.New("it exports no _initialize")
	}
	for _, f := range []struct {
		name            string
		params, results int
	}{{exportInitialize, 0, 0}, {exportHandle, 10, 1}, {exportRealloc, 4, 1}, {exportFree, 3, 0}} {
		function := exported[f.name]
		if function == nil {
			return fmt.Errorf("it exports no %s: it does not serve HTTP through Spin's SDK v2",
				f.name)
		}
		if !areI32(function.ParamTypes(), f.params) || !areI32(function.ResultTypes(), f.results) {
			return fmt.Errorf("its %s does not take %d 32-bit integers and return %d: "+
				"it was built for another ABI than that of Spin's SDK v2",
				f.name, f.params, f.results)
		}
	}
	memory := m.instrumented.compiled.ExportedMemories()[exportMemory]
	if memory == nil {
		return errors.New("it exports no memory")
	}
	if least, bound := int64(memory.Min())*pageSize, m.engine.limits.InstanceMemory; least > bound {
		return fmt.Errorf("it needs %d bytes of memory, an instance may have %d", least, bound)
	}
	for _, function := range m.instrumented.compiled.ImportedFunctions() {
		module, name, _ := function.Import()
		if !m.engine.imports[module][name] {
			known := strings.Join(slices.Sorted(maps.Keys(m.engine.imports)), ", ")
			return fmt.Errorf("it imports %s of %s, which this host does not offer (%s); "+
				"run it on Spin itself", name, module, known)
		}
	}
	return nil
}

func areI32(types []api.ValueType, count int) bool {
	notI32 := func(t api.ValueType) bool { return t != api.ValueTypeI32 }
	return len(types) == count && !slices.ContainsFunc(types, notI32)
}

// Instance returns an instance for one request, which is stopped when ctx ends. It computes in the
// turn of the request. Release it. The error is limit.ErrBusy if there is no memory for another
// instance.
func (m *Module) Instance(ctx context.Context, turn *limit.Turn) (*Instance, error) {
	if in := m.pop(); in != nil {
		in.bind(ctx, turn)
		return in, nil
	}
	in, err := m.instantiate(ctx, turn)
	if err != nil {
		return nil, fmt.Errorf("instantiate: %w", err)
	}
	return in, nil
}

// pop returns the instance that became idle last, or nil if there is none.
func (m *Module) pop() *Instance {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := len(m.idle) - 1
	if last < 0 {
		return nil
	}
	in := m.idle[last]
	m.idle = m.idle[:last]
	return in
}

// Idle returns the number of idle instances.
func (m *Module) Idle() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.idle)
}

// instantiate makes an instance, by copying the state after _initialize or by running it.
func (m *Module) instantiate(ctx context.Context, turn *limit.Turn) (*Instance, error) {
	limits := m.engine.limits
	in := &Instance{owner: m, account: limits.Memory.Account(&m.group)}
	in.bind(ctx, turn)
	least := int64(m.instrumented.compiled.ExportedMemories()[exportMemory].Min()) * pageSize
	if err := in.account.Reserve(ctx, max(least, int64(len(m.memory)))); err != nil {
		return nil, err
	}
	var err error
	most := min(limits.InstanceMemory, int64(m.instrumented.maxPages)*pageSize)
	if in.linear, err = newLinear(in, most); err != nil {
		in.account.Shrink(0)
		return nil, err
	}
	config := withClock(wazero.NewModuleConfig()).WithName("").
		WithStdout(output{in, m.config.Stdout}).WithStderr(output{in, m.config.Stderr}).
		WithSysNanotime().WithNanosleep(in.sleep).WithRandSource(entropy{in})
	for _, name := range slices.Sorted(maps.Keys(m.config.Environment)) {
		config = config.WithEnv(name, m.config.Environment[name])
	}
	if m.config.Root != "" {
		files := wazero.NewFSConfig().(sysfs.FSConfig)
		root := &readOnly{sysfs.ReadFS{FS: sysfs.DirFS(m.config.Root)}, in}
		config = config.WithFSConfig(files.WithSysFSMount(root, "/"))
	}
	config = config.WithStartFunctions() // none, not even _start
	allocate := func(_, _ uint64) experimental.LinearMemory { return in.linear }
	allocator := experimental.MemoryAllocatorFunc(allocate)
	module, err := m.engine.runtime.InstantiateModule(
		experimental.WithMemoryAllocator(in.ctx, allocator), m.instrumented.compiled, config)
	if err != nil {
		in.linear.Free()
		return nil, err
	}
	in.module, in.memory = module, module.Memory()
	in.yielding = module.ExportedGlobal(exportYielding).(api.MutableGlobal)
	in.realloc = module.ExportedFunction(exportRealloc)
	in.handle = module.ExportedFunction(exportHandle)
	for _, name := range m.instrumented.globals {
		if global, ok := module.ExportedGlobal(name).(api.MutableGlobal); ok {
			in.globals = append(in.globals, global)
		}
	}
	m.made.Add(1)
	if m.restorable {
		if !in.restore() {
			in.close()
			return nil, errors.New("its memory cannot be as large as after _initialize")
		}
	} else if _, err := module.ExportedFunction(exportInitialize).Call(in.ctx); err != nil {
		defer in.close()
		return nil, fmt.Errorf("_initialize: %w", in.callError(err))
	}
	return in, nil
}

// Package wasm runs the core modules of Spin's Go SDK v2 on wazero. It checks and instruments
// a module when it loads it, gives every request an instance in the state right after
// _initialize, and copies data in and out with every bound checked.
//
// The interface is Spin's old core ABI (wit-bindgen 0.2): the module exports
// canonical_abi_realloc, with which the host allocates what it passes in, and imports functions
// of 32-bit integers, mostly pairs of an address and a length.
package wasm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"abacus/spinhost/limit"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

const (
	pageSize  = 65536
	maxParams = 16 // of a host function
)

// Engine compiles modules and provides their imports.
type Engine struct {
	limits  Limits
	runtime wazero.Runtime
	cache   wazero.CompilationCache
	imports map[string]map[string]bool // host module to its functions

	mu       sync.Mutex
	compiled map[[sha256.Size]byte]func() (*instrumented, error)
	modules  []*Module
}

// Limits bound the instances of an engine.
type Limits struct {
	InstanceMemory int64 // bytes, rounded down to pages of 64 KiB
	Memory         *limit.Memory
	CPU            *limit.CPU
}

// HostFunction is a function that modules may import. It takes Params 32-bit integers and
// returns nothing; an error traps the instance.
type HostFunction struct {
	Name   string
	Params int
	Call   func(ctx context.Context, in *Instance, params []uint32) error
}

// maxPages is one page less than a memory can have: an instance enters the host by growing its
// memory by one page (type linear), which wazero must allow.
const maxPages = 65535

// NewEngine returns an engine. Compiled code is cached in the user's cache directory, if there
// is one.
func NewEngine(ctx context.Context, limits Limits) (*Engine, error) {
	pages := min(max(limits.InstanceMemory/pageSize, 1), maxPages)
	limits.InstanceMemory = pages * pageSize
	e := &Engine{
		limits:   limits,
		cache:    openCache(),
		imports:  map[string]map[string]bool{},
		compiled: map[[sha256.Size]byte]func() (*instrumented, error){},
	}
	limits.Memory.Reclaim = e.closeIdle
	config := wazero.NewRuntimeConfig().
		WithMemoryLimitPages(uint32(pages) + 1).
		WithCompilationCache(e.cache)
	e.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	if err := e.addWASI(ctx); err != nil {
		return nil, fmt.Errorf("instantiate %s: %w", wasiModule, err)
	}
	return e, nil
}

// openCache opens the cache of compiled code. Without a directory it is in memory, which only
// makes the start slower.
func openCache() wazero.CompilationCache {
	if dir, err := os.UserCacheDir(); err == nil {
		dir = filepath.Join(dir, "spinhost")
		if cache, err := wazero.NewCompilationCacheWithDir(dir); err == nil {
			return cache
		}
	}
	return wazero.NewCompilationCache()
}

// AddHostModule lets modules import functions under a module name. Call it before Load.
func (e *Engine) AddHostModule(ctx context.Context, name string, functions []HostFunction) error {
	builder := e.runtime.NewHostModuleBuilder(name)
	names := map[string]bool{}
	for _, function := range functions {
		types := make([]api.ValueType, function.Params)
		for i := range types {
			types[i] = api.ValueTypeI32
		}
		call := func(ctx context.Context, _ api.Module, stack []uint64) {
			in := ctx.Value(instanceKey{}).(*Instance)
			in.enterHost()
			var params [maxParams]uint32
			for i := range function.Params {
				params[i] = api.DecodeU32(stack[i]) // the upper half is undefined
			}
			var start time.Time
			if in.owner.config.Measure {
				start = time.Now()
			}
			err := function.Call(in.ctx, in, params[:function.Params])
			if in.owner.config.Measure {
				in.computed -= time.Since(start)
			}
			if err != nil {
				// wazero returns it from the call of the export, with the Wasm stack.
				panic(fmt.Errorf("%s.%s: %w", name, function.Name, err))
			}
		}
		builder.NewFunctionBuilder().
			WithGoModuleFunction(api.GoModuleFunc(call), types, nil).
			Export(function.Name)
		names[function.Name] = true
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		return fmt.Errorf("instantiate %s: %w", name, err)
	}
	e.imports[name] = names
	return nil
}

// compile instruments and compiles a module. It does so once per content, because wazero
// cannot compile one module twice at the same time.
func (e *Engine) compile(ctx context.Context, module []byte) (*instrumented, error) {
	digest := sha256.Sum256(module)
	e.mu.Lock()
	compile := e.compiled[digest]
	if compile == nil {
		compile = sync.OnceValues(func() (*instrumented, error) {
			m, err := instrument(module)
			if err != nil {
				return nil, err
			}
			if m.compiled, err = e.runtime.CompileModule(ctx, m.binary); err != nil {
				return nil, fmt.Errorf("it is not valid: %w", err)
			}
			m.binary = nil
			return m, nil
		})
		e.compiled[digest] = compile
	}
	e.mu.Unlock()
	return compile()
}

// closeIdle closes an idle instance of each module. It reports whether there was any.
func (e *Engine) closeIdle() bool {
	e.mu.Lock()
	modules := e.modules
	e.mu.Unlock()
	closed := false
	for _, m := range modules {
		if in := m.pop(); in != nil {
			in.close()
			closed = true
		}
	}
	return closed
}

// Close closes every instance and frees the compiled code. No instance may be running.
func (e *Engine) Close(ctx context.Context) error {
	err := e.runtime.Close(ctx)
	if cacheErr := e.cache.Close(ctx); err == nil {
		err = cacheErr
	}
	return err
}

// Package wasm runs guests on wazero: it checks a module when it is loaded,
// gives every request an instance whose memory is as it was right after
// _initialize, and moves data across the border with every bound checked.
//
// The border is Spin's old core ABI (wit-bindgen 0.2): the guest exports
// canonical_abi_realloc for what the host hands over, and imports families of
// functions that take 32-bit integers, mostly pairs of address and length.
package wasm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

const (
	pageSize  = 65536
	maxParams = 16 // of an import
)

// Engine compiles guests and offers them their imports.
type Engine struct {
	runtime wazero.Runtime
	cache   wazero.CompilationCache
	offered map[string]map[string]bool // family to its functions

	mu      sync.Mutex
	modules map[[sha256.Size]byte]func() (*prepared, error)
}

// Import is one function that a guest may import: Params 32-bit integers, no
// result. Call gets the context of the request. Its error traps the guest.
type Import struct {
	Name   string
	Params int
	Call   func(ctx context.Context, in *Instance, params []uint32) error
}

// NewEngine makes an engine whose guests may use so many bytes of memory, 0 for
// what their format allows (4 GiB). Compiled code is kept in the user's cache
// directory, if there is one.
func NewEngine(ctx context.Context, memory int64) (*Engine, error) {
	config := wazero.NewRuntimeConfig()
	if pages := memory / pageSize; memory > 0 && pages < 65536 {
		config = config.WithMemoryLimitPages(uint32(max(pages, 1)))
	}
	e := &Engine{
		offered: map[string]map[string]bool{},
		cache:   openCache(),
		modules: map[[sha256.Size]byte]func() (*prepared, error){},
	}
	e.runtime = wazero.NewRuntimeWithConfig(ctx, config.WithCompilationCache(e.cache))
	if err := e.offerWASI(ctx); err != nil {
		return nil, fmt.Errorf("offer %s: %w", wasiFamily, err)
	}
	return e, nil
}

// openCache opens the cache of compiled code, in memory if there is no
// directory for it: the start is slower then, nothing else.
func openCache() wazero.CompilationCache {
	if dir, err := os.UserCacheDir(); err == nil {
		if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "abacus", "wazero")); err == nil {
			return cache
		}
	}
	return wazero.NewCompilationCache()
}

// Offer lets guests import the functions of a family. Call it before Load.
func (e *Engine) Offer(ctx context.Context, family string, imports []Import) error {
	builder := e.runtime.NewHostModuleBuilder(family)
	names := map[string]bool{}
	for _, function := range imports {
		params := make([]api.ValueType, function.Params)
		for i := range params {
			params[i] = api.ValueTypeI32
		}
		call := api.GoModuleFunc(func(ctx context.Context, _ api.Module, stack []uint64) {
			in := ctx.Value(instanceKey{}).(*Instance)
			var params [maxParams]uint32
			for i := range function.Params {
				params[i] = api.DecodeU32(stack[i]) // the upper half is anything
			}
			if err := function.Call(in.ctx, in, params[:function.Params]); err != nil {
				// wazero turns it into an error of the guest's call, with the guest's stack.
				panic(fmt.Errorf("%s.%s: %w", family, function.Name, err))
			}
		})
		builder.NewFunctionBuilder().WithGoModuleFunction(call, params, nil).Export(function.Name)
		names[function.Name] = true
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		return fmt.Errorf("offer %s: %w", family, err)
	}
	e.offered[family] = names
	return nil
}

// compile prepares and compiles a module, the same one only once: wazero does
// not bear it twice at the same time.
func (e *Engine) compile(ctx context.Context, module []byte) (*prepared, error) {
	digest := sha256.Sum256(module)
	e.mu.Lock()
	compile := e.modules[digest]
	if compile == nil {
		compile = sync.OnceValues(func() (*prepared, error) {
			p, err := prepare(module)
			if err != nil {
				return nil, err
			}
			if p.compiled, err = e.runtime.CompileModule(ctx, p.module); err != nil {
				return nil, fmt.Errorf("it is not valid: %w", err)
			}
			p.module = nil
			return p, nil
		})
		e.modules[digest] = compile
	}
	e.mu.Unlock()
	return compile()
}

// Close ends every guest and frees the compiled code.
func (e *Engine) Close(ctx context.Context) error {
	err := e.runtime.Close(ctx)
	if cacheErr := e.cache.Close(ctx); err == nil {
		err = cacheErr
	}
	return err
}

package spinhost

import (
	"context"
	"encoding/binary"
	"errors"

	"abacus/spinhost/wasm"
)

// hostFunction is an import of the old core ABI. The last of its params is the address of the
// result; an error traps the instance.
type hostFunction struct {
	name   string
	params int
	call   hostCall
}

type hostCall func(e *execution, in *wasm.Instance, p []uint32) error

// hostModule is the host functions with one module name.
type hostModule struct {
	name      string
	functions []hostFunction
}

var hostModules = []hostModule{outboundModule, keyValueModule, sqliteModule, configModule}

// addHostModules adds the host modules to the engine.
func (a *App) addHostModules(ctx context.Context) error {
	for _, module := range hostModules {
		var functions []wasm.HostFunction
		for _, f := range module.functions {
			call := a.faults.wrapImport(module.name, f)
			functions = append(functions, wasm.HostFunction{
				Name:   f.name,
				Params: f.params,
				Call: func(ctx context.Context, in *wasm.Instance, params []uint32) error {
					e, ok := ctx.Value(executionKey{}).(*execution)
					if !ok {
						return errors.New("called by _initialize, before there is a request")
					}
					if err := call(e, in, params); err != nil {
						return err
					}
					return e.request.turn.Resume(ctx)
				},
			})
		}
		if err := a.engine.AddHostModule(ctx, module.name, functions); err != nil {
			return err
		}
	}
	return nil
}

// A result is a variant: a tag, and its payload from offset 4.
const (
	tagOK    = 0
	tagError = 1
)

// writeNumber writes a result that is a number.
func writeNumber(in *wasm.Instance, result uint32, n uint32) error {
	return in.PutWords(result, tagOK, n)
}

// writeList writes a result that is a string, bytes or a list.
func writeList(in *wasm.Instance, result uint32, address uint32, count int) error {
	return in.PutWords(result, tagOK, address, uint32(count))
}

// writeError writes an error without a text.
func writeError(in *wasm.Instance, result uint32, code uint8) error {
	return in.PutWords(result, tagError, uint32(code))
}

// writeErrorText writes an error with a text.
func writeErrorText(in *wasm.Instance, result uint32, code uint8, text string) error {
	address, err := in.NewString(text)
	if err != nil {
		return err
	}
	return in.PutWords(result, tagError, uint32(code), address, uint32(len(text)))
}

// newStrings copies a list of strings into an instance, each in a block of its own, and
// returns its address.
func newStrings(in *wasm.Instance, texts []string) (uint32, error) {
	list := make([]byte, 0, 8*len(texts))
	for _, text := range texts {
		address, err := in.NewString(text)
		if err != nil {
			return 0, err
		}
		list = binary.LittleEndian.AppendUint32(list, address)
		list = binary.LittleEndian.AppendUint32(list, uint32(len(text)))
	}
	return in.NewBlock(list, 4)
}

// handles numbers what an instance opens, from 0 and without reuse, as Spin does
// (crates/table).
type handles[T any] struct {
	next uint32
	open map[uint32]T
}

// maxHandles is how many databases, and how many stores, an instance may have open.
const maxHandles = 256

func (h *handles[T]) add(value T) (handle uint32, ok bool) {
	if len(h.open) == maxHandles {
		return 0, false
	}
	if h.open == nil {
		h.open = map[uint32]T{}
	}
	handle = h.next
	h.open[handle] = value
	h.next++
	return handle, true
}

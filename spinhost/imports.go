package spinhost

import (
	"context"
	"encoding/binary"
	"errors"

	"abacus/spinhost/wasm"
)

// function is one import of the old core ABI. It reads its arguments from the
// guest's memory, does its work and writes the result, whose address is its
// last argument. An error traps the guest.
type function struct {
	name   string
	params int
	run    run
}

type run func(c *call, in *wasm.Instance, p []uint32) error

// family is the imports of one module name.
type family struct {
	name      string
	functions []function
}

var families = []family{outboundHTTP, keyValue, database, spinConfig}

// offerImports offers the families to the guests. Every call of every import
// passes through here.
func (a *App) offerImports(ctx context.Context) error {
	for _, family := range families {
		var imports []wasm.Import
		for _, f := range family.functions {
			run := a.faults.wrapImport(family.name, f)
			imports = append(imports, wasm.Import{Name: f.name, Params: f.params,
				Call: func(ctx context.Context, in *wasm.Instance, params []uint32) error {
					c, serving := ctx.Value(callKey{}).(*call)
					if !serving {
						return errors.New("called by _initialize, before there is a request")
					}
					return run(c, in, params)
				}})
		}
		if err := a.engine.Offer(ctx, family.name, imports); err != nil {
			return err
		}
	}
	return nil
}

// The result of an import is a variant: a tag, 0 for success, and from offset 4
// on what belongs to it.
const (
	tagOK    = 0
	tagError = 1
)

// writeNumber writes a successful result that is one number.
func writeNumber(in *wasm.Instance, result uint32, n uint32) error {
	return in.Write(result, binary.LittleEndian.AppendUint32([]byte{tagOK, 0, 0, 0}, n))
}

// writeList writes a successful result that is a string, bytes or a list.
func writeList(in *wasm.Instance, result uint32, address uint32, count int) error {
	data := binary.LittleEndian.AppendUint32([]byte{tagOK, 0, 0, 0}, address)
	return in.Write(result, binary.LittleEndian.AppendUint32(data, uint32(count)))
}

// writeError writes a failure with its code.
func writeError(in *wasm.Instance, result uint32, code uint8) error {
	return in.Write(result, []byte{tagError, 0, 0, 0, code})
}

// writeErrorText writes a failure whose code has a text with it.
func writeErrorText(in *wasm.Instance, result uint32, code uint8, text string) error {
	address, err := in.Place(text)
	if err != nil {
		return err
	}
	data := binary.LittleEndian.AppendUint32([]byte{tagError, 0, 0, 0, code, 0, 0, 0}, address)
	return in.Write(result, binary.LittleEndian.AppendUint32(data, uint32(len(text))))
}

// placeStrings gives a guest a list of strings, each in its own block, and
// returns its address.
func placeStrings(in *wasm.Instance, texts []string) (uint32, error) {
	list := make([]byte, 0, 8*len(texts))
	for _, text := range texts {
		address, err := in.Place(text)
		if err != nil {
			return 0, err
		}
		list = binary.LittleEndian.AppendUint32(list, address)
		list = binary.LittleEndian.AppendUint32(list, uint32(len(text)))
	}
	return placeBlock(in, list, 4)
}

// placeBlock copies data into an aligned block of its own.
func placeBlock(in *wasm.Instance, data []byte, align uint32) (uint32, error) {
	address, err := in.Alloc(uint32(len(data)), align)
	if err != nil || len(data) == 0 {
		return address, err
	}
	return address, in.Write(address, data)
}

// handles numbers what an instance has opened, from 0 upwards and without
// using a number again, as Spin does (crates/table).
type handles[T any] struct {
	next uint32
	open map[uint32]T
}

// maxHandles is how many databases, and how many stores, an instance may have
// open at a time.
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

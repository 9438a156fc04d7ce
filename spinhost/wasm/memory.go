package wasm

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// keptCapacity is what an instance's memory may have grown to if the instance
// is to serve another request.
const keptCapacity = 4 << 20

// linear is the memory of one instance. wazero asks its allocator for a new
// slice whenever the memory grows, and takes the length it is given: that is
// how a memory is cut back to the length it had.
type linear struct {
	buffer []byte
	cut    uint64 // the length to give next, whatever is asked for; 0 for none
}

// Reallocate implements experimental.LinearMemory. What it adds is zero.
func (l *linear) Reallocate(size uint64) []byte {
	if l.cut != 0 {
		size = l.cut
	}
	if old := uint64(len(l.buffer)); size > old {
		l.buffer = append(l.buffer, make([]byte, size-old)...)
	} else {
		l.buffer = l.buffer[:size]
	}
	return l.buffer
}

// Free implements experimental.LinearMemory.
func (l *linear) Free() { l.buffer = nil }

// Read returns a view of length bytes of the guest's memory, which holds until
// the guest runs again.
func (in *Instance) Read(address, length uint32) ([]byte, error) {
	view, ok := in.memory.Read(address, length)
	if !ok {
		return nil, fmt.Errorf("%d bytes at address %d are not all inside the memory of %d bytes", length, address, in.memory.Size())
	}
	return view, nil
}

// Bytes returns a copy of length bytes of the guest's memory.
func (in *Instance) Bytes(address, length uint32) ([]byte, error) {
	view, err := in.Read(address, length)
	return append([]byte(nil), view...), err
}

// String returns a string of the guest. One that is not UTF-8 is an error, as in
// Spin.
func (in *Instance) String(address, length uint32) (string, error) {
	view, err := in.Read(address, length)
	if err == nil && !utf8.Valid(view) {
		err = fmt.Errorf("the string of %d bytes at address %d is not valid UTF-8", length, address)
	}
	return string(view), err
}

// List returns a view of a list of count elements of size bytes each.
func (in *Instance) List(address, count, size uint32) ([]byte, error) {
	if total := uint64(count) * uint64(size); total > 1<<32-1 {
		return nil, fmt.Errorf("a list of %d elements is longer than any memory", count)
	}
	return in.Read(address, count*size)
}

// Write copies data to an address of the guest's memory.
func (in *Instance) Write(address uint32, data []byte) error {
	if !in.memory.Write(address, data) {
		return fmt.Errorf("%d bytes do not fit at address %d of the memory of %d bytes", len(data), address, in.memory.Size())
	}
	return nil
}

// Alloc has the guest allocate a block. A block of no bytes is not allocated:
// its address is its alignment, which is what the guest's own allocator says.
// The guest runs, so views of its memory end.
func (in *Instance) Alloc(size, align uint32) (uint32, error) {
	if size == 0 {
		return align, nil
	}
	in.stack = [4]uint64{0, 0, uint64(align), uint64(size)}
	if err := in.realloc.CallWithStack(in.ctx, in.stack[:]); err != nil {
		return 0, fmt.Errorf("canonical_abi_realloc of %d bytes: %w", size, in.trapped(err))
	}
	address := uint32(in.stack[0])
	if address%align != 0 {
		return 0, fmt.Errorf("canonical_abi_realloc gave address %d for an alignment of %d", address, align)
	}
	return address, nil
}

// Place copies a string into a block of its own and returns its address.
func (in *Instance) Place(text string) (uint32, error) {
	address, err := in.Alloc(uint32(len(text)), 1)
	if err == nil && !in.memory.WriteString(address, text) {
		err = fmt.Errorf("canonical_abi_realloc gave address %d for %d bytes, outside the memory", address, len(text))
	}
	return address, err
}

// PlaceBytes is Place for bytes.
func (in *Instance) PlaceBytes(data []byte) (uint32, error) {
	address, err := in.Alloc(uint32(len(data)), 1)
	if err != nil || len(data) == 0 {
		return address, err
	}
	return address, in.Write(address, data)
}

// U32 reads a little-endian number of a view.
func U32(view []byte, offset int) uint32 { return binary.LittleEndian.Uint32(view[offset:]) }

// PutU32 writes a little-endian number into a buffer.
func PutU32(buffer []byte, offset int, n uint32) { binary.LittleEndian.PutUint32(buffer[offset:], n) }

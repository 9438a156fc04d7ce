package wasm

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// Read returns a view of the memory. It is valid until the instance runs again.
func (in *Instance) Read(address, length uint32) ([]byte, error) {
	view, ok := in.memory.Read(address, length)
	if !ok {
		return nil, fmt.Errorf("%d bytes at address %d are not all inside the memory of %d bytes",
			length, address, in.memory.Size())
	}
	return view, nil
}

// Bytes returns a copy of a part of the memory.
func (in *Instance) Bytes(address, length uint32) ([]byte, error) {
	view, err := in.Read(address, length)
	return append([]byte(nil), view...), err
}

// String returns a string in the memory. As in Spin, it must be UTF-8.
func (in *Instance) String(address, length uint32) (string, error) {
	view, err := in.Read(address, length)
	if err == nil && !utf8.Valid(view) {
		err = fmt.Errorf("the string of %d bytes at address %d is not valid UTF-8", length, address)
	}
	return string(view), err
}

// List returns a view of a list of count elements of size bytes.
func (in *Instance) List(address, count, size uint32) ([]byte, error) {
	if total := uint64(count) * uint64(size); total > 1<<32-1 {
		return nil, fmt.Errorf("a list of %d elements is longer than any memory", count)
	}
	return in.Read(address, count*size)
}

// Write copies data to an address.
func (in *Instance) Write(address uint32, data []byte) error {
	if !in.memory.Write(address, data) {
		return fmt.Errorf("%d bytes do not fit at address %d of the memory of %d bytes",
			len(data), address, in.memory.Size())
	}
	return nil
}

// PutWords writes 32-bit numbers to an address, one after the other.
func (in *Instance) PutWords(address uint32, words ...uint32) error {
	view, err := in.Read(address, uint32(4*len(words)))
	if err != nil {
		return err
	}
	for i, word := range words {
		PutU32(view, 4*i, word)
	}
	return nil
}

// Alloc calls the instance's allocator, which ends the views of its memory. An empty block is
// not allocated; as in the guest's own allocator its address is its alignment.
func (in *Instance) Alloc(size, align uint32) (uint32, error) {
	if size == 0 {
		return align, nil
	}
	in.stack = [4]uint64{0, 0, uint64(align), uint64(size)}
	if err := in.realloc.CallWithStack(in.ctx, in.stack[:]); err != nil {
		return 0, fmt.Errorf("canonical_abi_realloc of %d bytes: %w", size, in.callError(err))
	}
	address := uint32(in.stack[0])
	if address%align != 0 {
		return 0, fmt.Errorf("canonical_abi_realloc gave address %d for an alignment of %d",
			address, align)
	}
	return address, nil
}

// NewString copies a string into a new block and returns its address.
func (in *Instance) NewString(text string) (uint32, error) {
	address, err := in.Alloc(uint32(len(text)), 1)
	if err == nil && !in.memory.WriteString(address, text) {
		err = fmt.Errorf("canonical_abi_realloc gave address %d for %d bytes, outside the memory",
			address, len(text))
	}
	return address, err
}

// NewBlock copies data into a new block and returns its address.
func (in *Instance) NewBlock(data []byte, align uint32) (uint32, error) {
	address, err := in.Alloc(uint32(len(data)), align)
	if err != nil || len(data) == 0 {
		return address, err
	}
	return address, in.Write(address, data)
}

// U32 reads a little-endian number from a view.
func U32(view []byte, offset int) uint32 { return binary.LittleEndian.Uint32(view[offset:]) }

// PutU32 writes a little-endian number into a buffer.
func PutU32(buffer []byte, offset int, n uint32) {
	binary.LittleEndian.PutUint32(buffer[offset:], n)
}

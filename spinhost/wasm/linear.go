package wasm

import (
	"fmt"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// keptMemory is the most memory, in bytes, that an instance may have used if it is to be kept for
// another request.
const keptMemory = 4 << 20

// madvNoHugePage is Linux's MADV_NOHUGEPAGE.
const madvNoHugePage = 15

// linear is the memory of one instance: address space for the most that it may have, of which
// the kernel backs the pages that were used. Bytes in use are reserved in the account of the
// instance.
//
// wazero asks Reallocate for a slice whenever the memory grows and uses the length it gets. So
// growing by one page is also how the host shrinks a memory, and how an instance enters the
// host at a yield point: neither has an own function in wazero.
type linear struct {
	in       *Instance
	space    []byte
	size     int // of the memory
	used     int // bytes of space that may not be zero
	shrinkTo int // what Reallocate returns next, whatever wazero asks for; -1 for none
}

func newLinear(in *Instance, limit int64) (*linear, error) {
	space, err := syscall.Mmap(-1, 0, int(limit), syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("reserve %d bytes of address space: %w", limit, err)
	}
	if runtime.GOOS == "linux" {
		_ = unix.Madvise(space, madvNoHugePage) // a small memory would take 2 MiB
	}
	return &linear{in: in, space: space, shrinkTo: -1}, nil
}

// Reallocate implements experimental.LinearMemory. Added memory is zero.
func (l *linear) Reallocate(size uint64) []byte {
	switch {
	case l.shrinkTo >= 0:
		l.size, l.shrinkTo = l.shrinkTo, -1
	case l.in.yielding != nil && l.in.yielding.Get() != 0:
		l.in.yield()
	case size > uint64(len(l.space)):
		return nil
	default:
		l.grow(int(size))
	}
	return l.space[:l.size]
}

// grow adds zeros. It panics if there is no memory for them, which traps the instance.
func (l *linear) grow(size int) {
	if more := int64(size) - l.in.account.Held(); more > 0 {
		if err := l.in.account.Reserve(l.in.ctx, more); err != nil {
			panic(err)
		}
		l.in.resume()
	}
	clear(l.space[l.size:max(l.size, min(size, l.used))])
	l.size = size
	l.used = max(l.used, size)
}

// Free implements experimental.LinearMemory.
func (l *linear) Free() {
	if l.space != nil {
		_ = syscall.Munmap(l.space)
		l.space, l.size, l.used = nil, 0, 0
		l.in.account.Shrink(0)
	}
}

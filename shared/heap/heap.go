//go:build tinygo

package heap

import "unsafe"

const pageSize = 1 << 16

//go:extern __heap_base
var start [0]byte // begins where the stack and the variables end

var next = uintptr(unsafe.Pointer(&start)) // the address of the next block

//export llvm.wasm.memory.size.i32
func memorySize(memory int32) (pages uint32)

//export llvm.wasm.memory.grow.i32
func growMemory(memory int32, pages uint32) (before int32)

// alloc returns a block of zeros: memory begins as zeros, and so does what it grows by. It doubles
// the memory when that is full, as TinyGo does.
//
//go:linkname alloc runtime.alloc
//go:noinline
func alloc(size uintptr, _ unsafe.Pointer) unsafe.Pointer {
	block := unsafe.Pointer(next)
	next += (size + 7) &^ 7
	for next > uintptr(memorySize(0))*pageSize {
		if growMemory(0, memorySize(0)) < 0 {
			panic("out of memory")
		}
	}
	return block
}

//go:build tinygo

package spin

import (
	"net/textproto"
	"unsafe"
)

// The linker replaces functions of the C library that cost more than they are worth.
//
// TinyGo's malloc enters every block in a map for a garbage collector that components do not have,
// and every header of a request or a reply is a block or two. Here a block is zeroed memory that is
// never freed. The size of the old block is not known, so realloc also copies what lies beyond it.
//
// arc4random keeps a generator in memory, so a copy of an instance could repeat the numbers of the
// original; here every random byte comes from the host. A failed assertion prints its message with
// printf, which nothing else needs.
//
//abacus:ldflags --wrap=malloc --wrap=calloc --wrap=realloc --wrap=free
//abacus:ldflags --wrap=arc4random_buf --wrap=__assert_fail

//export __wrap_malloc
func malloc(size uintptr) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(make([]byte, size)))
}

//export __wrap_calloc
func calloc(count, size uintptr) unsafe.Pointer { return malloc(count * size) }

//export __wrap_realloc
func realloc(old unsafe.Pointer, size uintptr) unsafe.Pointer {
	block := malloc(size)
	if old != nil {
		copy(unsafe.Slice((*byte)(block), size), unsafe.Slice((*byte)(old), size))
	}
	return block
}

//export __wrap_free
func free(unsafe.Pointer) {}

//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(buffer unsafe.Pointer, length uint32) (errno uint32)

//export __wrap_arc4random_buf
func randomBytes(buffer unsafe.Pointer, length uint32) {
	if randomGet(buffer, length) != 0 {
		panic("the host gives no random numbers")
	}
}

//export __wrap___assert_fail
func failAssertion(expression, file unsafe.Pointer, line int32, function unsafe.Pointer) {
	panic("an assertion of the C library failed")
}

// net/textproto builds its table of common headers at the first use. Using it once here makes the
// table part of the initialised memory that every request starts with.
var _ = textproto.CanonicalMIMEHeaderKey("host")

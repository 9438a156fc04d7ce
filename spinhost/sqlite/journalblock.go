package sqlite

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// In a transaction, SQLite keeps what a statement overwrites in a block of memory, to be able to
// undo that statement alone (a statement journal). Its allocator maps each block of this size and
// unmaps it again, which costs a statement of a group more than everything else. So a few are kept.
const journalBlock = 64<<10 + 8 // SQLITE_CONFIG_STMTJRNL_SPILL, and the address of the next block

// maxUnused is how many unused blocks are kept.
const maxUnused = 4

var (
	allocator lib.Tsqlite3_mem_methods // SQLite's own
	keeping   lib.Tsqlite3_mem_methods // the same, with allocate and release
	unused    struct {
		sync.Mutex
		blocks []uintptr
	}
)

// SQLite takes another allocator only before its first use.
func init() {
	tls := libc.NewTLS()
	defer tls.Close()
	lib.Xsqlite3_config(tls, lib.SQLITE_CONFIG_GETMALLOC,
		libc.NewVaList(uintptr(unsafe.Pointer(&allocator))))
	keeping = allocator
	keeping.FxMalloc, keeping.FxFree = address(allocate), address(release)
	lib.Xsqlite3_config(tls, lib.SQLITE_CONFIG_MALLOC,
		libc.NewVaList(uintptr(unsafe.Pointer(&keeping))))
}

// allocate implements xMalloc of sqlite3_mem_methods.
func allocate(tls *libc.TLS, size int32) uintptr {
	if size == journalBlock {
		unused.Lock()
		defer unused.Unlock()
		if last := len(unused.blocks) - 1; last >= 0 {
			block := unused.blocks[last]
			unused.blocks = unused.blocks[:last]
			return block
		}
	}
	return function[func(*libc.TLS, int32) uintptr](allocator.FxMalloc)(tls, size)
}

// release implements xFree.
func release(tls *libc.TLS, block uintptr) {
	if function[func(*libc.TLS, uintptr) int32](allocator.FxSize)(tls, block) == journalBlock {
		unused.Lock()
		defer unused.Unlock()
		if len(unused.blocks) < maxUnused {
			unused.blocks = append(unused.blocks, block)
			return
		}
	}
	function[func(*libc.TLS, uintptr)](allocator.FxFree)(tls, block)
}

// function returns the Go function that lib represents as a C function pointer.
func function[F any](address uintptr) F {
	return *(*F)(unsafe.Pointer(&struct{ uintptr }{address}))
}

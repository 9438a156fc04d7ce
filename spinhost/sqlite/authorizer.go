package sqlite

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Flags of a connection, read and set by its authorizer.
const (
	mayAttachFiles int32 = 1 << iota
	modified             // it differs from a new connection
	inserts              // the statement being prepared inserts rows
)

// harmless lists the PRAGMAs whose argument does not change the connection: "*" allows any
// argument, other entries the values a new connection has anyway. A PRAGMA without an argument
// only reads.
var harmless = map[string]string{
	"application_id":    "*", // stored in the file, as is user_version
	"busy_timeout":      "*", // reset sets it back
	"foreign_key_check": "*",
	"foreign_key_list":  "*",
	"foreign_keys":      "1 on yes true",
	"index_info":        "*",
	"index_list":        "*",
	"index_xinfo":       "*",
	"integrity_check":   "*",
	"journal_mode":      "wal", // stored in the file
	"quick_check":       "*",
	"secure_delete":     "1 on yes true",
	"synchronous":       "2 full",
	"table_info":        "*",
	"table_list":        "*",
	"table_xinfo":       "*",
	"user_version":      "*",
	"wal_checkpoint":    "*",
}

// setAuthorizer makes SQLite call authorize for each action of a statement it prepares.
func (c *connection) setAuthorizer(attachFiles bool) {
	c.flags = lib.Xsqlite3_malloc64(c.tls, uint64(unsafe.Sizeof(int32(0))))
	flags := int32(0)
	if attachFiles {
		flags = mayAttachFiles
	}
	libc.AtomicStoreNInt32(c.flags, flags, 0)
	lib.Xsqlite3_set_authorizer(c.tls, c.db, address(authorize), c.flags)
}

// flag reports whether the authorizer has set a flag.
func (c *connection) flag(which int32) bool {
	return libc.AtomicLoadNInt32(c.flags, 0)&which != 0
}

func (c *connection) clearFlag(which int32) {
	libc.AtomicStoreNInt32(c.flags, libc.AtomicLoadNInt32(c.flags, 0)&^which, 0)
}

// authorize denies ATTACH of files, flags a connection that is about to differ from a new one by
// a setting, an attached database or a temporary object, and flags insertions. Creating a table is
// one, into the schema.
// https://sqlite.org/c3ref/c_alter_table.html lists the arguments.
func authorize(_ *libc.TLS, flags uintptr, action int32, first, second, database, _ uintptr) int32 {
	old := libc.AtomicLoadNInt32(flags, 0)
	if action == lib.SQLITE_INSERT {
		old |= inserts
		libc.AtomicStoreNInt32(flags, old, 0)
	}
	switch {
	case action == lib.SQLITE_ATTACH:
		if old&mayAttachFiles == 0 && !attachesMemory(first) {
			return lib.SQLITE_DENY
		}
	case action == lib.SQLITE_PRAGMA && !isHarmless(first, second):
	case database != 0 && libc.GoString(database) == "temp":
	default:
		return lib.SQLITE_OK
	}
	libc.AtomicStoreNInt32(flags, old|modified, 0)
	return lib.SQLITE_OK
}

// attachesMemory reports whether ATTACH names a database in memory. The name is NULL if it is
// an expression.
func attachesMemory(name uintptr) bool {
	if name == 0 {
		return false
	}
	file := libc.GoString(name)
	return file == "" || file == ":memory:"
}

func isHarmless(pragma, argument uintptr) bool {
	if argument == 0 {
		return true
	}
	allowed := harmless[strings.ToLower(libc.GoString(pragma))]
	if allowed == "*" {
		return true
	}
	for _, word := range strings.Fields(allowed) {
		if strings.EqualFold(word, libc.GoString(argument)) {
			return true
		}
	}
	return false
}

// address returns a Go function as lib represents a C function pointer: the address of its
// code, which is what a func value points to.
func address[F any](f F) uintptr {
	return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f}))
}

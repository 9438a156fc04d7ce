package sqlite

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Marks of a connection, which its authorizer reads and sets.
const (
	mayAttachFiles int32 = 1 << iota
	setApart             // it has something that a new connection has not
)

// harmless are the PRAGMAs whose argument leaves no trace on the connection:
// "*" is any argument, else those that say what a new connection says anyway.
// A PRAGMA without an argument only reads.
var harmless = map[string]string{
	"application_id":    "*", // kept in the file, as is user_version
	"busy_timeout":      "5000",
	"foreign_key_check": "*",
	"foreign_key_list":  "*",
	"foreign_keys":      "1 on yes true",
	"index_info":        "*",
	"index_list":        "*",
	"index_xinfo":       "*",
	"integrity_check":   "*",
	"journal_mode":      "wal", // kept in the file
	"quick_check":       "*",
	"synchronous":       "2 full",
	"table_info":        "*",
	"table_list":        "*",
	"table_xinfo":       "*",
	"user_version":      "*",
	"wal_checkpoint":    "*",
}

// watch has SQLite ask authorize about whatever a statement is going to do.
func (c *connection) watch(attachFiles bool) {
	c.marks = lib.Xsqlite3_malloc64(c.tls, uint64(unsafe.Sizeof(int32(0))))
	marks := int32(0)
	if attachFiles {
		marks = mayAttachFiles
	}
	libc.AtomicStoreNInt32(c.marks, marks, 0)
	lib.Xsqlite3_set_authorizer(c.tls, c.db, address(authorize), c.marks)
}

// marked tells whether a statement has set the connection apart.
func (c *connection) marked() bool {
	return libc.AtomicLoadNInt32(c.marks, 0)&setApart != 0
}

// authorize refuses to attach files and marks a connection that is going to
// differ from a new one: by a setting, an attached database, a temporary
// object. https://sqlite.org/c3ref/c_alter_table.html lists the arguments.
func authorize(_ *libc.TLS, marks uintptr, action int32, first, second, database, _ uintptr) int32 {
	seen := libc.AtomicLoadNInt32(marks, 0)
	switch {
	case action == lib.SQLITE_ATTACH:
		if seen&mayAttachFiles == 0 && !attachesMemory(first) {
			return lib.SQLITE_DENY
		}
	case action == lib.SQLITE_PRAGMA && !leavesNoTrace(first, second):
	case database != 0 && libc.GoString(database) == "temp":
	default:
		return lib.SQLITE_OK
	}
	libc.AtomicStoreNInt32(marks, seen|setApart, 0)
	return lib.SQLITE_OK
}

// attachesMemory tells whether ATTACH names a database that is no file. The
// name is NULL where it is an expression.
func attachesMemory(name uintptr) bool {
	if name == 0 {
		return false
	}
	file := libc.GoString(name)
	return file == "" || file == ":memory:"
}

func leavesNoTrace(pragma, argument uintptr) bool {
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

// address gives a Go function as C knows it in lib: the pointer to its code,
// which is what a function value points to.
func address[F any](f F) uintptr {
	return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f}))
}

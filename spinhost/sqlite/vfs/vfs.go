// Package vfs puts hooks between SQLite and its files, so that tests can lose or delay what SQLite
// writes.
//
// It copies SQLite's own VFS and replaces a few of its functions, and of the methods of its files.
// https://sqlite.org/vfs.html describes both.
package vfs

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Hooks are called for the operations of SQLite on its files, by several goroutines at once. A nil
// hook leaves an operation as it is.
type Hooks struct {
	Write    func(path string, data []byte, offset int64) // before it is written
	Truncate func(path string, size int64)                // before it is truncated
	Sync     func(path string, run func())                // in place of the sync, which it calls
	Delete   func(path string)                            // before it is deleted
}

var (
	hooks    Hooks
	original uintptr  // sqlite3_vfs*, the default of SQLite
	files    sync.Map // sqlite3_file* to openFile
)

type openFile struct {
	path    string
	methods uintptr // sqlite3_io_methods*, the original ones
}

// Install makes every database file that is opened from now on call the hooks. It can be done once
// in the life of a process; the hooks stay.
func Install(h Hooks) {
	tls := libc.NewTLS()
	hooks, original = h, lib.Xsqlite3_vfs_find(tls, 0)
	wrapped := duplicate(tls, original, unsafe.Sizeof(lib.Tsqlite3_vfs{}))
	name, err := libc.CString("hooks")
	if err != nil {
		panic(err)
	}
	set(wrapped+unsafe.Offsetof(lib.Tsqlite3_vfs{}.FzName), name)
	set(wrapped+openField, address(&openHook))
	set(wrapped+deleteField, address(&deleteHook))
	lib.Xsqlite3_vfs_register(tls, wrapped, 1)
}

// The functions that are replaced, and where they are.
type (
	openFunction     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	deleteFunction   = func(tls *libc.TLS, vfs, name uintptr, syncFolder int32) int32
	closeFunction    = func(tls *libc.TLS, file uintptr) int32
	writeFunction    = func(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32
	truncateFunction = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunction     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

const (
	openField     = unsafe.Offsetof(lib.Tsqlite3_vfs{}.FxOpen)
	deleteField   = unsafe.Offsetof(lib.Tsqlite3_vfs{}.FxDelete)
	closeField    = unsafe.Offsetof(lib.Tsqlite3_io_methods{}.FxClose)
	writeField    = unsafe.Offsetof(lib.Tsqlite3_io_methods{}.FxWrite)
	truncateField = unsafe.Offsetof(lib.Tsqlite3_io_methods{}.FxTruncate)
	syncField     = unsafe.Offsetof(lib.Tsqlite3_io_methods{}.FxSync)
)

var openHook openFunction = func(tls *libc.TLS, vfs, name, file uintptr, flags int32,
	out uintptr) int32 {
	code := function[openFunction](original+openField)(tls, vfs, name, file, flags, out)
	const kinds = lib.SQLITE_OPEN_MAIN_DB | lib.SQLITE_OPEN_WAL | lib.SQLITE_OPEN_MAIN_JOURNAL
	if code != lib.SQLITE_OK || flags&kinds == 0 {
		return code
	}
	methods := get(file)
	files.Store(file, openFile{libc.GoString(name), methods})
	replaced := duplicate(tls, methods, unsafe.Sizeof(lib.Tsqlite3_io_methods{}))
	set(replaced+closeField, address(&closeHook))
	set(replaced+writeField, address(&writeHook))
	set(replaced+truncateField, address(&truncateHook))
	set(replaced+syncField, address(&syncHook))
	set(file, replaced)
	return code
}

var deleteHook deleteFunction = func(tls *libc.TLS, vfs, name uintptr, syncFolder int32) int32 {
	if hooks.Delete != nil {
		hooks.Delete(libc.GoString(name))
	}
	return function[deleteFunction](original+deleteField)(tls, vfs, name, syncFolder)
}

var closeHook closeFunction = func(tls *libc.TLS, file uintptr) int32 {
	f := opened(file)
	files.Delete(file)
	lib.Xsqlite3_free(tls, get(file))
	set(file, f.methods)
	return function[closeFunction](f.methods+closeField)(tls, file)
}

var writeHook writeFunction = func(tls *libc.TLS, file, data uintptr, size int32,
	offset int64) int32 {
	f := opened(file)
	if hooks.Write != nil {
		hooks.Write(f.path, libc.GoBytes(data, int(size)), offset)
	}
	return function[writeFunction](f.methods+writeField)(tls, file, data, size, offset)
}

var truncateHook truncateFunction = func(tls *libc.TLS, file uintptr, size int64) int32 {
	f := opened(file)
	if hooks.Truncate != nil {
		hooks.Truncate(f.path, size)
	}
	return function[truncateFunction](f.methods+truncateField)(tls, file, size)
}

var syncHook syncFunction = func(tls *libc.TLS, file uintptr, flags int32) (code int32) {
	f := opened(file)
	run := func() { code = function[syncFunction](f.methods+syncField)(tls, file, flags) }
	if hooks.Sync == nil {
		run()
		return code
	}
	hooks.Sync(f.path, run)
	return code
}

func opened(file uintptr) openFile {
	f, _ := files.Load(file)
	return f.(openFile)
}

// duplicate copies a C structure.
func duplicate(tls *libc.TLS, from, size uintptr) uintptr {
	to := lib.Xsqlite3_malloc64(tls, uint64(size))
	if to == 0 {
		panic("out of memory")
	}
	copy(libc.GoBytes(to, int(size)), libc.GoBytes(from, int(size)))
	return to
}

func get(field uintptr) uintptr        { return libc.AtomicLoadNUintptr(field, 0) }
func set(field uintptr, value uintptr) { libc.AtomicStoreNUintptr(field, value, 0) }

// address returns a Go function as lib has it in a field: the pointer that a func value is.
func address[F any](f *F) uintptr { return *(*uintptr)(unsafe.Pointer(f)) }

// function returns what a field has as a Go function.
func function[F any](field uintptr) F {
	value := get(field)
	return *(*F)(unsafe.Pointer(&value))
}

//go:build tinygo

// Package random reads random bytes from the secure source of the system.
package random

import (
	"errors"
	"unsafe"
)

// Read fills b with random bytes of WASI: crypto/rand takes wasi-libc's, and 16 KB with them.
func Read(b []byte) error {
	if randomGet(unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b))) != 0 {
		return errors.New("there is no source of random bytes")
	}
	return nil
}

//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(bytes unsafe.Pointer, length uint32) uint32

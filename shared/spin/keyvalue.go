//go:build tinygo

package spin

import (
	"errors"
	"unsafe"
)

// The SDK's package kv links fmt and reflect, 65 KB, for the texts of its errors.

//go:wasmimport key-value open
func hostOpen(label unsafe.Pointer, labelLength uint32, result unsafe.Pointer)

//go:wasmimport key-value get
func hostGet(store uint32, key unsafe.Pointer, keyLength uint32, result unsafe.Pointer)

//go:wasmimport key-value set
func hostSet(store uint32, key unsafe.Pointer, keyLength uint32,
	value unsafe.Pointer, valueLength uint32, result unsafe.Pointer)

//go:wasmimport key-value delete
func hostDelete(store uint32, key unsafe.Pointer, keyLength uint32, result unsafe.Pointer)

//go:wasmimport key-value close
func hostClose(store uint32)

// outcome is what the host answers: an error, or the handle or the value that was asked for.
type outcome struct {
	failed  bool
	payload [3]uint32
}

// failures are the errors of the host by their numbers, before the one that has a detail.
var failures = [...]string{
	"too many stores are open", "there is no such store", "the component may not use the store",
	"the store is not open", "there is no such key",
}

const noSuchKey = 4

func (o *outcome) err() error {
	number := o.payload[0]
	switch {
	case !o.failed:
		return nil
	case number < uint32(len(failures)):
		return errors.New(failures[number])
	}
	return errors.New(memory(o.payload[1], o.payload[2]).String())
}

// Store is the key-value store with this label, which the manifest must list in the component's
// key_value_stores. Each operation opens it, since most requests need none.
type Store string

func (s Store) open() (handle uint32, err error) {
	label := textOf(string(s))
	var result outcome
	hostOpen(label.pointer(), label.length, unsafe.Pointer(&result))
	return result.payload[0], result.err()
}

// Get returns the value of a key and reports whether there is one.
func (s Store) Get(key string) (value []byte, found bool, err error) {
	store, err := s.open()
	if err != nil {
		return nil, false, err
	}
	defer hostClose(store)
	name := textOf(key)
	var result outcome
	hostGet(store, name.pointer(), name.length, unsafe.Pointer(&result))
	switch {
	case !result.failed:
		return []byte(memory(result.payload[0], result.payload[1]).String()), true, nil
	case result.payload[0] == noSuchKey:
		return nil, false, nil
	}
	return nil, false, result.err()
}

// Set stores a value under a key.
func (s Store) Set(key string, value []byte) error {
	store, err := s.open()
	if err != nil {
		return err
	}
	defer hostClose(store)
	name := textOf(key)
	var result outcome
	hostSet(store, name.pointer(), name.length,
		unsafe.Pointer(unsafe.SliceData(value)), uint32(len(value)), unsafe.Pointer(&result))
	return result.err()
}

// Delete removes a key. It does nothing if there is none.
func (s Store) Delete(key string) error {
	store, err := s.open()
	if err != nil {
		return err
	}
	defer hostClose(store)
	name := textOf(key)
	var result outcome
	hostDelete(store, name.pointer(), name.length, unsafe.Pointer(&result))
	return result.err()
}

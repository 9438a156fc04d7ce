//go:build tinygo

package main

import "github.com/fermyon/spin/sdk/go/v2/kv"

// snapshots is the component's key-value store. Each operation opens it, since most requests do not
// need it.
type snapshots struct{}

func (snapshots) Get(key string) (value []byte, found bool, err error) {
	store, err := kv.OpenStore("default")
	if err != nil {
		return nil, false, err
	}
	defer store.Close()
	// The SDK reports a missing key like any other error.
	if found, err = store.Exists(key); err != nil || !found {
		return nil, false, err
	}
	value, err = store.Get(key)
	return value, err == nil, err
}

func (snapshots) Set(key string, value []byte) error {
	store, err := kv.OpenStore("default")
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Set(key, value)
}

func (snapshots) Delete(key string) error {
	store, err := kv.OpenStore("default")
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Delete(key)
}

package spinhost

import (
	"context"
	"fmt"
	"slices"

	"abacus/spinhost/wasm"
)

// store is a key-value store: a file or Redis (package keyvalue).
type store interface {
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	Set(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
	Exists(ctx context.Context, key string) (bool, error)
	Keys(ctx context.Context) ([]string, error)
	Close() error
}

// keyValue is the interface of key-value stores (spin@unversioned/key-value.wit).
var keyValue = family{"key-value", []function{
	{"open", 3, (*call).openStore},
	{"get", 4, (*call).getKey},
	{"set", 6, (*call).setKey},
	{"delete", 4, (*call).deleteKey},
	{"exists", 4, (*call).keyExists},
	{"get-keys", 2, (*call).getKeys},
	{"close", 1, (*call).closeStore},
}}

// The errors of the interface that can happen. Of these only the last has a
// text.
const (
	storeTableFull = 0
	accessDenied   = 2
	noSuchKey      = 4
	storeIO        = 5
)

func (c *call) openStore(in *wasm.Instance, p []uint32) error {
	label, err := in.String(p[0], p[1])
	if err != nil {
		return err
	}
	result := p[2]
	if !slices.Contains(c.component.manifest.KeyValueStores, label) {
		return writeError(in, result, accessDenied)
	}
	handle, ok := c.stores.add(c.app.stores[label])
	if !ok {
		return writeError(in, result, storeTableFull)
	}
	return writeNumber(in, result, handle)
}

// storeAndKey reads the first arguments of what concerns one key. A handle that
// is not open traps the guest, as in Spin.
func (c *call) storeAndKey(in *wasm.Instance, p []uint32) (store, string, error) {
	store, err := c.openedStore(p)
	if err != nil {
		return nil, "", err
	}
	key, err := in.String(p[1], p[2])
	return store, key, err
}

func (c *call) openedStore(p []uint32) (store, error) {
	store := c.stores.open[p[0]]
	if store == nil {
		return nil, fmt.Errorf("invalid store %d", p[0])
	}
	return store, nil
}

func (c *call) getKey(in *wasm.Instance, p []uint32) error {
	store, key, err := c.storeAndKey(in, p)
	if err != nil {
		return err
	}
	result := p[3]
	value, found, err := store.Get(c.ctx, key)
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	if !found {
		return writeError(in, result, noSuchKey)
	}
	address, err := in.PlaceBytes(value)
	if err != nil {
		return err
	}
	return writeList(in, result, address, len(value))
}

func (c *call) setKey(in *wasm.Instance, p []uint32) error {
	store, key, err := c.storeAndKey(in, p)
	if err != nil {
		return err
	}
	value, err := in.Bytes(p[3], p[4])
	if err != nil {
		return err
	}
	return writeDone(in, p[5], store.Set(c.ctx, key, value))
}

func (c *call) deleteKey(in *wasm.Instance, p []uint32) error {
	store, key, err := c.storeAndKey(in, p)
	if err != nil {
		return err
	}
	return writeDone(in, p[3], store.Delete(c.ctx, key))
}

func (c *call) keyExists(in *wasm.Instance, p []uint32) error {
	store, key, err := c.storeAndKey(in, p)
	if err != nil {
		return err
	}
	result := p[3]
	exists, err := store.Exists(c.ctx, key)
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	flag := byte(0)
	if exists {
		flag = 1
	}
	return in.Write(result, []byte{tagOK, 0, 0, 0, flag})
}

func (c *call) getKeys(in *wasm.Instance, p []uint32) error {
	store, err := c.openedStore(p)
	if err != nil {
		return err
	}
	result := p[1]
	keys, err := store.Keys(c.ctx)
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	list, err := placeStrings(in, keys)
	if err != nil {
		return err
	}
	return writeList(in, result, list, len(keys))
}

func (c *call) closeStore(_ *wasm.Instance, p []uint32) error {
	delete(c.stores.open, p[0])
	return nil
}

// writeDone writes the result of what gives nothing back.
func writeDone(in *wasm.Instance, result uint32, err error) error {
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	return in.Write(result, []byte{tagOK})
}

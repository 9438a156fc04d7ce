package spinhost

import (
	"context"
	"fmt"
	"slices"

	"abacus/spinhost/wasm"
)

// store is a key-value store, in SQLite or Redis (package keyvalue).
type store interface {
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	Set(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
	Exists(ctx context.Context, key string) (bool, error)
	Keys(ctx context.Context) ([]string, error)
	Close() error
}

// keyValueModule is the interface of key-value stores (spin@unversioned/key-value.wit).
var keyValueModule = hostModule{"key-value", []hostFunction{
	{"open", 3, (*execution).openStore},
	{"get", 4, (*execution).getKey},
	{"set", 6, (*execution).setKey},
	{"delete", 4, (*execution).deleteKey},
	{"exists", 4, (*execution).keyExists},
	{"get-keys", 2, (*execution).getKeys},
	{"close", 1, (*execution).closeStore},
}}

// The errors of the interface that can occur. Only the last has a text.
const (
	storeTableFull = 0
	accessDenied   = 2
	noSuchKey      = 4
	storeIO        = 5
)

func (e *execution) openStore(in *wasm.Instance, p []uint32) error {
	label, err := in.String(p[0], p[1])
	if err != nil {
		return err
	}
	result := p[2]
	if !slices.Contains(e.component.manifest.KeyValueStores, label) {
		return writeError(in, result, accessDenied)
	}
	span := e.component.operations.openStore[label].Start(e.ctx)
	defer span.End(nil)
	handle, ok := e.stores.add(e.app.stores[label])
	if !ok {
		return writeError(in, result, storeTableFull)
	}
	return writeNumber(in, result, handle)
}

// storeAndKey reads the first arguments of a function on a key.
func (e *execution) storeAndKey(in *wasm.Instance, p []uint32) (store, string, error) {
	kv, err := e.storeOf(p)
	if err != nil {
		return nil, "", err
	}
	key, err := in.String(p[1], p[2])
	return kv, key, err
}

// storeOf returns the store of a handle for an operation, which may wait. A handle that is not open
// traps the instance, as in Spin.
func (e *execution) storeOf(p []uint32) (store, error) {
	kv := e.stores.open[p[0]]
	if kv == nil {
		return nil, fmt.Errorf("invalid store %d", p[0])
	}
	e.request.turn.Pause()
	return kv, nil
}

func (e *execution) getKey(in *wasm.Instance, p []uint32) error {
	kv, key, err := e.storeAndKey(in, p)
	if err != nil {
		return err
	}
	result := p[3]
	span := e.component.operations.getKey.Start(e.ctx)
	value, found, err := kv.Get(e.ctx, key)
	span.End(err)
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	if !found {
		return writeError(in, result, noSuchKey)
	}
	address, err := in.NewBlock(value, 1)
	if err != nil {
		return err
	}
	return writeList(in, result, address, len(value))
}

func (e *execution) setKey(in *wasm.Instance, p []uint32) error {
	kv, key, err := e.storeAndKey(in, p)
	if err != nil {
		return err
	}
	value, err := in.Bytes(p[3], p[4])
	if err != nil {
		return err
	}
	span := e.component.operations.setKey.Start(e.ctx)
	err = kv.Set(e.ctx, key, value)
	span.End(err)
	return writeDone(in, p[5], err)
}

func (e *execution) deleteKey(in *wasm.Instance, p []uint32) error {
	kv, key, err := e.storeAndKey(in, p)
	if err != nil {
		return err
	}
	span := e.component.operations.deleteKey.Start(e.ctx)
	err = kv.Delete(e.ctx, key)
	span.End(err)
	return writeDone(in, p[3], err)
}

func (e *execution) keyExists(in *wasm.Instance, p []uint32) error {
	kv, key, err := e.storeAndKey(in, p)
	if err != nil {
		return err
	}
	result := p[3]
	span := e.component.operations.keyExists.Start(e.ctx)
	exists, err := kv.Exists(e.ctx, key)
	span.End(err)
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	flag := uint32(0)
	if exists {
		flag = 1
	}
	return writeNumber(in, result, flag)
}

func (e *execution) getKeys(in *wasm.Instance, p []uint32) error {
	kv, err := e.storeOf(p)
	if err != nil {
		return err
	}
	result := p[1]
	span := e.component.operations.getKeys.Start(e.ctx)
	keys, err := kv.Keys(e.ctx)
	span.End(err)
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	list, err := newStrings(in, keys)
	if err != nil {
		return err
	}
	return writeList(in, result, list, len(keys))
}

func (e *execution) closeStore(_ *wasm.Instance, p []uint32) error {
	delete(e.stores.open, p[0])
	return nil
}

// writeDone writes a result without a payload.
func writeDone(in *wasm.Instance, result uint32, err error) error {
	if err != nil {
		return writeErrorText(in, result, storeIO, err.Error())
	}
	return in.Write(result, []byte{tagOK})
}

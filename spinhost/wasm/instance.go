package wasm

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// Instance is one guest at work, for one request at a time and from one
// goroutine at a time.
type Instance struct {
	guest   *Guest
	module  api.Module
	memory  api.Memory
	linear  *linear
	globals []api.MutableGlobal
	stop    api.MutableGlobal
	realloc api.Function
	handle  api.Function
	stack   [4]uint64 // of a call of realloc

	ctx    context.Context
	unbind func() bool // from the end of ctx; false if that has come
	opened int         // files that it has open
	spent  bool        // it cannot be brought back to its first state
	random bool        // it asked for random numbers
}

// instanceKey finds the instance in the context of its calls.
type instanceKey struct{}

// bind gives the instance to the request of ctx, with whose end it is stopped.
func (in *Instance) bind(ctx context.Context) {
	in.ctx = context.WithValue(ctx, instanceKey{}, in)
	in.unbind = context.AfterFunc(ctx, func() { in.stop.Set(1) })
}

// Handle calls handle-http-request and returns the address of the response. An
// error is a trap, an exit or ErrTimeout.
func (in *Instance) Handle(params ...uint64) (uint32, error) {
	results, err := in.handle.Call(in.ctx, params...)
	if err != nil {
		return 0, in.trapped(err)
	}
	return uint32(results[0]), nil
}

// trapped tells why a call of the guest has failed: its time was over, it has
// ended itself, or it has trapped, in wazero's words and with the top of the
// stack, which tells where if the guest has names at all.
func (in *Instance) trapped(err error) error {
	in.spent = true
	var exit *sys.ExitError
	switch {
	case in.ctx.Err() != nil:
		return ErrTimeout
	case errors.As(err, &exit):
		return fmt.Errorf("it called proc_exit(%d)", exit.ExitCode())
	}
	const shown = 8
	text := strings.ReplaceAll(err.Error(), " (recovered by wazero)", "")
	lines := strings.SplitN(text, "\n", shown+1)
	if len(lines) > shown {
		lines[shown] = "\t..."
	}
	return errors.New(strings.Join(lines, "\n"))
}

// Release ends the request: the instance waits for another one in its first
// state, or is closed.
func (in *Instance) Release() {
	g := in.guest
	if !in.unbind() {
		in.spent = true // stop is set, or is about to be
	}
	in.ctx = nil
	if g.restorable && in.unchanged() && cap(in.linear.buffer) <= keptCapacity && in.restore() {
		g.mu.Lock()
		kept := len(g.idle) < keptInstances
		if kept {
			g.idle = append(g.idle, in)
		}
		g.mu.Unlock()
		if kept {
			return
		}
	}
	in.close()
}

func (in *Instance) close() {
	in.unbind()
	_ = in.module.Close(context.Background())
}

// unchanged reports whether nothing but memory and globals is other than it was.
func (in *Instance) unchanged() bool { return !in.spent && in.opened == 0 }

// restore puts memory and globals back to what they were after _initialize.
func (in *Instance) restore() bool {
	g := in.guest
	if have, want := len(in.linear.buffer), len(g.memory); have < want {
		if _, ok := in.memory.Grow(uint32((want - have) / pageSize)); !ok {
			return false
		}
	} else if have > want {
		in.linear.cut = uint64(want)
		_, ok := in.memory.Grow(1)
		in.linear.cut = 0
		if !ok {
			return false
		}
	}
	copy(in.linear.buffer, g.memory) // to copy only the pages that differ is no faster
	for i, global := range in.globals {
		global.Set(g.values[i])
	}
	return true
}

// entropy is the source of an instance's random numbers. It notes their use:
// what _initialize drew must not be the same for every request.
type entropy struct{ in *Instance }

func (e entropy) Read(p []byte) (int, error) {
	e.in.random = true
	return rand.Read(p)
}

// sleep is the guest's: it ends, and with it the guest, when the request's time
// is over.
func (in *Instance) sleep(nanoseconds int64) {
	timer := time.NewTimer(time.Duration(nanoseconds))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-in.ctx.Done():
		panic(ErrTimeout)
	}
}

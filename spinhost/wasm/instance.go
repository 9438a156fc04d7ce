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

// Instance is an instance of a module. It serves one request at a time, in one goroutine.
type Instance struct {
	owner   *Module
	module  api.Module
	memory  api.Memory
	linear  *linear
	globals []api.MutableGlobal
	stop    api.MutableGlobal
	realloc api.Function
	handle  api.Function
	stack   [4]uint64 // of a call of realloc

	ctx       context.Context
	unbind    func() bool // stops watching ctx; false if ctx has ended
	openFiles int
	spent     bool // cannot be restored
	random    bool // has drawn random numbers
}

// instanceKey is the context key of the instance that a call belongs to.
type instanceKey struct{}

// bind gives the instance to the request of ctx and stops it when ctx ends.
func (in *Instance) bind(ctx context.Context) {
	in.ctx = context.WithValue(ctx, instanceKey{}, in)
	in.unbind = context.AfterFunc(ctx, func() { in.stop.Set(1) })
}

// Handle calls handle-http-request and returns the address of the response. The error is a
// trap, an exit or ErrTimeout.
func (in *Instance) Handle(params ...uint64) (uint32, error) {
	results, err := in.handle.Call(in.ctx, params...)
	if err != nil {
		return 0, in.callError(err)
	}
	return uint32(results[0]), nil
}

// callError translates the error of a call of an export: ErrTimeout, an exit, or a trap in
// wazero's words with the top of the stack.
func (in *Instance) callError(err error) error {
	in.spent = true
	var exit *sys.ExitError
	switch {
	case in.ctx.Err() != nil:
		return ErrTimeout
	case errors.As(err, &exit):
		return fmt.Errorf("it called proc_exit(%d)", exit.ExitCode())
	}
	const maxLines = 8
	text := strings.ReplaceAll(err.Error(), " (recovered by wazero)", "")
	lines := strings.SplitN(text, "\n", maxLines+1)
	if len(lines) > maxLines {
		lines[maxLines] = "\t..."
	}
	return errors.New(strings.Join(lines, "\n"))
}

// Release ends the request. The instance is restored and kept for another one, or closed.
func (in *Instance) Release() {
	m := in.owner
	if !in.unbind() {
		in.spent = true // stop is set, or about to be
	}
	in.ctx = nil
	if m.restorable && in.clean() && cap(in.linear.buffer) <= maxIdleMemory && in.restore() {
		m.mu.Lock()
		keep := len(m.idle) < maxIdle
		if keep {
			m.idle = append(m.idle, in)
		}
		m.mu.Unlock()
		if keep {
			return
		}
	}
	in.close()
}

func (in *Instance) close() {
	in.unbind()
	_ = in.module.Close(context.Background())
}

// clean reports whether nothing but memory and globals has changed.
func (in *Instance) clean() bool { return !in.spent && in.openFiles == 0 }

// restore resets memory and globals to the state after _initialize.
func (in *Instance) restore() bool {
	m := in.owner
	if size, want := len(in.linear.buffer), len(m.memory); size < want {
		if _, ok := in.memory.Grow(uint32((want - size) / pageSize)); !ok {
			return false
		}
	} else if size > want {
		in.linear.shrinkTo = uint64(want)
		_, ok := in.memory.Grow(1)
		in.linear.shrinkTo = 0
		if !ok {
			return false
		}
	}
	copy(in.linear.buffer, m.memory) // comparing page by page first is no faster
	for i, global := range in.globals {
		global.Set(m.globals[i])
	}
	return true
}

// entropy is an instance's source of random numbers. It records their use: what _initialize
// draws must differ from request to request.
type entropy struct{ in *Instance }

func (e entropy) Read(p []byte) (int, error) {
	e.in.random = true
	return rand.Read(p)
}

// sleep implements the instance's sleep, which ends with its request.
func (in *Instance) sleep(nanoseconds int64) {
	timer := time.NewTimer(time.Duration(nanoseconds))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-in.ctx.Done():
		panic(ErrTimeout)
	}
}

package wasm

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"abacus/spinhost/limit"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// Instance is an instance of a module. It serves one request at a time, in one goroutine.
type Instance struct {
	owner    *Module
	module   api.Module
	memory   api.Memory
	linear   *linear
	account  *limit.Account // of linear
	globals  []api.MutableGlobal
	yielding api.MutableGlobal // not 0 at a yield point
	realloc  api.Function
	handle   api.Function
	stack    [4]uint64 // of a call of realloc

	// Of the current request:
	ctx      context.Context
	turn     *limit.Turn
	printed  int           // bytes of output
	computed time.Duration // by the guest, if Config.Measure is set

	openFiles int
	spent     bool // cannot be restored
	random    bool // has drawn random numbers
}

// instanceKey is the context key of the instance that a call belongs to.
type instanceKey struct{}

// bind gives the instance to the request of ctx.
func (in *Instance) bind(ctx context.Context, turn *limit.Turn) {
	in.ctx = context.WithValue(ctx, instanceKey{}, in)
	in.turn = turn
	in.account.Waiting = turn.Pause
	in.printed = 0
	in.computed = 0
}

// yield is a yield point. It panics, which traps the instance, if its time is over.
func (in *Instance) yield() {
	if in.ctx.Err() != nil {
		panic(in.stopped())
	}
	if err := in.turn.Yield(in.ctx); err != nil {
		panic(err)
	}
}

// enterHost is called when the instance calls a function of the host.
func (in *Instance) enterHost() {
	if in.ctx.Err() != nil {
		panic(in.stopped())
	}
}

// resume waits until the instance may go on after a wait.
func (in *Instance) resume() {
	if err := in.turn.Resume(in.ctx); err != nil {
		panic(err)
	}
}

// stopped returns why the instance was stopped.
func (in *Instance) stopped() error {
	if errors.Is(in.ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return ErrCanceled
}

// Handle calls handle-http-request and returns the address of the response. The error is a trap,
// an exit, ErrTimeout, ErrCanceled or limit.ErrBusy.
func (in *Instance) Handle(params ...uint64) (uint32, error) {
	var start time.Time
	if in.owner.config.Measure {
		start = time.Now()
	}
	results, err := in.handle.Call(in.ctx, params...)
	if in.owner.config.Measure {
		in.computed += time.Since(start)
	}
	if err != nil {
		return 0, in.callError(err)
	}
	return uint32(results[0]), nil
}

// Computed returns how long the guest has computed for its request, without the functions of the
// host. It is 0 unless Config.Measure is set.
func (in *Instance) Computed() time.Duration { return in.computed }

// MemorySize returns the size of the instance's memory in bytes.
func (in *Instance) MemorySize() int64 { return int64(in.linear.size) }

// callError translates the error of a call of an export: a limit, an exit, or a trap in wazero's
// words with the top of the stack.
func (in *Instance) callError(err error) error {
	in.spent = true
	var exit *sys.ExitError
	switch {
	case errors.Is(err, limit.ErrBusy):
		return limit.ErrBusy
	case in.ctx.Err() != nil:
		return in.stopped()
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
	in.ctx, in.turn = nil, nil
	if m.restorable && in.clean() && in.linear.used <= keptMemory && in.restore() {
		m.mu.Lock()
		keep := len(m.idle) < maxIdle
		if keep {
			m.idle = append(m.idle, in)
		}
		m.mu.Unlock()
		if keep {
			m.restored.Add(1)
			return
		}
	}
	in.close()
}

func (in *Instance) close() {
	in.owner.dropped.Add(1)
	_ = in.module.Close(context.Background())
}

// clean reports whether nothing but memory and globals has changed.
func (in *Instance) clean() bool { return !in.spent && in.openFiles == 0 }

// restore resets memory and globals to the state after _initialize.
func (in *Instance) restore() bool {
	m := in.owner
	if size, want := in.linear.size, len(m.memory); size < want {
		if _, ok := in.memory.Grow(uint32((want - size) / pageSize)); !ok {
			return false
		}
	} else if size > want {
		in.linear.shrinkTo = want
		if _, ok := in.memory.Grow(1); !ok {
			return false
		}
	}
	copy(in.linear.space, m.memory) // comparing page by page first is no faster
	for i, global := range in.globals {
		global.Set(m.globals[i])
	}
	return true
}

// output is a standard stream of an instance. It drops what a request prints beyond maxOutput.
type output struct {
	in   *Instance
	take Output
}

// maxOutput is what an instance may print for one request, in bytes.
const maxOutput = 64 << 10

func (o output) Write(p []byte) (int, error) {
	in := o.in
	if in.printed > maxOutput {
		return len(p), nil
	}
	in.printed += len(p)
	if in.printed > maxOutput {
		rest := p[:len(p)-(in.printed-maxOutput)]
		text := fmt.Sprintf("%s\n(more than %d bytes for one request; the rest is dropped)\n",
			rest, maxOutput)
		o.take(in.ctx, []byte(text))
		return len(p), nil
	}
	o.take(in.ctx, p)
	return len(p), nil
}

// entropy is an instance's source of random numbers. It records their use: what _initialize
// draws must differ from request to request.
type entropy struct{ in *Instance }

// Read reads a part of what is asked for: wazero calls it again, and it yields in between.
func (e entropy) Read(p []byte) (int, error) {
	e.in.random = true
	e.in.yield()
	return rand.Read(p[:min(len(p), pageSize)])
}

// sleep implements the instance's sleep, which ends with its request.
func (in *Instance) sleep(nanoseconds int64) {
	in.turn.Pause()
	timer := time.NewTimer(time.Duration(nanoseconds))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-in.ctx.Done():
		panic(in.stopped())
	}
	in.resume()
}

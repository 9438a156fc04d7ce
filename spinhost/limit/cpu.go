package limit

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// An execution calls Yield about every 4096 loop iterations, some 10 to 50 µs apart.
const (
	freeYields  = 128       // before it needs a slot: some milliseconds
	shortYields = 4096      // of a short execution: some 100 milliseconds
	longYields  = 64 * 1024 // before a long execution requeues: some seconds
)

// CPU schedules executions of code that Go cannot preempt. Each may run freely for its first
// milliseconds, which is all that a cheap request needs. After that it runs only while it has one
// of a number of slots, and lets other goroutines run at every yield point.
//
// Executions queue for slots. Those that have computed for less than about 100 ms come first;
// the others follow in the order of their arrival and keep a slot for seconds, so that under
// load some of them finish in time rather than all of them too late.
type CPU struct {
	mu      sync.Mutex
	free    int
	waiting [2][]chan struct{} // short and long executions; closing the channel hands over a slot
}

// NewCPU returns a scheduler with the given number of slots.
func NewCPU(slots int) *CPU { return &CPU{free: slots} }

// acquire waits for a slot.
func (c *CPU) acquire(ctx context.Context, queue int) error {
	c.mu.Lock()
	if c.free > 0 {
		c.free--
		c.mu.Unlock()
		return nil
	}
	slot := make(chan struct{})
	c.waiting[queue] = append(c.waiting[queue], slot)
	c.mu.Unlock()
	select {
	case <-slot:
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	i := slices.Index(c.waiting[queue], slot)
	if i >= 0 {
		c.waiting[queue] = slices.Delete(c.waiting[queue], i, i+1)
	}
	c.mu.Unlock()
	if i < 0 { // the slot was handed over in the meantime
		c.release()
	}
	return ErrBusy
}

// release passes the slot on to the next execution.
func (c *CPU) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for queue, waiting := range c.waiting {
		if len(waiting) > 0 {
			close(waiting[0])
			c.waiting[queue] = waiting[1:]
			return
		}
	}
	c.free++
}

// Turn is the state of one execution. It must not be used by two goroutines at once.
type Turn struct {
	cpu     *CPU
	yields  int
	running bool // has a slot
}

// Turn returns the state of a new execution.
func (c *CPU) Turn() Turn { return Turn{cpu: c} }

// Yield lets other executions run. It blocks until this one may go on, and returns ErrBusy if
// ctx ends while it waits for a slot.
func (t *Turn) Yield(ctx context.Context) error {
	if t.yields++; t.yields <= freeYields {
		return nil
	}
	if t.yields == shortYields || t.yields%longYields == 0 {
		t.Pause()
	}
	if !t.running {
		queue := 0
		if t.yields >= shortYields {
			queue = 1
		}
		if err := t.cpu.acquire(ctx, queue); err != nil {
			return err
		}
		t.running = true
	}
	runtime.Gosched()
	return nil
}

// Pause gives up the slot. Call it before the execution waits for something, and at its end.
func (t *Turn) Pause() {
	if t.running {
		t.running = false
		t.cpu.release()
	}
}

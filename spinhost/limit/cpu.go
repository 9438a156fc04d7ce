package limit

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// An execution calls Yield about every 4096 loop iterations, some 10 to 50 µs apart.
const (
	freeYields  = 128       // before it is a long execution: some milliseconds
	shortYields = 4096      // of a long execution that is preferred: some 100 milliseconds
	longYields  = 64 * 1024 // before a long execution requeues: some seconds
)

// longSlots is how many long executions run at a time for each processor.
const longSlots = 2

// CPU schedules executions of code that Go cannot preempt.
//
// For its first milliseconds, which is all that a cheap request needs, an execution runs in one of
// as many slots as there are processors. It gives the slot up while it waits for something, and
// those that come back go before those that arrive. So executions end in the order of their
// arrival, instead of all at once, and few are under way.
//
// After that it runs only while it has one of the slots for long executions, and lets other
// goroutines run at every yield point. Those that have computed for less than about 100 ms come
// first; the others follow in the order of their arrival and keep a slot for seconds, so that under
// load some of them finish in time rather than all of them too late.
type CPU struct{ short, long slots }

// NewCPU returns a scheduler for a number of processors.
func NewCPU(processors int) *CPU {
	return &CPU{short: slots{free: processors}, long: slots{free: longSlots * processors}}
}

// The queues for slots: whoever waits in the first comes first.
const (
	returning, arriving = 0, 1
	preferred, others   = 0, 1 // of long executions
)

// slots are passed from execution to execution.
type slots struct {
	mu      sync.Mutex
	free    int
	waiting [2][]chan struct{} // closing the channel hands over a slot
}

// acquire waits for a slot.
func (s *slots) acquire(ctx context.Context, queue int) error {
	s.mu.Lock()
	if s.free > 0 {
		s.free--
		s.mu.Unlock()
		return nil
	}
	slot := make(chan struct{})
	s.waiting[queue] = append(s.waiting[queue], slot)
	s.mu.Unlock()
	select {
	case <-slot:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	i := slices.Index(s.waiting[queue], slot)
	if i >= 0 {
		s.waiting[queue] = slices.Delete(s.waiting[queue], i, i+1)
	}
	s.mu.Unlock()
	if i < 0 { // the slot was handed over in the meantime
		s.release()
	}
	return ErrBusy
}

// release passes the slot on to the next execution.
func (s *slots) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for queue, waiting := range s.waiting {
		if len(waiting) > 0 {
			close(waiting[0])
			s.waiting[queue] = waiting[1:]
			return
		}
	}
	s.free++
}

// Turn is the state of one execution, with all that it calls. It must not be used by two goroutines
// at once.
type Turn struct {
	cpu     *CPU
	yields  int
	arrived bool   // has had a slot
	held    *slots // that it has a slot of; nil if it has none
}

// Turn returns the state of a new execution.
func (c *CPU) Turn() *Turn { return &Turn{cpu: c} }

// Resume waits for a slot, unless the execution has one. It returns ErrBusy if ctx ends first. A
// long execution waits in Yield instead.
func (t *Turn) Resume(ctx context.Context) error {
	if t.held != nil || t.yields > freeYields {
		return nil
	}
	queue := arriving
	if t.arrived {
		queue = returning
	}
	if err := t.cpu.short.acquire(ctx, queue); err != nil {
		return err
	}
	t.arrived = true
	t.held = &t.cpu.short
	return nil
}

// Yield lets other executions run. It blocks until this one may go on, and returns ErrBusy if
// ctx ends while it waits for a slot.
func (t *Turn) Yield(ctx context.Context) error {
	if t.yields++; t.yields <= freeYields {
		return nil
	}
	if t.held == &t.cpu.short || t.yields == shortYields || t.yields%longYields == 0 {
		t.Pause()
	}
	if t.held == nil {
		queue := preferred
		if t.yields >= shortYields {
			queue = others
		}
		if err := t.cpu.long.acquire(ctx, queue); err != nil {
			return err
		}
		t.held = &t.cpu.long
	}
	runtime.Gosched()
	return nil
}

// Pause gives up the slot. Call it before the execution waits for something, and at its end.
func (t *Turn) Pause() {
	if t.held != nil {
		t.held.release()
		t.held = nil
	}
}

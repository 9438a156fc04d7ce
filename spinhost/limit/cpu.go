package limit

import (
	"context"
	"runtime"
)

// An execution calls Yield about every 4096 loop iterations, some 10 to 50 µs apart.
const (
	freeYields    = 128  // before it needs a slot: some milliseconds
	quantumYields = 4096 // before it lets others have its slot: some 100 milliseconds
)

// CPU schedules executions of code that Go cannot preempt. Each runs at once for its first
// milliseconds, which is all that a cheap request needs. After that it runs only while it has
// one of a number of slots, for which executions queue, and gives way to all other goroutines
// at every yield point. A slot passes on after about 100 ms, so that long executions take turns.
type CPU struct{ slots chan struct{} }

// NewCPU returns a scheduler with a number of slots.
func NewCPU(slots int) *CPU { return &CPU{make(chan struct{}, slots)} }

// Turn is the state of one execution. It must not be used by two goroutines at once.
type Turn struct {
	cpu    *CPU
	yields int
	left   int // yields until the slot passes on; 0 without a slot
}

// Turn returns the state of a new execution.
func (c *CPU) Turn() Turn { return Turn{cpu: c} }

// Yield lets other executions run. It blocks until this one may go on, and returns ErrBusy if
// ctx ends while it waits for a slot.
func (t *Turn) Yield(ctx context.Context) error {
	if t.yields++; t.yields <= freeYields {
		return nil
	}
	if t.left > 0 {
		if t.left--; t.left == 0 {
			<-t.cpu.slots // the longest waiting execution gets it, if there is one
		}
	}
	if t.left == 0 {
		select {
		case t.cpu.slots <- struct{}{}:
			t.left = quantumYields
		case <-ctx.Done():
			return ErrBusy
		}
	}
	runtime.Gosched()
	return nil
}

// Pause gives up the slot. Call it before the execution waits for something, and at its end.
func (t *Turn) Pause() {
	if t.left > 0 {
		t.left = 0
		<-t.cpu.slots
	}
}

package limit

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestMemoryKeepsRoomForSmallAccounts(t *testing.T) {
	m := NewMemory(25600)
	ended, cancel := context.WithCancel(t.Context())
	cancel() // does not wait
	large, other, small := m.Account(nil), m.Account(nil), m.Account(nil)
	if err := large.Reserve(ended, 12800); err != nil {
		t.Fatal("half: ", err)
	}
	if err := other.Reserve(ended, 101); !errors.Is(err, ErrBusy) {
		t.Error("a second large account: ", err)
	}
	if err := small.Reserve(ended, 100); err != nil {
		t.Error("a small account: ", err)
	}
	large.Shrink(0)
	if err := other.Reserve(ended, 101); err != nil {
		t.Error("after the first: ", err)
	}
	if used := m.Used(); used != 201 {
		t.Errorf("%d bytes in use, want 201", used)
	}
	other.Shrink(0)
	small.Shrink(0)
	if m.used != 0 || m.usedLarge != 0 || len(m.large) != 0 {
		t.Errorf("in use at the end: %d, %d by %d large accounts", m.used, m.usedLarge, len(m.large))
	}
}

// TestMemoryFinishesTheOldest has two large accounts that together need more than there is.
func TestMemoryFinishesTheOldest(t *testing.T) {
	m := NewMemory(1000)
	first, second := m.Account(nil), m.Account(nil)
	for _, a := range []*Account{first, second} {
		if err := a.Reserve(t.Context(), 200); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		time.Sleep(20 * time.Millisecond)
		if err := second.Reserve(t.Context(), 200); !errors.Is(err, ErrBusy) {
			t.Error("the second waits for the first: ", err)
		}
		second.Shrink(0)
	}()
	if err := first.Reserve(t.Context(), 200); err != nil {
		t.Error("the first: ", err)
	}
}

func TestMemoryLimitsGroups(t *testing.T) {
	m := NewMemory(25600)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var group Group
	for range 192 {
		if err := m.Account(&group).Reserve(ended, 100); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Account(&group).Reserve(ended, 100); !errors.Is(err, ErrBusy) {
		t.Error("more than three quarters for a group: ", err)
	}
	if err := m.Account(nil).Reserve(ended, 100); err != nil {
		t.Error("another group: ", err)
	}
}

func TestMemoryWaits(t *testing.T) {
	m := NewMemory(100)
	first, second := m.Account(nil), m.Account(nil)
	waits := 0
	first.Waiting, second.Waiting = func() { waits++ }, func() { waits++ }
	if err := first.Reserve(t.Context(), 40); err != nil {
		t.Fatal(err)
	}
	if waits != 0 {
		t.Error("waits for memory that there is")
	}
	time.AfterFunc(20*time.Millisecond, func() { first.Shrink(0) })
	if err := second.Reserve(t.Context(), 40); err != nil {
		t.Error("did not wait: ", err)
	}
	if waits != 1 {
		t.Errorf("Waiting was called %d times, want once", waits)
	}
	if err := first.Reserve(t.Context(), 40); !errors.Is(err, ErrBusy) {
		t.Error("waited for ever: ", err)
	}
}

func TestMemoryReclaims(t *testing.T) {
	m := NewMemory(100)
	idle := m.Account(nil)
	if err := idle.Reserve(t.Context(), 40); err != nil {
		t.Fatal(err)
	}
	m.Reclaim = func() bool {
		held := idle.Held() > 0
		idle.Shrink(0)
		return held
	}
	if err := m.Account(nil).Reserve(t.Context(), 40); err != nil {
		t.Error(err)
	}
}

// oneSlot returns a scheduler with one slot of each kind.
func oneSlot() *CPU { return &CPU{short: slots{free: 1}, long: slots{free: 1}} }

// TestCPUTakesTurns runs three long executions with one slot.
func TestCPUTakesTurns(t *testing.T) {
	cpu := oneSlot()
	const yields = 2*longYields + 1
	ended := make(chan int, 3)
	for i := range 3 {
		go func() {
			turn := cpu.Turn()
			for range yields {
				if err := turn.Yield(t.Context()); err != nil {
					t.Error(err)
				}
			}
			turn.Pause()
			ended <- i
		}()
	}
	for range 3 {
		<-ended
	}
	if cpu.long.free != 1 {
		t.Error("the slot is taken")
	}
}

// start calls f in a goroutine and returns once it waits in a queue for slots. The goroutine then
// sends name to order and gives up its slot.
func start(t *testing.T, name string, turn *Turn, f func(context.Context) error, s *slots, queue int,
	order chan string) {
	go func() {
		if err := f(t.Context()); err != nil {
			t.Error(err)
		}
		order <- name
		turn.Pause()
	}()
	for queued := 0; queued == 0; {
		s.mu.Lock()
		queued = len(s.waiting[queue])
		s.mu.Unlock()
	}
}

// TestCPUPrefersShort has a short and a long execution wait for the slot of a third.
func TestCPUPrefersShort(t *testing.T) {
	cpu := oneSlot()
	running, long, short := cpu.Turn(), cpu.Turn(), cpu.Turn()
	long.yields, short.yields, running.yields = shortYields, freeYields, freeYields
	if err := running.Yield(t.Context()); err != nil {
		t.Fatal(err)
	}
	order := make(chan string, 2)
	start(t, "long", long, long.Yield, &cpu.long, others, order)
	start(t, "short", short, short.Yield, &cpu.long, preferred, order)
	running.Pause()
	if first := <-order; first != "short" {
		t.Errorf("the %s execution was first", first)
	}
	<-order
}

// TestCPUPrefersReturning has an execution that has waited for something, and one that is new, wait
// for the slot of a third.
func TestCPUPrefersReturning(t *testing.T) {
	cpu := oneSlot()
	running, recent, back := cpu.Turn(), cpu.Turn(), cpu.Turn()
	for _, turn := range []*Turn{back, running} {
		if err := errors.Join(turn.Resume(t.Context()), turn.Resume(t.Context())); err != nil {
			t.Fatal(err)
		}
		if turn == back {
			back.Pause()
		}
	}
	order := make(chan string, 2)
	start(t, "new", recent, recent.Resume, &cpu.short, arriving, order)
	start(t, "returning", back, back.Resume, &cpu.short, returning, order)
	running.Pause()
	if first := <-order; first != "returning" {
		t.Errorf("the %s execution was first", first)
	}
	<-order
	running.Pause() // twice
	if err := running.Resume(t.Context()); err != nil {
		t.Error(err)
	}
	running.Pause()
	if cpu.short.free != 1 {
		t.Errorf("%d slots are free, want 1", cpu.short.free)
	}
}

// TestCPUFreeTime has two executions become long, of which one gets the slot for those, while a
// short one computes.
func TestCPUFreeTime(t *testing.T) {
	cpu := oneSlot()
	long, other, short := cpu.Turn(), cpu.Turn(), cpu.Turn()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := long.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range freeYields {
		if err := long.Yield(ended); err != nil {
			t.Fatal("a short execution needs a second slot: ", err)
		}
	}
	if err := short.Resume(ended); !errors.Is(err, ErrBusy) {
		t.Error("two short executions in one slot: ", err)
	}
	if err := long.Yield(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := other.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range freeYields {
		if err := other.Yield(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Yield(ended); !errors.Is(err, ErrBusy) {
		t.Error("two long executions in one slot: ", err)
	}
	if err := short.Resume(t.Context()); err != nil {
		t.Error("long executions hold the slot of short ones: ", err)
	}
	long.Pause()
	if err := other.Yield(t.Context()); err != nil {
		t.Error(err)
	}
}

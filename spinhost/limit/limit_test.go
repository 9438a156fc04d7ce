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
	if err := first.Reserve(t.Context(), 40); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, func() { first.Shrink(0) })
	if err := second.Reserve(t.Context(), 40); err != nil {
		t.Error("did not wait: ", err)
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

// TestCPUTakesTurns runs three long executions with one slot.
func TestCPUTakesTurns(t *testing.T) {
	cpu := NewCPU(1)
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
	if cpu.free != 1 {
		t.Error("the slot is taken")
	}
}

// TestCPUPrefersShort has a short and a long execution wait for the slot of a third.
func TestCPUPrefersShort(t *testing.T) {
	cpu := NewCPU(1)
	running, long, short := cpu.Turn(), cpu.Turn(), cpu.Turn()
	long.yields, short.yields, running.yields = shortYields, freeYields, freeYields
	if err := running.Yield(t.Context()); err != nil {
		t.Fatal(err)
	}
	order := make(chan string, 2)
	wait := func(name string, turn *Turn, queue int) {
		go func() {
			if err := turn.Yield(t.Context()); err != nil {
				t.Error(err)
			}
			order <- name
			turn.Pause()
		}()
		for queued := 0; queued == 0; {
			cpu.mu.Lock()
			queued = len(cpu.waiting[queue])
			cpu.mu.Unlock()
		}
	}
	wait("long", &long, 1)
	wait("short", &short, 0)
	running.Pause()
	if first := <-order; first != "short" {
		t.Errorf("the %s execution was first", first)
	}
	<-order
}

func TestCPUFreeTime(t *testing.T) {
	cpu := NewCPU(1)
	long, short := cpu.Turn(), cpu.Turn()
	for range freeYields + 1 {
		if err := long.Yield(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range freeYields {
		if err := short.Yield(ended); err != nil {
			t.Fatal("a short execution needs a slot: ", err)
		}
	}
	if err := short.Yield(ended); !errors.Is(err, ErrBusy) {
		t.Error("two executions in one slot: ", err)
	}
	long.Pause()
	if err := short.Yield(t.Context()); err != nil {
		t.Error(err)
	}
}

// Package limit bounds the memory and the processor time that all requests of a host use
// together, so that expensive requests cannot starve cheap ones.
package limit

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrBusy is the error of a request that did not get its share in time. It may be repeated.
var ErrBusy = errors.New("the host is busy")

// memoryWait is how long an account waits for memory.
const memoryWait = time.Second

// Memory is a number of bytes that accounts share. A large account, of more than 1/64 of the
// bytes, may only grow while half of them are left, and an account of a group that holds three
// quarters may not grow: whatever large requests do there is memory for small ones, and whatever
// one group does there is memory for others.
type Memory struct {
	// Reclaim, if set, frees memory that nobody needs and reports whether there was any.
	Reclaim func() bool

	total int64

	mu    sync.Mutex
	used  int64
	freed chan struct{} // closed at the next release; nil if nobody waits
}

// NewMemory returns a memory of total bytes.
func NewMemory(total int64) *Memory { return &Memory{total: total} }

// Used returns the bytes in use.
func (m *Memory) Used() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// Group is the accounts of one component.
type Group struct{ used int64 } // guarded by Memory.mu

// Account is the bytes that one request, or one instance, has reserved. It must not be used by
// two goroutines at once.
type Account struct {
	memory *Memory
	group  *Group
	held   int64
}

// Account returns an empty account; group may be nil.
func (m *Memory) Account(group *Group) *Account {
	if group == nil {
		group = new(Group)
	}
	return &Account{memory: m, group: group}
}

// Reserve adds n bytes to the account. It waits a short time for others to release theirs, and
// then fails with ErrBusy.
func (a *Account) Reserve(ctx context.Context, n int64) error {
	m := a.memory
	var timeout <-chan time.Time
	for {
		freed, ok := a.try(n)
		if ok {
			return nil
		}
		if m.Reclaim != nil && m.Reclaim() {
			continue
		}
		if timeout == nil {
			timer := time.NewTimer(memoryWait)
			defer timer.Stop()
			timeout = timer.C
		}
		select {
		case <-freed:
		case <-timeout:
			return ErrBusy
		case <-ctx.Done():
			return ErrBusy
		}
	}
}

// try reserves n bytes, or returns a channel that is closed when others release theirs.
func (a *Account) try(n int64) (freed <-chan struct{}, ok bool) {
	m := a.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	most := m.total
	if a.held+n > m.total/64 {
		most = m.total / 2
	}
	if m.used+n <= most && a.group.used+n <= m.total-m.total/4 {
		m.used += n
		a.group.used += n
		a.held += n
		return nil, true
	}
	if m.freed == nil {
		m.freed = make(chan struct{})
	}
	return m.freed, false
}

// Held returns the bytes of the account.
func (a *Account) Held() int64 { return a.held }

// Shrink releases bytes until the account holds n.
func (a *Account) Shrink(n int64) {
	if a.held <= n {
		return
	}
	m := a.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= a.held - n
	a.group.used -= a.held - n
	a.held = n
	if m.freed != nil {
		close(m.freed)
		m.freed = nil
	}
}

// Package limit bounds the memory and the processor time that all requests of a host use
// together, so that expensive requests cannot starve cheap ones.
package limit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrBusy is the error of a request that did not get its share in time. The request may be
// repeated.
var ErrBusy = errors.New("the host is busy")

// memoryWait is how long an account waits for memory.
const memoryWait = time.Second

// Memory is a number of bytes that accounts share. Large accounts, those of more than 1/256 of the
// bytes, may have half of them together, and a group may have three quarters: whatever large
// requests do there is memory for small ones, and whatever one group does there is memory for
// others.
type Memory struct {
	// Reclaim, if set, frees memory that is not needed and reports whether there was any.
	Reclaim func() bool

	total int64

	mu        sync.Mutex
	used      int64
	usedLarge int64         // by large accounts
	large     []*Account    // in the order in which they became large
	freed     chan struct{} // closed at the next release; nil if nobody waits
}

// NewMemory returns a memory of total bytes.
func NewMemory(total int64) *Memory { return &Memory{total: total} }

// Used returns the number of bytes in use.
func (m *Memory) Used() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// Group is the accounts of one component.
type Group struct{ used int64 } // guarded by Memory.mu

// Account is the memory that one request, or one instance, has reserved. It must not be used by two
// goroutines at once.
type Account struct {
	Waiting func() // if set, called before Reserve waits

	memory *Memory
	group  *Group
	held   int64
	large  bool
}

// Account returns an empty account; group may be nil.
func (m *Memory) Account(group *Group) *Account {
	if group == nil {
		group = new(Group)
	}
	return &Account{memory: m, group: group}
}

// Held returns the number of bytes in the account.
func (a *Account) Held() int64 { return a.held }

// Reserve adds n bytes to the account. If there are not enough, it waits a short time for others to
// release theirs, and then fails with ErrBusy. A large account fails at once unless it is the
// oldest: if all of them waited for each other, none would finish.
func (a *Account) Reserve(ctx context.Context, n int64) error {
	m := a.memory
	var timeout <-chan time.Time
	for {
		ok, freed := a.try(n)
		switch {
		case ok:
			return nil
		case m.Reclaim != nil && m.Reclaim():
			continue
		case freed == nil:
			return ErrBusy
		}
		if timeout == nil {
			if a.Waiting != nil {
				a.Waiting()
			}
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

// try reserves n bytes. If it cannot, it returns a channel that is closed at the next release,
// or nil if the account must not wait.
func (a *Account) try(n int64) (ok bool, freed <-chan struct{}) {
	m := a.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	large := a.held+n > m.total/256
	moreLarge := n
	if !a.large {
		moreLarge += a.held
	}
	fits := m.used+n <= m.total && a.group.used+n <= m.total-m.total/4
	if fits && (!large || m.usedLarge+moreLarge <= m.total/2) {
		m.used += n
		a.group.used += n
		a.held += n
		if large {
			m.usedLarge += moreLarge
		}
		if large && !a.large {
			a.large = true
			m.large = append(m.large, a)
		}
		return true, nil
	}
	if a.large && m.large[0] != a {
		return false, nil
	}
	if m.freed == nil {
		m.freed = make(chan struct{})
	}
	return false, m.freed
}

// Shrink releases bytes until n are left.
func (a *Account) Shrink(n int64) {
	if a.held <= n {
		return
	}
	m := a.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	released := a.held - n
	m.used -= released
	a.group.used -= released
	switch {
	case a.large && n > m.total/256:
		m.usedLarge -= released
	case a.large:
		m.usedLarge -= a.held
		a.large = false
		i := slices.Index(m.large, a)
		m.large = slices.Delete(m.large, i, i+1)
	}
	a.held = n
	if m.freed != nil {
		close(m.freed)
		m.freed = nil
	}
}

package chaos

import (
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// The models say what clients may see of a session that they use one after the other. Porcupine
// searches for such an order in what concurrent clients saw (linearizability: Herlihy and Wing,
// 1990). An operation without a known result may or may not have happened.

// register is the variable of a session. Each change increments the version.
type register struct {
	version int
	value   float64
}

// operation is what a client does with a register.
type operation struct {
	kind    kind
	value   float64
	version int // compareAndSet: the version that must be current
}

type kind int

const (
	write         kind = iota // x = value
	increment                 // x = x + 1
	read                      // x
	compareAndSet             // PUT with If-Match
)

// result is a client's reply.
type result struct {
	register      // after the operation
	entry    int  // in the history, or 0
	refused  bool // a compareAndSet of another version
	unknown  bool // nobody knows whether it has happened
}

// registers models the variable of a session that starts at 0 with version 1.
var registers = porcupine.NondeterministicModel{
	Init: func() []any { return []any{register{version: 1}} },
	Step: func(state, input, output any) []any {
		before, op, got := state.(register), input.(operation), output.(result)
		after := before
		switch op.kind {
		case write:
			after = register{before.version + 1, op.value}
		case increment:
			after = register{before.version + 1, before.value + 1}
		case compareAndSet:
			matches := op.version == before.version
			if matches {
				after = register{before.version + 1, op.value}
			}
			switch {
			case got.unknown:
				return []any{before, after}
			case matches == got.refused:
				return nil
			case got.refused:
				return []any{before}
			}
		}
		if got.register != after {
			return nil
		}
		return []any{after}
	},
}

// histories models the history of a session: entries are numbered in the order of their
// evaluations. The first entry created the session.
var histories = porcupine.Model{
	Init: func() any { return 1 },
	Step: func(state, input, output any) (bool, any) {
		entry := output.(result).entry
		return entry == state.(int)+1, entry
	},
}

// checkModels checks the operations of one session against both models.
func checkModels(t *testing.T, operations []porcupine.Operation) {
	t.Helper()
	const timeout = time.Minute
	model := registers.ToModel()
	if got := porcupine.CheckOperationsTimeout(model, operations, timeout); got != porcupine.Ok {
		t.Errorf("%d operations on a variable are not linearizable: %s", len(operations), got)
	}
	var appends []porcupine.Operation
	for _, o := range operations {
		if o.Output.(result).entry > 0 {
			appends = append(appends, o)
		}
	}
	if got := porcupine.CheckOperationsTimeout(histories, appends, timeout); got != porcupine.Ok {
		t.Errorf("%d entries are not in the order of their evaluations: %s", len(appends), got)
	}
}

// TestModels checks which histories the models accept and which they reject.
func TestModels(t *testing.T) {
	type step struct {
		call, end int64
		op        operation
		got       result
	}
	reply := func(version int, value float64) result {
		return result{register: register{version, value}}
	}
	entry := func(n int, r result) result {
		r.entry = n
		return r
	}
	for _, c := range []struct {
		name   string
		steps  []step
		linear bool // the register
		order  bool // the history
	}{
		{"one after the other", []step{
			{0, 1, operation{kind: write, value: 5}, entry(2, reply(2, 5))},
			{2, 3, operation{kind: increment}, entry(3, reply(3, 6))},
			{4, 5, operation{kind: read}, entry(4, reply(3, 6))},
		}, true, true},
		{"a stale read", []step{
			{0, 1, operation{kind: write, value: 5}, entry(2, reply(2, 5))},
			{2, 3, operation{kind: read}, entry(3, reply(1, 0))},
		}, false, true},
		{"a lost update", []step{
			{0, 2, operation{kind: increment}, entry(2, reply(2, 1))},
			{1, 3, operation{kind: increment}, entry(3, reply(2, 1))},
		}, false, true},
		{"entries out of order", []step{
			{0, 1, operation{kind: increment}, entry(3, reply(2, 1))},
			{2, 3, operation{kind: increment}, entry(2, reply(3, 2))},
		}, true, false},
		{"concurrent entries in either order", []step{
			{0, 3, operation{kind: increment}, entry(3, reply(2, 1))},
			{1, 2, operation{kind: increment}, entry(2, reply(3, 2))},
		}, true, true},
		{"a compare-and-set that succeeds, and one that is refused", []step{
			{0, 1, operation{compareAndSet, 7, 1}, reply(2, 7)},
			{2, 3, operation{compareAndSet, 8, 1}, result{refused: true}},
		}, true, true},
		{"a compare-and-set that is wrongly refused", []step{
			{0, 1, operation{compareAndSet, 7, 1}, result{refused: true}},
		}, false, true},
		{"an unknown compare-and-set that has happened", []step{
			{0, 9, operation{compareAndSet, 7, 1}, result{unknown: true}},
			{2, 3, operation{kind: read}, reply(2, 7)},
		}, true, true},
		{"an unknown compare-and-set that has not", []step{
			{0, 9, operation{compareAndSet, 7, 1}, result{unknown: true}},
			{2, 3, operation{kind: read}, reply(1, 0)},
		}, true, true},
	} {
		var all, appends []porcupine.Operation
		for _, s := range c.steps {
			o := porcupine.Operation{Call: s.call, Return: s.end, Input: s.op, Output: s.got}
			all = append(all, o)
			if s.got.entry > 0 {
				appends = append(appends, o)
			}
		}
		if got := porcupine.CheckOperations(registers.ToModel(), all); got != c.linear {
			t.Errorf("%s: linearizable %v, want %v", c.name, got, c.linear)
		}
		if got := porcupine.CheckOperations(histories, appends); got != c.order {
			t.Errorf("%s: in order %v, want %v", c.name, got, c.order)
		}
	}
}

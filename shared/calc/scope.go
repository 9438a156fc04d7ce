package calc

import (
	"strings"

	"abacus/shared/units"
)

// Scope holds the bindings of a session and everything else that an evaluation may use. Its zero
// value is empty and ready to use. Two goroutines must not use it at once.
type Scope struct {
	Ans     float64        // the previous result, which Evaluate sets
	AnsUnit string         // its unit; "" for a number
	HasAns  bool           // there is one
	Random  func() float64 // uniform in [0, 1); nil: random and randint are errors
	Rates   *Rates         // of currencies; nil: they are not converted
	Steps   int            // used so far, of MaxSteps; Eval starts from 0

	entries    []entry  // in the order in which the names were first set
	slots      []uint16 // hash table with open addressing: 1 + the entry of a name
	nodes      int      // instructions of all compiled definitions
	bytes      int      // of all names and sources
	undo       []change // what Evaluate has to restore if it fails
	rounded    float64  // what round or floor took although the display shows otherwise; 0: nothing
	evaluation uint32   // counts calls of Evaluate; 0 before the first
	parser     parser   // of definitions
	total      total    // the memory of sums
}

// entry is a name with its binding. Variables and definitions share one namespace, and the latest
// wins.
type entry struct {
	name    string
	value   float64
	unit    units.Unit  // of a quantity
	body    *definition // of a function; of an unknown unit, its text is the source
	changed uint32      // the evaluation that set it; 0: loaded
	kind    entryKind
}

type entryKind uint8

const (
	kindNumber entryKind = iota
	kindQuantity
	kindFunction
	kindUnknown // a stored value whose unit is not known
)

// change is an entry as it was before.
type change struct {
	index int
	was   entry
}

// compile parses the source of one definition.
func (s *Scope) compile(source string) (string, *definition, *Error) {
	p := &s.parser
	if err := p.parse(source); err != nil {
		if err.Code == CodeLimitSource {
			err.Message = "the canonical form of the definition is longer than 16 KiB"
			err.Hint = "split it in two"
		}
		return "", nil, err
	}
	st := p.statements[0]
	if len(p.statements) != 1 || st.kind != Definition {
		err := fault(CodeSyntax, "this is not a definition", "write f(x) = ...")
		return "", nil, err.at(source, 0, len(source))
	}
	return st.name.in(source), &definition{
		source:     source,
		parameters: int(st.count),
		code:       append(make([]instruction, 0, len(p.code)), p.code...),
		stack:      p.stack,
		cost:       p.cost,
	}, nil
}

// Len returns the number of names.
func (s *Scope) Len() int { return len(s.entries) }

// At returns the binding at index, in the order in which the names were first set.
func (s *Scope) At(index int) Binding { return s.entries[index].binding() }

// Lookup finds the binding of a name.
func (s *Scope) Lookup(name string) (Binding, bool) {
	index, found := s.find(name)
	if !found {
		return Binding{}, false
	}
	return s.entries[index].binding(), true
}

// Delete removes a name and reports whether it was there.
func (s *Scope) Delete(name string) bool {
	index, found := s.find(name)
	if found {
		s.count(&s.entries[index], -1)
		s.entries = append(s.entries[:index], s.entries[index+1:]...)
		s.rehash(len(s.slots))
	}
	return found
}

// Reset removes all names, the previous result and the steps used, and keeps Random.
func (s *Scope) Reset() {
	s.Ans, s.AnsUnit, s.HasAns = 0, "", false
	s.Steps, s.nodes, s.bytes = 0, 0, 0
	s.entries, s.undo = s.entries[:0], s.undo[:0]
	s.rehash(len(s.slots))
}

// Changes returns the bindings that the latest evaluation has set or defined.
func (s *Scope) Changes() []Binding {
	var changes []Binding
	for i := range s.entries {
		if e := &s.entries[i]; e.changed == s.evaluation && s.evaluation > 0 {
			changes = append(changes, e.binding())
		}
	}
	return changes
}

func (e *entry) binding() Binding {
	b := Binding{Name: e.name, Value: e.value}
	switch e.kind {
	case kindQuantity:
		b.Value, b.Unit = external(units.Quantity{Value: e.value, Unit: e.unit}), e.unit.String()
	case kindFunction:
		b.Source = e.body.source
	case kindUnknown:
		b.Unit = e.body.source
	}
	return b
}

// nodes returns the number of instructions that count against the limit.
func (e *entry) nodes() int {
	if e.body == nil {
		return 0
	}
	return len(e.body.code)
}

// bytes returns the bytes that count against the limit.
func (e *entry) bytes() int {
	if e.body == nil {
		return len(e.name)
	}
	return len(e.name) + len(e.body.source)
}

// count adds an entry to the totals with sign 1 and removes it with -1.
func (s *Scope) count(e *entry, sign int) {
	s.nodes += sign * e.nodes()
	s.bytes += sign * e.bytes()
}

// find returns the index of a name's entry.
func (s *Scope) find(name string) (index int, found bool) {
	if len(s.slots) == 0 {
		return 0, false
	}
	mask := uint32(len(s.slots) - 1)
	for slot := hash(name) & mask; s.slots[slot] != 0; slot = (slot + 1) & mask {
		if index = int(s.slots[slot]) - 1; s.entries[index].name == name {
			return index, true
		}
	}
	return 0, false
}

// hash is FNV-1a.
func hash(name string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
}

// rehash rebuilds the table with size slots, a power of two.
func (s *Scope) rehash(size int) {
	if size != len(s.slots) {
		s.slots = make([]uint16, size)
	}
	for i := range s.slots {
		s.slots[i] = 0
	}
	for i := range s.entries {
		s.index(i)
	}
}

// index puts an entry into the table.
func (s *Scope) index(index int) {
	mask := uint32(len(s.slots) - 1)
	slot := hash(s.entries[index].name) & mask
	for s.slots[slot] != 0 {
		slot = (slot + 1) & mask
	}
	s.slots[slot] = uint16(index) + 1
}

// set sets a name to what the entry holds. The error has no place.
func (s *Scope) set(e entry) *Error {
	index, found := s.find(e.name)
	nodes, bytes := s.nodes+e.nodes(), s.bytes+e.bytes()
	if found {
		nodes -= s.entries[index].nodes()
		bytes -= s.entries[index].bytes()
	}
	switch {
	case nodes > maxDefinitions, bytes > maxBytes && e.body != nil && e.changed > 0:
		return limitDefinitions()
	case !found && len(s.entries) == MaxNames:
		return fault(CodeLimitNames, "there are already 1000 names",
			"delete some that you no longer need")
	}
	s.nodes, s.bytes = nodes, bytes
	if found {
		e.name = s.entries[index].name
		s.undo = append(s.undo, change{index, s.entries[index]})
		s.entries[index] = e
		return nil
	}
	if e.changed > 0 {
		e.name = strings.Clone(e.name) // the program's source may be overwritten
	}
	s.entries = append(s.entries, e)
	if 2*len(s.entries) > len(s.slots) {
		s.rehash(max(16, 2*len(s.slots)))
	} else {
		s.index(len(s.entries) - 1)
	}
	return nil
}

// rollback undoes what set has changed since the scope had size entries and an empty undo list.
func (s *Scope) rollback(size int) {
	for i := len(s.undo) - 1; i >= 0; i-- {
		e := &s.entries[s.undo[i].index]
		s.count(e, -1)
		*e = s.undo[i].was
		s.count(e, 1)
	}
	if len(s.entries) > size {
		for i := size; i < len(s.entries); i++ {
			s.count(&s.entries[i], -1)
		}
		s.entries = s.entries[:size]
		s.rehash(len(s.slots))
	}
}

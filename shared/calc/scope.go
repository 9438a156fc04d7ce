package calc

import "strings"

// Scope holds the names of a session and what an evaluation may ask for. Its zero value is an empty one. It must
// not be used by two goroutines at once.
type Scope struct {
	Ans    float64        // the previous result
	HasAns bool           // there is one
	Random func() float64 // uniform in [0, 1); nil: random and randint are errors
	Steps  int            // used so far, of MaxSteps; set it to 0 for a new request

	entries []entry  // in the order in which the names were first set
	slots   []uint16 // hash table with open addressing: 1 + the entry of a name
	nodes   int      // instructions of all definitions
	undo    []change // what Evaluate has to put back if it fails
	parser  parser   // of definitions
}

// entry is a name. Names share one space: the latest use, as variable or definition, wins.
type entry struct {
	name    string
	value   float64
	body    *definition // nil for a variable
	changed bool
}

// definition is a function of the session, compiled from its own source.
type definition struct {
	source     string
	parameters int
	code       []instruction
	stack      int
	cost       int
}

// change remembers an entry that was there before.
type change struct {
	index int
	was   entry
}

// Change is a name that was set or defined.
type Change struct {
	Name       string
	Definition bool
	Value      float64 // of a variable
	Source     string  // of a definition, "f(x) = x^2": in canonical form, if it was not loaded in another
}

// SetVariable sets a variable, as when a session is loaded: it is not among the Changes.
func (s *Scope) SetVariable(name string, value float64) *Error {
	if value-value != 0 {
		return overflow().at(name, 0, len(name))
	}
	sc := scanner{source: name}
	sc.next()
	switch {
	case sc.token == tokenBad:
		return sc.fault
	case sc.token != tokenName || sc.text() != name || name == "ans" || builtinID(name) != noBuiltin:
		return fault(CodeReserved, quote(name)+" cannot be the name of a variable", "").at(name, 0, len(name))
	}
	if err := s.set(name, entry{value: value}); err != nil {
		return err.at(name, 0, len(name))
	}
	s.undo = s.undo[:0]
	return nil
}

// Define makes a definition from its source, "f(x, y) = x + y", as when a session is loaded: it is not among
// the Changes.
func (s *Scope) Define(source string) *Error {
	name, body, err := s.compile(source)
	if err != nil {
		return err
	}
	if err := s.set(name, entry{body: body}); err != nil {
		return err.at(source, 0, len(name))
	}
	s.undo = s.undo[:0]
	return nil
}

// compile parses the source of one definition.
func (s *Scope) compile(source string) (string, *definition, *Error) {
	p := &s.parser
	if err := p.parse(source); err != nil {
		if err.Code == CodeLimitSource {
			err.Message, err.Hint = "the definition is longer than 16 KiB as it is kept, with a space around + and -", "make two of it"
		}
		return "", nil, err
	}
	st := p.statements[0]
	if len(p.statements) != 1 || st.kind != Definition {
		return "", nil, fault(CodeSyntax, "this is not a definition", "write f(x) = ...").at(source, 0, len(source))
	}
	source = strings.Clone(source)
	return st.name.in(source), &definition{
		source:     source,
		parameters: int(st.count),
		code:       append(make([]instruction, 0, len(p.code)), p.code...),
		stack:      p.stack,
		cost:       p.cost,
	}, nil
}

// Len is the number of names.
func (s *Scope) Len() int { return len(s.entries) }

// At gives the name at index, in the order in which the names were first set.
func (s *Scope) At(index int) Change { return s.entries[index].change() }

// Lookup finds a name.
func (s *Scope) Lookup(name string) (Change, bool) {
	index, found := s.find(name)
	if !found {
		return Change{}, false
	}
	return s.entries[index].change(), true
}

// Delete forgets a name and reports whether it was there.
func (s *Scope) Delete(name string) bool {
	index, found := s.find(name)
	if found {
		s.nodes -= s.entries[index].nodes()
		s.entries = append(s.entries[:index], s.entries[index+1:]...)
		s.rehash(len(s.slots))
	}
	return found
}

// Reset forgets all names, the previous result and the steps used, and keeps Random.
func (s *Scope) Reset() {
	s.Ans, s.HasAns, s.Steps, s.nodes = 0, false, 0, 0
	s.entries, s.undo = s.entries[:0], s.undo[:0]
	s.rehash(len(s.slots))
}

// Changes lists the names that Evaluate has set or defined since the last Reset or ClearChanges.
func (s *Scope) Changes() []Change {
	var changes []Change
	for i := range s.entries {
		if s.entries[i].changed {
			changes = append(changes, s.entries[i].change())
		}
	}
	return changes
}

// ClearChanges empties the list of Changes.
func (s *Scope) ClearChanges() {
	for i := range s.entries {
		s.entries[i].changed = false
	}
}

func (e *entry) change() Change {
	c := Change{Name: e.name, Value: e.value}
	if e.body != nil {
		c.Definition, c.Source = true, e.body.source
	}
	return c
}

// nodes is the number of instructions that count for the limit.
func (e *entry) nodes() int {
	if e.body == nil {
		return 0
	}
	return len(e.body.code)
}

// find gives the entry of a name.
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

// rehash fills a table of size slots, a power of two, anew.
func (s *Scope) rehash(size int) {
	if size != len(s.slots) {
		s.slots = make([]uint16, size)
	}
	for i := range s.slots {
		s.slots[i] = 0
	}
	for i := range s.entries {
		s.hang(i)
	}
}

// hang puts an entry into the table.
func (s *Scope) hang(index int) {
	mask := uint32(len(s.slots) - 1)
	slot := hash(s.entries[index].name) & mask
	for s.slots[slot] != 0 {
		slot = (slot + 1) & mask
	}
	s.slots[slot] = uint16(index) + 1
}

// set sets a name to what the entry holds; the name is copied if it is new. The error has no place.
func (s *Scope) set(name string, e entry) *Error {
	index, found := s.find(name)
	nodes := s.nodes + e.nodes()
	if found {
		nodes -= s.entries[index].nodes()
	}
	switch {
	case nodes > maxDefinitions:
		return fault(CodeLimitDefinitions, "all definitions together are too long", "delete some that are not needed")
	case !found && len(s.entries) == MaxNames:
		return fault(CodeLimitNames, "there are already 1000 names", "delete some that are not needed")
	}
	s.nodes = nodes
	if found {
		e.name = s.entries[index].name
		s.undo = append(s.undo, change{index, s.entries[index]})
		s.entries[index] = e
		return nil
	}
	e.name = strings.Clone(name)
	s.entries = append(s.entries, e)
	if 2*len(s.entries) > len(s.slots) {
		s.rehash(max(16, 2*len(s.slots)))
	} else {
		s.hang(len(s.entries) - 1)
	}
	return nil
}

// rollback puts back what set has changed since the scope had count entries and an empty undo list.
func (s *Scope) rollback(count int) {
	for i := len(s.undo) - 1; i >= 0; i-- {
		s.nodes += s.undo[i].was.nodes() - s.entries[s.undo[i].index].nodes()
		s.entries[s.undo[i].index] = s.undo[i].was
	}
	if len(s.entries) > count {
		for i := count; i < len(s.entries); i++ {
			s.nodes -= s.entries[i].nodes()
		}
		s.entries = s.entries[:count]
		s.rehash(len(s.slots))
	}
}

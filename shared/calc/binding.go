package calc

import "abacus/shared/units"

// Binding is a name of a session: a variable, or a definition if it has a Source.
type Binding struct {
	Name   string
	Value  float64 // of a variable
	Unit   string  // of a variable, "" for a number; the value of 18% is 0.18
	Source string  // of a definition: "f(x) = x^2", in canonical form unless loaded otherwise
}

// IsDefinition reports whether the binding is a function of the session.
func (b Binding) IsDefinition() bool { return b.Source != "" }

// definition is a function of the session. Its code is compiled at its first call, so that a
// request pays only for the definitions that it uses.
type definition struct {
	source     string
	parameters int
	code       []instruction // nil until then
	stack      int
	cost       int
}

// Load sets bindings that were stored; they do not count as Changes. The scope keeps the strings. A
// definition that is no longer valid, because an older version stored it, is an error when it is
// called. Bindings beyond MaxNames and values that are not finite are left out.
func (s *Scope) Load(bindings []Binding) {
	for _, b := range bindings {
		e := entry{name: b.Name, value: b.Value}
		u, known := units.Parse(b.Unit)
		switch {
		case b.IsDefinition():
			e.kind, e.body = kindFunction, &definition{source: b.Source}
		case b.Value-b.Value != 0:
			continue
		case b.Unit == "":
		case known:
			e.kind, e.value, e.unit = kindQuantity, internal(b.Value, u), u
		default:
			e.kind, e.body = kindUnknown, &definition{source: b.Unit}
		}
		s.set(e)
	}
	s.undo = s.undo[:0]
}

// Check returns an error if a variable cannot have that name or that value.
func (b Binding) Check() *Error {
	sc := scanner{source: b.Name, decimal: new(converter)}
	sc.next()
	switch {
	case b.Value-b.Value != 0:
		return overflow().at(b.Name, 0, len(b.Name))
	case sc.token == tokenBad:
		return sc.fault
	case sc.token == tokenSign:
		err := fault(CodeSyntax, quote(b.Name)+" is a unit, not a name", "")
		return err.at(b.Name, 0, len(b.Name))
	case sc.token != tokenName || sc.text() != b.Name || b.Name == "ans",
		builtinID(b.Name) != noBuiltin:
		err := fault(CodeReserved, quote(b.Name)+" cannot be the name of a variable", "")
		return err.at(b.Name, 0, len(b.Name))
	}
	if _, known := units.Parse(b.Unit); !known {
		err := fault(CodeUnit, quote(b.Unit)+" is not a unit", "write it as km, km/h or m^2")
		return err.at(b.Name, 0, len(b.Name))
	}
	return nil
}

// compiled compiles a loaded definition at its first call.
func (s *Scope) compiled(e *entry) *Error {
	if e.body.code != nil {
		return nil
	}
	_, body, err := s.compile(e.body.source)
	if err != nil {
		message := fill("the stored function % is no longer valid: %", quote(e.name), err.Message)
		return fault(CodeUnknown, message, "define it again")
	}
	if s.nodes+len(body.code) > maxDefinitions {
		return limitDefinitions()
	}
	s.nodes += len(body.code)
	*e.body = *body
	return nil
}

// define makes a definition from its canonical source.
func (s *Scope) define(source string) *Error {
	name, body, err := s.compile(source)
	if err == nil {
		err = s.set(entry{name: name, body: body, kind: kindFunction, changed: s.evaluation})
	}
	return err
}

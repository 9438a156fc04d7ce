package calc

import (
	"math"

	"abacus/shared/units"
)

// load returns the value of a name: a variable, a physical constant or a unit.
func (c *Calculator) load(
	e *execution, in *instruction, sp int,
) (q units.Quantity, problem *Error) {
	scope := e.scope
	if in.op == opAnswer {
		if q.Value, problem = scope.answer(); problem == nil && scope.AnsUnit != "" {
			q, problem = stored(q.Value, scope.AnsUnit, "ans")
		}
		return q, problem
	}
	name := span{in.offset, in.length}.in(e.source)
	if index, found := scope.find(name); found {
		switch b := &scope.entries[index]; b.kind {
		case kindFunction:
			return q, notValue(b)
		case kindUnknown:
			return stored(b.value, b.body.source, name)
		default:
			return units.Quantity{Value: b.value, Unit: b.unit}, nil
		}
	}
	scope.Steps += quantityCost
	constant, isConstant := units.FindConstant(name)
	if isConstant {
		scope.Steps += constantCost
		if !c.besideUnit(e, sp) {
			return units.Quantity{Value: constant.Value, Unit: constant.Unit()}, nil
		}
	}
	u, isUnit := units.Lookup(name)
	if !isUnit && e.meantNumber(in, name) {
		return units.Quantity{Value: in.value}, nil
	}
	if isConstant && !isUnit {
		return units.Quantity{Value: constant.Value, Unit: constant.Unit()}, nil
	}
	if !isUnit {
		what := "name"
		if in := &e.code[e.next]; in.op == opMultiply && in.id == 1 && hintFor(name) == "" {
			what = nameOrUnit
		}
		err := scope.unknown(e.source, span{in.offset, in.length}, what)
		if p := e.program; p.lone.length > 0 && p.lone.in(p.origin) == name {
			err.Hint = fill("write sum(%^2, % = 1, 10)", name, name)
		}
		return q, err
	}
	c.bare = sp + 1
	return units.Quantity{Value: 1, Unit: u}, nil
}

// besideUnit reports whether the name that is being loaded belongs to the unit on its left: the h
// in 5 h, km/h and kW h.
func (c *Calculator) besideUnit(e *execution, sp int) bool {
	switch in := &e.code[e.afterExponent()]; in.op {
	case opMultiply:
		return in.id == 1 || !c.units[sp].None()
	case opDivide:
		return !c.units[sp].None()
	}
	return false
}

// afterExponent returns the instruction that follows the exponent of the current name, or the next
// one if there is no exponent.
func (e *execution) afterExponent() int {
	after := e.next + 1
	switch in := &e.code[e.next]; in.op {
	case opFolded:
		after = int(in.index) + 1
	case opNumber:
	default:
		return e.next
	}
	if e.code[after].op == opPower {
		return after + 1
	}
	return e.next
}

// stored returns a value of a session. The unit is a text there.
func stored(value float64, unit, name string) (units.Quantity, *Error) {
	u, ok := units.Parse(unit)
	if !ok {
		return units.Quantity{}, fault(CodeUnit, fill("% has the unit %, which is not known",
			quote(name), quote(unit)), fill("set it again: % = % ...", name, Format(value, Digits)))
	}
	return units.Quantity{Value: internal(value, u), Unit: u}, nil
}

// internal returns the number that a value with a unit has in package units: 0.18 with the unit
// percent, which is how results and sessions have 18%, is 18.
func internal(value float64, u units.Unit) float64 {
	if u != units.Percent {
		return value
	}
	x := value * 100
	if near := math.Round(x*1e9) / 1e9; near/100 == value {
		return near
	}
	return x
}

// external is the inverse of internal.
func external(q units.Quantity) float64 {
	if q.Unit == units.Percent {
		return q.Value / 100
	}
	return q.Value
}

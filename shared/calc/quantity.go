package calc

import "abacus/shared/units"

// quantities is or-ed to the opcodes of an evaluation that has met a unit, which makes the loop of
// run pass every instruction to Calculator.quantity first.
const quantities opcode = 0x80

// quantity executes an instruction whose operands may have units, or prepares them for run: done
// reports which. The unit of stack[i] is in units[i], and that of top in units[sp]. A delta of 1 is
// a push, one of -1 takes two operands away and leaves the value.
func (c *Calculator) quantity(
	e *execution, in *instruction, sp int, top float64,
) (value float64, delta int, done bool, problem *Error) {
	if sp+2 > len(c.units) {
		c.growUnits()
	}
	u, scope := c.units, e.scope
	bare := c.bare == sp
	c.bare = -1
	switch op := in.op; op {
	case opNumber, opFolded, opDefine:
		u[sp+1] = units.Unit{}
	case opIndex:
		u[sp+1] = c.totals[len(c.loops)-1-int(in.index)].index
	case opClock:
		c.stack[sp] = top
		u[sp+1] = units.Clock
		return in.value, 1, true, nil
	case opParameter:
		u[sp+1] = u[e.base+int(in.index)]
	case opVariable, opAnswer:
		var q units.Quantity
		if q, problem = c.load(e, in, sp); problem == nil {
			c.stack[sp] = top
			u[sp+1] = q.Unit
		}
		return q.Value, 1, true, problem
	case opPercent:
		return c.percent(sp, top)
	case opNot, opBitNot, opFactorial, opAnd, opOr, opTest, opBranch:
		what := "a condition"
		if op == opBitNot {
			what = "~"
		}
		if op == opFactorial {
			what = "the factorial"
		}
		if top, problem = c.number(sp, top, what); problem != nil && opcode(in.id) == opAnd {
			problem.Hint = "to add, write +" // 3 EUR and 50 ct
		}
	case opExp:
		top, problem = c.number(sp, top, "an exponent")
	case opBitOr, opBitXor, opBitAnd, opShiftLeft, opShiftRight:
		const what = "a bit operation"
		if c.stack[sp-1], problem = c.number(sp-1, c.stack[sp-1], what); problem == nil {
			top, problem = c.number(sp, top, what)
		}
	case opAdd, opSubtract, opMultiply, opDivide, opModulo, opFloorDivide, opPower, opParts,
		opOf, opOff, opOn, opShare:
		if u[sp-1].None() && u[sp].None() && op < opParts {
			return top, 0, false, nil
		}
		scope.Steps += quantityCost
		if top, problem = c.exchange(e, op, sp, top); problem != nil {
			return top, 0, true, problem
		}
		q, problem := c.combine(e, in, sp, top, bare)
		u[sp-1] = q.Unit
		return q.Value, -1, true, problem
	case opEqual, opNotEqual, opLess, opLessEqual, opGreater, opGreaterEqual, opChain:
		if u[sp-1] == u[sp] && (op != opChain || u[sp].None()) {
			u[sp-1] = units.Unit{}
			return top, 0, false, nil
		}
		if top, problem = c.exchange(e, op, sp, top); problem != nil {
			return top, 0, true, problem
		}
		return c.compareQuantities(e, in, sp, top)
	case opFunction:
		return c.apply(in, sp, top, scope)
	case opConvert:
		return c.convertTo(e, in, sp, top)
	case opReturn, opCurve:
		if len(c.calls) > 0 {
			u[e.base] = u[sp]
		} else {
			c.unit = u[sp]
		}
	case opSeries:
		index := units.Unit{}
		switch in.id {
		case idSum, idProd:
			c.stack[sp-1], problem = c.number(sp-1, c.stack[sp-1], "the range")
			if problem == nil {
				top, problem = c.number(sp, top, "the range")
			}
		default:
			top, index, problem = c.ends(sp, top)
		}
		c.totals = append(c.totals[:len(c.loops)], seriesUnit{index: index})
	case opNext:
		top, problem = c.accumulate(in, sp, top)
	case opPlot:
		top, c.plotted, problem = c.ends(sp, top)
	case opAssign:
		b := entry{name: span{in.offset, in.length}.in(e.source), value: top, unit: u[sp],
			changed: scope.evaluation}
		if !b.unit.None() {
			b.kind = kindQuantity
		}
		return top, 0, true, scope.set(b)
	}
	return top, 0, false, problem
}

// constantCost is the number of steps for loading a physical constant: its unit is a text, and
// searching for the unit with that name may take long.
const constantCost = 150

// quantityCost is the number of steps of an operation on quantities beyond the first.
const quantityCost = 20

// execution is the state of run that quantity needs.
type execution struct {
	program *Program
	scope   *Scope
	source  string
	code    []instruction
	next    int // the instruction after the current one
	base    int // of the parameters
}

// enterQuantities begins to keep units, when run meets the first one: until then all values are
// plain numbers.
func (c *Calculator) enterQuantities(sp int) {
	c.growUnits()
	for i := range c.units[:sp+1] {
		c.units[i] = units.Unit{}
	}
	c.bare = -1
	c.totals = c.totals[:0]
	for i := range c.loops {
		l := &c.loops[i]
		started := l.index != l.first
		if l.search != nil {
			started = l.search.count > 0
		}
		c.totals = append(c.totals, seriesUnit{started: started, scale: 1})
	}
}

func (c *Calculator) growUnits() {
	if len(c.units) < len(c.stack) {
		grown := make([]units.Unit, len(c.stack))
		copy(grown, c.units)
		c.units = grown
	}
}

// number returns the value in a slot as a plain number, and marks it as one.
func (c *Calculator) number(slot int, value float64, what string) (float64, *Error) {
	u := c.units[slot]
	if u.None() {
		return value, nil
	}
	x, problem := units.Number(units.Quantity{Value: value, Unit: u})
	if problem != units.OK {
		return 0, needsNumber(what, units.Quantity{Value: value, Unit: u})
	}
	c.units[slot] = units.Unit{}
	return x, nil
}

func needsNumber(what string, q units.Quantity) *Error {
	text := Display(q.Value, q.Unit.String(), 6)
	return fault(CodeUnit, fill("% needs a plain number, not %", what, text),
		fill("divide by the unit: (%)/(1 %)", text, q.Unit.String()))
}

func (c *Calculator) percent(sp int, top float64) (float64, int, bool, *Error) {
	switch u := c.units[sp]; {
	case u == units.Percent:
		top /= 100
	case !u.None():
		return 0, 0, true, needsNumber("`%`", units.Quantity{Value: top, Unit: u})
	}
	c.units[sp] = units.Percent
	return top, 0, true, nil
}

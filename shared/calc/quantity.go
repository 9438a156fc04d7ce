package calc

import (
	"math"

	"abacus/shared/units"
)

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
		top, problem = c.number(sp, top, what)
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
		q, problem := c.combine(in, sp, top, bare)
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

// constantCost is what loading a physical constant costs in steps: its unit is a text, and the
// search for a unit of its name may be a long one.
const constantCost = 150

// quantityCost is what an operation on quantities costs in steps beyond one.
const quantityCost = 12

// execution is what quantity needs to know of run.
type execution struct {
	program *Program
	scope   *Scope
	source  string
	code    []instruction
	next    int // the instruction after the current one
	base    int // of the parameters
}

// enterQuantities begins to keep units, when run meets the first one: all values so far are
// numbers.
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
		err := scope.unknown(name, "name")
		if hint := e.program.callHint(scope); hint != "" {
			err.Hint = hint // diff(x^2, x)
		}
		if p := e.program; p.lone.length > 0 && p.lone.in(p.origin) == name {
			err.Hint = "write sum(" + name + "^2, " + name + " = 1, 10)"
		}
		if in := &e.code[e.next]; in.op == opMultiply && in.id == 1 && hintFor(name) == "" {
			err.Message = "unknown name or unit " + quote(name)
			if hint := hintFor("5" + name); hint != "" {
				err.Hint = hint
			} else if len(err.Hint) > 3 && err.Hint[:3] == "set" {
				err.Hint = "units are written as 5 km, 20 °C or 3 m/s"
			}
		}
		return q, err
	}
	c.bare = sp + 1
	return units.Quantity{Value: 1, Unit: u}, nil
}

// besideUnit reports whether the name that is being loaded belongs to the unit on its left: the h
// in 5 h, km/h and kW h.
func (c *Calculator) besideUnit(e *execution, sp int) bool {
	next := e.next
	after := next + 1 // the exponent, if one follows
	if in := &e.code[next]; in.op == opFolded {
		after = int(in.index) + 1
	}
	if op := e.code[next].op; (op == opNumber || op == opFolded) && e.code[after].op == opPower {
		next = after + 1
	}
	switch in := &e.code[next]; in.op {
	case opMultiply:
		return in.id == 1 || !c.units[sp].None()
	case opDivide:
		return !c.units[sp].None()
	}
	return false
}

// stored returns a value of a session, whose unit is a text.
func stored(value float64, unit, name string) (units.Quantity, *Error) {
	u, ok := units.Parse(unit)
	if !ok {
		return units.Quantity{}, fault(CodeUnit, quote(name)+" has the unit "+quote(unit)+
			", which is not known", "set it again: "+name+" = "+Format(value, Digits)+" ...")
	}
	return units.Quantity{Value: internal(value, u), Unit: u}, nil
}

// internal returns the number of a quantity for its value outside: 18% is the value 0.18, and 18
// with the unit percent here.
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

// external is the reverse of internal.
func external(q units.Quantity) float64 {
	if q.Unit == units.Percent {
		return q.Value / 100
	}
	return q.Value
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
	return fault(CodeUnit, what+" needs a plain number, not "+text,
		"divide by the unit: ("+text+")/(1 "+q.Unit.String()+")")
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

// exchange converts the top to the currency of the value below it, if the operator takes both in
// one unit and there are rates.
func (c *Calculator) exchange(e *execution, op opcode, sp int, top float64) (float64, *Error) {
	to, q := c.units[sp-1], units.Quantity{Value: top, Unit: c.units[sp]}
	switch op {
	case opMultiply, opDivide, opPower, opOf, opOff, opOn:
		return top, nil
	}
	if e.scope.Rates == nil || !q.Unit.HasCurrency() || !units.Compatible(q.Unit, to) {
		return top, nil
	}
	q, problem := e.convert(q, to)
	c.units[sp] = q.Unit
	return q.Value, problem
}

// combine applies an operator to the two values on the stack.
func (c *Calculator) combine(
	in *instruction, sp int, top float64, bare bool,
) (units.Quantity, *Error) {
	a := units.Quantity{Value: c.stack[sp-1], Unit: c.units[sp-1]}
	b := units.Quantity{Value: top, Unit: c.units[sp]}
	switch in.op {
	case opAdd, opSubtract:
		return addQuantities(in.op, a, b)
	case opParts:
		a.Unit, b.Unit = readAs(a.Unit, in.id), readAs(b.Unit, in.id)
		op := opAdd
		if a.Value < 0 {
			op = opSubtract // -5 ft 3 in is -(5 ft 3 in)
		}
		return addQuantities(op, a, b)
	case opMultiply:
		if bare && (in.id == 1 || a.Unit.None()) {
			q, problem := units.Attach(a, b.Unit)
			return q, unitError("multiply", "by", a, b, problem)
		}
		q, problem := units.Multiply(a, b)
		return q, unitError("multiply", "by", a, b, problem)
	case opDivide:
		if b.Value == 0 {
			return a, failure(opDivide, a.Value, 0)
		}
		q, problem := units.Divide(a, b)
		return q, unitError("divide", "by", a, b, problem)
	case opModulo, opFloorDivide:
		return remainder(in.op, a, b)
	case opPower:
		return raise(a, b)
	}
	return percentage(in.op, a, b)
}

// addQuantities adds or subtracts. A percentage is relative to what it is added to.
func addQuantities(op opcode, a, b units.Quantity) (units.Quantity, *Error) {
	if op == opSubtract {
		b.Value = -b.Value
	}
	switch {
	case a.Unit == b.Unit && !a.Unit.IsPoint():
		a.Value += b.Value
		return a, nil
	case a.Unit == units.Percent && b.Unit.None():
		return units.Quantity{Value: a.Value/100 + b.Value}, nil
	case b.Unit == units.Percent && !a.Unit.IsPoint():
		a.Value += percentOf(a.Value, b.Value)
		return a, nil
	}
	if op == opSubtract {
		b.Value = -b.Value
		q, problem := units.Subtract(a, b)
		return q, unitError("subtract", "from", b, a, problem)
	}
	q, problem := units.Add(a, b)
	return q, unitError("add", "and", a, b, problem)
}

// remainder is a mod b in the unit of a, or a // b, which is a number.
func remainder(op opcode, a, b units.Quantity) (units.Quantity, *Error) {
	if b.Unit != a.Unit {
		converted, problem := units.Convert(b, a.Unit, nil)
		if problem != units.OK {
			return a, unitError("divide", "by", a, b, problem)
		}
		b = converted
	}
	value := calculate(op, a.Value, b.Value)
	if value-value != 0 {
		return a, failure(op, a.Value, b.Value)
	}
	if op == opFloorDivide {
		return units.Quantity{Value: value}, nil
	}
	return units.Quantity{Value: value, Unit: a.Unit}, nil
}

// raise is a^b.
func raise(a, b units.Quantity) (units.Quantity, *Error) {
	power, problem := units.Number(b)
	if problem != units.OK {
		return a, needsNumber("an exponent", b)
	}
	if a.Unit.None() || a.Unit == units.Percent {
		base, _ := units.Number(a)
		value := calculate(opPower, base, power)
		if value-value != 0 {
			return a, failure(opPower, base, power)
		}
		return units.Quantity{Value: value}, nil
	}
	if power == 0.5 {
		return root(a, 2)
	}
	n, ok := whole(power)
	if !ok || n < -100 || n > 100 {
		return a, fault(CodeUnit, "the power of a quantity is a whole number: "+shown(a),
			"divide by the unit first, or use sqrt or cbrt")
	}
	u, problem := units.Power(a.Unit, int(n))
	if problem != units.OK {
		return a, unitError("raise", "to", a, b, problem)
	}
	value := calculate(opPower, a.Value, power)
	if value-value != 0 {
		return a, failure(opPower, a.Value, power)
	}
	return units.Quantity{Value: value, Unit: u}, nil
}

// root is the square or cube root.
func root(a units.Quantity, degree int) (units.Quantity, *Error) {
	radicand, u, problem := units.Root(a.Unit, degree)
	if problem == units.OK && radicand != a.Unit {
		a, problem = units.Convert(a, radicand, nil)
	}
	if problem != units.OK {
		return a, fault(CodeUnit, rootNames[degree-2]+" of "+shown(a)+" has no unit: "+
			a.Unit.Dimension().String()+" is not a "+powerNames[degree-2],
			"take the root of a "+powerNames[degree-2]+": "+rootExamples[degree-2])
	}
	if degree == 3 {
		return units.Quantity{Value: math.Cbrt(a.Value), Unit: u}, nil
	}
	value := math.Sqrt(a.Value)
	if value != value {
		return a, fault(CodeDomain, builtins[idSqrt].domain, "")
	}
	return units.Quantity{Value: value, Unit: u}, nil
}

var (
	rootNames    = [...]string{"the square root", "the cube root"}
	powerNames   = [...]string{"square", "cube"}
	rootExamples = [...]string{"sqrt(9 m^2) is 3 m", "cbrt(8 m^3) is 2 m"}
)

// percentage applies an operator on a percentage: of, off, on, as % of.
func percentage(op opcode, a, b units.Quantity) (units.Quantity, *Error) {
	if op == opShare {
		if b.Value == 0 {
			return a, failure(opDivide, a.Value, 0)
		}
		q, problem := units.Divide(a, b)
		if problem == units.OK {
			q, problem = units.Convert(q, units.Percent, nil)
		}
		return q, unitError("compare", "with", a, b, problem)
	}
	share := a
	if a.Unit != units.Percent {
		x, problem := units.Number(a)
		if problem != units.OK || op != opOf {
			return a, fault(CodeUnit, "expected a percentage before this, not "+shown(a),
				"write 15% of 80, 20% off 50 or 5% on 80")
		}
		share = units.Quantity{Value: 100 * x, Unit: units.Percent}
	}
	switch amount := percentOf(b.Value, share.Value); op {
	case opOf:
		b.Value = amount
	case opOff:
		b.Value -= amount
	default:
		b.Value += amount
	}
	return b, nil
}

// compareQuantities converts the left operand to the unit of the right one and compares.
func (c *Calculator) compareQuantities(
	e *execution, in *instruction, sp int, top float64,
) (float64, int, bool, *Error) {
	a := units.Quantity{Value: c.stack[sp-1], Unit: c.units[sp-1]}
	b := units.Quantity{Value: top, Unit: c.units[sp]}
	converted, problem := units.Convert(a, b.Unit, nil)
	if problem != units.OK {
		return 0, 0, true, unitError("compare", "and", a, b, problem)
	}
	if in.op != opChain {
		c.units[sp-1] = units.Unit{}
		return truth(compare(in.op, converted.Value, top)), -1, true, nil
	}
	if compare(opcode(in.id), converted.Value, top) {
		c.units[sp-1] = b.Unit
		return top, -1, true, nil
	}
	c.units[sp-1] = units.Unit{}
	e.next = int(in.index)
	return 0, -1, true, nil
}

// seriesUnit has the units of a loop.
type seriesUnit struct {
	index   units.Unit // of the index of a search
	unit    units.Unit // of the total, or of the values of a search, once started
	result  units.Unit // of a search
	scale   float64    // of a search: what a value counts in the result
	started bool
}

// ends brings the ends of a range, the two values on the stack, to one unit, which it returns. A
// plain 0 has any unit.
func (c *Calculator) ends(sp int, top float64) (last float64, u units.Unit, problem *Error) {
	from := units.Quantity{Value: c.stack[sp-1], Unit: c.units[sp-1]}
	to := units.Quantity{Value: top, Unit: c.units[sp]}
	if u = from.Unit; u.None() && from.Value == 0 {
		u = to.Unit
	}
	if !to.Unit.None() || to.Value != 0 {
		converted, mismatch := c.exchanged(to, u)
		if mismatch != units.OK {
			return 0, u, unitError("take a range from", "to", from, to, mismatch)
		}
		top = converted.Value
	}
	c.units[sp-1] = units.Unit{}
	top, problem = finite(top)
	return top, u, problem
}

// accumulate adds the unit of a round to that of a series.
func (c *Calculator) accumulate(in *instruction, sp int, top float64) (float64, *Error) {
	l, series := &c.loops[len(c.loops)-1], &c.totals[len(c.loops)-1]
	q := units.Quantity{Value: top, Unit: c.units[sp]}
	switch {
	case in.id == idProd:
		before := units.Quantity{Value: l.product, Unit: series.unit}
		product, problem := units.Multiply(before, q)
		if problem != units.OK {
			return 0, unitError("multiply", "by", before, q, problem)
		}
		l.product, series.unit = product.Value, product.Unit
		c.units[sp] = product.Unit
		return 1, nil
	case !series.started:
		series.started, series.unit, series.scale = true, q.Unit, 1
		if l.search != nil {
			if problem := series.search(in.id, q); problem != nil {
				return 0, problem
			}
		}
	case series.unit != q.Unit:
		converted, problem := c.exchanged(q, series.unit)
		if problem != units.OK {
			before := units.Quantity{Value: 1, Unit: series.unit}
			if l.search == nil {
				before.Value = l.total.value()
			}
			return 0, unitError("add", "and", before, q, problem)
		}
		q = converted
	}
	if c.units[sp] = series.unit; l.search != nil {
		c.units[sp] = series.result
	}
	return finite(q.Value * series.scale)
}

// search sets the unit of the result of solve, integral or derivative by the first value.
func (s *seriesUnit) search(id uint8, value units.Quantity) *Error {
	one, problem := units.Quantity{Value: 1, Unit: value.Unit}, units.OK
	index := units.Quantity{Value: 1, Unit: s.index.Difference()}
	switch id {
	case idSolve:
		s.result = s.index
		return nil
	case idIntegral:
		one, problem = units.Multiply(one, index)
	default:
		one.Unit = one.Unit.Difference()
		one, problem = units.Divide(one, index)
	}
	s.result, s.scale = one.Unit, one.Value
	return unitError("multiply", "by", value, index, problem)
}

// convertTo converts the top to the target in the source.
func (c *Calculator) convertTo(
	e *execution, in *instruction, sp int, top float64,
) (float64, int, bool, *Error) {
	t, _ := parseTarget(span{in.offset, in.length}.in(e.source))
	if t.count == 0 { // a format, which is for the display
		if _, ok := whole(top); !ok && t.format == formatBase {
			return 0, 0, true, fault(CodeDomain, "only whole numbers up to 2^53 have another base",
				"")
		}
		return top, 0, true, nil
	}
	q := units.Quantity{Value: top, Unit: c.units[sp]}
	converted, problem := e.convert(q, t.units[0])
	if problem != nil {
		return 0, 0, true, problem
	}
	c.units[sp] = converted.Unit
	return converted.Value, 0, true, nil
}

// convert converts a quantity to a unit, money by the rates of the scope, which the program then
// has a notice of.
func (e *execution) convert(q units.Quantity, to units.Unit) (units.Quantity, *Error) {
	converted, problem := convert(q, to, nil)
	if rates := e.scope.Rates; problem != nil && problem.Code == CodeNoRates && rates != nil {
		if converted, problem = convert(q, to, rates.PerEuro); problem == nil {
			e.program.noteRates(rates)
		}
	}
	return converted, problem
}

// exchanged converts like units.Convert, and money by the rates of the scope.
func (e *execution) exchanged(q units.Quantity, to units.Unit) (units.Quantity, units.Problem) {
	converted, problem := units.Convert(q, to, nil)
	if rates := e.scope.Rates; problem == units.NoRates && rates != nil {
		if converted, problem = units.Convert(q, to, rates.PerEuro); problem == units.OK {
			e.program.noteRates(rates)
		}
	}
	return converted, problem
}

// convert converts a quantity to a unit. 72 F in C means temperatures.
func convert(q units.Quantity, to units.Unit, rates units.Rates) (units.Quantity, *Error) {
	converted, problem := units.Convert(q, to, rates)
	if problem == units.Mismatch {
		from, isFrom := q.Unit.AsTemperature()
		degrees, isTarget := to.AsTemperature()
		if isFrom || isTarget {
			if again, other := units.Convert(units.Quantity{Value: q.Value, Unit: from}, degrees,
				nil); other == units.OK {
				return again, nil
			}
		}
	}
	if problem == units.OK {
		return converted, nil
	}
	message := "cannot convert " + shown(q) + " to " + to.String() + ": "
	switch {
	case problem == units.NoRates || problem == units.NoRate:
		return q, fault(CodeNoRates, message+problem.String(), "")
	case problem != units.Mismatch:
		return q, fault(CodeUnit, message+problem.String(), "")
	}
	name := q.Unit.Dimension().String()
	hint := "convert it to a unit of " + name
	if q.Unit.None() {
		hint = "give the number a unit first: " + Format(q.Value, 6) + " " + to.String()
	}
	return q, fault(CodeUnit, message+name+" and "+to.Dimension().String(), hint)
}

// unitError returns the error of an operation, nil for units.OK. Its text names both quantities and
// dimensions: cannot add 5 kg and 3 m: mass and length.
func unitError(verb, preposition string, a, b units.Quantity, problem units.Problem) *Error {
	if problem == units.OK {
		return nil
	}
	message := "cannot " + verb + " " + shown(a) + " " + preposition + " " + shown(b) + ": "
	switch problem {
	case units.Mismatch:
		hint := "give both a unit of " + a.Unit.Dimension().String() + ", for example " +
			shown(units.Quantity{Value: 1, Unit: a.Unit})
		if a.Unit.None() != b.Unit.None() {
			unit := a.Unit
			if unit.None() {
				unit = b.Unit
			}
			hint = "give both a unit, for example " + unit.String()
		}
		return fault(CodeUnit,
			message+a.Unit.Dimension().String()+" and "+b.Unit.Dimension().String(), hint)
	case units.Points, units.Product:
		return fault(CodeUnit, message+problem.String(),
			"write a difference as K or Δ°C: 20 °C + 5 K")
	case units.NoRates, units.NoRate:
		return fault(CodeNoRates, message+problem.String(), "")
	}
	return fault(CodeUnit, message+problem.String(), "")
}

// shown is a quantity in a message.
func shown(q units.Quantity) string { return Display(external(q), q.Unit.String(), 6) }

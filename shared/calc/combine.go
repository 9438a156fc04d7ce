package calc

import "abacus/shared/units"

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
	e *execution, in *instruction, sp int, top float64, bare bool,
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
		if q, ok := units.PerHundredKm(a, b); ok && e.dividesByLiteral() {
			return q, nil
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

// dividesByLiteral reports whether the current instruction divides by a number with a unit.
func (e *execution) dividesByLiteral() bool {
	i := e.next - 4
	return i >= 0 && e.code[i].op == opNumber && e.code[i+1].op == opVariable &&
		e.code[i+2].op == opMultiply
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

// remainder returns a mod b in the unit of a, or a // b, which is a number.
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
				"write 15% of 80, or 20% off 50, or 5% on 80")
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

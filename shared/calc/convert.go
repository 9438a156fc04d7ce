package calc

import "abacus/shared/units"

// convertTo converts the top to the target in the source.
func (c *Calculator) convertTo(
	e *execution, in *instruction, sp int, top float64,
) (float64, int, bool, *Error) {
	t, _ := parseTarget(span{in.offset, in.length}.in(e.source))
	if t.count == 0 { // a format, which is for the display
		if c.units[sp] == units.Percent && t.format <= formatFraction { // 75% as a fraction
			c.units[sp] = units.Unit{}
			top /= 100
		}
		if _, ok := whole(top); !ok && t.format == formatBase && t.digits != 10 {
			return 0, 0, true, fault(CodeDomain,
				"only whole numbers up to 2^53 can have another base", "")
		}
		return top, 0, true, nil
	}
	q, to := units.Quantity{Value: top, Unit: c.units[sp]}, t.units[0]
	if units.Inverse(q.Unit, to) {
		if top == 0 {
			return 0, 0, true, failure(opDivide, 1, 0)
		}
		e.program.noteOnce(NoticeInverse, fill("% is converted as 1/(%)", shown(q), shown(q)))
		q, _ = units.Divide(units.Quantity{Value: 1}, q) // 30 mpg in l/100km
	}
	converted, problem := e.convert(q, to)
	if problem != nil {
		if p, i := e.program, e.next-2; e.source == p.origin && p.dividesByUnit(i) {
			p.fraction = i
		}
		return 0, 0, true, problem
	}
	c.units[sp] = converted.Unit
	return converted.Value, 0, true, nil
}

// convert converts a quantity to a unit. Money is converted by the rates of the scope, and the
// program gets a notice of them.
func (e *execution) convert(q units.Quantity, to units.Unit) (units.Quantity, *Error) {
	converted, problem := convert(q, to, nil)
	if rates := e.scope.Rates; problem != nil && problem.Code == CodeNoRates && rates != nil {
		if converted, problem = convert(q, to, rates.PerEuro); problem == nil {
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
	message := fill("cannot convert % to %: ", shown(q), to.String())
	switch {
	case problem == units.NoRates || problem == units.NoRate:
		return q, fault(CodeNoRates, message+problem.String(), "")
	case problem != units.Mismatch:
		return q, fault(CodeUnit, message+problem.String(), "")
	}
	name := q.Unit.Dimension().String()
	hint := "convert it to a unit of " + name
	if q.Unit.String() == "oz" && to.Dimension() == 3*units.Length {
		hint = "for a volume, write fl oz"
	}
	if to.IsCurrency() && q.Unit.String() == "lb" {
		hint = fill("the currency is GBP: write % GBP in %", Format(q.Value, Digits), to.String())
	}
	if q.Unit.None() {
		hint = fill("give the number a unit first: % %", Format(q.Value, 6), to.String())
	}
	return q, fault(CodeUnit, fill("%% and %", message, name, to.Dimension().String()), hint)
}

// exchanged is units.Convert with the rates of the scope.
func (e *execution) exchanged(q units.Quantity, to units.Unit) (units.Quantity, units.Problem) {
	converted, problem := units.Convert(q, to, nil)
	if rates := e.scope.Rates; problem == units.NoRates && rates != nil {
		if converted, problem = units.Convert(q, to, rates.PerEuro); problem == units.OK {
			e.program.noteRates(rates)
		}
	}
	return converted, problem
}

// unitError returns the error of an operation, nil for units.OK. Its text names both quantities and
// dimensions: cannot add 5 kg and 3 m: mass and length.
func unitError(verb, preposition string, a, b units.Quantity, problem units.Problem) *Error {
	if problem == units.OK {
		return nil
	}
	message := fill("cannot % % % %: ", verb, shown(a), preposition, shown(b))
	switch problem {
	case units.Mismatch:
		hint := fill("give both a unit of %, for example %", a.Unit.Dimension().String(),
			shown(units.Quantity{Value: 1, Unit: a.Unit}))
		if a.Unit.None() != b.Unit.None() {
			unit := a.Unit
			if unit.None() {
				unit = b.Unit
			}
			hint = "give both a unit, for example " + unit.String()
		}
		if a.Unit.IsTime() && a.Unit != units.Second && b.Unit == units.Metre {
			hint = "`m` is the metre; the minute is `min`"
		}
		return fault(CodeUnit,
			fill("%% and %", message, a.Unit.Dimension().String(), b.Unit.Dimension().String()),
			hint)
	case units.Points, units.Product:
		return fault(CodeUnit, message+problem.String(),
			"write a difference as K or Δ°C: 20 °C + 5 K")
	case units.NoRates, units.NoRate:
		return fault(CodeNoRates, message+problem.String(), "")
	}
	return fault(CodeUnit, message+problem.String(), "")
}

// shown returns a quantity as a message shows it.
func shown(q units.Quantity) string { return Display(external(q), q.Unit.String(), 6) }

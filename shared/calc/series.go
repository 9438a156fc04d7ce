package calc

import "abacus/shared/units"

// seriesUnit has the units of a loop.
type seriesUnit struct {
	index   units.Unit // of the index of a search
	unit    units.Unit // of the total, or of the values of a search, once started
	result  units.Unit // of a search
	scale   float64    // of a search: what a value counts in the result
	started bool
}

// ends converts the ends of a range, the two values on the stack, to one unit, and returns it. A
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

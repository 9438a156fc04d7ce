package calc

import "abacus/shared/units"

// unitRule is how a function treats the units of its arguments.
type unitRule uint8

const (
	rulePure   unitRule = iota // plain numbers, and angles, in radians
	ruleKeep                   // all in the unit of the first, which is also that of the result
	ruleFirst                  // the first as for ruleKeep, the others as for rulePure
	ruleRatio                  // all in the unit of the first; the result is a number
	ruleSquare                 // all in the unit of the first; the result is in its square
	ruleRoot                   // the square root or the cube root
	ruleProduct
	ruleLast       // numbers except for the last, which has the unit of the result
	ruleAfter      // a number, then all in the unit of the second, which is also that of the result
	ruleAfterRatio // the same, but the result is a number
)

// apply prepares the call of a built-in function: it converts the arguments and sets the unit of
// the result. Roots and products it computes itself.
func (c *Calculator) apply(
	in *instruction, sp int, top float64, scope *Scope,
) (value float64, delta int, done bool, problem *Error) {
	n, b := int(in.index), &builtins[in.id]
	first := sp - n + 1
	if n == 0 {
		c.units[first] = units.Unit{}
		return top, 0, false, nil
	}
	c.stack[sp] = top
	values, u := c.stack[first:][:n], c.units[first:][:n]
	plain := true
	for i := range u {
		plain = plain && u[i].None()
	}
	if plain {
		return top, 0, false, nil
	}
	scope.Steps += quantityCost * n
	rule := b.units
	switch rule {
	case ruleRoot:
		degree := 2
		if in.id != idSqrt {
			degree = 3
		}
		if u[0] == units.Percent {
			rule = rulePure
			break
		}
		q, problem := root(units.Quantity{Value: top, Unit: u[0]}, degree)
		u[0] = q.Unit
		return q.Value, 0, true, problem
	case ruleProduct:
		product := units.Quantity{Value: values[0], Unit: u[0]}
		for i := 1; i < n; i++ {
			next := units.Quantity{Value: values[i], Unit: u[i]}
			q, problem := units.Multiply(product, next)
			if problem != units.OK {
				return 0, 0, true, unitError("multiply", "by", product, next, problem)
			}
			product = q
		}
		u[0] = product.Unit
		return product.Value, 1 - n, true, nil
	}
	if problem = c.convertArguments(b, rule, first, n); problem != nil {
		return 0, 0, true, problem
	}
	switch rule {
	case ruleRatio, ruleAfterRatio:
		u[0] = units.Unit{}
	case ruleLast, ruleAfter:
		u[0] = u[n-1]
	case ruleSquare:
		square, overflow := units.Power(u[0], 2)
		if overflow != units.OK {
			return 0, 0, true, fault(CodeUnit, quote(b.name)+": "+overflow.String(), "")
		}
		u[0] = square
	}
	return c.stack[sp], 0, false, nil
}

// convertArguments converts n arguments, the first of them in a slot of the stack, to numbers or to
// the unit of one of them.
func (c *Calculator) convertArguments(b *builtin, rule unitRule, first, n int) (problem *Error) {
	from := first // the argument whose unit counts
	switch rule {
	case ruleLast:
		from = first + n - 1
	case ruleAfter, ruleAfterRatio:
		from = first + 1
	}
	for slot := first; slot < first+n; slot++ {
		q := units.Quantity{Value: c.stack[slot], Unit: c.units[slot]}
		switch {
		case rule == rulePure || rule == ruleFirst && slot > first || slot < from:
			if c.stack[slot], problem = c.number(slot, q.Value, quote(b.name)); problem != nil {
				return problem
			}
		case slot > from && q.Unit != c.units[from]:
			converted, mismatch := c.exchanged(q, c.units[from])
			if mismatch != units.OK {
				head := units.Quantity{Value: c.stack[from], Unit: c.units[from]}
				return unitError("take "+quote(b.name)+" of", "and", head, q, mismatch)
			}
			c.stack[slot], c.units[slot] = converted.Value, c.units[from]
		}
	}
	return nil
}

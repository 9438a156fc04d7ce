package calc

import (
	"math"

	"abacus/shared/units"
)

// raise returns a^b.
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
		return a, fault(CodeUnit, "the power of a quantity must be a whole number: "+shown(a),
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

// root returns the square root or the cube root.
func root(a units.Quantity, degree int) (units.Quantity, *Error) {
	radicand, u, problem := units.Root(a.Unit, degree)
	if problem == units.OK && radicand != a.Unit {
		a, problem = units.Convert(a, radicand, nil)
	}
	if problem != units.OK {
		return a, fault(CodeUnit, fill("% of % has no unit: % is not a %",
			rootNames[degree-2], shown(a), a.Unit.Dimension().String(), powerNames[degree-2]),
			fill("take the root of a %: %", powerNames[degree-2], rootExamples[degree-2]))
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

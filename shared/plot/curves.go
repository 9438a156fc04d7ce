package plot

import (
	"math"

	"abacus/shared/calc"
)

// Curves gives the functions of a plot, which the calculator has evaluated last. They share so many steps, each of their
// values MaxSteps at most, and have no more values when those are used up.
func Curves(calculator *calc.Calculator, program *calc.Program, scope *calc.Scope, expressions, steps int) []Function {
	functions := make([]Function, expressions)
	for curve := range functions {
		curve := curve
		functions[curve] = func(x float64) float64 {
			if steps <= 0 {
				return math.NaN()
			}
			scope.Steps = 0
			y, err := calculator.Curve(program, scope, curve, x)
			steps -= scope.Steps
			if err != nil {
				return math.NaN()
			}
			return y
		}
	}
	return functions
}

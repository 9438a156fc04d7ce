package plot

import (
	"math"

	"abacus/shared/calc"
)

// Curves gives the functions of a plot, which the calculator has evaluated last. They take their
// steps from those left, each value MaxSteps at most, and have no more values when none are.
func Curves(calculator *calc.Calculator, program *calc.Program, scope *calc.Scope, expressions int,
	left *int) []Function {
	functions := make([]Function, expressions)
	for curve := range functions {
		curve := curve
		functions[curve] = func(x float64) float64 {
			if *left <= 0 {
				return math.NaN()
			}
			scope.Steps = 0
			y, err := calculator.Curve(program, scope, curve, x)
			*left -= scope.Steps
			if err != nil {
				return math.NaN()
			}
			return y
		}
	}
	return functions
}

// Affordable is how many values of each curve so many steps are good for, by what it has taken to
// evaluate the plot.
func Affordable(scope *calc.Scope, steps int) int { return steps / (scope.Steps/calc.Probes + 1) }

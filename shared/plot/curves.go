package plot

import (
	"math"

	"abacus/shared/calc"
)

// Curves returns the functions of the plot that the calculator evaluated last. They share the given
// steps, use at most MaxSteps for each value, and have no values once the steps are used up.
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

// Affordable returns how many values of each curve the steps pay for, judging by the evaluation of
// the plot.
func Affordable(scope *calc.Scope, steps int) int { return steps / (scope.Steps/calc.Probes + 1) }

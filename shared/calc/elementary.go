package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func fraction(x float64) float64 { return x - math.Trunc(x) }

func logarithm(x []float64) (float64, string) {
	switch {
	case x[0] <= 0:
		return 0, needsPositive
	case len(x) == 1:
		return libm.Log10(x[0]), ""
	case x[1] <= 0 || x[1] == 1:
		return 0, "the base of a logarithm must be above 0 and not 1"
	}
	return libm.LogBase(x[0], x[1]), ""
}

func arcTangent(x []float64) (float64, string) { return libm.Atan2(x[0], x[1]), "" }

func hypotenuse(x []float64) (float64, string) { return libm.Hypot(x[0], x[1]), "" }

func minimum(x []float64) (float64, string) {
	least := x[0]
	for _, v := range x[1:] {
		if v < least {
			least = v
		}
	}
	return least, ""
}

func maximum(x []float64) (float64, string) {
	most := x[0]
	for _, v := range x[1:] {
		if v > most {
			most = v
		}
	}
	return most, ""
}

func clamp(x []float64) (float64, string) {
	if x[1] > x[2] {
		return 0, "the low end is above the high end"
	}
	return math.Max(x[1], math.Min(x[0], x[2])), ""
}

package libm_test

import (
	"fmt"
	"math"
	"math/rand"
	"testing"

	"abacus/shared/calc"
	. "abacus/shared/calc/libm"
)

// search is an expression with solve, integral or derivative, its exact result, the size to which
// its error is relative, and the largest error that it may have.
type search struct {
	name   string
	most   float64
	source func(r *rand.Rand) (source string, exact, size float64)
}

var searches = []search{
	{"integral of e^(kx)", 1e-13, func(r *rand.Rand) (string, float64, float64) {
		k, a, b := r.NormFloat64(), -3*r.Float64(), 3*r.Float64()
		exact := math.Exp(k*a) * Expm1(k*(b-a)) / k
		return fmt.Sprintf("integral(e^(%v*x), x = %v, %v)", k, a, b), exact, exact
	}},
	{"integral of cos(kx)", 1e-13, func(r *rand.Rand) (string, float64, float64) {
		k, a, b := 10*r.Float64(), -3*r.Float64(), 3*r.Float64()
		return fmt.Sprintf("integral(cos(%v*x), x = %v, %v)", k, a, b), (Sin(k*b) - Sin(k*a)) / k, b - a
	}},
	{"derivative of e^(kx)", 1e-9, func(r *rand.Rand) (string, float64, float64) {
		k, a := 3*r.NormFloat64(), 3*r.NormFloat64()
		value := Exp(k * a)
		return fmt.Sprintf("derivative(e^(%v*x), x = %v)", k, a), k * value, max(value, math.Abs(k*value))
	}},
	{"derivative of sin(kx)", 1e-9, func(r *rand.Rand) (string, float64, float64) {
		k, a := 3*r.NormFloat64(), 3*r.NormFloat64()
		return fmt.Sprintf("derivative(sin(%v*x), x = %v)", k, a), k * Cos(k*a), k
	}},
	{"solution of x^3 = k", 1e-15, func(r *rand.Rand) (string, float64, float64) {
		k := math.Pow(10, 12*r.Float64()-6)
		return fmt.Sprintf("solve(x^3 = %v, x = 0, %v)", k, k+1), math.Cbrt(k), math.Cbrt(k)
	}},
	{"solution of e^x = k", 1e-15, func(r *rand.Rand) (string, float64, float64) {
		k := math.Pow(10, 12*r.Float64()-6)
		return fmt.Sprintf("solve(e^x = %v, x = -20, 20)", k), Log(k), max(1, math.Abs(Log(k)))
	}},
}

// TestSearches measures solve, integral and derivative, whose results are not a single rounding, by
// their relative error.
func TestSearches(t *testing.T) {
	for _, m := range searches {
		r := rand.New(rand.NewSource(1))
		var c calc.Calculator
		worst := 0.0
		for i := 0; i < *Places; i++ {
			source, exact, size := m.source(r)
			_, got, err := c.Eval(source, nil)
			if err != nil {
				t.Errorf("%s: %v", source, err)
				break
			}
			e := math.Abs(got.Value-exact) / math.Abs(size)
			if worst = max(worst, e); !(e <= m.most) {
				t.Errorf("%s = %v, want %v: the error is %.2g, at most %.2g", source, got.Value, exact, e, m.most)
				break
			}
		}
		t.Logf("%s: %.1e", m.name, worst)
	}
}

package libm

import (
	"math"
	"math/bits"
)

// Mod returns the exact remainder of x/y with the sign of x, or not a number if y is 0. It divides
// 64 bits at a time; the usual loop takes a step a bit, up to 2,000.
func Mod(x, y float64) float64 {
	a, b := math.Abs(x), math.Abs(y)
	switch {
	case b == 0:
		return math.NaN()
	case a < b:
		return x
	}
	m, exponent := mantissa(a)
	divisor, least := mantissa(b)
	rest := m % divisor
	for n := exponent - least; n > 0; {
		step := min(n, 64)
		rest = bits.Rem64(rest>>(64-step), rest<<step, divisor)
		n -= step
	}
	return math.Copysign(math.Ldexp(float64(rest), least), x)
}

// mantissa returns a > 0 as m 2^exponent with a whole m below 2^53.
func mantissa(a float64) (m uint64, exponent int) {
	b := math.Float64bits(a)
	m, exponent = b&(1<<52-1), int(b>>52)-1075
	if exponent == -1075 { // subnormal
		return m, -1074
	}
	return m | 1<<52, exponent
}

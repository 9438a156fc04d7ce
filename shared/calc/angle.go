package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

// twelfths holds the sines of 0, π/12 ... π/2.
var twelfths = [...]float64{
	0, 0.25881904510252074, 0.5, 0.7071067811865476, 0.8660254037844386, 0.9659258262890683, 1,
}

// tangents holds the tangents of 0, π/12 ... 5π/12.
var tangents = [...]float64{
	0, 0.2679491924311227, 0.5773502691896257, 1, 1.7320508075688772, 3.732050807568877,
}

// maxTwelfth limits the multiples that twelfth finds: beyond it an ulp is no longer small.
const maxTwelfth = 1 << 24

// twelfth returns x as a multiple of π/12 (mod 24) if it is within 1.5 ulp of one, which is as far
// as pi*k/12 can be. No float64 but 0 is such a multiple, and sin(pi) means the multiple.
func twelfth(x float64) (n int, ok bool) {
	nearest := math.Floor(x*(12/math.Pi) + 0.5)
	if math.Abs(x*(12/math.Pi)-nearest) > 1e-8 || math.Abs(nearest) > maxTwelfth {
		return 0, false
	}
	const piRest = 1.2246467991473532e-16 // π - math.Pi
	exact := libm.Exact(math.Pi).Times(nearest).Plus(nearest * piRest).Over(12)
	ulp := math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x)
	if math.Abs(exact.Plus(-x).Round()) > 1.5*ulp {
		return 0, false
	}
	return (int(nearest)%24 + 24) % 24, true
}

// sineOfTwelfths returns the sine of n twelfths of π, from 0 to 23.
func sineOfTwelfths(n int) float64 {
	if n > 12 {
		return -sineOfTwelfths(n - 12)
	}
	return twelfths[min(n, 12-n)]
}

func sine(x float64) float64 {
	if n, ok := twelfth(x); ok && x != 0 {
		return sineOfTwelfths(n)
	}
	return libm.Sin(x)
}

func cosine(x float64) float64 {
	if n, ok := twelfth(x); ok {
		return sineOfTwelfths((n + 6) % 24)
	}
	return libm.Cos(x)
}

// tangent returns the tangent of x radians. It is not a number at the odd multiples of π/2.
func tangent(x float64) float64 {
	n, ok := twelfth(x)
	switch n %= 12; {
	case !ok || x == 0:
		return libm.Tan(x)
	case n == 6:
		return math.NaN()
	case n > 6:
		return -tangents[12-n]
	}
	return tangents[n]
}

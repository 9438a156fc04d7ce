package libm

import (
	"flag"
	"math"
	"math/big"
	"math/rand"
	"testing"
)

// measured is a function with its reference, the points at which it is measured, and the largest
// error that it may have, in units in the last place (ulp). The manual of package calc has the same
// table.
type measured struct {
	name      string
	most      float64
	function  func(x, y float64) float64
	reference func(x, y *big.Float) *big.Float
	sample    func(r *rand.Rand) (x, y float64)
}

// between samples uniformly from low to high.
func between(low, high float64) func(*rand.Rand) (float64, float64) {
	return func(r *rand.Rand) (float64, float64) { return low + (high-low)*r.Float64(), 0 }
}

// magnitudes samples numbers of either sign, uniformly in their logarithm to base 10.
func magnitudes(low, high float64) func(*rand.Rand) (float64, float64) {
	return func(r *rand.Rand) (float64, float64) {
		return math.Copysign(math.Pow(10, low+(high-low)*r.Float64()), r.Float64()-0.5), 0
	}
}

func positive(low, high float64) func(*rand.Rand) (float64, float64) {
	return func(r *rand.Rand) (float64, float64) { return math.Pow(10, low+(high-low)*r.Float64()), 0 }
}

// near samples numbers a little below or above the center.
func near(center, low, high float64) func(*rand.Rand) (float64, float64) {
	return func(r *rand.Rand) (float64, float64) {
		x, _ := magnitudes(low, high)(r)
		return center + x, 0
	}
}

// mixed samples from one of several samples at random.
func mixed(samples ...func(*rand.Rand) (float64, float64)) func(*rand.Rand) (float64, float64) {
	return func(r *rand.Rand) (float64, float64) { return samples[r.Intn(len(samples))](r) }
}

func unary(f func(float64) float64) func(x, y float64) float64 {
	return func(x, _ float64) float64 { return f(x) }
}

func bigUnary(f func(*big.Float) *big.Float) func(x, y *big.Float) *big.Float {
	return func(x, _ *big.Float) *big.Float { return f(x) }
}

// halves samples multiples of pi/2, where sine or cosine is nearly 0.
func halves(r *rand.Rand) (float64, float64) { return float64(r.Intn(1<<24)) * (math.Pi / 2), 0 }

// hyperbolic returns (e^x - e^-x)/2 and (e^x + e^-x)/2.
func hyperbolic(x *big.Float) (sinh, cosh *big.Float) {
	e := bigExp(x)
	return shift(subtract(e, divide(one(e), e)), -1), shift(add(e, divide(one(e), e)), -1)
}

var angles = mixed(between(-10, 10), between(-1e5, 1e5), magnitudes(-8, 6), magnitudes(5, 308.2),
	halves)

var functions = []measured{
	{"exp", 0.51, unary(Exp), bigUnary(bigExp),
		mixed(between(-700, 709), between(-2, 2), magnitudes(-12, 2))},
	{"expm1", 0.51, unary(Expm1),
		bigUnary(func(x *big.Float) *big.Float { return subtract(bigExp(x), one(x)) }),
		mixed(between(-70, 709), between(-2, 2), magnitudes(-15, 1))},
	{"ln", 0.51, unary(Log), bigUnary(bigLog),
		mixed(positive(-300, 300), between(0.5, 2), near(1, -10, -1))},
	{"log2", 0.51, unary(Log2),
		bigUnary(func(x *big.Float) *big.Float { return divide(bigLog(x), bigLog(number(2))) }),
		mixed(positive(-300, 300), between(0.5, 2), near(1, -10, -1))},
	{"log10", 0.51, unary(Log10),
		bigUnary(func(x *big.Float) *big.Float { return divide(bigLog(x), bigLog(number(10))) }),
		mixed(positive(-300, 300), between(0.5, 2), near(1, -10, -1))},
	{"log(x, b)", 0.51, LogBase, func(x, y *big.Float) *big.Float {
		return divide(bigLog(x),
			bigLog(y))
	}, func(r *rand.Rand) (float64, float64) {
		x, _ := positive(-30, 30)(r)
		return x, 2 + 20*r.Float64()
	}},
	{"log1p", 0.51, unary(Log1p),
		bigUnary(func(x *big.Float) *big.Float { return bigLog(add(x, one(x))) }),
		mixed(positive(-15, 300), between(-0.99, 1), near(0, -15, -1))},
	{"x^y", 0.51, Pow, func(x, y *big.Float) *big.Float { return bigExp(multiply(y, bigLog(x))) }, func(r *rand.Rand) (float64, float64) {
		if r.Intn(2) == 0 {
			x, _ := near(1, -8, -1)(r)
			return x, math.Copysign(math.Pow(10, 7*r.Float64()), r.Float64()-0.5)
		}
		return 300 * r.Float64(), 200*r.Float64() - 100
	}},
	{"sin", 0.81, unary(Sin),
		bigUnary(func(x *big.Float) *big.Float { s, _ := bigSinCos(x); return s }), angles},
	{"cos", 0.81, unary(Cos),
		bigUnary(func(x *big.Float) *big.Float { _, c := bigSinCos(x); return c }), angles},
	{"tan", 0.88, unary(Tan),
		bigUnary(func(x *big.Float) *big.Float { s, c := bigSinCos(x); return divide(s, c) }),
		angles},
	{"asin", 0.73, unary(Asin), bigUnary(bigAsin),
		mixed(between(-1, 1), magnitudes(-8, 0), near(0.999999, -12, -7))},
	{"acos", 0.67, unary(Acos), bigUnary(func(x *big.Float) *big.Float { return subtract(shift(bigPi(referenceBits), -1), bigAsin(x)) }), mixed(between(-1, 1), magnitudes(-8, 0), near(0.999999, -12, -7))},
	{"atan", 0.66, unary(Atan), bigUnary(bigArcTangent), mixed(between(-5, 5), magnitudes(-8, 20))},
	{"atan2", 0.67, Atan2, func(y, x *big.Float) *big.Float {
		angle := bigArcTangent(divide(y, x))
		if x.Sign() < 0 {
			angle = add(angle, times(bigPi(referenceBits), int64(y.Sign())))
		}
		return angle
	}, func(r *rand.Rand) (float64, float64) { return r.NormFloat64(), r.NormFloat64() }},
	{"sinh", 0.51, unary(Sinh),
		bigUnary(func(x *big.Float) *big.Float { s, _ := hyperbolic(x); return s }),
		mixed(between(-700, 700), between(-3, 3), magnitudes(-12, 2))},
	{"cosh", 0.51, unary(Cosh),
		bigUnary(func(x *big.Float) *big.Float { _, c := hyperbolic(x); return c }),
		mixed(between(-700, 700), between(-3, 3), magnitudes(-12, 2))},
	{"tanh", 0.51, unary(Tanh),
		bigUnary(func(x *big.Float) *big.Float { s, c := hyperbolic(x); return divide(s, c) }),
		mixed(between(-25, 25), between(-3, 3), magnitudes(-12, 0))},
	{"asinh", 0.51, unary(Asinh), bigUnary(func(x *big.Float) *big.Float {
		return bigLog(add(x, root(add(multiply(x, x), one(x)))))
	}), mixed(between(-5, 5), magnitudes(-8, 20))},
	{"acosh", 0.51, unary(Acosh), bigUnary(func(x *big.Float) *big.Float {
		return bigLog(add(x, root(subtract(multiply(x, x), one(x)))))
	}), mixed(between(1, 5), positive(0.1, 100), func(r *rand.Rand) (float64, float64) {
		x, _ := positive(-14, 0)(r)
		return 1 + x, 0
	})},
	{"atanh", 0.51, unary(Atanh), bigUnary(func(x *big.Float) *big.Float {
		return shift(bigLog(divide(add(one(x), x), subtract(one(x), x))), -1)
	}), mixed(between(-1, 1), magnitudes(-8, -0.001))},
	{"hypot", 0.51, Hypot, func(x, y *big.Float) *big.Float {
		return root(add(multiply(x, x),
			multiply(y, y)))
	}, func(r *rand.Rand) (float64, float64) {
		x, _ := magnitudes(-150, 150)(r)
		return x, x * 10 * r.Float64()
	}},
	{"cbrt", 0.7, unary(math.Cbrt),
		bigUnary(func(x *big.Float) *big.Float { return bigExp(over(bigLog(x), 3)) }),
		positive(-8, 8)},
	{"gamma", 0.52, unary(Gamma), bigUnary(func(x *big.Float) *big.Float {
		logarithm, factors := bigGamma(x)
		return divide(bigExp(logarithm), factors)
	}), mixed(between(-170, 171.6), between(-5, 5), between(0, 30), positive(-8, 2.2))},
	{"lgamma", 2.4, unary(Lgamma), bigUnary(func(x *big.Float) *big.Float {
		logarithm, factors := bigGamma(x)
		return subtract(logarithm, bigLog(fresh(factors).Abs(factors)))
	}), mixed(between(0, 20), between(0.5, 3), positive(-8, 200), near(1, -9, -1), near(2, -9, -1))},
	{"erf", 0.96, unary(Erf), bigUnary(bigErf), mixed(between(-6, 6), magnitudes(-8, 0.7))},
	{"erfc", 2.8, unary(Erfc),
		bigUnary(func(x *big.Float) *big.Float { e := bigErf(x); return subtract(one(e), e) }),
		mixed(between(-6, 26), magnitudes(-8, 0.7))},
}

// ulps returns the distance of got from the exact value, in units in the last place of that value.
func ulps(got float64, exact *big.Float) float64 {
	f, _ := exact.Float64()
	unit := math.Nextafter(math.Abs(f), math.Inf(1)) - math.Abs(f)
	distance, _ := subtract(exact, number(got)).Float64()
	return math.Abs(distance) / unit
}

var places = flag.Int("points", 300, "places where a function is measured")

// TestAccuracy measures the worst error of every function at pseudo-random points. -v prints the
// table.
func TestAccuracy(t *testing.T) {
	points := *places
	if testing.Short() {
		points /= 10
	}
	for _, m := range functions {
		m := m
		t.Run(m.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(1))
			worst := 0.0
			for i := 0; i < points; i++ {
				x, y := m.sample(r)
				got := m.function(x, y)
				exact := m.reference(number(x), number(y))
				if f, _ := exact.Float64(); math.IsInf(f, 0) || math.Abs(f) < 0x1p-1022 {
					continue
				}
				if e := ulps(got, exact); e > worst || e != e {
					worst = e
					if !(e <= m.most) {
						t.Fatalf("%s(%v, %v) = %v is %.3g ulp off, at most %v", m.name, x, y, got, e, m.most)
					}
				}
			}
			t.Logf("%.2f ulp", worst)
		})
	}
}

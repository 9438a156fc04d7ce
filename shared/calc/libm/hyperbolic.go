package libm

import "math"

// Below tiny, sinh, tanh and their inverses are x to the last bit.
const tiny = 0x1p-28

// Sinh returns the hyperbolic sine.
func Sinh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < tiny:
		return x
	case a > 40:
		return math.Copysign(exp(sum(a, -ln2.hi).plus(Double{-ln2.lo, 0})), x)
	}
	t := expm1(Double{a, 0})
	t = t.plus(t.divided(t.plus(Double{1, 0})))
	return math.Copysign(t.Round()/2, x)
}

// Cosh returns the hyperbolic cosine.
func Cosh(x float64) float64 {
	a := math.Abs(x)
	if a > 40 {
		return exp(sum(a, -ln2.hi).plus(Double{-ln2.lo, 0}))
	}
	t := expm1(Double{a, 0})
	t = t.multiplied(t).divided(t.plus(Double{1, 0}))
	return Double{1, 0}.plus(Double{t.hi / 2, t.lo / 2}).Round()
}

// Tanh returns the hyperbolic tangent.
func Tanh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < tiny:
		return x
	case a > 20:
		return math.Copysign(1, x)
	}
	t := expm1(Double{2 * a, 0})
	return math.Copysign(t.divided(t.plus(Double{2, 0})).Round(), x)
}

// Asinh returns the inverse of Sinh.
func Asinh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < tiny:
		return x
	case a > 1/tiny:
		return math.Copysign(log(a).plus(ln2).Round(), x)
	}
	square := product(a, a)
	root := square.plus(Double{1, 0}).root()
	u := square.divided(root.plus(Double{1, 0})).plus(Double{a, 0})
	return math.Copysign(log1p(u).Round(), x)
}

// Acosh returns the inverse of Cosh, for x from 1 up.
func Acosh(x float64) float64 {
	switch {
	case x < 1:
		return math.NaN()
	case x > 1/tiny:
		return log(x).plus(ln2).Round()
	}
	t := sum(x, -1)
	return log1p(t.multiplied(t.plus(Double{2, 0})).root().plus(t)).Round()
}

// Atanh returns the inverse of Tanh, for x between -1 and 1.
func Atanh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a >= 1:
		return math.NaN()
	case a < tiny:
		return x
	}
	return math.Copysign(log1p(Double{2 * a, 0}.divided(sum(1, -a))).Round()/2, x)
}

// Hypot returns the square root of x² + y².
func Hypot(x, y float64) float64 {
	x, y = math.Abs(x), math.Abs(y)
	if x < y {
		x, y = y, x
	}
	if y == 0 {
		return x
	}
	_, n := math.Frexp(x)
	x, y = math.Ldexp(x, -n), math.Ldexp(y, -n)
	return product(x, x).plus(product(y, y)).root().Scale(n)
}

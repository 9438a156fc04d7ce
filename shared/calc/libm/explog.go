package libm

import "math"

var (
	third       = Double{0.3333333333333333, 1.850371707708594e-17}
	fifth       = Double{0.2, -1.1102230246251566e-17}
	sixth       = Double{0.16666666666666666, 9.25185853854297e-18}
	twentyforth = Double{0.041666666666666664, 2.3129646346357427e-18}
	ln2         = Double{0.6931471805599453, 2.3190468138462996e-17}
	perLn2      = Double{1.4426950408889634, 2.0355273740931033e-17}
	perLn10     = Double{0.4342944819032518, 1.098319650216765e-17}
)

// logKernel returns ln(1 + u) for |u| < 0.42, by the series 2(s + s³/3 + s⁵/5 + ...) with s = u/(2
// + u). A float64 is enough for the terms from s⁷ on.
func logKernel(u Double) Double {
	s := u.divided(u.plus(Double{2, 0}))
	z2 := s.multiplied(s)
	z := z2.hi
	tail := 1.0 / 29
	for n := 27.0; n >= 7; n -= 2 {
		tail = 1/n + float64(z*tail)
	}
	t := fifth.plus(Double{float64(z * tail), 0})
	t = third.plus(t.multiplied(z2))
	t = t.multiplied(z2).multiplied(s)
	s = s.plus(t)
	return Double{2 * s.hi, 2 * s.lo}
}

// log returns ln x for finite x > 0.
func log(x float64) Double {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	l := logKernel(Double{m - 1, 0})
	if k == 0 {
		return l
	}
	return ln2.Times(float64(k)).plus(l)
}

// log1p returns ln(1 + u) for u > -1.
func log1p(u Double) Double {
	if math.Abs(u.hi) < 0.25 {
		return logKernel(u)
	}
	v := sum(1, u.hi)
	v = quickSum(v.hi, v.lo+u.lo)
	l := log(v.hi)
	return l.plus(Double{v.lo / v.hi, 0}) // the next term would be below 2^-107
}

// expKernel returns e^x as (1 + p) 2^k. If k is 0, p is expm1, just as exact relative to itself.
func expKernel(x Double) (p Double, k int) {
	n := math.Floor(x.hi*perLn2.hi + 0.5)
	r := x
	if n != 0 {
		r = x.plus(ln2.Times(-n))
	}
	tail := 1.0
	for i := 18.0; i >= 6; i-- {
		tail = 1 + float64(r.hi*tail)/i
	}
	t := twentyforth.plus(Double{float64(r.hi*tail) / 120, 0})
	t = sixth.plus(t.multiplied(r))
	t = Double{0.5, 0}.plus(t.multiplied(r))
	return r.plus(t.multiplied(r).multiplied(r)), int(n)
}

// exp returns e^x, rounded, for any finite x.
func exp(x Double) float64 {
	switch {
	case x.hi > 710:
		return math.Inf(1)
	case x.hi < -746:
		return 0
	}
	p, k := expKernel(x)
	return Double{1, 0}.plus(p).Scale(k)
}

// expm1 returns e^x - 1 for x from -64 to 709.
func expm1(x Double) Double {
	p, k := expKernel(x)
	if k == 0 {
		return p
	}
	return Double{1, 0}.plus(p).scaled(k).plus(Double{-1, 0})
}

// Exp returns e^x.
func Exp(x float64) float64 { return exp(Double{x, 0}) }

// Expm1 returns e^x - 1.
func Expm1(x float64) float64 {
	switch {
	case x > 60:
		return Exp(x)
	case x < -60:
		return -1
	case math.Abs(x) < 0x1p-54:
		return x
	}
	return expm1(Double{x, 0}).Round()
}

// Log returns the natural logarithm.
func Log(x float64) float64 {
	if x <= 0 {
		return math.NaN()
	}
	return log(x).Round()
}

// Log2 returns the logarithm to base 2.
func Log2(x float64) float64 {
	if x <= 0 {
		return math.NaN()
	}
	return log(x).multiplied(perLn2).Round()
}

// Log10 returns the logarithm to base 10.
func Log10(x float64) float64 {
	if x <= 0 {
		return math.NaN()
	}
	return log(x).multiplied(perLn10).Round()
}

// LogBase returns the logarithm to a base that is above 0 and not 1.
func LogBase(x, base float64) float64 {
	if x <= 0 {
		return math.NaN()
	}
	return log(x).divided(log(base)).Round()
}

// Log1p returns ln(1 + x).
func Log1p(x float64) float64 {
	switch {
	case x <= -1:
		return math.NaN()
	case math.Abs(x) < 0x1p-54:
		return x
	}
	return log1p(Double{x, 0}).Round()
}

// Growth returns (1+rate)^n - 1 for a rate above -1, infinite beyond the largest float64.
func Growth(rate, n float64) Double {
	l := log1p(Double{rate, 0})
	switch y := l.hi * n; {
	case y > 710:
		return Double{math.Inf(1), 0}
	case y < -64:
		return Double{-1, 0}
	}
	return expm1(l.Times(n))
}

// Periods returns the n for which (1+rate)^-n is 1 - rate*share, which is above 0.
func Periods(rate float64, share Double) float64 {
	return log1p(share.Times(-rate)).negative().divided(log1p(Double{rate, 0})).Round()
}

// NthRoot returns the n-th root of a * 2^k for an a from 1 up to 2.
func (a Double) NthRoot(n, k int) float64 {
	whole := k / n
	l := log1p(a.plus(Double{-1, 0})).plus(ln2.Times(float64(k - whole*n)))
	return math.Ldexp(exp(l.Over(float64(n))), whole)
}

// Pow returns x^y; 0^0 is 1.
func Pow(x, y float64) float64 {
	switch {
	case y == 2:
		return x * x
	case y == 0 || x == 1:
		return 1
	case y == 1:
		return x
	case y == 0.5 && x >= 0:
		return math.Sqrt(x)
	case y == -1:
		return 1 / x
	case x == 0 && y < 0:
		return math.Inf(1)
	case x == 0:
		return 0
	case x > 0:
		return power(x, y)
	case y != math.Trunc(y):
		return math.NaN()
	case math.Mod(y, 2) != 0:
		return -power(-x, y)
	}
	return power(-x, y)
}

// power is x^y for x > 0.
func power(x, y float64) float64 {
	l := log(x)
	switch t := l.hi * y; {
	case t > 710:
		return math.Inf(1)
	case t < -746:
		return 0
	}
	return exp(l.Times(y))
}

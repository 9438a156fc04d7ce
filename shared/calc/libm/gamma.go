package libm

import "math"

// halfLnTau is ln(2 pi)/2.
var halfLnTau = Double{0.9189385332046728, -3.8782941580672414e-17}

// stirling holds the coefficients B(2k)/(2k(2k-1)) of Stirling's series.
var stirling = [...]float64{1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188,
	-691.0 / 360360, 1.0 / 156, -3617.0 / 122400, 43867.0 / 244188}

// lgammaLarge returns ln gamma(x) for x ≥ 16.
func lgammaLarge(x Double) Double {
	l := log(x.hi).plus(Double{x.lo / x.hi, 0})
	y := 1 / x.hi
	z := float64(y * y)
	s := 0.0
	for i := len(stirling) - 1; i >= 0; i-- {
		s = stirling[i] + float64(z*s)
	}
	value := x.plus(Double{-0.5, 0}).multiplied(l).plus(x.negative()).plus(halfLnTau)
	return value.plus(Double{float64(y * s), 0})
}

// rising returns x(x+1)...(x+n-1) 2^-400, which is always within range, and x+n.
func rising(x float64, n int) (factors, end Double) {
	factors = Double{0x1p-400, 0}
	for i := 0; i < n; i++ {
		factors = factors.multiplied(sum(x, float64(i)))
	}
	return factors, sum(x, float64(n))
}

// steps returns how many steps lead from x up to where Stirling's series is exact.
func steps(x float64) int { return max(0, int(math.Ceil(16-x))) }

// Gamma returns the gamma function.
func Gamma(x float64) float64 {
	switch {
	case x <= 0 && x == math.Trunc(x):
		return math.NaN()
	case x > 171.7:
		return math.Inf(1)
	case x < -184:
		return 0
	case math.Abs(x) < 0x1p-60:
		return 1 / x
	}
	factors, end := rising(x, steps(x))
	p, k := expKernel(lgammaLarge(end))
	return Double{1, 0}.plus(p).divided(factors).Scale(k - 400)
}

// zetas holds (zeta(k) - 1)/k from k = 2 on.
var zetas = [...]float64{
	0.3224670334241132, 0.0673523010531981, 0.020580808427784546, 0.007385551028673986,
	0.0028905103307415234, 0.001192753911703261, 0.0005096695247430425, 0.00022315475845357939,
	9.945751278180853e-05, 4.492623673813314e-05, 2.050721277567069e-05, 9.439488275268397e-06,
	4.374866789907488e-06, 2.039215753801366e-06, 9.55141213040742e-07, 4.492469198764566e-07,
	2.1207184805554665e-07, 1.0043224823968099e-07, 4.7698101693639804e-08, 2.2711094608943164e-08,
	1.0838659214896955e-08, 5.183475041970047e-09, 2.4836745438024785e-09, 1.1921401405860912e-09,
	5.731367241678862e-10, 2.7595228851242334e-10,
}

// lgammaNearTwo returns ln gamma(2 + z) for |z| ≤ 0.5, by its series (Abramowitz and Stegun
// 6.1.33).
func lgammaNearTwo(z float64) Double {
	s := 0.0
	for i := len(zetas) - 1; i >= 0; i-- {
		s = zetas[i] - float64(z*s)
	}
	return product(z, 0.42278433509846713).plus(Double{float64(z * float64(z*s)), 0}) // 1 - gamma
}

// Lgamma returns the natural logarithm of the absolute value of gamma(x).
func Lgamma(x float64) float64 {
	a := math.Abs(x)
	switch {
	case x <= 0 && x == math.Trunc(x):
		return math.NaN()
	case x > 1e290:
		return x * (Log(x) - 1)
	case a < 0x1p-60:
		return -Log(a)
	case 1.5 <= x && x <= 2.5:
		return lgammaNearTwo(x - 2).Round()
	case 0.6875 <= x && x < 1.5:
		return lgammaNearTwo(x - 1).plus(log1p(Double{x - 1, 0}).negative()).Round()
	case x < -100:
		return lgammaReflected(x)
	}
	factors, end := rising(x, steps(x))
	if factors.hi < 0 {
		factors = factors.negative()
	}
	l := log(factors.hi).plus(Double{factors.lo / factors.hi, 0}).plus(ln2.Times(400))
	return lgammaLarge(end).plus(l.negative()).Round()
}

// lgammaReflected returns Lgamma(x) for x < -100, by gamma(x) gamma(1-x) = pi/sin(pi x).
func lgammaReflected(x float64) float64 {
	r := x - 2*math.Floor(x/2+0.5) // x mod 2, exact
	s := math.Abs(Sin(math.Pi * r))
	return log(math.Pi / s).plus(lgammaLarge(sum(1, -x)).negative()).Round()
}

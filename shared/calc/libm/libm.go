package libm

import "math"

func Exp(x float64) float64 { return math.Exp(x) }
func Log(x float64) float64 {
	if x == 0 {
		return math.NaN()
	}
	return math.Log(x)
}
func Log2(x float64) float64 {
	if x == 0 {
		return math.NaN()
	}
	return math.Log2(x)
}
func Log10(x float64) float64 {
	if x == 0 {
		return math.NaN()
	}
	return math.Log10(x)
}
func LogBase(x, base float64) float64 { return math.Log(x) / math.Log(base) }
func Expm1(x float64) float64         { return math.Expm1(x) }
func Log1p(x float64) float64 {
	if x == -1 {
		return math.NaN()
	}
	return math.Log1p(x)
}
func Sin(x float64) float64      { return math.Sin(x) }
func Cos(x float64) float64      { return math.Cos(x) }
func Tan(x float64) float64      { return math.Tan(x) }
func Asin(x float64) float64     { return math.Asin(x) }
func Acos(x float64) float64     { return math.Acos(x) }
func Atan(x float64) float64     { return math.Atan(x) }
func Atan2(y, x float64) float64 { return math.Atan2(y, x) }
func Sinh(x float64) float64     { return math.Sinh(x) }
func Cosh(x float64) float64     { return math.Cosh(x) }
func Tanh(x float64) float64     { return math.Tanh(x) }
func Asinh(x float64) float64    { return math.Asinh(x) }
func Acosh(x float64) float64    { return math.Acosh(x) }
func Atanh(x float64) float64 {
	if math.Abs(x) == 1 {
		return math.NaN()
	}
	return math.Atanh(x)
}
func Hypot(x, y float64) float64 { return math.Hypot(x, y) }
func Pow(x, y float64) float64   { return math.Pow(x, y) }
func Mod(x, y float64) float64   { return math.Mod(x, y) }
func Gamma(x float64) float64    { return math.Gamma(x) }
func Lgamma(x float64) float64   { v, _ := math.Lgamma(x); return v }
func Erf(x float64) float64      { return math.Erf(x) }
func Erfc(x float64) float64     { return math.Erfc(x) }

type Double struct{ hi, lo float64 }

var One = Double{1, 0}

func (a Double) Times(x float64) Double { return Double{a.hi * x, 0} }
func (a Double) Over(x float64) Double  { return Double{a.hi / x, 0} }
func (a Double) Round() float64         { return a.hi }

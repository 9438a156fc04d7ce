package libm

import (
	"math"
	"math/big"
	"math/rand"
	"testing"
)

var (
	nan      = math.NaN()
	infinity = math.Inf(1)
)

// TestExact covers points at which a function has a value that is known to the last bit, or none.
func TestExact(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Exp(0)", Exp(0), 1},
		{"Exp(1)", Exp(1), math.E},
		{"Exp(1000)", Exp(1000), infinity},
		{"Exp(-1000)", Exp(-1000), 0},
		{"Expm1(1e-20)", Expm1(1e-20), 1e-20},
		{"Expm1(-100)", Expm1(-100), -1},
		{"Expm1(1000)", Expm1(1000), infinity},
		{"Log(1)", Log(1), 0},
		{"Log(0)", Log(0), nan},
		{"Log(5e-324)", Log(5e-324), -744.4400719213812},
		{"Log2(0)", Log2(0), nan},
		{"Log2(2^-1074)", Log2(0x1p-1074), -1074},
		{"Log2(2^1023)", Log2(0x1p1023), 1023},
		{"Log10(0)", Log10(0), nan},
		{"Log10(1e22)", Log10(1e22), 22},
		{"LogBase(125, 5)", LogBase(125, 5), 3},
		{"LogBase(0, 5)", LogBase(0, 5), nan},
		{"Log1p(-1)", Log1p(-1), nan},
		{"Log1p(1e-20)", Log1p(1e-20), 1e-20},
		{"Pow(0, 0)", Pow(0, 0), 1},
		{"Pow(0, 3)", Pow(0, 3), 0},
		{"Pow(0, -3)", Pow(0, -3), infinity},
		{"Pow(10, 22)", Pow(10, 22), 1e22},
		{"Pow(7, 2)", Pow(7, 2), 49},
		{"Pow(7, 1)", Pow(7, 1), 7},
		{"Pow(2, -1)", Pow(2, -1), 0.5},
		{"Pow(2, 0.5)", Pow(2, 0.5), math.Sqrt2},
		{"Pow(-2, 3)", Pow(-2, 3), -8},
		{"Pow(-2, 4)", Pow(-2, 4), 16},
		{"Pow(-2, 0.5)", Pow(-2, 0.5), nan},
		{"Pow(2, -1074)", Pow(2, -1074), 5e-324},
		{"Pow(2, 1e300)", Pow(2, 1e300), infinity},
		{"Pow(2, -1e300)", Pow(2, -1e300), 0},
		{"Pow(1.000001, 1e6)", Pow(1.000001, 1e6), 2.7182804690957534},
		{"Sin(1e22)", Sin(1e22), -0.8522008497671888},
		{"Sin(max)", Sin(math.MaxFloat64), 0.004961954789184062},
		{"Sin(pi)", Sin(math.Pi), 1.2246467991473532e-16},
		{"Sin(-pi/2)", Sin(-math.Pi / 2), -1},
		{"Cos(0)", Cos(0), 1},
		{"Cos(1e22)", Cos(1e22), 0.523214785395139},
		{"Cos(pi)", Cos(math.Pi), -1},
		{"Tan(pi/4)", Tan(math.Pi / 4), 0.9999999999999999},
		{"Tan(-3pi/4)", Tan(-3 * math.Pi / 4), 1.0000000000000002},
		{"Tan(1e22)", Tan(1e22), -1.628778225606899},
		{"Asin(1)", Asin(1), math.Pi / 2},
		{"Asin(-1)", Asin(-1), -math.Pi / 2},
		{"Asin(1.1)", Asin(1.1), nan},
		{"Acos(1)", Acos(1), 0},
		{"Acos(-1)", Acos(-1), math.Pi},
		{"Acos(1.1)", Acos(1.1), nan},
		{"Atan(-1)", Atan(-1), -math.Pi / 4},
		{"Atan(1e300)", Atan(1e300), math.Pi / 2},
		{"Atan2(0, 0)", Atan2(0, 0), 0},
		{"Atan2(0, -1)", Atan2(0, -1), math.Pi},
		{"Atan2(1, 0)", Atan2(1, 0), math.Pi / 2},
		{"Atan2(-1, 1e-300)", Atan2(-1, 1e-300), -math.Pi / 2},
		{"Atan2(1e-300, 1e300)", Atan2(1e-300, 1e300), 0},
		{"Atan2(1e-300, -1e300)", Atan2(1e-300, -1e300), math.Pi},
		{"Sinh(1e-20)", Sinh(1e-20), 1e-20},
		{"Sinh(-710.4)", Sinh(-710.4), -1.6663642832806496e+308},
		{"Sinh(720)", Sinh(720), infinity},
		{"Cosh(710.4)", Cosh(710.4), 1.6663642832806496e+308},
		{"Tanh(1e-20)", Tanh(1e-20), 1e-20},
		{"Tanh(-30)", Tanh(-30), -1},
		{"Asinh(-1e-20)", Asinh(-1e-20), -1e-20},
		{"Asinh(1e300)", Asinh(1e300), 691.4686750787737},
		{"Acosh(1)", Acosh(1), 0},
		{"Acosh(0.9)", Acosh(0.9), nan},
		{"Acosh(1e300)", Acosh(1e300), 691.4686750787737},
		{"Atanh(1)", Atanh(1), nan},
		{"Atanh(1e-20)", Atanh(1e-20), 1e-20},
		{"Hypot(3, -4)", Hypot(3, -4), 5},
		{"Hypot(0, -4)", Hypot(0, -4), 4},
		{"Hypot(3e300, 4e300)", Hypot(3e300, 4e300), 5e300},
		{"Hypot(1.7e308, 1.7e308)", Hypot(1.7e308, 1.7e308), infinity},
		{"Mod(7, 0)", Mod(7, 0), nan},
		{"Mod(-7, 3)", Mod(-7, 3), -1},
		{"Gamma(0)", Gamma(0), nan},
		{"Gamma(-2)", Gamma(-2), nan},
		{"Gamma(172)", Gamma(172), infinity},
		{"Gamma(1e-300)", Gamma(1e-300), 9.999999999999999e299},
		{"Gamma(-184.5)", Gamma(-184.5), 0},
		{"Gamma(-183.5)", Gamma(-183.5), 0},
		{"Gamma(0.5)", Gamma(0.5), 1.772453850905516},
		{"Lgamma(1)", Lgamma(1), 0},
		{"Lgamma(2)", Lgamma(2), 0},
		{"Lgamma(-3)", Lgamma(-3), nan},
		{"Lgamma(1e-300)", Lgamma(1e-300), 690.7755278982137},
		{"Lgamma(1e300)", Lgamma(1e300), 6.897755278982137e+302},
		{"Lgamma(-0.5)", Lgamma(-0.5), 1.2655121234846454},
		{"Lgamma(-200.5)", Lgamma(-200.5), -864.7382878706798},
		{"Erf(-7)", Erf(-7), -1},
		{"Erf(1)", Erf(1), 0.8427007929497149},
		{"Erfc(-7)", Erfc(-7), 2},
		{"Erfc(-1)", Erfc(-1), 1.8427007929497148},
		{"Erfc(-0.5)", Erfc(-0.5), 1.5204998778130465},
		{"Erfc(1)", Erfc(1), 0.15729920705028513},
		{"Pow(1, 1e300)", Pow(1, 1e300), 1},
		{"Exact(2).Times(3).Over(4)", Exact(2).Times(3).Over(4).Round(), 1.5},
		{"Exact(1).Plus(2^-60).Rest()", Exact(1).Plus(0x1p-60).Rest(), 0x1p-60},
		{"Erfc(30)", Erfc(30), 0},
		{"root(0)", Double{}.root().Round(), 0},
	} {
		if got := c.got; got != c.want && !(got != got && c.want != c.want) {
			t.Errorf("%s = %v, want %v", c.name, got, c.want)
		}
	}
}

// TestFactorials checks that gamma of a whole number is the factorial, rounded once.
func TestFactorials(t *testing.T) {
	factorial := big.NewInt(1)
	for n := int64(1); n <= 170; n++ {
		factorial.Mul(factorial, big.NewInt(n))
		want, _ := new(big.Float).SetInt(factorial).Float64()
		if got := Gamma(float64(n + 1)); got != want {
			t.Errorf("Gamma(%d) = %v, want %v", n+1, got, want)
		}
	}
}

// TestMod compares Mod with the remainder of exact fractions.
func TestMod(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for i := 0; i < 2000; i++ {
		x, _ := magnitudes(-320, 308)(r)
		y, _ := magnitudes(-320, 308)(r)
		if x == 0 || y == 0 {
			continue
		}
		quotient := new(big.Rat).Quo(new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y))
		whole := new(big.Int).Quo(quotient.Num(), quotient.Denom())
		rest := new(big.Rat).Mul(new(big.Rat).SetInt(whole), new(big.Rat).SetFloat64(y))
		want, exact := rest.Sub(new(big.Rat).SetFloat64(x), rest).Float64()
		if got := Mod(x, y); got != want || !exact {
			t.Errorf("Mod(%v, %v) = %v, want %v", x, y, got, want)
		}
	}
}

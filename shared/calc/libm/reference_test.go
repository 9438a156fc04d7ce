package libm

import (
	"math"
	"math/big"
)

// The reference: the functions in math/big, from their series and with bits to spare. They are slow
// and simple.

const referenceBits = 400

func number(x float64) *big.Float { return new(big.Float).SetPrec(referenceBits).SetFloat64(x) }

func fresh(like *big.Float) *big.Float     { return new(big.Float).SetPrec(like.Prec()) }
func add(a, b *big.Float) *big.Float       { return fresh(a).Add(a, b) }
func subtract(a, b *big.Float) *big.Float  { return fresh(a).Sub(a, b) }
func multiply(a, b *big.Float) *big.Float  { return fresh(a).Mul(a, b) }
func divide(a, b *big.Float) *big.Float    { return fresh(a).Quo(a, b) }
func root(a *big.Float) *big.Float         { return fresh(a).Sqrt(a) }
func negate(a *big.Float) *big.Float       { return fresh(a).Neg(a) }
func shift(a *big.Float, n int) *big.Float { return fresh(a).SetMantExp(a, n) }
func one(like *big.Float) *big.Float       { return fresh(like).SetInt64(1) }
func small(term, like *big.Float) bool {
	return term.Sign() == 0 || term.MantExp(nil) < like.MantExp(nil)-int(like.Prec())
}
func over(a *big.Float, n int64) *big.Float  { return divide(a, fresh(a).SetInt64(n)) }
func times(a *big.Float, n int64) *big.Float { return multiply(a, fresh(a).SetInt64(n)) }

// bigArcTangent returns the arc tangent. It halves the argument until the series is short.
func bigArcTangent(x *big.Float) *big.Float {
	const halvings = 8
	for i := 0; i < halvings; i++ {
		x = divide(x, add(one(x), root(add(one(x), multiply(x, x)))))
	}
	square := negate(multiply(x, x))
	sum, power := fresh(x).Set(x), fresh(x).Set(x)
	for n := int64(3); x.Sign() != 0; n += 2 {
		power = multiply(power, square)
		term := over(power, n)
		if small(term, sum) {
			break
		}
		sum = add(sum, term)
	}
	return shift(sum, halvings)
}

// pis caches pi by precision, since it is slow to compute.
var pis = map[uint]*big.Float{}

func bigPi(precision uint) *big.Float {
	if pis[precision] == nil {
		pis[precision] = shift(bigArcTangent(one(new(big.Float).SetPrec(precision))), 2)
	}
	return pis[precision]
}

func bigExp(x *big.Float) *big.Float {
	n := 16
	if e := x.MantExp(nil); e > 0 {
		n += e
	}
	r := shift(x, -n)
	sum, term := one(x), one(x)
	for i := int64(1); ; i++ {
		term = over(multiply(term, r), i)
		if small(term, sum) {
			break
		}
		sum = add(sum, term)
	}
	for i := 0; i < n; i++ {
		sum = multiply(sum, sum)
	}
	return sum
}

// bigLog inverts bigExp with Halley's method.
func bigLog(x *big.Float) *big.Float {
	m, k := fresh(x), 0
	k = x.MantExp(m)
	f, _ := m.Float64()
	y := fresh(x).SetFloat64(math.Log(f) + float64(k)*math.Ln2)
	for bits := uint(40); bits < x.Prec(); bits *= 3 { // of y that are right
		e := bigExp(y)
		y = add(y, times(divide(subtract(x, e), add(x, e)), 2))
	}
	return y
}

// bigSinCos reduces x with as many bits as it needs.
func bigSinCos(x *big.Float) (sin, cos *big.Float) {
	precision := referenceBits + uint(max(0, x.MantExp(nil)))
	wide := new(big.Float).SetPrec(precision).Set(x)
	turn := shift(bigPi(precision), 1)
	n, _ := divide(wide, turn).Int(nil)
	wide = subtract(wide, multiply(new(big.Float).SetPrec(precision).SetInt(n), turn))
	square := negate(multiply(wide, wide))
	series := func(term *big.Float, n int64) *big.Float {
		sum := fresh(wide).Set(term)
		for ; ; n += 2 {
			term = over(multiply(term, square), n*(n-1))
			if small(term, sum) {
				return sum
			}
			sum = add(sum, term)
		}
	}
	return series(wide, 3), series(one(wide), 2)
}

func bigAsin(x *big.Float) *big.Float {
	rest := subtract(one(x), multiply(x, x))
	if rest.Sign() == 0 {
		return times(shift(bigPi(referenceBits), -1), int64(x.Sign()))
	}
	return bigArcTangent(divide(x, root(rest)))
}

// bernoulli are the Bernoulli numbers B(2k), from k = 1.
var bernoulli = func() []*big.Rat {
	const n = 60
	all := []*big.Rat{big.NewRat(1, 1)}
	for m := int64(1); m <= n; m++ {
		sum := new(big.Rat)
		for k := int64(0); k < m; k++ {
			term := new(big.Rat).SetInt(new(big.Int).Binomial(m+1, k))
			sum.Add(sum, term.Mul(term, all[k]))
		}
		all = append(all, sum.Mul(sum, big.NewRat(-1, m+1)))
	}
	var even []*big.Rat
	for k := 2; k <= n; k += 2 {
		even = append(even, all[k])
	}
	return even
}()

// bigGamma returns ln gamma(x+n), where n raises x to 200, and x(x+1)...(x+n-1).
func bigGamma(x *big.Float) (logarithm, factors *big.Float) {
	factors = one(x)
	for f, _ := x.Float64(); f < 200; f++ {
		factors = multiply(factors, x)
		x = add(x, one(x))
	}
	sum := subtract(multiply(subtract(x, fresh(x).SetFloat64(0.5)), bigLog(x)), x)
	sum = add(sum, shift(bigLog(shift(bigPi(x.Prec()), 1)), -1))
	power := x
	for k, b := range bernoulli {
		n := int64(2 * (k + 1))
		sum = add(sum, over(divide(fresh(x).SetRat(b), power), n*(n-1)))
		power = multiply(power, multiply(x, x))
	}
	return sum, factors
}

// bigErf sums the positive terms e^(-x²) (x + 2x³/3 + 4x⁵/15 + ...) 2/sqrt(pi), with enough bits
// for erfc.
func bigErf(x *big.Float) *big.Float {
	f, _ := x.Float64()
	x = new(big.Float).SetPrec(referenceBits + uint(3*f*f)).Set(x)
	square := multiply(x, x)
	sum, term := fresh(x).Set(x), fresh(x).Set(x)
	for n := int64(3); ; n += 2 {
		term = over(shift(multiply(term, square), 1), n)
		if small(term, sum) {
			break
		}
		sum = add(sum, term)
	}
	return divide(shift(multiply(sum, bigExp(negate(square))), 1), root(bigPi(2600)))
}

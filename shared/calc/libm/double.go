package libm

import "math"

// Double is a number as the unevaluated sum of two float64 (double-double), about 106 bits.
// Products are split by Dekker's method (1971), as WebAssembly has no fused multiply-add, so the
// factors must stay below 2^996. The conversions to float64 keep compilers from fusing operations.
type Double struct{ hi, lo float64 }

// Exact returns x as a Double.
func Exact(x float64) Double { return Double{x, 0} }

// Plus returns a + x.
func (a Double) Plus(x float64) Double { return a.plus(Double{x, 0}) }

// Round returns the nearest float64.
func (a Double) Round() float64 { return a.hi + a.lo }

// Rest returns a - a.Round().
func (a Double) Rest() float64 { return quickSum(a.hi, a.lo).lo }

// quickSum returns a + b if a is 0 or |a| ≥ |b| (Dekker 1971).
func quickSum(a, b float64) Double {
	s := a + b
	return Double{s, b - (s - a)}
}

// sum returns a + b (Knuth).
func sum(a, b float64) Double {
	s := a + b
	t := s - a
	return Double{s, (a - (s - t)) + (b - t)}
}

// split returns a as two halves of 26 bits.
func split(a float64) (high, low float64) {
	t := float64(134217729 * a) // 2^27 + 1
	high = t - (t - a)
	return high, a - high
}

// product returns a * b.
func product(a, b float64) Double {
	p := float64(a * b)
	ah, al := split(a)
	bh, bl := split(b)
	return Double{p, ((float64(ah*bh) - p) + float64(ah*bl) + float64(al*bh)) + float64(al*bl)}
}

func (a Double) plus(b Double) Double {
	s := sum(a.hi, b.hi)
	return quickSum(s.hi, s.lo+(a.lo+b.lo))
}

func (a Double) negative() Double { return Double{-a.hi, -a.lo} }

func (a Double) multiplied(b Double) Double {
	p := product(a.hi, b.hi)
	return quickSum(p.hi, p.lo+(float64(a.hi*b.lo)+float64(a.lo*b.hi)))
}

// Times returns a * x.
func (a Double) Times(x float64) Double {
	p := product(a.hi, x)
	return quickSum(p.hi, p.lo+float64(a.lo*x))
}

// Squared returns a * a.
func (a Double) Squared() Double { return a.multiplied(a) }

// Add returns a + b.
func (a Double) Add(b Double) Double { return a.plus(b) }

// Root returns the square root of a, or 0 if a is not above 0.
func (a Double) Root() Double { return a.root() }

// Product returns x * a, rounded once; x may have any size.
func (a Double) Product(x float64) float64 {
	m, n := math.Frexp(x)
	return a.Times(m).Scale(n)
}

// Quotient returns x / a, rounded once; x may have any size.
func (a Double) Quotient(x float64) float64 {
	m, n := math.Frexp(x)
	return Double{m, 0}.divided(a).Scale(n)
}

// Over returns a / x.
func (a Double) Over(x float64) Double { return a.divided(Double{x, 0}) }

func (a Double) divided(b Double) Double {
	quotient := a.hi / b.hi
	rest := a.plus(b.Times(-quotient))
	return quickSum(quotient, (rest.hi+rest.lo)/b.hi)
}

// root returns the square root.
func (a Double) root() Double {
	if a.hi <= 0 {
		return Double{}
	}
	r := math.Sqrt(a.hi)
	rest := a.plus(product(r, -r))
	return quickSum(r, (rest.hi+rest.lo)/(2*r))
}

// scaled returns a * 2^n, which is exact unless it is near an end of the range.
func (a Double) scaled(n int) Double {
	f := math.Float64frombits(uint64(n+1023) << 52)
	return Double{a.hi * f, a.lo * f}
}

// Scale returns the nearest float64 to a * 2^n.
func (a Double) Scale(n int) float64 { return math.Ldexp(a.hi+a.lo, n) }

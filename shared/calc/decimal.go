package calc

import (
	"math"
	"math/bits"

	"abacus/shared/calc/libm"
)

// The conversions between float64 and decimal are exact. They use whole-number arithmetic and take
// a few hundred bytes of code; strconv's are faster, but add 38 KB to a Wasm module.

// expansion is the exact decimal form of a positive number: 0.ddd times ten to the power of point.
// It reuses its memory.
type expansion struct {
	limbs  []uint32 // in base 1e9, the lowest first
	digits []byte   // without leading and trailing zeros
	point  int
}

// set sets x to m times 2^e. For a negative e that is m times 5^-e with the point moved.
func (x *expansion) set(m uint64, e int) {
	twos := min(bits.TrailingZeros64(m), max(-e, 0))
	m, e = m>>twos, e+twos
	x.limbs, x.digits, x.point = x.limbs[:0], x.digits[:0], 0
	for ; m > 0; m /= 1e9 {
		x.limbs = append(x.limbs, uint32(m%1e9))
	}
	base, step, n := uint64(2), 29, e // the largest powers below 2^32
	if e < 0 {
		base, step, n = 5, 13, -e
		x.point = e
	}
	for ; n > 0; n -= step {
		factor := uint64(1)
		for i := 0; i < step && i < n; i++ {
			factor *= base
		}
		x.multiply(factor)
	}
	for i := len(x.limbs) - 1; i >= 0; i-- {
		x.digits = append(x.digits, "000000000"...)
		for j, limb := len(x.digits)-1, x.limbs[i]; limb > 0; limb /= 10 {
			x.digits[j] += byte(limb % 10)
			j--
		}
	}
	zeros := 0
	for x.digits[zeros] == '0' {
		zeros++
	}
	x.digits = append(x.digits[:0], x.digits[zeros:]...)
	x.point += len(x.digits)
	x.digits = trimZeros(x.digits)
}

func (x *expansion) multiply(factor uint64) {
	carry := uint64(0)
	for i, limb := range x.limbs {
		carry += uint64(limb) * factor
		x.limbs[i] = uint32(carry % 1e9)
		carry /= 1e9
	}
	for ; carry > 0; carry /= 1e9 {
		x.limbs = append(x.limbs, uint32(carry%1e9))
	}
}

func trimZeros(digits []byte) []byte {
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return digits
}

// compare returns -1, 0 or 1 if 0.digits times ten to the power of point is below, at or above x.
func (x *expansion) compare(digits []byte, point int) int {
	if point != x.point {
		return int(sign(float64(point - x.point)))
	}
	for i, digit := range digits {
		switch {
		case i == len(x.digits) || digit > x.digits[i]:
			return 1
		case digit < x.digits[i]:
			return -1
		}
	}
	if len(digits) < len(x.digits) {
		return -1
	}
	return 0
}

// converter holds the memory of the conversions. Its zero value is ready to use.
type converter struct {
	value, below, above expansion
	digits              []byte
	input               []byte // the digits of a number being read
}

// mantissa returns a finite value ≥ 0 as m 2^e.
func mantissa(value float64) (m uint64, e int) {
	b := math.Float64bits(value)
	if m, e = b&(1<<52-1), int(b>>52)-1075; e == -1075 {
		return m, -1074
	}
	return m | 1<<52, e
}

// between sets below and above to the numbers halfway to the neighbours of m 2^e. It leaves below
// alone if m is 0.
func (c *converter) between(m uint64, e int) {
	c.above.set(2*m+1, e-1)
	switch {
	case m == 1<<52 && e > -1074: // the neighbour below is half as far
		c.below.set(4*m-1, e-2)
	case m > 0:
		c.below.set(2*m-1, e-1)
	}
}

// format returns the digits of a positive value and the exponent of the first one. It rounds to
// precision digits, ties to even, or to the fewest that read back for 0, and drops trailing zeros.
func (c *converter) format(value float64, precision int) (digits []byte, exponent int) {
	m, e := mantissa(value)
	c.value.set(m, e)
	if precision > 0 {
		digits, point := c.rounded(precision, c.up(precision))
		return digits, point - 1
	}
	c.between(m, e)
	precision = 1
	if e > -1074 {
		precision = 15 // fewer digits of a normal number, padded with zeros, read back, too
	}
	for ; ; precision++ {
		up := c.up(precision)
		for try := 0; try < 2; try++ {
			digits, point := c.rounded(precision, up)
			low, high := c.below.compare(digits, point), c.above.compare(digits, point)
			if low > 0 && high < 0 || m%2 == 0 && (low == 0 || high == 0) {
				return digits, point - 1
			}
			up = !up
		}
	}
}

// up reports whether the value must be rounded up after precision digits.
func (c *converter) up(precision int) bool {
	digits := c.value.digits
	if precision >= len(digits) {
		return false
	}
	if digits[precision] == '5' && precision+1 == len(digits) {
		return precision > 0 && digits[precision-1]%2 == 1
	}
	return digits[precision] >= '5'
}

// rounded returns the first digits of value, one unit higher if up.
func (c *converter) rounded(precision int, up bool) (digits []byte, point int) {
	digits = append(c.digits[:0], c.value.digits[:min(precision, len(c.value.digits))]...)
	c.digits = digits
	point = c.value.point
	if !up {
		return trimZeros(digits), point
	}
	i := len(digits) - 1
	for i >= 0 && digits[i] == '9' {
		i--
	}
	if i < 0 {
		digits[0] = '1'
		return digits[:1], point + 1
	}
	digits[i]++
	return digits[:i+1], point
}

// parse returns the float64 nearest to 0.digits times ten to the power of point, with ties to even.
// It is infinite if the number is too large. The digits have no leading or trailing zeros.
func (c *converter) parse(digits []byte, point int) float64 {
	switch {
	case len(digits) == 0 || point < -330:
		return 0
	case point > 310:
		return math.Inf(1)
	}
	value, sure := approximate(digits, point)
	for !sure {
		m, e := mantissa(math.Min(value, math.MaxFloat64))
		c.between(m, e)
		odd := m%2 == 1
		high, low := c.above.compare(digits, point), 1
		if m > 0 {
			low = c.below.compare(digits, point)
		}
		b := math.Float64bits(math.Min(value, math.MaxFloat64))
		switch {
		case high > 0 || high == 0 && odd:
			if value = math.Float64frombits(b + 1); math.IsInf(value, 0) {
				return value
			}
		case low < 0 || low == 0 && odd:
			value = math.Float64frombits(b - 1)
		default:
			return math.Float64frombits(b)
		}
	}
	return value
}

// approximate is parse for the first 27 digits, in double-double arithmetic. It is sure if the
// result is so far from the middle of two float64 that the digits left out cannot matter.
func approximate(digits []byte, point int) (value float64, sure bool) {
	scale := 150 // keeps the intermediate numbers in range
	if point < 0 {
		scale = -300
	}
	x := libm.Exact(0)
	for i := 0; i < 27; i += 9 {
		group := 0
		for j := i; j < i+9; j++ {
			group *= 10
			if j < len(digits) {
				group += int(digits[j] - '0')
			}
		}
		x = x.Times(1e9).Plus(math.Ldexp(float64(group), -scale))
	}
	for n := point - 27; n > 0; n -= 22 {
		x = x.Times(exactPowers[min(n, 22)])
	}
	for n := 27 - point; n > 0; n -= 22 {
		x = x.Over(exactPowers[min(n, 22)])
	}
	value = x.Scale(scale)
	rounded := x.Round()
	half := (math.Nextafter(rounded, math.Inf(1)) - rounded) / 2
	m, _ := math.Frexp(rounded)
	sure = m != 0.5 && value >= 0x1p-1021 && value <= math.MaxFloat64 &&
		half-math.Abs(x.Rest()) > rounded*0x1p-75
	return value, sure
}

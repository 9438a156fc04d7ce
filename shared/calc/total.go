package calc

import (
	"math"
	"math/bits"

	"abacus/shared/calc/libm"
)

// total is an exact sum: a number in two's complement over the whole range of a float64, with 32
// bits per limb, the lowest first, in units of 2^-1074. Carries accumulate in the upper half of a
// limb, which has room for more than MaxSteps numbers.
type total struct{ limbs [68]int64 }

func (t *total) reset() {
	for i := range t.limbs {
		t.limbs[i] = 0
	}
}

// add adds a finite number.
func (t *total) add(v float64) {
	m, exponent := mantissa(math.Abs(v))
	limb, shift := (exponent+1074)/32, uint(exponent+1074)%32
	low, high := m<<shift, m>>(63-shift)>>1
	sign := int64(1)
	if v < 0 {
		sign = -1
	}
	t.limbs[limb] += sign * int64(low&math.MaxUint32)
	t.limbs[limb+1] += sign * int64(low>>32)
	t.limbs[limb+2] += sign * int64(high)
}

// value returns the sum rounded to the nearest float64, with ties to even. It is infinite beyond
// the largest. The total must be reset before it is used again.
func (t *total) value() float64 {
	number, exponent := t.leading()
	return number.Scale(exponent)
}

// over returns the sum divided by n, rounded once.
func (t *total) over(n float64) float64 {
	number, exponent := t.leading()
	return number.Over(n).Scale(exponent)
}

// leading returns the sum as a whole number of 64 bits times 2^exponent. The last bit is also set
// for all that is below it, which decides a tie.
func (t *total) leading() (number libm.Double, exponent int) {
	negative := t.carry() < 0
	if negative {
		for i := range t.limbs {
			t.limbs[i] = -t.limbs[i]
		}
		t.carry()
	}
	top := len(t.limbs) - 1
	for top > 2 && t.limbs[top] == 0 {
		top--
	}
	whole := uint64(t.limbs[top])<<32 | uint64(t.limbs[top-1])
	zeros := min(bits.LeadingZeros64(whole), 63)
	rest := uint64(t.limbs[top-2]) << 32
	whole = whole<<zeros | rest>>(63-zeros)>>1
	below := rest << zeros
	for _, limb := range t.limbs[:top-2] {
		below |= uint64(limb)
	}
	if below != 0 {
		whole |= 1
	}
	const low = 1<<11 - 1 // the other 53 bits are a float64
	number = libm.Exact(float64(whole &^ low)).Plus(float64(whole & low))
	if negative {
		number = number.Times(-1)
	}
	return number, 32*(top-1) - zeros - 1074
}

// carry brings every limb but the last between 0 and 2^32, and returns the last one, whose sign is
// that of the sum.
func (t *total) carry() int64 {
	last := len(t.limbs) - 1
	for i := range t.limbs[:last] {
		t.limbs[i+1] += t.limbs[i] >> 32
		t.limbs[i] &= math.MaxUint32
	}
	return t.limbs[last]
}

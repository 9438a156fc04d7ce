package calc

import (
	"math"
	"math/bits"

	"abacus/shared/calc/libm"
)

const needsWhole = "the numbers must be whole, at most 2^53"

func greatestDivisor(x []float64) (float64, string) {
	var divisor uint64
	for _, v := range x {
		n, ok := whole(math.Abs(v))
		if !ok {
			return 0, needsWhole
		}
		divisor = gcd(divisor, uint64(n))
	}
	return float64(divisor), ""
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func leastMultiple(x []float64) (float64, string) {
	multiple := uint64(1)
	for _, v := range x {
		n, ok := whole(math.Abs(v))
		if !ok {
			return 0, needsWhole
		}
		if n == 0 {
			return 0, ""
		}
		high, low := bits.Mul64(multiple/gcd(multiple, uint64(n)), uint64(n))
		if high != 0 || low > maxInteger {
			return 0, "the least common multiple is above 2^53, " +
				"where whole numbers are no longer exact"
		}
		multiple = low
	}
	return float64(multiple), ""
}

// chosen returns the n and k of ncr and npr if both are whole and not negative.
func chosen(x []float64) (n, k float64, problem string) {
	_, ok1 := whole(x[0])
	_, ok2 := whole(x[1])
	if !ok1 || !ok2 || x[0] < 0 || x[1] < 0 {
		return 0, 0, "n and k must be whole numbers, not negative, at most 2^53"
	}
	return x[0], x[1], ""
}

// overflowing ends the loops below, whose products are scaled by 2^-200: above it the result is
// infinite.
const overflowing = 0x1p850

// combinations multiplies in double-double arithmetic, so the result is rounded once. The loop is
// short: the numbers overflow before k, at most n/2 by symmetry, reaches 520.
func combinations(x []float64) (float64, string) {
	n, k, problem := chosen(x)
	if problem != "" || k > n {
		return 0, problem
	}
	if k > n-k {
		k = n - k
	}
	value := libm.Exact(0x1p-200)
	for i := 1.0; i <= k && value.Round() < overflowing; i++ {
		value = value.Times(n - k + i).Over(i)
	}
	return value.Scale(200), ""
}

func permutations(x []float64) (float64, string) {
	n, k, problem := chosen(x)
	if problem != "" || k > n {
		return 0, problem
	}
	return fallingProduct(n, k), ""
}

// fallingProduct returns the product of k whole numbers from n down, rounded once.
func fallingProduct(n, k float64) float64 {
	value := libm.Exact(0x1p-200)
	for i := 0.0; i < k && value.Round() < overflowing; i++ {
		value = value.Times(n - i)
	}
	return value.Scale(200)
}

package calc

import (
	"math"
	"math/bits"

	"abacus/shared/calc/libm"
)

// maxInteger is 2^53, up to which every whole number is a float64.
const maxInteger = 1 << 53

// whole returns x as an integer if it is whole and at most 2^53.
func whole(x float64) (int64, bool) {
	return int64(x), math.Abs(x) <= maxInteger && x == math.Trunc(x)
}

// modulo returns the remainder of a/b with the sign of b, exact but for the last addition. b is not
// 0.
func modulo(a, b float64) float64 {
	r := libm.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

// floorDivide returns the largest whole number not above a/b, rounded once where it is beyond 2^53:
// 1//0.1 is 9, as 0.1 is a little more than a tenth. b is not 0.
func floorDivide(a, b float64) float64 {
	r := libm.Mod(a, b)
	_, exponent := math.Frexp(a)
	divisor := math.Ldexp(b, -exponent)
	quotient := libm.Exact(math.Ldexp(a, -exponent)).Plus(-math.Ldexp(r, -exponent)).Over(divisor)
	if r != 0 && (r < 0) != (b < 0) {
		quotient = quotient.Plus(-1)
	}
	return quotient.Round()
}

// percentOf returns p percent of a.
func percentOf(a, p float64) float64 {
	if share := a * p / 100; share-share == 0 {
		return share
	}
	return a * (p / 100)
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func fraction(x float64) float64 { return x - math.Trunc(x) }

func logarithm(x []float64) (float64, string) {
	switch {
	case x[0] <= 0:
		return 0, needsPositive
	case len(x) == 1:
		return libm.Log10(x[0]), ""
	case x[1] <= 0 || x[1] == 1:
		return 0, "the base of a logarithm is above 0 and not 1"
	}
	return libm.LogBase(x[0], x[1]), ""
}

func arcTangent(x []float64) (float64, string) { return libm.Atan2(x[0], x[1]), "" }

func hypotenuse(x []float64) (float64, string) { return libm.Hypot(x[0], x[1]), "" }

func (s *Scope) floor(x []float64) (float64, *Error) { return s.noted(x[0], math.Floor) }

func (s *Scope) ceil(x []float64) (float64, *Error) { return s.noted(x[0], math.Ceil) }

func (s *Scope) trunc(x []float64) (float64, *Error) { return s.noted(x[0], math.Trunc) }

// conversionCost is the steps that a conversion to decimal digits takes. They grow with the square
// of the exponent.
func conversionCost(x float64) int {
	_, exponent := math.Frexp(x)
	return 150 + exponent*exponent/300
}

// noted rounds x, and keeps x for a notice if the number that is shown for it would be rounded
// otherwise: 0.145*100 is shown as 14.5 and is 14.499999999999998.
func (s *Scope) noted(x float64, round func(float64) float64) (float64, *Error) {
	rounded, size := round(x), math.Abs(x)
	if half := math.Round(2*size) / 2; half == size || math.Abs(half-size) > 1e-14*size {
		return rounded, nil
	}
	c := &s.parser.decimals
	digits, exponent := c.format(size, Digits)
	if shown := math.Copysign(c.parse(digits, exponent+1), x); round(shown) != rounded {
		s.rounded = x
	}
	return rounded, s.charge(conversionCost(x))
}

// round works on the shortest decimal form of the number, which is what people see: round(2.675, 2)
// is 2.68, although the float64 is a little below 2.675.
func (s *Scope) round(x []float64) (float64, *Error) {
	value, digits := x[0], int64(0)
	if len(x) == 2 {
		var ok bool
		if digits, ok = whole(x[1]); !ok {
			return 0, fault(CodeDomain, "the number of digits is a whole number", "")
		}
	}
	if digits > 400 || value == 0 {
		return value, nil
	}
	if digits == 0 {
		rounded, err := s.noted(value, math.Round)
		return rounded + 0, err // 0 has no sign
	}
	if err := s.charge(conversionCost(value)); err != nil {
		return 0, err
	}
	c := &s.parser.decimals
	all, exponent := c.format(math.Abs(value), 0)
	stay := int64(exponent) + 1 + digits // of the digits
	switch {
	case stay < 0:
		return 0, nil
	case stay >= int64(len(all)):
		return value, nil
	}
	up := all[stay] >= '5'
	c.value.digits = append(c.value.digits[:0], all...)
	c.value.point = exponent + 1
	if stay == 0 {
		if !up {
			return 0, nil
		}
		all, exponent = append(all[:0], '1'), exponent+1
	} else {
		var point int
		all, point = c.rounded(int(stay), up)
		exponent = point - 1
	}
	rounded := c.parse(all, exponent+1)
	if math.IsInf(rounded, 0) {
		return 0, overflow()
	}
	return math.Copysign(rounded, value), nil
}

func minimum(x []float64) (float64, string) {
	least := x[0]
	for _, v := range x[1:] {
		if v < least {
			least = v
		}
	}
	return least, ""
}

func maximum(x []float64) (float64, string) {
	most := x[0]
	for _, v := range x[1:] {
		if v > most {
			most = v
		}
	}
	return most, ""
}

func clamp(x []float64) (float64, string) {
	if x[1] > x[2] {
		return 0, "the low end is above the high end"
	}
	return math.Max(x[1], math.Min(x[0], x[2])), ""
}

// sum is exact until it is rounded. Its memory is the scope's: TinyGo puts large variables on the
// heap, which is never freed.
func (s *Scope) sum(x []float64) (float64, *Error) {
	s.total.reset()
	for _, v := range x {
		s.total.add(v)
	}
	return finite(s.total.value())
}

// finite returns a value, or the error that it is too large.
func finite(value float64) (float64, *Error) {
	if value-value != 0 {
		return 0, overflow()
	}
	return value, nil
}

func product(x []float64) (float64, string) {
	p := 1.0
	for _, v := range x {
		p *= v
	}
	return p, ""
}

func (s *Scope) mean(x []float64) (float64, *Error) {
	all, err := s.sum(x)
	return all / float64(len(x)), err
}

// squares returns the sum of the squared distances from the mean, divided by n. A second sum
// removes the error of the rounded mean (Chan, Golub and LeVeque 1983).
func (s *Scope) squares(x []float64, n int) (float64, *Error) {
	center, err := s.mean(x)
	if err != nil {
		return 0, err
	}
	square, distance := libm.Exact(0), libm.Exact(0)
	for _, v := range x {
		d := v - center
		square = square.Plus(float64(d * d))
		distance = distance.Plus(d)
	}
	d := distance.Round()
	return finite((square.Round() - float64(d*d)/float64(len(x))) / float64(n))
}

func (s *Scope) variance(x []float64) (float64, *Error) { return s.squares(x, len(x)) }

func (s *Scope) deviation(x []float64) (float64, *Error) {
	v, err := s.squares(x, len(x))
	return math.Sqrt(v), err
}

func (s *Scope) sampleVariance(x []float64) (float64, *Error) { return s.squares(x, len(x)-1) }

func (s *Scope) sampleDeviation(x []float64) (float64, *Error) {
	v, err := s.squares(x, len(x)-1)
	return math.Sqrt(v), err
}

func median(x []float64) (float64, string) {
	sortNumbers(x)
	middle := len(x) / 2
	if len(x)%2 == 1 {
		return x[middle], ""
	}
	return x[middle-1]/2 + x[middle]/2, ""
}

// sortNumbers is a heap sort: it does not allocate or recurse, and takes n log n steps at worst.
func sortNumbers(x []float64) {
	sink := func(root, end int) {
		for child := 2*root + 1; child < end; child = 2*root + 1 {
			if child+1 < end && x[child+1] > x[child] {
				child++
			}
			if x[root] >= x[child] {
				return
			}
			x[root], x[child] = x[child], x[root]
			root = child
		}
	}
	for root := len(x)/2 - 1; root >= 0; root-- {
		sink(root, len(x))
	}
	for end := len(x) - 1; end > 0; end-- {
		x[0], x[end] = x[end], x[0]
		sink(0, end)
	}
}

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
	value := libm.Exact(0x1p-200)
	for i := 0.0; i < k && value.Round() < overflowing; i++ {
		value = value.Times(n - i)
	}
	return value.Scale(200), ""
}

// calculate applies an operator of two operands. The result is infinite or not a number where there
// is no value; failure says why.
func calculate(op opcode, a, b float64) float64 {
	switch op {
	case opAdd:
		return a + b
	case opSubtract:
		return a - b
	case opMultiply:
		return a * b
	case opDivide:
		return a / b
	case opModulo:
		return modulo(a, b)
	case opFloorDivide:
		return floorDivide(a, b)
	case opBitOr, opBitXor, opBitAnd, opShiftLeft, opShiftRight:
		return bitwise(op, a, b)
	}
	if op == opExp {
		return libm.Exp(b)
	}
	return libm.Pow(a, b)
}

// bitwise applies an operation on the bits of whole numbers up to 2^53, in two's complement. It is
// not a number for others, and where a shift leaves the range.
func bitwise(op opcode, a, b float64) float64 {
	x, ok1 := whole(a)
	y, ok2 := whole(b)
	if !ok1 || !ok2 {
		return math.NaN()
	}
	switch op {
	case opBitOr:
		return float64(x | y)
	case opBitXor:
		return float64(x ^ y)
	case opBitAnd:
		return float64(x & y)
	}
	shift := int(min(y, 1100))
	switch {
	case y < 0:
		return math.NaN()
	case op == opShiftRight:
		return math.Floor(math.Ldexp(a, -shift))
	}
	if shifted := math.Ldexp(a, shift); math.Abs(shifted) <= maxInteger {
		return shifted
	}
	return math.NaN()
}

// compare applies a comparison.
func compare(op opcode, a, b float64) bool {
	switch op {
	case opEqual:
		return a == b
	case opNotEqual:
		return a != b
	case opLess:
		return a < b
	case opLessEqual:
		return a <= b
	case opGreater:
		return a > b
	}
	return a >= b
}

// failure returns the reason why calculate(op, a, b) has no value.
func failure(op opcode, a, b float64) *Error {
	switch op {
	case opDivide, opModulo, opFloorDivide:
		if b == 0 {
			return fault(CodeDivision, "division by zero", "")
		}
	case opBitOr, opBitXor, opBitAnd, opShiftLeft, opShiftRight:
		return fault(CodeDomain, "bit operations work on whole numbers of at most 53 bits",
			"a shift is by 0 bits or more")
	case opPower:
		switch {
		case a == 0:
			return fault(CodeDivision, "zero to a negative power is a division by zero", "")
		case a < 0 && b != math.Trunc(b):
			return fault(CodeDomain, "a negative number to a power that is not whole is not real",
				"cbrt(x) is the cube root of negative numbers too; -x^y is -(x^y)")
		}
	}
	return overflow()
}

func overflow() *Error {
	return fault(CodeOverflow, "the result is too large: the largest number is about 1.8e308", "")
}

// truth returns 1 for true and 0 for false.
func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

// maxInteger is 2^53, up to which every whole number is a float64.
const maxInteger = 1 << 53

// whole returns x as an integer if it is whole and at most 2^53.
func whole(x float64) (int64, bool) {
	return int64(x), math.Abs(x) <= maxInteger && x == math.Trunc(x)
}

// modulo returns the remainder of a/b with the sign of b, exact except for the last addition. b is
// not 0.
func modulo(a, b float64) float64 {
	r := libm.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

// floorDivide returns the largest whole number not above a/b, rounded once if it is beyond 2^53:
// 1//0.1 is 9, since 0.1 is a little more than a tenth. b is not 0.
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

// finite returns a value, or an error if it is too large.
func finite(value float64) (float64, *Error) {
	if value-value != 0 {
		return 0, overflow()
	}
	return value, nil
}

// calculate applies an operator of two operands. The result is infinite or not a number where there
// is no value; failure then gives the reason.
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

// bitwise applies an operation to the bits of whole numbers up to 2^53, in two's complement. The
// result is not a number for other operands, and where a shift leaves the range.
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
			"shift by 0 bits or more")
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

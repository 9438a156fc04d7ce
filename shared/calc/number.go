package calc

import (
	"math"
	"strings"
)

// exactPowers are the powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// ParseNumber parses a text that Format has written, or any decimal number of the language, with or
// without a minus sign, and reports whether it is one.
func ParseNumber(text string) (value float64, ok bool) {
	digits, negative := strings.CutPrefix(text, "-")
	if digits == "" || !isDigit(digits[0]) {
		return 0, false
	}
	s := scanner{source: digits, decimal: new(converter)}
	s.scanNumber()
	if negative {
		s.number = -s.number
	}
	return s.number, s.token == tokenNumber && s.end == len(digits)
}

// scanInteger reads a number. Most numbers are a few digits.
func (s *scanner) scanInteger() {
	source, i := s.source, s.start
	n, kind := int64(0), classDigit
	for i < len(source) {
		if kind = lexical[source[i]]; kind != classDigit {
			break
		}
		n = n*10 + int64(source[i]-'0')
		i++
	}
	long := i-s.start > 15
	switch kind {
	case classPoint, classLetter:
		long = true
	case tokenComma, tokenBad, classSpace:
		long = long || i+1 < len(source) && isDigit(source[i+1]) && s.groupsEnd(i) > i
	case classWide:
		long = long || s.groupsEnd(i) > i
	}
	if long {
		s.scanNumber()
		return
	}
	s.end, s.token, s.number = i, tokenNumber, float64(n)
	if kind == classWide {
		s.addFraction()
	}
}

// fromDecimal returns mantissa times ten to the power of the exponent if a single rounding gives
// it.
func fromDecimal(mantissa uint64, exponent int) (value float64, ok bool) {
	switch {
	case mantissa < maxInteger && 0 <= exponent && exponent < len(exactPowers):
		return float64(mantissa) * exactPowers[exponent], true
	case mantissa < maxInteger && -len(exactPowers) < exponent && exponent < 0:
		return float64(mantissa) / exactPowers[-exponent], true
	}
	return 0, false
}

// scanNumber reads a number: 12, .5, 5., 1e-9, 1_000_000, 0x1F, 0b101, 0o17. An e without digits
// after it is not part of the number: 2e is 2 times e.
func (s *scanner) scanNumber() {
	source, i := s.source, s.start
	if source[i] == '0' && i+1 < len(source) && radixBits(source[i+1]) > 0 {
		s.scanRadix(radixBits(source[i+1]))
		return
	}
	var mantissa uint64
	digits, exponent, point, groups := 0, 0, false, 0
	for ; i < len(source); i++ {
		c := source[i]
		if digits > 0 && digits < 4 && groups == 0 && !point && !isDigit(c) {
			groups = s.groupsEnd(i)
		}
		switch {
		case i < groups && !isDigit(c): // a separator
			continue
		case isDigit(c):
			if mantissa < 1e18 {
				mantissa = mantissa*10 + uint64(c-'0')
			} else {
				exponent++ // the digit is dropped: parseDecimal reads such a number again
				digits = math.MinInt32
			}
			if point {
				exponent--
			}
			digits++
			continue
		case c == '.' && !point && !(i+1 < len(source) && source[i+1] == '.'):
			point = true
			continue
		case c == '_' && i > s.start && i+1 < len(source) &&
			isDigit(source[i-1]) && isDigit(source[i+1]):
			continue
		}
		break
	}
	if i == s.start+1 && point {
		s.end = i
		s.bad(fault(CodeSyntax, "a point without digits is not a number", ""))
		return
	}
	if i < len(source) && source[i]|0x20 == 'e' {
		var power int
		if i, power = scanExponent(source, i); power != 0 {
			exponent += power
		}
	}
	s.end = i
	if i < len(source) && (source[i] == '_' || source[i] == '.') {
		s.rejectNumber()
		return
	}
	s.token = tokenNumber
	exact := false
	if digits > 0 {
		s.number, exact = fromDecimal(mantissa, exponent)
	}
	if exact {
		return
	}
	s.parseDecimal()
	// If a number is far from 1, it takes a while to read it, to print it in the canonical form and
	// to read that.
	if s.work += 3 * conversionCost(s.number); s.work > MaxSteps && s.token == tokenNumber {
		s.bad(limitSteps())
	}
}

// scanExponent reads an exponent at the e in source[i] and returns its end and its value.
func scanExponent(source string, i int) (end, power int) {
	j, sign := i+1, 1
	if j < len(source) && (source[j] == '+' || source[j] == '-') {
		if source[j] == '-' {
			sign = -1
		}
		j++
	}
	if j == len(source) || !isDigit(source[j]) {
		return i, 0
	}
	for ; j < len(source) && isDigit(source[j]); j++ {
		if power < 100000 {
			power = power*10 + int(source[j]-'0')
		}
	}
	return j, sign * power
}

// parseDecimal converts the text of a number that fromDecimal cannot convert.
func (s *scanner) parseDecimal() {
	text, digits, point, fraction := s.text(), s.decimal.input[:0], 0, false
	for i := 0; i < len(text) && text[i]|0x20 != 'e'; i++ {
		switch c := text[i]; {
		case c == '.':
			fraction = true
		case c == '0' && len(digits) == 0: // a leading zero
			if fraction {
				point--
			}
		case isDigit(c):
			digits = append(digits, c)
			if !fraction {
				point++
			}
		}
	}
	for i := 0; i < len(text); i++ {
		if text[i]|0x20 == 'e' {
			_, power := scanExponent(text, i)
			point += power
			break
		}
	}
	s.decimal.input = digits
	if s.number = s.decimal.parse(trimZeros(digits), point); math.IsInf(s.number, 0) {
		s.bad(fault(CodeOverflow, "the number is too large: the largest is about 1.8e308", ""))
	}
}

// radixBits returns the bits of a digit after the prefix 0x, 0o or 0b, and 0 for any other
// character.
func radixBits(prefix byte) int {
	switch prefix | 0x20 {
	case 'x':
		return 4
	case 'o':
		return 3
	case 'b':
		return 1
	}
	return 0
}

// scanRadix reads a whole number in base 16, 8 or 2, rounded to the nearest float64.
func (s *scanner) scanRadix(bits int) {
	source, i := s.source, s.start+2
	var mantissa uint64
	exponent, digits := 0, 0
	for ; i < len(source); i++ {
		c := source[i]
		if c == '_' && digits > 0 && i+1 < len(source) && digitOf(source[i+1]) < 16 &&
			digitOf(source[i-1]) < 16 {
			continue
		}
		digit := digitOf(c)
		if digit >= 1<<bits {
			break
		}
		digits++
		if mantissa>>60 == 0 {
			mantissa = mantissa<<bits | digit
			continue
		}
		exponent += bits
		if digit != 0 {
			mantissa |= 1 // sticky bit: it only decides how a tie is rounded
		}
	}
	s.end = i
	if digits == 0 || i < len(source) && continuesNumber(source[i]) {
		s.rejectNumber()
		return
	}
	s.token = tokenNumber
	s.number = math.Ldexp(float64(mantissa), exponent)
	if math.IsInf(s.number, 0) {
		s.bad(fault(CodeOverflow, "the number is too large: the largest is about 1.8e308", ""))
	}
}

// isDigit reports whether c is a decimal digit.
func isDigit(c byte) bool { return c-'0' < 10 }

// continuesNumber reports whether c looks like a part of the number before it.
func continuesNumber(c byte) bool { return digitOf(c) < 36 || c == '_' || c == '.' }

// digitOf returns the value of a digit in base 36, or 255 for any other character.
func digitOf(c byte) uint64 {
	switch {
	case isDigit(c):
		return uint64(c - '0')
	case (c|0x20)-'a' < 26:
		return uint64((c|0x20)-'a') + 10
	}
	return 255
}

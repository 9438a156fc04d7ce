package json

import "abacus/shared/calc"

// ParseNumber reads a JSON number (RFC 8259, section 6) with white space around it, and reports
// whether it is one and finite. The grammar is stricter than the language's: no `5.`, `.5`, `0x1`,
// `1_000`.
func ParseNumber(s string) (float64, bool) {
	i, end := 0, len(s)
	for i < end && isSpace(s[i]) {
		i++
	}
	for end > i && isSpace(s[end-1]) {
		end--
	}
	s, i = s[i:end], 0
	digits := func() int {
		from := i
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		return i - from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	from := i
	if n := digits(); n == 0 || n > 1 && s[from] == '0' {
		return 0, false
	}
	if i < len(s) && s[i] == '.' {
		i++
		if digits() == 0 {
			return 0, false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if digits() == 0 {
			return 0, false
		}
	}
	if i < len(s) {
		return 0, false
	}
	return calc.ParseNumber(s)
}

// Whole returns a number as an integer, and reports whether it is one from 1 to 2^53.
func Whole(f float64) (int64, bool) {
	n := int64(f)
	return n, 1 <= f && f <= 1<<53 && float64(n) == f
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

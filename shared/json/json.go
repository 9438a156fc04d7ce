// Package json writes JSON and reads the little of it that the services need
// beside package eval, which has a library for what comes from outside. In a guest
// it is a small part of what encoding/json or a library for any JSON would take.
//
// Source: RFC 8259.
package json

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendString writes a JSON string (RFC 8259). Bytes that are not UTF-8 become
// U+FFFD; `<`, U+2028 and U+2029 are escaped, so the text may stand in a page.
func AppendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < 0x20 || r == '<' || r == 0x7F:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == 0x2028 || r == 0x2029:
			b = append(b, '\\', 'u', '2', '0', '2', hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// AppendNumber writes a finite number with the fewest digits that read back as
// the same bits; -0 and what is not finite do not occur in a
// reply and become 0 and null.
func AppendNumber(b []byte, f float64) []byte {
	switch {
	case f == 0:
		return append(b, '0')
	case math.IsInf(f, 0) || math.IsNaN(f):
		return append(b, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(f); abs < 1e-6 || abs >= 1e21 {
		format = 'e'
	}
	return strconv.AppendFloat(b, f, format, -1, 64)
}

// AppendStrings writes an array of strings.
func AppendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, s)
	}
	return append(b, ']')
}

// ParseNumber reads a JSON number (RFC 8259, section 6) with white space around
// it, and tells whether it is one and finite. The grammar is stricter than
// strconv's: no `+1`, `.5`, `0x1`, `Inf`.
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
	f, err := strconv.ParseFloat(s, 64)
	return f, i == len(s) && err == nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

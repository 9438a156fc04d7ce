// Package json writes JSON and reads the flat objects and numbers that the services take. gjson
// does the reading: it needs no reflection, so a guest stays small. Numbers are written by
// calc.AppendFormat, as everywhere.
//
// Source: RFC 8259.
package json

import (
	"strconv"
	"unicode/utf8"
)

// AppendString writes a JSON string. Bytes that are not UTF-8 become U+FFFD; `<`, U+2028 and U+2029
// are escaped, so the text may stand in a page.
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

// ParseNumber reads a JSON number (RFC 8259, section 6) with white space around it, and reports
// whether it is one and finite. The grammar is stricter than strconv's: no `+1`, `.5`, `0x1`,
// `Inf`.
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

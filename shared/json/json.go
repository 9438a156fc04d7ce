// Package json writes JSON. It writes numbers with calc.AppendFormat, like everything else.
//
// Source: RFC 8259.
package json

import (
	"strconv"
	"unicode/utf8"

	"abacus/shared/calc"
)

// AppendString appends a JSON string. Bytes that are not UTF-8 become U+FFFD; `<`, U+2028 and
// U+2029 are escaped, so that the text is safe inside HTML.
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

// AppendName appends the name of a member, after a comma unless it is the first of its object. The
// name needs no escapes.
//
//go:noinline
func AppendName(b []byte, name string) []byte {
	quote := `,"`
	if b[len(b)-1] == '{' {
		quote = `"`
	}
	return append(append(append(b, quote...), name...), `":`...)
}

// AppendText appends a member with a string.
func AppendText(b []byte, name, text string) []byte {
	return AppendString(AppendName(b, name), text)
}

// AppendNumber appends a member with a number.
func AppendNumber(b []byte, name string, value float64) []byte {
	return calc.AppendFormat(AppendName(b, name), value, 0)
}

// AppendInt appends a member with an integer.
func AppendInt(b []byte, name string, value int64) []byte {
	return strconv.AppendInt(AppendName(b, name), value, 10)
}

// AppendArray appends an array of n elements, each written by appendElement.
func AppendArray(b []byte, n int, appendElement func(b []byte, i int) []byte) []byte {
	b = append(b, '[')
	for i := 0; i < n; i++ {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendElement(b, i)
	}
	return append(b, ']')
}

// AppendStrings appends an array of strings.
func AppendStrings(b []byte, list []string) []byte {
	return AppendArray(b, len(list), func(b []byte, i int) []byte {
		return AppendString(b, list[i])
	})
}

// AppendPosition appends the member "position": offset and length in bytes, line and column from 1,
// the column in code points.
func AppendPosition(b []byte, offset, line, column, length int) []byte {
	b = AppendInt(append(AppendName(b, "position"), '{'), "offset", int64(offset))
	b = AppendInt(b, "line", int64(line))
	b = AppendInt(b, "column", int64(column))
	return append(AppendInt(b, "length", int64(length)), '}')
}

// AppendNotices appends the member "notices", or nothing for an empty list.
func AppendNotices(b []byte, notices []calc.Notice) []byte {
	if len(notices) == 0 {
		return b
	}
	return AppendArray(AppendName(b, "notices"), len(notices), func(b []byte, i int) []byte {
		n := notices[i]
		b = AppendText(append(b, '{'), "code", n.Code)
		b = AppendText(b, "message", n.Message)
		return append(AppendPosition(b, n.Offset, n.Line, n.Column, n.Length), '}')
	})
}

// Package json writes JSON and reads the flat objects and numbers that the services take. gjson
// does the reading: it needs no reflection, so a guest stays small. Numbers are written by
// calc.AppendFormat, as everywhere.
//
// Source: RFC 8259.
package json

import "unicode/utf8"

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

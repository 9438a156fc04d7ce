package wire

import (
	"strconv"
	"strings"

	"abacus/shared/calc"
)

// record is one line of a message: a name and its fields, separated by tabs.
//
//	variable	a	51
//
// A tab, a newline, a carriage return and a backslash in a field are written as \t, \n, \r and \\
// (the "linear" form of tab-separated values). Fields that are missing at the end are empty.
type record []string

// appendRecord writes one record.
func appendRecord(b []byte, fields ...string) []byte {
	for i, field := range fields {
		if i > 0 {
			b = append(b, '\t')
		}
		for j := 0; j < len(field); j++ {
			switch c := field[j]; c {
			case '\t':
				b = append(b, '\\', 't')
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\\':
				b = append(b, '\\', '\\')
			default:
				b = append(b, c)
			}
		}
	}
	return append(b, '\n')
}

// records reads every record of a message and skips empty lines.
func records(text string) []record {
	var list []record
	for len(text) > 0 {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line == "" {
			continue
		}
		fields := strings.Split(line, "\t")
		for i, field := range fields {
			fields[i] = unescape(field)
		}
		list = append(list, fields)
	}
	return list
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			switch c = s[i]; c {
			case 't':
				c = '\t'
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// name returns the first field.
func (r record) name() string { return r.text(0) }

// text returns field i, "" if there is none.
func (r record) text(i int) string {
	if i >= len(r) {
		return ""
	}
	return r[i]
}

// integer returns field i as an integer, 0 if it is not one.
func (r record) integer(i int) int64 {
	n, _ := strconv.ParseInt(r.text(i), 10, 64)
	return n
}

// number returns field i as a number and reports whether it is one.
func (r record) number(i int) (float64, bool) {
	f, err := strconv.ParseFloat(r.text(i), 64)
	return f, err == nil
}

// FormatInt writes an integer in decimal.
func FormatInt(n int64) string { return strconv.FormatInt(n, 10) }

// formatNumber writes the fewest digits that read back as the same bits.
func formatNumber(f float64) string { return calc.Format(f, 0) }

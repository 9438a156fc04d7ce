package wire

import (
	"strconv"
	"strings"
)

// Record is one line between services: a name and its fields, parted by tabs.
//
//	variable	a	51
//	entry	value	3 * (7 + 1)	3*(7 + 1)	24
//
// A tab, a newline, a carriage return and a backslash inside a field are written
// as \t, \n, \r and \\ (the "linear" form of tab-separated values), so every body
// splits at newlines and tabs and nothing needs to be nested.
type Record []string

// AppendRecord writes one record.
func AppendRecord(b []byte, fields ...string) []byte {
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

// Records reads every record of a body; an empty line is none.
func Records(body string) []Record {
	var records []Record
	for len(body) > 0 {
		var line string
		line, body, _ = strings.Cut(body, "\n")
		if line == "" {
			continue
		}
		fields := strings.Split(line, "\t")
		for i, field := range fields {
			fields[i] = unescape(field)
		}
		records = append(records, fields)
	}
	return records
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
			switch s[i] {
			case 't':
				c = '\t'
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			default:
				c = s[i]
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// Name returns the first field.
func (r Record) Name() string { return r.Field(0) }

// Field returns field i, or "" where the record has none.
func (r Record) Field(i int) string {
	if i >= len(r) {
		return ""
	}
	return r[i]
}

// Int returns field i as an integer, or 0 where it is none.
func (r Record) Int(i int) int64 {
	n, _ := strconv.ParseInt(r.Field(i), 10, 64)
	return n
}

// Float returns field i as a number, and whether it is one.
func (r Record) Float(i int) (float64, bool) {
	f, err := strconv.ParseFloat(r.Field(i), 64)
	return f, err == nil
}

// FormatInt and FormatFloat write a field that Int and Float read back exactly.
func FormatInt(n int64) string { return strconv.FormatInt(n, 10) }

// FormatFloat writes the fewest digits that read back as the same bits.
func FormatFloat(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

package history

import (
	"strconv"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/json/flat"
)

// csv returns the page as CSV with a header line (RFC 4180).
func (p *page) csv() []byte {
	b := []byte("id,at,kind,expression,parsed,result,unit\r\n")
	for _, e := range p.entries {
		b = strconv.AppendInt(b, e.id, 10)
		for _, field := range []string{formatTime(e.At), e.Kind, e.Expression, e.Parsed} {
			b = appendField(append(b, ','), field)
		}
		b = append(b, ',')
		if e.HasValue {
			b = calc.AppendFormat(b, e.Value, 0)
		}
		b = append(appendField(append(b, ','), e.Unit), "\r\n"...)
	}
	return b
}

// appendField appends a field. A spreadsheet would take a text that begins with one of these
// characters for a formula, so the text gets an apostrophe, unless it is a number.
func appendField(b []byte, field string) []byte {
	if field != "" && strings.IndexByte("=+-@\t\r", field[0]) >= 0 {
		if _, ok := flat.ParseNumber(field); !ok {
			field = "'" + field
		}
	}
	if !strings.ContainsAny(field, ",\"\r\n") {
		return append(b, field...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(field, `"`, `""`)...)
	return append(b, '"')
}

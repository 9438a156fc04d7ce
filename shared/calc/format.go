package calc

import "strconv"

// Digits is the default precision of Format: 15 significant digits are the most that every float64
// keeps, so 0.1 + 0.2 shows as 0.3.
const Digits = 15

// Format returns a number for people: rounded to precision significant digits, 1 to 17, without
// trailing zeros. Precision 0 gives the fewest digits that read back as the same number. From 15
// digits on, and for precision 0, whole numbers up to 2^53 are shown in full. It has an exponent
// above 2^53, below 1e-7, and where zeros would stand for digits that were rounded away.
func Format(value float64, precision int) string {
	return string(AppendFormat(make([]byte, 0, 32), value, precision))
}

// AppendFormat appends what Format returns.
func AppendFormat(text []byte, value float64, precision int) []byte {
	var c converter
	return c.append(text, value, precision)
}

func (c *converter) append(text []byte, value float64, precision int) []byte {
	if value < 0 {
		text, value = append(text, '-'), -value
	}
	if value == 0 {
		return append(text, '0')
	}
	precision = min(max(precision, 0), 17)
	all := precision == 0 || precision >= Digits
	if _, ok := whole(value); ok && all {
		precision = 17
	}
	digits, exponent := c.format(value, precision)
	scientific := exponent < -7 || value > maxInteger || all && exponent >= max(precision, Digits)
	return AppendDigits(text, digits, exponent, scientific)
}

// AppendDigits appends d.ddd times ten to the power of the exponent, from its digits.
func AppendDigits(text, digits []byte, exponent int, scientific bool) []byte {
	switch {
	case scientific:
		text = append(text, digits[0])
		if len(digits) > 1 {
			text = append(append(text, '.'), digits[1:]...)
		}
		return strconv.AppendInt(append(text, 'e'), int64(exponent), 10)
	case exponent < 0:
		text = append(text, "0."...)
		for ; exponent < -1; exponent++ {
			text = append(text, '0')
		}
		return append(text, digits...)
	}
	for i := 0; i <= exponent; i++ {
		if i < len(digits) {
			text = append(text, digits[i])
		} else {
			text = append(text, '0')
		}
	}
	if exponent+1 < len(digits) {
		text = append(append(text, '.'), digits[exponent+1:]...)
	}
	return text
}

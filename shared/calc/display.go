package calc

import (
	"math"
	"strconv"
	"strings"

	"abacus/shared/units"
)

// Display returns a value with its unit for people: 5 km, 18%, 30°. Precision is that of Format.
// The value of 18% is 0.18.
func Display(value float64, unit string, precision int) string {
	switch unit {
	case "":
		return Format(value, precision)
	case "%":
		return Format(internal(value, units.Percent), precision) + "%"
	case "h:min":
		return inClock(value)
	}
	if isDegree(unit) {
		return Format(value, precision) + unit
	}
	return Format(value, precision) + " " + unit
}

// Display returns a result of the program for people, in the format of the program's last
// conversion if there is one: 255 in hex is 0xFF.
func (p *Program) Display(r Result, precision int) string {
	s := p.current()
	root := &p.code[s.end-1]
	if root.op != opConvert {
		return Display(r.Value, r.Unit, precision)
	}
	t, _ := parseTarget(span{root.offset, root.length}.in(p.origin))
	value := r.Value
	if r.Unit == "%" {
		value = internal(value, units.Percent)
	}
	var text string
	switch t.format {
	case formatBase:
		text = inBase(value, t.digits)
	case formatFraction:
		text = inFraction(value)
	case formatScientific, formatEngineering:
		text = inExponent(value, precision, t.format)
	case formatDigits:
		text = inDigits(value, t.digits)
	case formatSignificant:
		text = Format(value, t.digits)
	default:
		if t.count > 1 {
			return inParts(r, t.units[:t.count], precision)
		}
		return Display(r.Value, r.Unit, precision)
	}
	return text + strings.TrimPrefix(Display(1, r.Unit, 1), "1")
}

// DisplayOf returns a stored result for people as Program.Display did. Parsed is the canonical form
// of the program.
func DisplayOf(parsed string, value float64, unit string, precision int) string {
	// Only conversions have formats. They are few, so most programs need not be read again.
	if strings.Contains(parsed, " in ") {
		var calculator Calculator
		if program, err := calculator.Parse(parsed); err == nil {
			return program.Display(Result{Value: value, Unit: unit}, precision)
		}
	}
	return Display(value, unit, precision)
}

// inBase returns a whole number in a base from 2 to 36, with the prefix of the language.
func inBase(value float64, base int) string {
	n, ok := whole(value)
	if !ok || base == 10 {
		return Format(value, Digits)
	}
	text := []byte(strconv.FormatInt(n, base))
	for i, c := range text {
		if c >= 'a' {
			text[i] -= 'a' - 'A'
		}
	}
	prefix := ""
	switch base {
	case 2:
		prefix = "0b"
	case 8:
		prefix = "0o"
	case 16:
		prefix = "0x"
	}
	if n < 0 {
		return "-" + prefix + string(text[1:])
	}
	return prefix + string(text)
}

// inFraction returns the fraction with the smallest denominator that shows the same 15 digits,
// found among the convergents of the continued fraction.
func inFraction(value float64) string {
	want, x := Format(value, Digits), math.Abs(value)
	above, below, aboveBefore, belowBefore := 1.0, 0.0, 0.0, 1.0
	for rest := x; ; {
		n := math.Floor(rest)
		above, aboveBefore = n*above+aboveBefore, above
		below, belowBefore = n*below+belowBefore, below
		if above > maxInteger || below > maxInteger {
			return want
		}
		if Format(math.Copysign(above/below, value), Digits) == want || rest == n {
			break
		}
		rest = 1 / (rest - n)
	}
	text := Format(math.Copysign(above, value), 0)
	if below != 1 {
		text += "/" + Format(below, 0)
	}
	return text
}

// inExponent returns a number with an exponent, which for formatEngineering is a multiple of three.
func inExponent(value float64, precision int, style format) string {
	if value == 0 {
		return "0"
	}
	var c converter
	digits, exponent := c.format(math.Abs(value), precision)
	point := 1
	if style == formatEngineering {
		point += ((exponent % 3) + 3) % 3
	}
	text := make([]byte, 0, 32)
	if value < 0 {
		text = append(text, '-')
	}
	for len(digits) < point {
		digits = append(digits, '0')
	}
	text = append(text, digits[:point]...)
	if len(digits) > point {
		text = append(append(text, '.'), digits[point:]...)
	}
	return string(strconv.AppendInt(append(text, 'e'), int64(exponent-point+1), 10))
}

// inDigits returns a number with a fixed number of digits after the point, rounded as people
// expect.
func inDigits(value float64, digits int) string {
	var s Scope
	rounded, err := s.round([]float64{value, float64(digits)})
	if err != nil || math.Abs(rounded) >= 1e21 {
		return Format(value, Digits)
	}
	text := Format(rounded, 17)
	if shortest := Format(rounded, 0); !strings.Contains(shortest, "e") {
		text = shortest
	}
	if strings.Contains(text, "e") { // below 1e-7: the digits are zeros
		text = "0"
	}
	if digits == 0 {
		return text
	}
	whole, fraction, _ := strings.Cut(text, ".")
	return whole + "." + fraction + strings.Repeat("0", max(0, digits-len(fraction)))
}

// partName returns how results show one of several units: ′ and ″ after degrees.
func partName(into []units.Unit, i int) string {
	switch {
	case into[0] == units.Degree && into[i] == units.ArcMinute:
		return "′"
	case into[0] == units.Degree && into[i] == units.ArcSecond:
		return "″"
	}
	return into[i].String()
}

// inParts returns a quantity in units of one dimension: 1 h 30 min. Zero parts are left out.
func inParts(r Result, into []units.Unit, precision int) string {
	u, ok := units.Parse(r.Unit)
	var parts [maxParts]float64
	if !ok || units.Split(units.Quantity{Value: r.Value, Unit: u}, into, parts[:]) != units.OK {
		return Display(r.Value, r.Unit, precision)
	}
	text := ""
	for i, value := range parts[:len(into)] {
		if value == 0 && (text != "" || i+1 < len(into)) {
			continue
		}
		if text != "" {
			text, value = text+" ", math.Abs(value)
		}
		text += Display(value, partName(into, i), precision)
	}
	return text
}

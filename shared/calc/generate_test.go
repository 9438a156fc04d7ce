package calc_test

import "strconv"

// generator makes random sources of the language, most of them valid. pick returns a number from 0
// to n-1.
type generator struct{ pick func(n int) int }

func (g generator) one(choices ...string) string { return choices[g.pick(len(choices))] }

// number returns a number of any size and form.
func (g generator) number() string {
	switch g.pick(8) {
	case 0:
		return g.one("0", "1", "2", "10", "0.5", ".25", "5.", "1e-9", "2e+3", "1_000", "0x1F", "0b101", "0o17", "170", "1e308", "5e-324")
	case 1:
		return strconv.Itoa(g.pick(1000)) + "." + strconv.Itoa(g.pick(100000))
	case 2:
		return strconv.Itoa(1+g.pick(9)) + "." + strconv.Itoa(g.pick(1e9)) + "e" + strconv.Itoa(g.pick(40)-20)
	}
	return strconv.Itoa(g.pick(20))
}

// expression returns an expression nested at most depth deep, which may use the names.
func (g generator) expression(depth int, names []string) string {
	if depth == 0 || g.pick(6) == 0 {
		switch g.pick(5) {
		case 0:
			return g.one("pi", "π", "e", "tau", "phi", "deg")
		case 1:
			return g.one(names...)
		}
		if g.pick(8) > 0 {
			return g.number()
		}
		return g.number() + g.one(" km", " ft", " h", " kg", "%", " km/h", " °C", " K", "°", " USD", " MiB")
	}
	x := func() string { return g.expression(depth-1, names) }
	switch g.pick(29) {
	case 0, 1, 2:
		return x() + g.one(" + ", " - ", "+", "-", " − ") + x()
	case 3, 4:
		return x() + g.one("*", "/", " × ", "÷", " mod ", "//", "·") + x()
	case 5:
		return x() + g.one("^", "**") + x()
	case 6:
		return g.one("-", "√", "+", "--") + x()
	case 7:
		return "(" + x() + ")" + g.one("!", "%", "%", "")
	case 8:
		return x() + g.one("!", "%")
	case 9:
		return x() + g.one(" < ", " <= ", " == ", " != ", " > ", " >= ", " ≤ ") + x()
	case 10:
		return x() + " < " + x() + g.one(" < ", " == ", " > ") + x()
	case 11:
		return x() + g.one(" and ", " or ") + x()
	case 12:
		return "(not " + x() + ")"
	case 13:
		return "(" + x() + " ? " + x() + " : " + x() + ")"
	case 14:
		return g.number() + g.one("pi", "(", "x(")[:1] + "i*" + x() + ")"
	case 15:
		return g.number() + "(" + x() + ")"
	case 16, 17, 18:
		return g.one("sin", "cos", "tan", "exp", "ln", "log", "log2", "log10", "sqrt", "cbrt", "abs", "sign", "asin", "acos", "atan",
			"sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "expm1", "log1p", "floor", "ceil", "trunc", "frac", "round",
			"gamma", "lgamma", "erf", "erfc") + "(" + x() + ")"
	case 19:
		return g.one("min", "max", "mean", "median", "var", "std", "varp", "stdp", "sum", "prod", "gcd", "lcm") +
			"(" + x() + ", " + x() + ", " + x() + ")"
	case 20:
		return g.one("atan2", "hypot", "log", "round", "ncr", "npr", "randint") + "(" + x() + ", " + x() + ")"
	case 21:
		return "clamp(" + x() + ", " + g.number() + ", " + g.number() + ")"
	case 22:
		index := g.one("i", "j", "x")
		return g.one("sum", "prod") + "(" + g.expression(depth-1, append([]string{index}, names...)) + ", " + index + " = " +
			strconv.Itoa(g.pick(5)) + ", " + strconv.Itoa(g.pick(12)) + ")"
	}
	return g.meant(x)
}

// meant returns an expression in a form that people type although the grammar does not have it.
func (g generator) meant(x func() string) string {
	switch g.pick(12) {
	case 0:
		return x() + g.one("²", "³", "⁻¹")
	case 1:
		return x() + g.one(" & ", " | ", " xor ", " << ", " >> ") + x()
	case 2:
		return "~" + x()
	case 3:
		return g.one("sin ", "sqrt ", "ln ", "sin²", "cos^2 ", "abs -") + x()
	case 4:
		return g.one("pow", "mod", "avg", "nCr", "quotient", "pmt", "geomean") + "(" + x() + ", " + x() + ")"
	case 5:
		return "if(" + x() + ", " + x() + ", " + x() + ")"
	case 6:
		return x() + g.one(" nCr ", " div ", " x ", " per ", " in ") + g.one(g.number(), "m", "km", "hex")
	case 7:
		return g.one("1,234", "1 234.5", "2½", "１２", "٣", "80x40", "true", "PI", "1,5", "(5 ft 3 in)", "(3 h 20 min)",
			"12:30", "(1:02:03)", "80:40", "(30° 15′ 20″)", "5'3\"", "5 fluid ounces", "2 square feet")
	case 8:
		return g.one("solve", "integral", "derivative") + "(" + x() + g.one("", " = 1") + ", t = " + g.number() + g.one("", "", " m") + ", " + g.number() + g.one("", "", " m") + ")"
	case 9:
		return "(" + x() + ") in " + g.one("m", "ft in", "h min", "%", "deg", "hex", "fraction", "2 digits", "EUR")
	case 10:
		return g.one("15% of ", "20% off ", "5% on ") + x()
	}
	return "(" + x() + " " + g.one("+", "-") + " " + x() + g.one("%", "") + ")"
}

// source returns a whole input.
func (g generator) source() string {
	names := []string{"x", "y", "ans"}
	text := "x = " + g.number() + "; y = " + g.expression(1, []string{"x"}) + "; "
	switch g.pick(6) {
	case 0:
		text += "f(a) = " + g.expression(2, []string{"a", "x"}) + "; f(" + g.number() + ") + "
	case 1:
		text += "f(a, b) = " + g.expression(2, []string{"a", "b", "y"}) + "\nf(" + g.number() + ", x)*"
	}
	if g.pick(10) == 0 {
		variable := g.one("t", "x")
		curve := func() string { return g.expression(1+g.pick(3), []string{variable, "y"}) }
		return "x = 3; y = 2; plot(" + curve() + ", " + curve() + ", " + variable + " = " + g.one("-1", "0", "-x", "1/7", "0 m") + ", " + g.one("1", "pi", "x", "1e9", "3 m", "90°") + ")"
	}
	return text + g.expression(1+g.pick(4), names)
}

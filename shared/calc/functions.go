package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

// Function documents a function, constant or operator of the language.
type Function struct {
	Name      string
	Signature string // how it is written: "log(x, base)"
	Kind      string // "function", "constant" or "operator"
	Help      string // one line
}

// builtin is a constant or a function that is part of the language.
type builtin struct {
	name      string
	signature string
	help      string
	value     float64 // of a constant

	// A function has one of these. one takes a single number and returns NaN outside its domain;
	// many may overwrite its arguments and returns what is wrong with them; scoped needs the scope.
	one    func(x float64) float64
	many   func(x []float64) (value float64, problem string)
	scoped func(s *Scope, x []float64) (float64, *Error)

	domain string // what is wrong with an argument for which one returns NaN
	least  uint16 // arguments
	most   uint16
	cost   uint16 // steps beyond the one of every instruction
	each   uint16 // steps for each argument
	sorts  bool   // it takes n log n steps
	late   bool   // new in the second edition: a session's own name comes first
	units  unitRule
}

// constant reports whether it is a constant. No constant is 0.
func (b *builtin) constant() bool { return b.value != 0 }

// arguments returns the least and the largest number of arguments.
func (b *builtin) arguments() (least, most int) {
	if b.one != nil {
		return 1, 1
	}
	return int(b.least), int(b.most)
}

// usage returns how the function is written.
func (b *builtin) usage() string {
	if b.signature == "" {
		return b.name + "(x)"
	}
	return b.signature
}

// anyNumber is the limit for functions of any number of arguments.
const anyNumber = maxNodes

// The builtins that the parser or the evaluation treats specially.
const (
	noBuiltin = iota
	idSum
	idProd
	idSqrt
	idRandom
	idRandint
	idPlot
	idSolve
	idIntegral
	idDerivative
)

// builtins is the table of names that the parser knows, the evaluation calls and the documentation
// lists.
var builtins = [...]builtin{
	idSum: {name: "sum", units: ruleKeep, signature: "sum(x, ...) or sum(term, i = a, b)",
		least: 1, most: anyNumber,
		scoped: (*Scope).sum, cost: 4,
		help: "the sum of the numbers, or of the term for i = a, a+1, ..., b; rounded once"},
	idProd: {name: "prod", units: ruleProduct,
		signature: "prod(x, ...) or prod(factor, i = a, b)", least: 1,
		most: anyNumber, many: product, cost: 4,
		help: "the product of the numbers, or of the factor for i = a, a+1, ..., b"},
	idSqrt: {name: "sqrt", units: ruleRoot, signature: "sqrt(x) or √x", one: math.Sqrt,
		domain: "the square root of a negative number is not real", help: "square root"},
	idRandom: {name: "random", signature: "random()", scoped: (*Scope).random,
		help: "a random number from 0 up to but not including 1"},
	idRandint: {name: "randint", signature: "randint(a, b)", least: 2, most: 2,
		scoped: (*Scope).random, help: "a random whole number from a to b, both included"},
	idPlot: {name: "plot", signature: "plot(y, ..., x = a, b)", least: 3, most: anyNumber,
		help: "draws the curves of up to 8 expressions for x from a to b; a statement of its own"},

	idSolve: {name: "solve", signature: "solve(left = right, x = a, b)", late: true, cost: 40,
		help: "the x between a and b for which left is right"},
	idIntegral: {name: "integral", signature: "integral(y, x = a, b)", late: true, cost: 40,
		help: "the integral of y for x from a to b"},
	idDerivative: {name: "derivative", signature: "derivative(y, x = a)", late: true, cost: 40,
		help: "the slope of y at x = a, to about 10 digits"},

	{name: "abs", units: ruleKeep, one: math.Abs, help: "absolute value"},
	{name: "sign", units: ruleRatio, one: sign, help: "-1, 0 or 1"},
	{name: "cbrt", units: ruleRoot, cost: 2, one: math.Cbrt,
		help: "cube root, of negative numbers too"},
	{name: "exp", cost: 8, one: libm.Exp, help: "e to the power x"},
	{name: "ln", cost: 8, one: libm.Log, domain: needsPositive, help: "natural logarithm"},
	{name: "log", signature: "log(x) or log(x, base)", least: 1, most: 2, cost: 16, many: logarithm,
		help: "logarithm to base 10, or to the base given; the natural logarithm is ln"},
	{name: "log2", cost: 8, one: libm.Log2, domain: needsPositive, help: "logarithm to base 2"},
	{name: "log10", cost: 8, one: libm.Log10, domain: needsPositive, help: "logarithm to base 10"},
	{name: "expm1", cost: 8, one: libm.Expm1, help: "exp(x) - 1, exact for small x"},
	{name: "log1p", cost: 8, one: libm.Log1p, domain: "log1p needs a number above -1",
		help: "ln(1 + x), exact for small x"},
	{name: "sin", cost: 2, one: sine,
		help: "sine of an angle in radians; sin(30deg) for degrees"},
	{name: "cos", cost: 2, one: cosine, help: "cosine of an angle in radians"},
	{name: "tan", cost: 3, one: tangent,
		domain: "the tangent has no value at odd multiples of 90°",
		help:   "tangent of an angle in radians"},
	{name: "asin", cost: 3, one: libm.Asin, domain: needsUnit,
		help: "arc sine, in radians; asin(x)/deg for degrees"},
	{name: "acos", cost: 3, one: libm.Acos, domain: needsUnit, help: "arc cosine, in radians"},
	{name: "atan", cost: 3, one: libm.Atan, help: "arc tangent, in radians"},
	{name: "atan2", units: ruleRatio, signature: "atan2(y, x)", least: 2, most: 2, cost: 3,
		many: arcTangent,
		help: "the angle of the point (x, y), in radians"},
	{name: "sinh", cost: 12, one: libm.Sinh, help: "hyperbolic sine"},
	{name: "cosh", cost: 12, one: libm.Cosh, help: "hyperbolic cosine"},
	{name: "tanh", cost: 12, one: libm.Tanh, help: "hyperbolic tangent"},
	{name: "asinh", cost: 12, one: libm.Asinh, help: "inverse hyperbolic sine"},
	{name: "acosh", cost: 12, one: libm.Acosh, domain: "acosh needs a number from 1 up",
		help: "inverse hyperbolic cosine"},
	{name: "atanh", cost: 12, one: libm.Atanh, domain: "atanh needs a number between -1 and 1",
		help: "inverse hyperbolic tangent"},
	{name: "hypot", units: ruleKeep, signature: "hypot(x, y)", least: 2, most: 2, cost: 4,
		many: hypotenuse,
		help: "sqrt(x^2 + y^2)"},
	{name: "floor", units: ruleKeep, least: 1, most: 1, scoped: (*Scope).floor,
		help: "the largest whole number that is not above x"},
	{name: "ceil", units: ruleKeep, least: 1, most: 1, scoped: (*Scope).ceil,
		help: "the smallest whole number that is not below x"},
	{name: "round", units: ruleFirst, signature: "round(x) or round(x, digits)", least: 1,
		most:   2,
		scoped: (*Scope).round,
		help: "x to the given digits after the point, ties away from zero: " +
			"round(2.675, 2) is 2.68"},
	{name: "trunc", units: ruleKeep, least: 1, most: 1, scoped: (*Scope).trunc,
		help: "x without its fraction"},
	{name: "frac", units: ruleKeep, one: fraction, help: "the fraction of x, with the sign of x"},
	{name: "min", units: ruleKeep, signature: "min(x, ...)", least: 1, most: anyNumber,
		many: minimum,
		help: "the smallest of the numbers"},
	{name: "max", units: ruleKeep, signature: "max(x, ...)", least: 1, most: anyNumber,
		many: maximum,
		help: "the largest of the numbers"},
	{name: "mean", units: ruleKeep, signature: "mean(x, ...)", least: 1, most: anyNumber,
		cost: 4, each: 1, scoped: (*Scope).mean,
		help: "arithmetic mean"},
	{name: "median", sorts: true, units: ruleKeep, signature: "median(x, ...)", least: 1,
		most: anyNumber, cost: 4, many: median,
		help: "the middle one of the numbers, or the mean of the two in the middle"},
	{name: "var", units: ruleSquare, signature: "var(x, ...)", least: 2, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).sampleVariance,
		help: "variance of a sample: divided by n-1"},
	{name: "std", units: ruleKeep, signature: "std(x, ...)", least: 2, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).sampleDeviation,
		help: "standard deviation of a sample: sqrt(var(x, ...))"},
	{name: "varp", units: ruleSquare, signature: "varp(x, ...)", least: 1, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).variance,
		help: "variance of a whole population: divided by n"},
	{name: "stdp", units: ruleKeep, signature: "stdp(x, ...)", least: 1, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).deviation,
		help: "standard deviation of a whole population"},
	{name: "geomean", units: ruleKeep, late: true, signature: "geomean(x, ...)",
		least: 1, most: anyNumber, cost: 60, each: 8, many: geometricMean,
		help: "geometric mean of numbers above 0"},
	{name: "quantile", sorts: true, units: ruleAfter, late: true, signature: "quantile(p, x, ...)",
		least: 2, most: anyNumber, cost: 8, many: quantile,
		help: "the number below which the share p of the numbers lies"},
	{name: "pmt", units: ruleLast, late: true, signature: "pmt(rate, n, pv)",
		least: 3, most: 3, cost: 30, many: payment,
		help: "what each of n payments is that pay back pv at a rate per period"},
	{name: "pv", units: ruleLast, late: true, signature: "pv(rate, n, pmt)",
		least: 3, most: 3, cost: 30, many: presentValue,
		help: "what n payments of pmt are worth now, at a rate per period"},
	{name: "fv", units: ruleLast, late: true, signature: "fv(rate, n, pmt)",
		least: 3, most: 3, cost: 30, many: futureValue,
		help: "what n payments of pmt are worth after the last one, at a rate per period"},
	{name: "nper", units: ruleAfterRatio, late: true, signature: "nper(rate, pmt, pv)",
		least: 3, most: 3, cost: 30, many: periods,
		help: "how many payments of pmt pay back pv at a rate per period"},
	{name: "gcd", signature: "gcd(a, ...)", least: 1, most: anyNumber, cost: 8,
		many: greatestDivisor, help: "greatest common divisor of whole numbers"},
	{name: "lcm", signature: "lcm(a, ...)", least: 1, most: anyNumber, cost: 8, many: leastMultiple,
		help: "least common multiple of whole numbers"},
	{name: "ncr", signature: "ncr(n, k)", least: 2, most: 2, cost: 700, many: combinations,
		help: "ways to choose k of n things"},
	{name: "npr", signature: "npr(n, k)", least: 2, most: 2, cost: 100, many: permutations,
		help: "ways to choose k of n things in order"},
	{name: "gamma", cost: 250, one: libm.Gamma,
		domain: "gamma has no value at 0 and the negative whole numbers",
		help:   "gamma function: gamma(n + 1) = n!"},
	{name: "lgamma", cost: 250, one: libm.Lgamma,
		domain: "lgamma has no value at 0 and the negative whole numbers",
		help:   "natural logarithm of the absolute value of gamma(x)"},
	{name: "erf", cost: 8, one: libm.Erf, help: "error function"},
	{name: "erfc", cost: 8, one: libm.Erfc, help: "1 - erf(x), exact for large x"},
	{name: "clamp", units: ruleKeep, signature: "clamp(x, low, high)", least: 3, most: 3,
		many: clamp,
		help: "x, but not below low nor above high"},

	{name: "pi", signature: "pi or π", value: math.Pi,
		help: "circumference of a circle by its diameter"},
	{name: "e", signature: "e", value: math.E, help: "base of the natural logarithm"},
	{name: "tau", signature: "tau or τ", value: 2 * math.Pi, help: "2pi, a full turn"},
	{name: "phi", signature: "phi", value: math.Phi, help: "golden ratio"},
	{name: "deg", signature: "deg", value: math.Pi / 180,
		help: "a degree in radians: sin(30deg), asin(0.5)/deg"},
}

const (
	needsPositive = "the logarithm needs a number above 0"
	needsUnit     = "the arc needs a number from -1 to 1"
)

// operators documents what the parser has tables of its own for.
var operators = [...]Function{
	{Name: "=", Signature: "a = x or f(x, y) = ...", Help: "set a variable or make a definition"},
	{Name: "? :", Signature: "condition ? x : y",
		Help: "x if the condition is not 0, else y; only that one is calculated"},
	{Name: "or", Signature: "a or b",
		Help: "1 if a or b is not 0, else 0; b is calculated only if it decides"},
	{Name: "and", Signature: "a and b",
		Help: "1 if neither a nor b is 0, else 0; b is calculated only if it decides"},
	{Name: "not", Signature: "not a", Help: "1 if a is 0, else 0; binds weaker than a comparison"},
	{Name: "==", Signature: "a == b",
		Help: "1 if equal to the last bit, else 0: sqrt(2)^2 == 2 is 0, as sqrt(2) is rounded; " +
			"compare abs(a - b) < 1e-9"},
	{Name: "!=", Signature: "a != b or a ≠ b", Help: "1 if a and b differ in any bit, else 0"},
	{Name: "<", Signature: "a < b", Help: "1 if less, else 0; comparisons chain: 1 < x < 5"},
	{Name: "<=", Signature: "a <= b or a ≤ b", Help: "1 if less or equal, else 0"},
	{Name: ">", Signature: "a > b", Help: "1 if greater, else 0"},
	{Name: ">=", Signature: "a >= b or a ≥ b", Help: "1 if greater or equal, else 0"},
	{Name: "|", Signature: "a | b", Help: "or of the bits of whole numbers up to 2^53"},
	{Name: "xor", Signature: "a xor b", Help: "exclusive or of the bits"},
	{Name: "&", Signature: "a & b", Help: "and of the bits; for conditions write and"},
	{Name: "<<", Signature: "a << n", Help: "a shifted n bits to the left"},
	{Name: ">>", Signature: "a >> n", Help: "a shifted n bits to the right, rounded down"},
	{Name: "~", Signature: "~a", Help: "the complement of the bits: -a - 1"},
	{Name: "+", Signature: "a + b or a + p%", Help: "sum; a + p% is a increased by p percent of a"},
	{Name: "-", Signature: "a - b, a - p% or -a",
		Help: "difference; a - p% is a decreased by p percent of a; -2^2 is -4"},
	{Name: "*", Signature: "a*b, a×b, a·b or 2a",
		Help: "product; without an operator it binds tighter than /: 1/2a is 1/(2a)"},
	{Name: "/", Signature: "a/b or a÷b", Help: "quotient"},
	{Name: "mod", Signature: "a mod b", Help: "remainder with the sign of b: -7 mod 3 is 2"},
	{Name: "//", Signature: "a//b", Help: "quotient rounded down to a whole number"},
	{Name: "^", Signature: "a^b or a**b",
		Help: "power; from right to left: 2^3^2 is 2^9; 0^0 is 1"},
	{Name: "!", Signature: "n!", Help: "factorial of a whole number from 0 to 170"},
	{Name: "%", Signature: "p%", Help: "p/100; the remainder is mod"},
	{Name: "ans", Signature: "ans", Help: "the previous result; " +
		"an input that begins with * / ^ mod // or a comparison continues it"},
}

// Functions returns the functions and constants, then the operators, in the order of the tables.
func Functions() []Function {
	list := make([]Function, 0, len(builtins)+len(operators))
	for i := 1; i < len(builtins); i++ {
		b := &builtins[i]
		kind := "function"
		if b.constant() {
			kind = "constant"
		}
		list = append(list, Function{Name: b.name, Signature: b.usage(), Kind: kind, Help: b.help})
	}
	for _, operator := range operators {
		operator.Kind = "operator"
		list = append(list, operator)
	}
	return list
}

// builtinSlots is a hash table with open addressing: the ids of the builtins by builtinHash.
var builtinSlots = func() (slots [256]uint8) {
	for id := 1; id < len(builtins); id++ {
		slot := builtinHash(builtins[id].name)
		for slots[slot] != noBuiltin {
			slot++
		}
		slots[slot] = uint8(id)
	}
	return slots
}()

// builtinHash is cheap, and good enough for the names in the table.
func builtinHash(name string) uint8 {
	return name[0]*7 + name[len(name)-1]*31 + name[len(name)/2]*3 + uint8(len(name))
}

// builtinID returns the id of a builtin, or noBuiltin if no builtin has the name.
func builtinID(name string) uint8 {
	if len(name) == 1 && name != "e" {
		return noBuiltin // the fast path: formulas consist of such names
	}
	for slot := builtinHash(name); ; slot++ {
		id := builtinSlots[slot]
		if id == noBuiltin || builtins[id].name == name {
			if id == noBuiltin && name[0] >= 0x80 {
				return greek(name)
			}
			return id
		}
	}
}

// greek returns the id of a constant by its Greek letter.
func greek(name string) uint8 {
	switch name {
	case "π":
		return builtinID("pi")
	case "τ":
		return builtinID("tau")
	}
	return noBuiltin
}

package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

// builtin is a constant or a function that is part of the language.
type builtin struct {
	name      string
	signature string
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
	late   bool   // from the second edition of the language: a session's own name comes first
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

// usage returns the function with its parameters.
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

// builtins is the table of names that the parser knows and the evaluation calls. Their help is in a
// text of its own, so modules without documentation do not have it.
var builtins = [...]builtin{
	idSum: {name: "sum", units: ruleKeep, signature: "sum(x, ...) or sum(term, i = a, b)",
		least: 1, most: anyNumber,
		scoped: (*Scope).sum, cost: 4},
	idProd: {name: "prod", units: ruleProduct,
		signature: "prod(x, ...) or prod(factor, i = a, b)", least: 1,
		most: anyNumber, many: product, cost: 4},
	idSqrt: {name: "sqrt", units: ruleRoot, signature: "sqrt(x) or √x", one: math.Sqrt,
		domain: "the square root of a negative number is not real"},
	idRandom: {name: "random", signature: "random()", scoped: (*Scope).random},
	idRandint: {name: "randint", signature: "randint(a, b)", least: 2, most: 2,
		scoped: (*Scope).random},
	idPlot: {name: "plot", signature: "plot(y, ..., x = a, b)", least: 1, most: anyNumber},

	idSolve:      {name: "solve", signature: "solve(left = right, x = a, b)", late: true, cost: 40},
	idIntegral:   {name: "integral", signature: "integral(y, x = a, b)", late: true, cost: 40},
	idDerivative: {name: "derivative", signature: "derivative(y, x = a)", late: true, cost: 40},

	{name: "abs", units: ruleKeep, one: math.Abs},
	{name: "sign", units: ruleRatio, one: sign},
	{name: "cbrt", units: ruleRoot, cost: 2, one: math.Cbrt},
	{name: "exp", cost: 8, one: libm.Exp},
	{name: "ln", cost: 8, one: libm.Log, domain: needsPositive},
	{name: "log", signature: "log(x) or log(x, base)", least: 1, most: 2, cost: 16,
		many: logarithm},
	{name: "log2", cost: 8, one: libm.Log2, domain: needsPositive},
	{name: "log10", cost: 8, one: libm.Log10, domain: needsPositive},
	{name: "expm1", cost: 8, one: libm.Expm1},
	{name: "log1p", cost: 8, one: libm.Log1p, domain: "log1p needs a number above -1"},
	{name: "sin", cost: 2, one: sine},
	{name: "cos", cost: 2, one: cosine},
	{name: "tan", cost: 3, one: tangent,
		domain: "the tangent has no value at odd multiples of 90°"},
	{name: "asin", cost: 3, one: libm.Asin, domain: needsUnit},
	{name: "acos", cost: 3, one: libm.Acos, domain: needsUnit},
	{name: "atan", cost: 3, one: libm.Atan},
	{name: "atan2", units: ruleRatio, signature: "atan2(y, x)", least: 2, most: 2, cost: 3,
		many: arcTangent},
	{name: "sinh", cost: 12, one: libm.Sinh},
	{name: "cosh", cost: 12, one: libm.Cosh},
	{name: "tanh", cost: 12, one: libm.Tanh},
	{name: "asinh", cost: 12, one: libm.Asinh},
	{name: "acosh", cost: 12, one: libm.Acosh, domain: "acosh needs a number of 1 or more"},
	{name: "atanh", cost: 12, one: libm.Atanh, domain: "atanh needs a number between -1 and 1"},
	{name: "hypot", units: ruleKeep, signature: "hypot(x, y)", least: 2, most: 2, cost: 4,
		many: hypotenuse},
	{name: "floor", units: ruleKeep, least: 1, most: 1, scoped: (*Scope).floor},
	{name: "ceil", units: ruleKeep, least: 1, most: 1, scoped: (*Scope).ceil},
	{name: "round", units: ruleFirst, signature: "round(x) or round(x, digits)", least: 1,
		most:   2,
		scoped: (*Scope).round},
	{name: "trunc", units: ruleKeep, least: 1, most: 1, scoped: (*Scope).trunc},
	{name: "frac", units: ruleKeep, one: fraction},
	{name: "min", units: ruleKeep, signature: "min(x, ...)", least: 1, most: anyNumber,
		many: minimum},
	{name: "max", units: ruleKeep, signature: "max(x, ...)", least: 1, most: anyNumber,
		many: maximum},
	{name: "mean", units: ruleKeep, signature: "mean(x, ...)", least: 1, most: anyNumber,
		cost: 4, each: 1, scoped: (*Scope).mean},
	{name: "median", sorts: true, units: ruleKeep, signature: "median(x, ...)", least: 1,
		most: anyNumber, cost: 4, many: median},
	{name: "var", units: ruleSquare, signature: "var(x, ...)", least: 2, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).sampleVariance},
	{name: "std", units: ruleKeep, signature: "std(x, ...)", least: 2, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).sampleDeviation},
	{name: "varp", units: ruleSquare, signature: "varp(x, ...)", least: 1, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).variance},
	{name: "stdp", units: ruleKeep, signature: "stdp(x, ...)", least: 1, most: anyNumber,
		cost: 16, each: 6, scoped: (*Scope).deviation},
	{name: "geomean", units: ruleKeep, late: true, signature: "geomean(x, ...)",
		least: 1, most: anyNumber, cost: 60, each: 8, many: geometricMean},
	{name: "quantile", sorts: true, units: ruleAfter, late: true, signature: "quantile(p, x, ...)",
		least: 2, most: anyNumber, cost: 8, many: quantile},
	{name: "pmt", units: ruleLast, late: true, signature: "pmt(rate, n, pv)",
		least: 3, most: 3, cost: 30, many: payment},
	{name: "pv", units: ruleLast, late: true, signature: "pv(rate, n, pmt)",
		least: 3, most: 3, cost: 30, many: presentValue},
	{name: "fv", units: ruleLast, late: true, signature: "fv(rate, n, pmt)",
		least: 3, most: 3, cost: 30, many: futureValue},
	{name: "nper", units: ruleAfterRatio, late: true, signature: "nper(rate, pmt, pv)",
		least: 3, most: 3, cost: 30, many: periods},
	{name: "gcd", signature: "gcd(a, ...)", least: 1, most: anyNumber, cost: 8,
		many: greatestDivisor},
	{name: "lcm", signature: "lcm(a, ...)", least: 1, most: anyNumber, cost: 8,
		many: leastMultiple},
	{name: "ncr", signature: "ncr(n, k)", least: 2, most: 2, cost: 700, many: combinations},
	{name: "npr", signature: "npr(n, k)", least: 2, most: 2, cost: 100, many: permutations},
	{name: "gamma", cost: 250, one: libm.Gamma,
		domain: "gamma has no value at 0 and negative whole numbers"},
	{name: "lgamma", cost: 250, one: libm.Lgamma,
		domain: "lgamma has no value at 0 and negative whole numbers"},
	{name: "erf", cost: 8, one: libm.Erf},
	{name: "erfc", cost: 8, one: libm.Erfc},
	{name: "clamp", units: ruleKeep, signature: "clamp(x, low, high)", least: 3, most: 3,
		many: clamp},

	{name: "pi", signature: "pi or π", value: math.Pi},
	{name: "e", signature: "e", value: math.E},
	{name: "tau", signature: "tau or τ", value: 2 * math.Pi},
	{name: "phi", signature: "phi", value: math.Phi},
	{name: "deg", signature: "deg", value: math.Pi / 180},
}

const (
	needsPositive = "the logarithm needs a number above 0"
	needsUnit     = "the arc needs a number from -1 to 1"
)

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

// builtinHash is a cheap hash that is good enough for the names in the table.
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

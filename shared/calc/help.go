package calc

import "strings"

// Function documents a function, constant or operator of the language.
type Function struct {
	Name      string
	Signature string // how it is written: "log(x, base)"
	Kind      string // "function", "constant" or "operator"
	Help      string // one line
}

// Functions returns the functions and constants, then the operators, in the order of the tables.
func Functions() []Function {
	list := make([]Function, 0, len(builtins)+len(operators))
	lines := strings.Split(help[1:], "\n")
	for i := 1; i < len(builtins); i++ {
		b := &builtins[i]
		kind := "function"
		if b.constant() {
			kind = "constant"
		}
		text := lines[i-1][len(b.name)+1:]
		list = append(list, Function{Name: b.name, Signature: b.usage(), Kind: kind, Help: text})
	}
	for _, operator := range operators {
		operator.Kind = "operator"
		list = append(list, operator)
	}
	return list
}

// help has a line for each builtin, in the order of builtins: its name, a tab and what it is.
const help = `
sum	the sum of the numbers, or of the term for i = a, a+1, ..., b; rounded once
prod	the product of the numbers, or of the factor for i = a, a+1, ..., b
sqrt	square root
random	a random number from 0 up to but not including 1
randint	a random whole number from a to b, both included
plot	draws up to 8 expressions for x from a to b, or -10 to 10; a statement by itself
solve	the x between a and b for which left equals right
integral	the integral of y for x from a to b
derivative	the slope of y at x = a, to about 10 digits
abs	absolute value
sign	-1, 0 or 1
cbrt	cube root, of negative numbers too
exp	e to the power x
ln	natural logarithm
log	logarithm to base 10, or to the base given; the natural logarithm is ln
log2	logarithm to base 2
log10	logarithm to base 10
expm1	exp(x) - 1, exact for small x
log1p	ln(1 + x), exact for small x
sin	sine of an angle: sin(30°), sin(pi/6)
cos	cosine of an angle: cos(60°)
tan	tangent of an angle: tan(45°)
asin	arc sine, in radians; asin(x)/deg for degrees
acos	arc cosine, in radians
atan	arc tangent, in radians
atan2	the angle of the point (x, y), in radians
sinh	hyperbolic sine
cosh	hyperbolic cosine
tanh	hyperbolic tangent
asinh	inverse hyperbolic sine
acosh	inverse hyperbolic cosine
atanh	inverse hyperbolic tangent
hypot	sqrt(x^2 + y^2)
floor	the largest whole number that is not above x
ceil	the smallest whole number that is not below x
round	x to the given digits after the point, ties away from zero: round(2.675, 2) is 2.68
trunc	x without its fraction
frac	the fraction of x, with the sign of x
min	the smallest of the numbers
max	the largest of the numbers
mean	arithmetic mean
median	the middle one of the numbers, or the mean of the two in the middle
var	variance of a sample: divided by n-1
std	standard deviation of a sample: sqrt(var(x, ...))
varp	variance of a whole population: divided by n
stdp	standard deviation of a whole population
geomean	geometric mean of numbers above 0
quantile	the number below which the share p of the numbers lies
pmt	each of n payments that repay pv at a rate per period
pv	what n payments of pmt are worth now, at a rate per period
fv	what n payments of pmt are worth after the last one, at a rate per period
nper	the number of payments of pmt that repay pv at a rate per period
gcd	greatest common divisor of whole numbers
lcm	least common multiple of whole numbers
ncr	ways to choose k of n things
npr	ways to choose k of n things in order
gamma	gamma function: gamma(n + 1) = n!
lgamma	natural logarithm of the absolute value of gamma(x)
erf	error function
erfc	1 - erf(x), exact for large x
clamp	x, limited to the range from low to high
pi	circumference of a circle divided by its diameter
e	base of the natural logarithm
tau	2pi, a full turn
phi	golden ratio
deg	a degree in radians: sin(30deg), asin(0.5)/deg`

// operators documents operators, which have tables of their own in the parser.
var operators = [...]Function{
	{Name: "=", Signature: "a = x or f(x, y) = ...", Help: "set a variable or make a definition"},
	{Name: "? :", Signature: "condition ? x : y",
		Help: "x if the condition is not 0, else y; only that one is calculated"},
	{Name: "or", Signature: "a or b",
		Help: "1 if a or b is not 0, else 0; b is calculated only if needed"},
	{Name: "and", Signature: "a and b",
		Help: "1 if neither a nor b is 0, else 0; b is calculated only if needed"},
	{Name: "not", Signature: "not a",
		Help: "1 if a is 0, else 0; binds less tightly than a comparison"},
	{Name: "==", Signature: "a == b",
		Help: "1 if equal to the last bit, else 0: sqrt(2)^2 == 2 is 0, as sqrt(2) is rounded; " +
			"compare abs(a - b) < 1e-9"},
	{Name: "!=", Signature: "a != b or a ≠ b", Help: "1 if a and b differ in any bit, else 0"},
	{Name: "<", Signature: "a < b", Help: "1 if less, else 0; comparisons chain: 1 < x < 5"},
	{Name: "<=", Signature: "a <= b or a ≤ b", Help: "1 if less or equal, else 0"},
	{Name: ">", Signature: "a > b", Help: "1 if greater, else 0"},
	{Name: ">=", Signature: "a >= b or a ≥ b", Help: "1 if greater or equal, else 0"},
	{Name: "|", Signature: "a | b", Help: "bitwise or of whole numbers up to 2^53"},
	{Name: "xor", Signature: "a xor b", Help: "bitwise exclusive or"},
	{Name: "&", Signature: "a & b", Help: "bitwise and; for conditions write and"},
	{Name: "<<", Signature: "a << n", Help: "a shifted n bits to the left"},
	{Name: ">>", Signature: "a >> n", Help: "a shifted n bits to the right, rounded down"},
	{Name: "~", Signature: "~a", Help: "bitwise complement: -a - 1"},
	{Name: "+", Signature: "a + b or a + p%", Help: "sum; a + p% is a increased by p percent of a"},
	{Name: "-", Signature: "a - b, a - p% or -a",
		Help: "difference; a - p% is a decreased by p percent of a; -2^2 is -4"},
	{Name: "*", Signature: "a*b, a×b, a·b or 2a",
		Help: "product; without an operator it binds more tightly than /: 1/2a is 1/(2a)"},
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

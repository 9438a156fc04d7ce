// Package calc implements the language of the calculator. A Calculator parses a source into a
// Program and evaluates it in a Scope, which holds the bindings of a session. The package gives the
// same bits natively and in WebAssembly.
//
// # The language
//
// All numbers are float64. Every result is finite: an expression without a finite value, such as
// 1/0, sqrt(-1) or 9^9^9, is an error that points at its place.
//
// A source is a list of statements, separated by newlines or semicolons. Its result is the value of
// the last one. A source is evaluated as a whole or not at all: if a statement fails, no name
// changes.
// # begins a comment. Inside parentheses a newline is a space.
//
//	2 + 3*4              a value
//	a = 5                sets a variable
//	f(x, y) = x^2 + y    defines a function, which may call itself
//	plot(x^2, x = -1, 1) draws curves
//
// # Numbers and names
//
//	12  .5  5.  1e-9  2e+3  1_000_000  0x1F  0o17  0b101  1,234.50  1 234  2½  3 1/2  10k
//	1,00,000
//
// Numbers may be pasted as they are printed: with digit groups of three (but a comma separates the
// arguments of a call), fractions, full-width digits and those of other scripts, x² and √.
// The decimal sign is a point; a decimal comma is an error that offers the repaired text.
//
// 2e is 2 times e, as no digit follows. Names consist of Unicode letters, digits and _, at most 64;
// case matters. The constants pi (π), e, tau (τ), phi and deg and the functions of Functions belong
// to the language and cannot be set. Variables and definitions share one namespace; the latest use
// wins. Parameters hide variables. The names in a definition are looked up when it is called. ans
// is the previous result; a definition cannot use it.
//
// # Operators
//
// From the weakest to the tightest:
//
//	=                      in a statement only
//	in to as -> →          converts to a unit or a format, last in its expression
//	? :                    from the right; only the choice taken is evaluated
//	or
//	and
//	not
//	== != < <= > >=        1 or 0; they chain: 1 < x < 5
//	|                      bits of whole numbers up to 2^53, here and in the next three lines
//	xor
//	&
//	<< >>
//	+ -
//	* / mod //             also × · ÷ −; mod and // round down: -7 mod 3 is 2, -7//2 is -4;
//	                       with them of, off and on: 15% of 80, 20% off 50, 5% on 80
//	a product without *    2pi, 2(3+4), (1+2)(3+4): before a name or parenthesis, on one line
//	- + √ ~                -2^2 is -4; ~5 is -6
//	^ **                   from the right: 2^3^2 is 512; 0^0 is 1; 2^-1 needs no parentheses
//	! %                    5! of whole numbers from 0 to 170; 10% has the unit percent
//
// A name before a parenthesis is a call: for a variable a, a(b+1) is an error that suggests
// a*(b+1). But pi (b+1), with a space, is a product. 3 4, (2)3 and 5 % 3 are errors with a hint,
// not guesses. Program.Parsed shows what was understood: 1/2pi is 1/(2*pi). Program.Notices says
// where another reading is plausible.
//
// What is plainly meant is read as meant:
//
//	10 / 4 =    =3+4    2+2?    2+2=?  signs at the end or the beginning
//	sqrt(9                             parentheses are closed at the end
//	sin 2x    sqrt 16 + 9    abs -3    a function takes the product without * that follows
//	sin²x    sin^2(x)    sin⁻¹(x)      sin(x)^2 and asin(x); no other powers of functions;
//	sin-1(x)                           asin(x)
//	2 x 3    80x40    6.02x10^23    7 div 2    5 nCr 2    5 plus 3    10 divided by 4
//	5 to the power of 2
//	5 squared    square root of 2    sqrt of 16    half of 10    what is 10% of 50?
//	50 increased by 10%    90 split by 3    80 less 20%    pi rounded to 2 digits
//	pi with 2 digits    what's 10% of 50    minutes in a day
//	&& || <> := ** if(c, a, b)         and, or, !=, =, ^ and c ? a : b
//	pow(a, b)    avg(1, 2)    PI       other names, unless the session has them (aliases.go)
//	=SUM(1; 2)                         semicolons in a call, if the source has no commas
//	rent: 1200    1200 # rent          Program.Label
//
// Sentences of a few kinds are read as well, if nothing in them is left over (reword.go):
//
//	18% tip on 64.50    250 + 19% VAT    119 including 19% tax    20% discount on 80
//	mortgage of 300000 at 3.5% over 25 years    1000 at 4% for 10 years
//	average of 4, 8 and 15    average of 4; 8; 15    max 3 7    sum of 1 to 10
//	5 is what percent of 20    10 more than 5    60 km/h for 2 h
//	9:15 to 17:40    10 pm to 6 am    how many minutes in 3 days    6 ft 2    72 f in c
//	rent 1200    rent is 1200           rent = 1200
//
// If such a sentence may mean something else, too, there is a notice. Every other word that people
// bring from elsewhere has a hint (hints.txt).
//
// # Units
//
// A name that is neither in the session nor of the language is a unit (package units) or a constant
// of physics: 5 km, 10 km / 2 h, $5, 20 °C, 5 ft 3 in, c. Names may have several words: 5 nautical
// miles, 30 pounds per square inch. A / without spaces between two units, after one with spaces, is
// part of the divisor: 300 km / 60 km/h is 5 h.
//
// + - and comparisons need one dimension and take the unit on the left; * / ^ multiply units.
// Functions keep units, take a root of them, or need plain numbers and angles. 5 km in miles
// converts; 90 min in h min gives parts, as does 90 min in h and min; 255 in hex, 0.375 in fraction
// and 1/3 in 2 digits change the display only. 5 in cm is 5 inches in centimetres.
//
// Parts of one dimension that grow smaller are one quantity: 5 ft 3 in, 3 h 20 min, 1h30m, 5′ 3″ or
// 5'3", 30° 15′ 20″. A time is written 12:30 or 1:02:03, from 60 hours on 158:00 h, where no ? is
// open; its unit is h:min, and a sum of times is shown in the same way. 8h30 is 8:30, and 4:45 min
// is 4 min 45 s: 5 km * 4:45 min/km.
//
// 7 l/100km keeps its unit. A conversion to the inverse dimension converts the inverse, with a
// notice: 30 mpg in l/100km, 20 ms in Hz.
//
// Percent is a unit: 18% is the value 0.18. number ± percent is relative, 100 + 10% is 110; percent
// ± percent is a percentage; a product or function takes the plain number. Currencies convert by
// the scope's Rates.
//
// An evaluation works on plain numbers until it meets a unit. From then on it keeps the unit of
// every value beside the stack, and Calculator.quantity executes or prepares each instruction for
// the same loop. So pure numbers cost nothing for units.
//
// # The previous result
//
// An input that begins with an operator that cannot be a prefix (* / ^ mod // or a comparison)
// continues the previous result: * 2 is ans*2. + and - do not: -5 + 3 is -2.
//
// # Functions
//
// Functions lists the functions with a line of help each. sum and prod also run over an index,
// which hides variables: sum(i^2, i = 1, 10) is 385. sum is exact and rounded once, even where most
// of it cancels; mean, var and std build on such sums.
//
//	solve(cos(x) = x, x = 0, 1)   the root in a range where the sides cross (Brent)
//	integral(x^2, x = 0, 3)       adaptive Gauss-Kronrod, to 13 digits of the absolute value
//	derivative(sin(x), x = 0)     extrapolated central differences, to about 10 digits
//
// The range and the values of these may have units: integral(60 km/h, t = 0 min, 30 min) is 30 km.
//
// The names of these, and of pmt, pv, fv, nper, quantile and geomean, are free: a variable or
// function of the session with such a name comes first.
//
// # Plots
//
// plot(sin(x), x/2, x = -pi, pi) draws up to 8 curves over a range of one variable, which hides
// variables in them. plot x^2 from -5 to 5, plot sin x and cos x between 0 and 6 and graph y = x^2
// are read as plots, too. A plot is the last statement of its input and has no value. The ends of
// the range are evaluated once, the curves whenever they are drawn (Curve), so they use neither ans
// nor random numbers. The range may have a unit, and so may the values, one dimension for all
// curves. Evaluate tries each curve at both ends of the range and at three points between, and
// reports what is wrong wherever the curve is drawn, such as an unknown name. Where a curve has no
// value, as 1/x at 0, it has a gap.
//
// # Display
//
// Format shows 15 significant digits, so 0.1 + 0.2 shows 0.3, while its value is
// 0.30000000000000004, and sqrt(2)^2 == 2 is 0. Whole numbers up to 2^53 are shown in full. Larger
// numbers, and those below 1e-7, have an exponent.
//
// # Accuracy
//
// + - * / sqrt and x^2 are correctly rounded. This is the largest error found of the other
// functions, measured against math/big at 300,000 places and more, in units in the last place, of
// which rounding takes half a unit (tests of package libm, flag -points):
//
//	exp expm1 ln log log2 log10 log1p x^y    0.50
//	sinh cosh tanh asinh acosh atanh hypot   0.50
//	gamma                                    0.51
//	atan2 atan acos asin                     0.66 0.65 0.66 0.72
//	cbrt                                     0.67
//	sin cos tan, of any size                 0.80 0.80 0.87
//	erf erfc                                 0.95 2.75
//	lgamma, of positive numbers              2.39
//	n!, ncr, npr, gcd, lcm                   0.50
//	sum prod mean median, of numbers         0.50
//	pmt pv fv nper geomean var std varp stdp 0.50
//	quantile                                 1.50
//
// lgamma of a negative number is within 1e-14 of the larger of 1 and its absolute value. The
// relative error of solve is below 1e-15, that of derivative below 1e-9, and that of integral, to
// the integral of the absolute value, below 1e-13.
//
// An angle within 1.5 ulp of a multiple of pi/12 is that multiple: sin(pi) is 0, sin(pi/6) is 0.5,
// and tan(pi/2) has no value. e^x is exp(x).
//
// The results are the same bits on amd64 and in WebAssembly, but for random and randint.
//
// # Limits
//
// A source has at most 16 KiB, 10,000 instructions and a nesting of 200; a Scope has at most 1,000
// names and 256 KiB of names and definitions. Calls go 1,000 deep. Evaluations that share a Scope
// have 1,000,000 steps together: an instruction is one, costly functions take more. Beyond a limit
// there is an error. Nothing in the package recurses more than twice, so no source takes more stack
// than another.
package calc

import "abacus/shared/units"

// Calculator parses and evaluates. Its zero value is ready to use. It keeps its memory, so parsing
// and evaluating again allocates nothing. Two goroutines must not use it at once.
type Calculator struct {
	parser parser
	stack  []float64
	units  []units.Unit // of the values on the stack, in an evaluation with units
	totals []seriesUnit // of the loops
	bare   int          // the slot of a unit that is just a name: the m of 5 m; -1: none
	execution
	mixed    bool       // run has met a unit
	unit     units.Unit // of the result of run, if mixed
	calls    []call
	loops    []loop
	searches []*search
	sums     []*total
	blank    Scope
	from     float64 // the range of the plot evaluated last
	to       float64
	plotted  units.Unit // of the range, while a plot or curve is evaluated
}

// Result is the result of a program.
type Result struct {
	Kind  Kind    // of the last statement
	Value float64 // of the last statement; for an assignment the value assigned
	Unit  string  // of the value, "" for a number; the value of 18% is 0.18
}

// Parse reads a source. The program is valid until the next Parse.
func (c *Calculator) Parse(source string) (*Program, *Error) {
	p := &c.parser
	p.typed, p.rewordings, p.readings = source, p.rewordings[:0], nil
	for err := p.parse(source); err != nil; err = p.err {
		if !p.reword(err, nil) {
			return nil, p.asTyped(err)
		}
	}
	return &p.Program, nil
}

// Eval parses and evaluates a source with a new budget of steps.
func (c *Calculator) Eval(source string, scope *Scope) (*Program, Result, *Error) {
	if scope != nil {
		scope.Steps = 0
	}
	program, err := c.Parse(source)
	if err != nil {
		return nil, Result{}, err
	}
	result, err := c.Evaluate(program, scope)
	return program, result, err
}

// Evaluate runs a program. If the program has a value, that becomes the scope's previous result; if
// it fails, the scope stays as it was. A nil scope is an empty one. A sentence whose words are not
// names of the scope is replaced in the program by what it means.
func (c *Calculator) Evaluate(p *Program, scope *Scope) (Result, *Error) {
	if scope == nil {
		scope = &c.blank
		scope.Reset()
	}
	for {
		result, err := c.evaluate(p, scope)
		if err == nil || !c.parser.reword(err, scope) {
			return result, p.asTyped(err)
		}
	}
}

// evaluate runs a program as it was parsed.
func (c *Calculator) evaluate(p *Program, scope *Scope) (result Result, err *Error) {
	count := len(scope.entries)
	scope.undo = scope.undo[:0]
	scope.evaluation++
	scope.rounded = 0
	p.scope, c.plotted = scope, units.Unit{}
	c.loops, c.searches, c.sums = c.loops[:0], c.searches[:0], c.sums[:0]
	result.Value, err = c.run(p, scope, 0, p.cost)
	result.Kind = p.Kind()
	if c.mixed && !c.unit.None() {
		result.Value = external(units.Quantity{Value: result.Value, Unit: c.unit})
		result.Unit = c.unit.String()
	}
	if err == nil && result.Kind == Plot {
		result.Value = 0
		p.from, p.to, p.rangeUnit = c.from, c.to, c.plotted
		p.valued, p.valueUnit = false, units.Unit{}
		err = c.checkCurves(p, scope)
	}
	if err != nil {
		p.explain(err, scope)
		scope.rollback(count)
		return Result{}, err
	}
	if result.Kind.HasValue() {
		scope.Ans, scope.HasAns = result.Value, true
		if scope.AnsUnit != result.Unit {
			scope.AnsUnit = result.Unit
		}
	}
	return result, nil
}

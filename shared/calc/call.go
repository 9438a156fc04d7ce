package calc

import (
	"math"
	"math/bits"

	"abacus/shared/units"
)

// resolve finds a name and caches its index in the instruction.
func (s *Scope) resolve(in *instruction, name string) (found bool) {
	index, found := s.find(name)
	in.index = uint16(index)
	return found
}

// nameOrUnit is what a name after a number is, for the error that nobody knows it.
const nameOrUnit = "name or unit"

// unknown returns the error for an unknown name at a place of the source; what is "name",
// "function" or nameOrUnit.
func (s *Scope) unknown(source string, place span, what string) *Error {
	name := place.in(source)
	if id := builtinID(name); id != noBuiltin {
		return fault(CodeSyntax, quote(name)+" is a function and needs parentheses",
			"write "+builtins[id].usage())
	}
	hint, afterNumber := s.hintAt(source, place), what == nameOrUnit
	if afterNumber && name != "f" { // 98.6 f in c has a hint of its own
		if scale := hintFor("5" + name); scale != "" {
			hint = scale
		}
	}
	if u, isUnit := units.Lookup(name); isUnit && hint == "" {
		hint = fill("% is a unit: write 5 %, or x in %", quote(name), name, u.String())
	}
	if near := s.nearest(name, what == "function"); near != "" && hint == "" {
		hint = fill("did you mean %?", near)
	}
	switch {
	case hint != "" || len(name) > 20:
	case what == "function" && (name == "x" || name == "X"):
		hint = "to multiply, write *"
	case what == "function":
		hint = fill("define it first: %(x) = ...", name)
	case afterNumber && len(name) > 1:
		hint = fill("leave it out, or set it first: % = 1", name)
	default:
		hint = fill("set it first: % = ...", name)
	}
	return fault(CodeUnknown, fill("unknown % %", what, quote(name)), hint)
}

// notValue returns the error for a function that is used without arguments.
func notValue(e *entry) *Error {
	return fault(CodeNotValue, quote(e.name)+" is a function and needs its arguments",
		"it is defined as "+e.body.source)
}

// answer returns the previous result.
func (s *Scope) answer() (float64, *Error) {
	if !s.HasAns {
		return 0, fault(CodeNoAnswer, "there is no previous result", "")
	}
	return s.Ans, nil
}

// factorial returns x!.
func factorial(x float64) (float64, *Error) {
	n, ok := whole(x)
	switch {
	case !ok || n < 0:
		return 0, fault(CodeDomain, "the factorial needs a whole number that is not negative",
			"gamma(x + 1) extends it to other numbers")
	case n > 170:
		return 0, fault(CodeOverflow, "the factorial is too large from 171! on",
			"lgamma(n + 1) is its logarithm")
	}
	return fallingProduct(x, x), nil
}

// call calls a built-in function.
func (b *builtin) call(arguments []float64, scope *Scope) (float64, *Error) {
	var value float64
	problem := ""
	if b.each > 0 {
		if err := scope.charge(int(b.each) * len(arguments)); err != nil {
			return 0, err
		}
	}
	switch {
	case b.one != nil:
		if value = b.one(arguments[0]); value != value {
			problem = b.domain
		}
	case b.many != nil:
		if n := len(arguments); b.sorts {
			if err := scope.charge(n * bits.Len(uint(n)) / 2); err != nil {
				return 0, err
			}
		}
		value, problem = b.many(arguments)
	default:
		return b.scoped(scope, arguments)
	}
	switch {
	case problem != "":
		return 0, fault(CodeDomain, problem, "")
	case value-value != 0:
		return 0, overflow()
	}
	return value, nil
}

// random implements random() and randint(a, b).
func (s *Scope) random(arguments []float64) (float64, *Error) {
	if s.Random == nil {
		return 0, fault(CodeNoRandom, "there is no source of random numbers here", "")
	}
	if len(arguments) == 0 {
		return s.Random(), nil
	}
	low, high := arguments[0], arguments[1]
	_, ok1 := whole(low)
	_, ok2 := whole(high)
	if !ok1 || !ok2 || low > high || high-low >= maxInteger {
		return 0, fault(CodeDomain,
			"randint needs two whole numbers, the smaller one first, less than 2^53 apart", "")
	}
	return low + math.Floor(s.Random()*(high-low+1)), nil
}

// enter returns the definition that an instruction calls and charges the call. The last argument is
// stack[sp]. If the language has the name and the session does not, it turns the instruction into a
// call of that function and returns nil.
func (c *Calculator) enter(in *instruction, source string, sp int, scope *Scope) (*definition,
	*Error) {
	place := span{in.offset, in.length}
	name, arguments := place.in(source), int(in.id)
	if int(in.index) >= len(scope.entries) || !same(scope.entries[in.index].name, name) {
		_, found := scope.find(name)
		if !found {
			if is, problem := in.become(name); is {
				return nil, problem
			}
		}
		if !scope.resolve(in, name) {
			return nil, scope.unknown(source, place, "function")
		}
	}
	e := &scope.entries[in.index]
	if e.kind != kindFunction {
		return nil, fault(CodeNotFunction, quote(name)+" is a variable, not a function",
			productHint(source, place))
	}
	if err := scope.compiled(e); err != nil {
		return nil, err
	}
	body := e.body
	switch {
	case body.parameters != arguments:
		return nil, fault(CodeArguments,
			argumentsMessage(name, body.parameters, body.parameters, arguments),
			"it is defined as "+body.source)
	case len(c.calls) == maxCalls:
		return nil, fault(CodeLimitCalls, "more than 1000 nested calls",
			fill("does the definition of % ever end?", name))
	case !c.reserve(sp + body.stack):
		return nil, fault(CodeLimitStack, "too many unfinished operations", "")
	}
	if scope.Steps += body.cost; scope.Steps > MaxSteps {
		return nil, limitSteps()
	}
	return body, nil
}

// becomeFunction turns the call of a definition into one of a function of the language.
func (in *instruction) becomeFunction(id uint8) *Error {
	b, n := &builtins[id], int(in.id)
	if b.one == nil && b.many == nil && b.scoped == nil { // which needs a range
		return fault(CodeArguments, quote(b.name)+" does not have these arguments",
			"write "+b.usage())
	}
	least, most := b.arguments()
	if n < least || n > most {
		message := argumentsMessage(b.name, least, most, n)
		if id == idRandom {
			b = &builtins[idRandint]
		}
		return fault(CodeArguments, message, "write "+b.usage())
	}
	in.op, in.id, in.index = opFunction, id, uint16(n)
	return nil
}

// begin opens the loop of a series unless the range of a sum or prod is empty; end is the
// instruction after it.
func (c *Calculator) begin(id uint8, first, last float64, end int) (started bool, problem *Error) {
	_, ok1 := whole(first)
	_, ok2 := whole(last)
	counts := id == idSum || id == idProd
	switch {
	case counts && !(ok1 && ok2):
		return false, fault(CodeDomain, "the index runs over whole numbers, at most 2^53", "")
	case counts && first > last:
		return false, nil
	case len(c.loops) == maxLoops:
		return false, fault(CodeLimitCalls, "sums and products are nested too deep", "")
	}
	if n := len(c.loops); n == cap(c.loops) { // in few steps, since Wasm frees nothing
		c.loops = append(make([]loop, 0, min(16*n+8, maxLoops)), c.loops...)
	}
	l := loop{index: first, first: first, last: last, product: 1, end: end}
	if id == idSum {
		l.total = c.newTotal()
	}
	if !counts {
		l.search = c.newSearch()
		l.index = l.search.start(id, first, last)
	}
	c.loops = append(c.loops, l)
	return true, nil
}

// repeat takes the value of a round. It returns the result of the loop and the instruction after
// it, or else the first instruction of the next round, whose steps it charges.
func (c *Calculator) repeat(in *instruction, value float64, scope *Scope) (result float64, next int,
	problem *Error) {
	l := &c.loops[len(c.loops)-1]
	if l.search != nil {
		x, done, problem := l.search.next(value)
		switch {
		case problem != nil:
			return 0, 0, problem
		case done:
			c.loops, c.searches = c.loops[:len(c.loops)-1], c.searches[:len(c.searches)-1]
			return x, l.end, nil
		}
		l.index = x
		return 0, int(in.index), scope.charge(int(in.value))
	}
	if in.id == idSum {
		l.total.add(value)
	} else if l.product *= value; l.product-l.product != 0 {
		return 0, 0, overflow()
	}
	if l.index == l.last {
		result = l.product
		if in.id == idSum {
			result = l.total.value()
		}
		if in.id == idSum {
			c.sums = c.sums[:len(c.sums)-1]
		}
		c.loops = c.loops[:len(c.loops)-1]
		return result, l.end, nil
	}
	l.index++
	return 0, int(in.index), scope.charge(int(in.value))
}

// newTotal returns the memory of a sum, reusing it if possible.
func (c *Calculator) newTotal() *total {
	n := len(c.sums)
	if n == cap(c.sums) {
		c.sums = append(c.sums, new(total))
		return c.sums[n]
	}
	c.sums = c.sums[:n+1]
	if c.sums[n] == nil {
		c.sums[n] = new(total)
	}
	c.sums[n].reset()
	return c.sums[n]
}

// newSearch returns the memory of a search, reusing it if possible.
func (c *Calculator) newSearch() *search {
	n := len(c.searches)
	if n == cap(c.searches) {
		c.searches = append(c.searches, new(search))
		return c.searches[n]
	}
	c.searches = c.searches[:n+1]
	if c.searches[n] == nil {
		c.searches[n] = new(search)
	}
	return c.searches[n]
}

// charge counts steps, and returns an error if they are used up.
func (s *Scope) charge(steps int) *Error {
	if s.Steps += steps; s.Steps > MaxSteps {
		return limitSteps()
	}
	return nil
}

func limitSteps() *Error {
	return fault(CodeLimitSteps, "this takes more than 1000000 steps", "")
}

func limitDefinitions() *Error {
	return fault(CodeLimitDefinitions, "all definitions together are too long",
		"delete some that you no longer need")
}

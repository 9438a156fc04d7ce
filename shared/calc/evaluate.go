package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

// call is what the evaluation goes back to when a definition returns.
type call struct {
	code   []instruction
	source string
	next   int // in code
	base   int // where the parameters are on the stack
}

// loop is the state of a sum or prod over an index.
type loop struct {
	index, last float64
	total       total
	end         int // the instruction after it
}

// run is the machine. The value on top of the stack is kept in top; stack holds those below it, so the n-th
// value is top if it is the last one and stack[n] if not (stack[0] is not used). Nothing here calls itself: a call of
// a definition is an entry of calls, and every jump but that of a loop goes forward.
func (c *Calculator) run(p *Program, scope *Scope) (float64, *Error) {
	code, source := p.code, p.origin
	if scope.Steps += p.cost; scope.Steps > MaxSteps {
		return 0, limitSteps().at(source, 0, 0)
	}
	c.reserve(p.stack) // which cannot fail: maxNodes is below maxStack
	c.calls, c.loops = c.calls[:0], c.loops[:0]
	stack := c.stack
	var (
		top     float64
		sp      int // index of top
		base    int // of the parameters of the present call
		next    int
		problem *Error
	)
	for {
		in := &code[next]
		next++
		switch in.op {
		case opNumber:
			stack[sp] = top
			sp++
			top = in.value
		case opFolded:
			stack[sp] = top
			sp++
			top = code[in.index].value
			next = int(in.index) + 1
		case opVariable:
			entries := scope.entries
			name := source[in.offset:][:in.length]
			if int(in.index) >= len(entries) || !same(entries[in.index].name, name) {
				index, found := scope.find(name)
				if !found {
					problem = unknown("name", name, scope)
					goto fail
				}
				in.index = uint16(index)
			}
			e := &entries[in.index]
			if e.body != nil {
				problem = notValue(e)
				goto fail
			}
			stack[sp] = top
			sp++
			top = e.value
		case opParameter:
			stack[sp] = top
			sp++
			top = stack[base+int(in.index)]
		case opIndex:
			stack[sp] = top
			sp++
			top = c.loops[len(c.loops)-1-int(in.index)].index
		case opAnswer:
			if !scope.HasAns {
				problem = fault(CodeNoAnswer, "there is no previous result", "")
				goto fail
			}
			stack[sp] = top
			sp++
			top = scope.Ans

		case opAdd:
			sp--
			a := stack[sp]
			if r := a + top; r-r == 0 {
				top = r
				continue
			}
			problem = overflow()
			goto fail
		case opSubtract:
			sp--
			a := stack[sp]
			if r := a - top; r-r == 0 {
				top = r
				continue
			}
			problem = overflow()
			goto fail
		case opMultiply:
			sp--
			a := stack[sp]
			if r := a * top; r-r == 0 {
				top = r
				continue
			}
			problem = overflow()
			goto fail
		case opDivide:
			sp--
			a := stack[sp]
			if r := a / top; r-r == 0 {
				top = r
				continue
			}
			problem = failure(opDivide, a, top)
			goto fail
		case opPower:
			sp--
			a := stack[sp]
			if r := libm.Pow(a, top); r-r == 0 {
				top = r
				continue
			}
			problem = failure(opPower, a, top)
			goto fail
		case opAddPercent, opSubtractPercent, opModulo, opFloorDivide:
			sp--
			a := stack[sp]
			if r := calculate(in.op, a, top); r-r == 0 {
				top = r
				continue
			}
			problem = failure(in.op, a, top)
			goto fail
		case opNegate:
			top = -top
		case opNot:
			top = unit(top == 0)
		case opPercent:
			top /= 100
		case opPercentOf, opSelect:
		case opFactorial:
			n, ok := whole(top)
			if !ok || n < 0 {
				problem = fault(CodeDomain, "the factorial needs a whole number that is not negative", "gamma(x + 1) goes between the whole numbers")
				goto fail
			}
			if n >= int64(len(factorials)) {
				problem = fault(CodeOverflow, "the factorial is too large from 171! on", "lgamma(n + 1) is its logarithm")
				goto fail
			}
			top = factorials[n]
		case opEqual, opNotEqual, opLess, opLessEqual, opGreater, opGreaterEqual:
			sp--
			top = unit(compare(in.op, stack[sp], top))
		case opChain:
			sp--
			if !compare(opcode(in.id), stack[sp], top) {
				top = 0
				next = int(in.index)
			}
		case opAnd, opOr:
			top = unit(top != 0)

		case opJump:
			next = int(in.index)
		case opBranch:
			if top == 0 {
				next = int(in.index)
			}
			sp--
			top = stack[sp]
		case opTest:
			if (top != 0) == (opcode(in.id) == opOr) {
				top = unit(top != 0)
				next = int(in.index)
				continue
			}
			sp--
			top = stack[sp]

		case opFunction:
			b := &builtins[in.id]
			if b.one != nil {
				r := b.one(top)
				if r-r != 0 {
					problem = b.failure(r)
					goto fail
				}
				top = r
				continue
			}
			stack[sp] = top
			arguments := stack[sp+1-int(in.index) : sp+1]
			sp -= len(arguments)
			r, message := 0.0, ""
			if b.many != nil {
				r, message = b.many(arguments)
			} else {
				r, problem = scope.random(arguments)
			}
			if message != "" {
				problem = fault(CodeDomain, message, "")
			} else if r-r != 0 {
				problem = overflow()
			}
			if problem != nil {
				goto fail
			}
			sp++
			top = r
		case opCall:
			name := source[in.offset:][:in.length]
			if int(in.index) >= len(scope.entries) || scope.entries[in.index].name != name {
				index, found := scope.find(name)
				if !found {
					problem = unknown("function", name, scope)
					goto fail
				}
				in.index = uint16(index)
			}
			e := &scope.entries[in.index]
			stack[sp] = top
			if e.body == nil {
				problem = fault(CodeNotFunction, quote(name)+" is a variable, not a function", productHint(source, span{in.offset, in.length}))
				goto fail
			}
			if problem = c.enter(e, int(in.id), sp, scope); problem != nil {
				goto fail
			}
			stack = c.stack
			c.calls = append(c.calls, call{code, source, next, base})
			base = sp + 1 - int(in.id)
			code, source, next = e.body.code, e.body.source, 1
		case opReturn:
			if len(c.calls) == 0 {
				return top, nil
			}
			sp = base
			back := &c.calls[len(c.calls)-1]
			code, source, next, base = back.code, back.source, back.next, back.base
			c.calls = c.calls[:len(c.calls)-1]

		case opSeries:
			sp--
			first, last := stack[sp], top
			_, ok1 := whole(first)
			_, ok2 := whole(last)
			if !ok1 || !ok2 {
				problem = fault(CodeDomain, "the index runs over whole numbers, at most 2^53", "")
				goto fail
			}
			if first > last {
				top = unit(in.id == idProd)
				continue
			}
			if len(c.loops) == maxLoops {
				problem = fault(CodeLimitCalls, "too many sums and products in each other", "")
				goto fail
			}
			sp--
			top = stack[sp]
			c.loops = append(c.loops, loop{index: first, last: last, total: total{sum: unit(in.id == idProd)}, end: next})
			next = int(in.index)
		case opNext:
			l := &c.loops[len(c.loops)-1]
			if in.id == idSum {
				l.total.add(top)
			} else {
				l.total.sum *= top
			}
			if r := l.total.value(); r-r != 0 {
				problem = overflow()
				goto fail
			}
			if l.index < l.last {
				l.index++
				next = int(in.index)
				sp--
				top = stack[sp]
				if scope.Steps += int(in.value); scope.Steps > MaxSteps {
					problem = limitSteps()
					goto fail
				}
				continue
			}
			top = l.total.value()
			next = l.end
			c.loops = c.loops[:len(c.loops)-1]

		case opDrop:
			sp--
			top = stack[sp]
		case opAssign:
			if problem = scope.set(source[in.offset:][:in.length], entry{value: top, changed: true}); problem != nil {
				goto fail
			}
		case opDefine:
			if problem = scope.define(p.definition(int(in.value))); problem != nil {
				goto fail
			}
			next = int(in.index)
			stack[sp] = top
			sp++
			top = 0
		}
		continue
	fail:
		return 0, c.locate(problem, in, source)
	}
}

// same is a == b, quicker for the names of one letter that formulas are made of.
func same(a, b string) bool {
	return len(a) == len(b) && a[0] == b[0] && (len(a) == 1 || a == b)
}

// reserve makes room for n more values above those in use, and reports false where the limit is.
func (c *Calculator) reserve(n int) bool {
	if n += 2; n > len(c.stack) {
		if n > maxStack {
			return false
		}
		grown := make([]float64, min(maxStack, max(64, 2*n)))
		copy(grown, c.stack)
		c.stack = grown
	}
	return true
}

// enter checks the call of a definition with so many arguments, the last of them at stack[sp].
func (c *Calculator) enter(e *entry, arguments, sp int, scope *Scope) *Error {
	switch {
	case e.body.parameters != arguments:
		return fault(CodeArguments, argumentsMessage(e.name, e.body.parameters, e.body.parameters, arguments), "it is defined as "+e.body.source)
	case len(c.calls) == maxCalls:
		return fault(CodeLimitCalls, "more than 1000 calls in each other", "does the definition of "+e.name+" come to an end?")
	case !c.reserve(sp + e.body.stack):
		return limitStack()
	}
	if scope.Steps += e.body.cost; scope.Steps > MaxSteps {
		return limitSteps()
	}
	return nil
}

// locate gives an error its place. In a definition that is the call in the program, for the definition's source is
// not what the person has before the eyes.
func (c *Calculator) locate(e *Error, in *instruction, source string) *Error {
	if len(c.calls) == 0 {
		return e.at(source, int(in.offset), int(in.length))
	}
	outer := &c.calls[0]
	at := &outer.code[outer.next-1]
	inner := source[:parenthesis(source)]
	e.Message = "in " + quote(inner) + ": " + e.Message
	return e.at(outer.source, int(at.offset), int(at.length))
}

// parenthesis is where the first "(" is in the source of a definition: the end of its name.
func parenthesis(source string) int {
	i := 0
	for source[i] != '(' {
		i++
	}
	return i
}

// failure says why a function of one argument gave r.
func (b *builtin) failure(r float64) *Error {
	if r != r {
		return fault(CodeDomain, b.domain, "")
	}
	return overflow()
}

// random is random() and randint(a, b).
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
		return 0, fault(CodeDomain, "randint needs two whole numbers, the smaller one first, less than 2^53 apart", "")
	}
	return low + math.Floor(s.Random()*(high-low+1)), nil
}

// define makes a definition from its canonical source.
func (s *Scope) define(source string) *Error {
	name, body, err := s.compile(source)
	if err == nil {
		err = s.set(name, entry{body: body, changed: true})
	}
	return err
}

func limitSteps() *Error {
	return fault(CodeLimitSteps, "this takes more than 1000000 steps", "")
}

func limitStack() *Error {
	return fault(CodeLimitStack, "too many values wait for their operators", "")
}

// unknown reports a name that is neither of the language nor of the scope.
func unknown(what, name string, scope *Scope) *Error {
	hint := ""
	if near := scope.nearest(name); near != "" {
		hint = "did you mean " + near + "?"
	}
	return fault(CodeUnknown, "unknown "+what+" "+quote(name), hint)
}

// notValue reports a definition that is used without arguments.
func notValue(e *entry) *Error {
	return fault(CodeNotValue, quote(e.name)+" is a function and needs its arguments", "it is defined as "+e.body.source)
}

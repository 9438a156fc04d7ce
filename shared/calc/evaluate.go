package calc

// call is where the evaluation continues when a definition returns.
type call struct {
	code   []instruction
	source string
	next   int // in code
	base   int // of the parameters on the stack
}

// loop is the state of a sum or prod over an index.
type loop struct {
	index, last float64
	first       float64
	total       *total  // of a sum
	product     float64 // of a prod
	search      *search // of solve, integral, derivative
	end         int     // the instruction after it
}

// run executes a program. It keeps the value on top of the stack in top and those below it in
// stack: of n values, the last is top and the others are stack[1:n]. It does not recurse: the call
// of a definition is an entry of calls, and only loops jump backwards.
//
// It starts at the instruction next, with the loops that the caller has set, and ends at the end of
// the program or of a curve of its plot.
func (c *Calculator) run(p *Program, scope *Scope, next, cost int) (float64, *Error) {
	code, source := p.code, p.origin
	if scope.Steps += cost; scope.Steps > MaxSteps {
		return 0, limitSteps().at(source, 0, 0)
	}
	c.calls = c.calls[:0]
	c.reserve(p.stack) // which cannot fail: maxNodes is below maxStack
	// Few variables live across instructions: those that do not fit the registers are spilled at
	// each.
	var (
		stack = c.stack
		top   float64
		sp    int    // index of top
		base  int    // of the parameters of the current call
		mode  opcode // quantities, once there is a unit
	)
	if c.mixed = !c.plotted.None(); c.mixed {
		mode = quantities
		c.enterQuantities(0)
		c.totals[0].index = c.plotted
	}
	for {
		var problem *Error
		in := &code[next]
		next++
		op := in.op | mode
	dispatch:
		switch op {
		case opNumber:
			stack[sp] = top
			sp++
			top = in.value
			continue
		case opFolded:
			stack[sp] = top
			sp++
			top = code[in.index].value
			next = int(in.index) + 1
			continue
		case opVariable:
			name := source[in.offset:][:in.length]
			if int(in.index) >= len(scope.entries) || !same(scope.entries[in.index].name, name) {
				if !scope.resolve(in, name) {
					goto enter
				}
			}
			e := &scope.entries[in.index]
			if e.kind != kindNumber {
				goto enter
			}
			stack[sp] = top
			sp++
			top = e.value
			continue
		case opParameter:
			stack[sp] = top
			sp++
			top = stack[base+int(in.index)]
			continue
		case opIndex:
			stack[sp] = top
			sp++
			top = c.loops[len(c.loops)-1-int(in.index)].index
			continue
		case opAnswer:
			if scope.AnsUnit != "" {
				goto enter
			}
			stack[sp] = top
			sp++
			top, problem = scope.answer()

		case opAdd:
			sp--
			top = stack[sp] + top
		case opSubtract:
			sp--
			top = stack[sp] - top
		case opMultiply:
			sp--
			top = stack[sp] * top
		case opDivide, opPower, opExp, opModulo, opFloorDivide,
			opBitOr, opBitXor, opBitAnd, opShiftLeft, opShiftRight:
			sp--
			left, right := stack[sp], top
			if top = calculate(in.op, left, right); top-top != 0 {
				problem = failure(in.op, left, right)
			}
		case opEqual, opNotEqual, opLess, opLessEqual, opGreater, opGreaterEqual:
			sp--
			top = truth(compare(in.op, stack[sp], top))
		case opNegate:
			top = -top
		case opNot:
			top = truth(top == 0)
		case opBitNot:
			if top = calculate(opBitXor, top, -1); top != top {
				problem = failure(opBitXor, top, 0)
			}
		case opFactorial:
			top, problem = factorial(top)
		case opAnd, opOr:
			top = truth(top != 0)
		case opSelect:

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
				top = truth(top != 0)
				next = int(in.index)
				continue
			}
			sp--
			top = stack[sp]
		case opChain:
			sp--
			if !compare(opcode(in.id), stack[sp], top) {
				top = 0
				next = int(in.index)
			}

		case opFunction:
			stack[sp] = top
			sp -= int(in.index) - 1
			top, problem = builtins[in.id].call(c.stack[sp:][:in.index], scope)
		case opCall:
			stack[sp] = top
			var body *definition
			if body, problem = c.enter(in, source, sp, scope); problem != nil {
				break
			}
			if body == nil { // it is a function of the language after all
				next--
				continue
			}
			stack = c.stack
			c.calls = append(c.calls, call{code, source, next, base})
			base = sp + 1 - int(in.id)
			code, source, next = body.code, body.source, 1 // after the opDefine
		case opReturn, opCurve:
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
			var started bool
			top = truth(in.id == idProd) // the result if there is no round
			if started, problem = c.begin(in.id, first, last, next); started {
				sp--
				top = stack[sp]
				next = int(in.index)
			}
		case opNext:
			if top, next, problem = c.repeat(in, top, scope); next == int(in.index) {
				sp--
				top = stack[sp]
			}
		case opPlot:
			sp--
			problem = c.setRange(stack[sp], top, p.variable())

		case opDrop:
			sp--
			top = stack[sp]
		case opAssign:
			problem = scope.set(entry{name: source[in.offset:][:in.length], value: top,
				changed: scope.evaluation})
		case opDefine:
			problem = scope.define(p.definition(int(in.value)))
			next = int(in.index)
			stack[sp] = top
			sp++
			top = 0

		case opClock, opPercent, opConvert, opParts, opOf, opOff, opOn, opShare:
			goto enter
		default:
			var delta int
			var done bool
			c.execution = execution{p, scope, source, code, next, base}
			top, delta, done, problem = c.quantity(&c.execution, in, sp, top)
			if problem == nil && !done {
				op = in.op
				goto dispatch
			}
			sp, next = sp+delta, c.execution.next
		}
		if top-top != 0 && problem == nil {
			problem = overflow()
		}
		if problem != nil {
			return 0, c.locate(problem, in, source)
		}
		continue
	enter: // the first unit: run the instruction again
		mode, c.mixed = quantities, true
		c.enterQuantities(sp)
		next--
	}
}

// same returns a == b. It is faster for names of one letter, which most formulas use.
func same(a, b string) bool {
	return len(a) == len(b) && a[0] == b[0] && (len(a) == 1 || a == b)
}

// reserve makes room for n values in all. It returns false if that is beyond the limit.
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

// locate sets the place of an error. Inside a definition, it is the call in the program, since
// whoever typed the program does not see the source of the definition.
func (c *Calculator) locate(e *Error, in *instruction, source string) *Error {
	if len(c.calls) == 0 {
		return e.at(source, int(in.offset), int(in.length))
	}
	outer := &c.calls[0]
	at := &outer.code[outer.next-1]
	inner := source[:parenthesis(source)]
	e.Message = fill("in %: %", quote(inner), e.Message)
	return e.at(outer.source, int(at.offset), int(at.length))
}

// parenthesis returns the offset of the first "(" in a definition, which ends its name.
func parenthesis(source string) int {
	i := 0
	for source[i] != '(' {
		i++
	}
	return i
}

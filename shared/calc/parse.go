package calc

import "unicode/utf8"

// How tightly operators bind, twice the level of the manual's table: an operator takes over the operand before
// it from a waiting operator whose right power is not above its left power. Right one above left: it groups
// from the left; one below: from the right.
const (
	powerBracket  = 0
	powerChoice   = 4 // ? :
	powerNot      = 10
	powerCompare  = 13
	powerImplicit = 18
	powerPrefix   = 20 // - √
)

// binary has the operators of two operands.
var binary = [tokenBad + 1]struct {
	left, right uint8
	op          opcode
}{
	tokenOr:           {6, 7, opOr},
	tokenAnd:          {8, 9, opAnd},
	tokenEqual:        {12, powerCompare, opEqual},
	tokenNotEqual:     {12, powerCompare, opNotEqual},
	tokenLess:         {12, powerCompare, opLess},
	tokenLessEqual:    {12, powerCompare, opLessEqual},
	tokenGreater:      {12, powerCompare, opGreater},
	tokenGreaterEqual: {12, powerCompare, opGreaterEqual},
	tokenPlus:         {14, 15, opAdd},
	tokenMinus:        {14, 15, opSubtract},
	tokenTimes:        {16, 17, opMultiply},
	tokenOver:         {16, 17, opDivide},
	tokenModulo:       {16, 17, opModulo},
	tokenFloorOver:    {16, 17, opFloorDivide},
	tokenPower:        {23, 22, opPower},
}

// frameKind is what the parser is inside of.
type frameKind uint8

const (
	frameBinary frameKind = iota
	framePrefix
	frameElse   // after the : of a conditional
	frameThen   // between ? and :
	frameGroup  // ( )
	frameCall   // f( )
	frameSeries // sum( ) or prod( ) after its i =
)

// frame is an operator or bracket that waits for its right operand.
type frame struct {
	kind   frameKind
	op     opcode // what it emits
	power  uint8  // how tightly it holds its right operand
	nests  bool   // it counts for the limit of nesting
	id     uint8  // of a call: the builtin
	offset uint16 // its place in the source
	length uint16
	left   uint16 // where the code of its left operand begins
	right  uint16 // where that of its right operand begins
	jump   uint16 // the jump to complete: of a conditional, and, or, the links of a chain; of a series: its opNext
	count  uint16 // of a call: arguments complete
}

// parser turns a source into a flat program. It is a Pratt parser with its recursion unrolled: what would be the
// call stack is the slice frames, so the depth of a source costs no stack.
type parser struct {
	scanner
	Program
	frames   []frame
	locals   []span // the parameters of the definition being parsed
	defining bool   // it is the body of a definition that is being parsed
	left     int    // where the code of the last complete operand begins
	begin    int    // where the code of the statement begins
	first    int    // where the statement begins in the source
	nesting  int    // frames that nest
	depth    int    // values on the stack at this point of the code
	extra    int    // steps beyond one an instruction
	err      *Error
}

// parse reads a whole source.
//
//	program = { statement ( newline | ";" ) } .
func (p *parser) parse(source string) *Error {
	p.reset(source)
	if len(source) > MaxSource {
		p.err = fault(CodeLimitSource, "the input is longer than 16 KiB", "").at(source, 0, 0)
		return p.err
	}
	if !utf8.ValidString(source) {
		return p.encodingError()
	}
	p.next()
	for p.err == nil {
		for p.token == tokenBreak {
			p.next()
		}
		if p.token == tokenEnd {
			break
		}
		p.statement()
	}
	if p.err == nil && len(p.statements) == 0 {
		p.fail(CodeEmpty, "there is nothing to calculate", "type an expression, for example 2 + 3*4")
	}
	p.emit(opReturn, span{})
	p.cost = len(p.code) + p.extra
	return p.err
}

// reset makes the parser ready for another source and keeps its slabs.
func (p *parser) reset(source string) {
	p.scanner = scanner{source: source}
	p.origin = source
	p.code, p.frames, p.statements, p.parameters = p.code[:0], p.frames[:0], p.statements[:0], p.parameters[:0]
	p.depth, p.stack, p.extra = 0, 0, 0
	p.ans, p.random, p.assigns, p.err = false, false, false, nil
}

// statement reads one statement. That it is an assignment or a definition shows at its "=", see assign.
//
//	statement = [ name [ "(" [ name { "," name } ] ")" ] "=" ] expression .
func (p *parser) statement() {
	if len(p.statements) > 0 {
		p.emit(opDrop, span{})
		p.depth--
	}
	p.begin, p.first = len(p.code), p.start
	p.locals, p.defining, p.nesting = nil, false, 0
	p.statements = append(p.statements, statement{start: uint16(p.begin)})
	ready := true
	if len(p.statements) == 1 && continues(p.token) {
		p.answer(p.place())
		ready = p.operator()
	}
	for ready && p.operand() {
		ready = p.operator()
	}
}

// continues reports whether an input that begins with the token continues the previous result: an operator of
// two operands that cannot be a prefix.
func continues(t token) bool {
	return t >= tokenEqual && t <= tokenPower && t != tokenPlus && t != tokenMinus
}

// operand reads what may stand where a value is expected, up to and including a number, a name or a call without
// arguments. It reports whether an operator may follow.
//
//	operand = ( "-" | "+" | "√" | "not" ) operand | "(" expression ")" | number | name [ "(" [ arguments ] ")" ] .
func (p *parser) operand() bool {
	for {
		switch p.token {
		case tokenNumber:
			p.push(opNumber, p.place()).value = p.number
			p.next()
			return true
		case tokenName:
			if leaf, ok := p.name(); leaf || !ok {
				return ok
			}
		case tokenOpen:
			if !p.nest(frameGroup, opReturn, powerBracket) {
				return false
			}
			p.open++
			p.next()
		case tokenMinus:
			if !p.nest(framePrefix, opNegate, powerPrefix) {
				return false
			}
			p.next()
		case tokenRoot:
			if !p.nest(framePrefix, opFunction, powerPrefix) {
				return false
			}
			p.next()
		case tokenNot:
			if n := len(p.frames); n > 0 && p.frames[n-1].power > powerNot {
				return p.fail(CodeSyntax, "`not` cannot stand after "+p.described(&p.frames[n-1]), "put it in parentheses: (not ...)")
			}
			if !p.nest(framePrefix, opNot, powerNot) {
				return false
			}
			p.next()
		case tokenPlus:
			p.next()
		default:
			return p.failOperand()
		}
	}
}

// nest opens a frame at the present token that counts for the limit of nesting.
func (p *parser) nest(kind frameKind, op opcode, power uint8) bool {
	if p.nesting == maxNesting {
		return p.fail(CodeLimitNesting, "the input is nested more than 200 deep", "give a part of it a name: a = ...")
	}
	p.nesting++
	f := p.wait(op, power, p.place(), len(p.code))
	f.kind, f.nests = kind, true
	return true
}

// name reads a name. If it opens a call, the first argument is what is expected next, and leaf is false.
func (p *parser) name() (leaf, ok bool) {
	place := p.place()
	text := place.in(p.source)
	id := builtinID(text)
	p.next()
	if p.token == tokenOpen {
		return p.call(place, text, id)
	}
	switch {
	case id != noBuiltin && !builtins[id].constant():
		return true, p.failBareFunction(place, &builtins[id])
	case id != noBuiltin:
		in := p.push(opNumber, place)
		in.id, in.value = id, builtins[id].value
	case text == "ans":
		if p.defining {
			return true, p.failAt(CodeReserved, place, "`ans` cannot be used in a definition", "make it a parameter")
		}
		p.answer(place)
	default:
		in := p.push(opVariable, place)
		for i, local := range p.locals {
			if local.in(p.source) == text {
				in.op, in.index = opParameter, uint16(i)
			}
		}
	}
	return true, true
}

// answer pushes the previous result.
func (p *parser) answer(place span) {
	p.ans = true
	p.push(opAnswer, place)
}

// call opens the call of a name. A call without arguments is complete at once: a leaf.
func (p *parser) call(place span, text string, id uint8) (leaf, ok bool) {
	if !p.callable(place, text, id) || !p.nest(frameCall, opCall, powerBracket) {
		return true, false
	}
	f := &p.frames[len(p.frames)-1]
	f.id, f.offset, f.length = id, place.offset, place.length
	if id == idSum || id == idProd {
		p.emit(opJump, place)
		p.code[f.left].index, p.code[f.left].value = f.left+1, float64(p.extra)
	}
	p.open++
	p.next()
	if p.token == tokenClose {
		ok = p.endCall(f, 0)
		p.next()
		return true, ok
	}
	return false, true
}

// callable reports whether a name may be called, as far as the parser can know.
func (p *parser) callable(place span, text string, id uint8) bool {
	if id != noBuiltin {
		if builtins[id].constant() {
			return p.failProduct(place, text, "a constant")
		}
		return true
	}
	if text == "ans" {
		return p.failProduct(place, text, "the previous result")
	}
	for _, local := range p.locals {
		if local.in(p.source) == text {
			return p.failProduct(place, text, "a parameter")
		}
	}
	return true
}

// operator reads what follows a complete operand: any number of postfixes and closing brackets, and an operator that
// wants another operand. It reports whether there was one; if not, the statement is complete or in error.
func (p *parser) operator() bool {
	for {
		b := &binary[p.token]
		switch {
		case b.right == powerCompare:
			p.compare(b.op)
			return p.more()
		case b.left > 0:
			if n := len(p.frames); n > 0 && p.frames[n-1].power > b.left {
				p.reduce(b.left)
			}
			if b.op >= opAnd || b.op == opPower {
				return p.specialOperator(b.op, b.right)
			}
			p.wait(b.op, b.right, p.place(), p.left)
			return p.more()
		}
		switch p.token {
		case tokenBang:
			if last := &p.code[len(p.code)-1]; last.op == opFactorial && last.id == 0 {
				return p.fail(CodeSyntax, "`!!` is not an operator", "the factorial of a factorial is (3!)!")
			}
			p.emit(opFactorial, p.place())
			p.extra++
			p.next()
		case tokenPercent:
			p.emit(opPercent, p.place())
			p.next()
		case tokenClose:
			if !p.closeBracket() {
				return false
			}
		case tokenName, tokenOpen:
			if last := &p.code[len(p.code)-1]; p.newline || last.op == opPercent && last.id == 0 {
				return p.failAdjacent()
			}
			p.reduce(powerImplicit)
			p.wait(opMultiply, powerImplicit+1, span{uint16(p.start), 0}, p.left)
			return len(p.code) < maxNodes || p.failNodes()
		case tokenComma:
			return p.comma()
		case tokenQuestion:
			return p.question()
		case tokenColon:
			return p.colon()
		case tokenAssign:
			return p.assign()
		case tokenEnd, tokenBreak:
			return p.finish()
		default:
			return p.failAdjacent()
		}
	}
}

// more goes on to the operand after an operator.
func (p *parser) more() bool {
	if len(p.code) > maxNodes {
		return p.failNodes()
	}
	p.next()
	return true
}

// specialOperator opens the operators that are more than their two operands: and, or jump over the right one, and
// powers nest.
func (p *parser) specialOperator(op opcode, power uint8) bool {
	if op == opPower {
		if !p.nest(frameBinary, op, power) {
			return false
		}
		p.frames[len(p.frames)-1].left = uint16(p.left)
		return p.more()
	}
	p.emit(opTest, p.place()).id = uint8(op)
	p.depth--
	p.wait(op, power, p.place(), p.left)
	return p.more()
}

// compare opens a comparison, as a link of a chain if one stands before it: a < b < c is a < b and b < c, with b
// calculated once. The links of a chain, whose end is not known yet, are linked by their index.
func (p *parser) compare(op opcode) {
	p.reduce(powerCompare)
	left, jump := p.left, 0
	if n := len(p.frames); n > 0 && p.frames[n-1].power == powerCompare {
		before := p.frames[n-1]
		p.frames = p.frames[:n-1]
		left, jump = int(before.left), len(p.code)
		link := p.emit(opChain, span{before.offset, before.length})
		link.id, link.index = uint8(before.op), before.jump
		p.depth--
	}
	p.wait(op, powerCompare, p.place(), left).jump = uint16(jump)
}

// question opens a conditional: its condition is complete.
func (p *parser) question() bool {
	p.reduce(powerChoice)
	left := p.left
	if !p.nest(frameThen, opSelect, powerBracket) {
		return false
	}
	f := &p.frames[len(p.frames)-1]
	f.left, f.jump = uint16(left), uint16(len(p.code))
	p.emit(opBranch, p.place())
	p.depth--
	return p.more()
}

// colon goes on to the second choice of a conditional.
func (p *parser) colon() bool {
	p.reduce(powerBracket)
	n := len(p.frames)
	if n == 0 || p.frames[n-1].kind != frameThen {
		return p.fail(CodeSyntax, "there is no `?` before this `:`", "a conditional is written condition ? x : y")
	}
	f := &p.frames[n-1]
	branch := f.jump
	f.kind, f.power, f.jump = frameElse, powerChoice, uint16(len(p.code))
	p.emit(opJump, p.place())
	p.code[branch].index = uint16(len(p.code))
	p.depth--
	return p.more()
}

// comma ends an argument.
func (p *parser) comma() bool {
	p.reduce(powerBracket)
	n := len(p.frames)
	switch {
	case n > 0 && p.frames[n-1].kind == frameThen:
		return p.failChoice()
	case n == 0 || p.frames[n-1].kind < frameCall:
		return p.failComma()
	}
	p.frames[n-1].count++
	return p.more()
}

// closeBracket ends a parenthesis or a call.
func (p *parser) closeBracket() bool {
	p.reduce(powerBracket)
	n := len(p.frames)
	if n == 0 {
		return p.fail(CodeSyntax, "there is no `(` for this `)`", "")
	}
	switch f := &p.frames[n-1]; f.kind {
	case frameThen:
		return p.failChoice()
	case frameGroup:
		p.frames = p.frames[:n-1]
		p.nesting--
		p.open--
		if last := &p.code[len(p.code)-1]; last.op == opNegate || last.op == opPercent || last.op == opFactorial {
			last.id = 1 // in parentheses: 100 + (10%) is not 100 + 10%
		}
	default:
		if !p.endCall(f, int(f.count)+1) {
			return false
		}
	}
	p.next()
	return true
}

// endCall emits the call on top at its closing parenthesis.
func (p *parser) endCall(f *frame, arguments int) bool {
	p.frames = p.frames[:len(p.frames)-1]
	p.nesting--
	p.open--
	p.left = int(f.left)
	place := span{f.offset, uint16(p.end) - f.offset}
	switch b := &builtins[f.id]; {
	case f.kind == frameSeries:
		if arguments != 3 {
			return p.failAt(CodeArguments, place, "`"+b.name+"` over an index has two ends", "write "+b.name+"(term, i = 1, 10)")
		}
		p.emit(opSeries, place).index = f.left + 1
		p.depth--
		next := &p.code[f.jump]
		next.index = f.left + 1
		next.value = float64(int(f.jump-f.left) + p.extra - int(p.code[f.left].value))
		p.code[f.left].index = f.jump + 1
	case f.id == noBuiltin:
		if arguments > maxParameters {
			return p.failAt(CodeLimitParameters, place, "a definition has at most 32 parameters", "")
		}
		p.emit(opCall, span{f.offset, f.length}).id = uint8(arguments)
		p.depth -= arguments - 1
		p.extra += 4
		p.grow()
		return true
	case arguments < int(b.least) || arguments > int(b.most):
		return p.failArguments(place, b, arguments)
	default:
		p.emit(opFunction, place).index = uint16(arguments)
		p.depth -= arguments - 1
		p.random = p.random || f.id == idRandom || f.id == idRandint
	}
	p.code[len(p.code)-1].id = f.id
	p.extra += int(builtins[f.id].cost)
	p.grow()
	return true
}

// assign finds out what an "=" means by what was read before it: a name, the call of a name with names, or
// the index of a sum or prod.
func (p *parser) assign() bool {
	code := p.code[p.begin:]
	last := &code[len(code)-1]
	place := span{last.offset, last.length}
	n := len(p.frames)
	switch {
	case n > 0 && (p.frames[n-1].id == idSum || p.frames[n-1].id == idProd) && p.frames[n-1].count == 1 && p.left == len(p.code)-1:
		return p.series(&p.frames[n-1])
	case n > 0 || p.statements[len(p.statements)-1].kind != Value || int(code[0].offset) != p.first && int(last.offset) != p.first:
		return p.failAssign()
	case len(code) == 1 && last.op == opVariable:
		p.statements[len(p.statements)-1].kind = Assignment
		p.statements[len(p.statements)-1].name = place
		p.assigns = true
		p.code = p.code[:p.begin]
		p.depth--
		return p.more()
	case last.op == opCall && len(code) == int(last.id)+1:
		return p.define(code[:last.id], place)
	case last.op == opFunction:
		return p.failReserved(span{last.offset, uint16(len(builtins[last.id].name))})
	case len(code) == 1 && (last.op == opAnswer || last.op == opNumber && last.id != noBuiltin):
		return p.failReserved(place)
	}
	return p.failAssign()
}

// define begins the body of a definition whose parameters have been read as names.
func (p *parser) define(parameters []instruction, name span) bool {
	s := &p.statements[len(p.statements)-1]
	s.kind, s.name = Definition, name
	s.parameters, s.count = uint16(len(p.parameters)), uint16(len(parameters))
	for i, parameter := range parameters {
		place := span{parameter.offset, parameter.length}
		switch {
		case parameter.op == opNumber && parameter.id != noBuiltin:
			return p.failReserved(place)
		case parameter.op != opVariable:
			return p.failAssign()
		}
		for _, other := range parameters[:i] {
			if (span{other.offset, other.length}).in(p.source) == place.in(p.source) {
				return p.failAt(CodeSyntax, place, "two parameters have the name "+quote(place.in(p.source)), "")
			}
		}
		p.parameters = append(p.parameters, place)
	}
	p.locals = p.parameters[s.parameters:]
	p.assigns, p.defining = true, true
	p.code = p.code[:p.begin]
	p.depth--
	p.emit(opDefine, name).value = float64(len(p.statements) - 1)
	s.start++
	return p.more()
}

// series turns the call of sum or prod whose term has been read, and then a name and "=", into a loop:
// in the term the name is its index.
func (p *parser) series(f *frame) bool {
	place := span{p.code[p.left].offset, p.code[p.left].length}
	if op := p.code[p.left].op; op != opVariable && op != opParameter {
		return p.failAssign()
	}
	p.code = p.code[:p.left]
	p.depth--
	text, others := place.in(p.source), uint16(0)
	for i := int(f.left) + 1; i < len(p.code); i++ {
		in := &p.code[i]
		switch in.op {
		case opVariable, opParameter:
			if (span{in.offset, in.length}).in(p.source) == text {
				in.op, in.index = opIndex, others
			}
		case opJump:
			if in.id != 0 {
				others++ // the body of an inner series begins
			}
		case opNext:
			others--
		}
	}
	f.kind, f.jump = frameSeries, uint16(len(p.code))
	p.code[f.left].id = f.id
	p.emit(opNext, place).id = f.id
	p.depth--
	return p.more()
}

// finish ends a statement. It reports false: there is no operand to follow.
func (p *parser) finish() bool {
	p.reduce(powerBracket)
	if n := len(p.frames); n > 0 {
		return p.failOpen(&p.frames[n-1])
	}
	s := &p.statements[len(p.statements)-1]
	s.end = uint16(len(p.code))
	switch s.kind {
	case Assignment:
		p.emit(opAssign, s.name)
	case Definition:
		p.emit(opReturn, s.name)
		p.code[p.begin].index = uint16(len(p.code))
	}
	if len(p.code) > maxNodes {
		return p.failNodes()
	}
	return false
}

package calc

import (
	"unicode/utf8"

	"abacus/shared/units"
)

// Binding powers, twice the level in the manual's table. An operator takes the operand before it
// from a waiting operator whose right power is not above its left power. A right power one above
// the left groups from the left, one below groups from the right.
const (
	powerBracket  = 0
	powerSides    = 1 // = in solve
	powerConvert  = 2
	powerChoice   = 4 // ? :
	powerAnd      = 8
	powerNot      = 10
	powerCompare  = 13
	powerProduct  = 24
	powerParts    = 25
	powerImplicit = 26
	powerPrefix   = 28 // - √ ~
)

// binary lists the operators of two operands by their token.
var binary = [tokenBad + 1]struct {
	left, right uint8
	op          opcode
}{
	tokenOr:           {6, 7, opOr},
	tokenAnd:          {powerAnd, powerAnd + 1, opAnd},
	tokenEqual:        {12, powerCompare, opEqual},
	tokenNotEqual:     {12, powerCompare, opNotEqual},
	tokenLess:         {12, powerCompare, opLess},
	tokenLessEqual:    {12, powerCompare, opLessEqual},
	tokenGreater:      {12, powerCompare, opGreater},
	tokenGreaterEqual: {12, powerCompare, opGreaterEqual},
	tokenBitOr:        {14, 15, opBitOr},
	tokenBitXor:       {16, 17, opBitXor},
	tokenBitAnd:       {18, 19, opBitAnd},
	tokenShiftLeft:    {20, 21, opShiftLeft},
	tokenShiftRight:   {20, 21, opShiftRight},
	tokenPlus:         {22, 23, opAdd},
	tokenMinus:        {22, 23, opSubtract},
	tokenTimes:        {powerProduct, powerProduct + 1, opMultiply},
	tokenOver:         {powerProduct, powerProduct + 1, opDivide},
	tokenModulo:       {powerProduct, powerProduct + 1, opModulo},
	tokenFloorOver:    {powerProduct, powerProduct + 1, opFloorDivide},
	tokenPower:        {31, 30, opPower},
}

// frameKind is the construct that the parser is inside.
type frameKind uint8

const (
	frameBinary frameKind = iota // the only kind that does not count towards the nesting limit
	framePower
	framePrefix
	frameElse   // after the : of a conditional
	frameThen   // between ? and :
	frameGroup  // ( )
	frameCall   // f( )
	frameSeries // sum( ) or prod( ) after its i =
	framePlot   // plot( ) after its x =
)

// frame is an operator or bracket that waits for its right operand.
type frame struct {
	kind   frameKind
	op     opcode // what it emits
	power  uint8  // how tightly it holds its right operand
	id     uint8  // of a call: the builtin; of a product: 1 without an operator
	offset uint16 // its position in the source
	length uint16
	left   uint16 // where the code of its left operand begins
	right  uint16 // where that of its right operand begins
	jump   uint16 // the jump to complete; of a series, its opNext; 1: a plot without parentheses
	count  uint16 // of a call: arguments complete
}

// parser turns a source into a flat program. It is a Pratt parser with its recursion unrolled: the
// slice frames stands in for the call stack, so a deeply nested source takes no stack.
type parser struct {
	scanner
	Program
	decimals converter
	frames   []frame
	locals   []span // the parameters of the definition being parsed
	defining bool   // inside the body of a definition
	left     int    // where the code of the last complete operand begins
	begin    int    // where the code of the statement begins
	first    int    // where the statement begins in the source
	nesting  int    // frames that nest
	depth    int    // values on the stack at this point of the code
	extra    int    // steps beyond one for each instruction
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
		hint := "type an expression, for example 2 + 3*4"
		if text := p.comment.in(source); text != "" && isDigit(text[0]) { // #1 + #2
			hint = "# starts a comment: write the numbers without it"
		}
		p.fail(CodeEmpty, "there is nothing to calculate", hint)
	}
	p.emit(opReturn, span{})
	p.cost = len(p.code) + p.extra
	return p.err
}

// reset prepares the parser for another source and keeps its memory.
func (p *parser) reset(source string) {
	p.scanner = scanner{source: source, decimal: &p.decimals}
	p.origin = source
	p.code, p.frames, p.curves = p.code[:0], p.frames[:0], p.curves[:0]
	p.statements, p.parameters = p.statements[:0], p.parameters[:0]
	p.depth, p.stack, p.extra = 0, 0, 0
	p.ans, p.random, p.assigns, p.err = false, false, false, nil
	p.scope, p.notices, p.label, p.lone, p.fraction = nil, nil, span{}, span{}, 0
}

// operand reads what may begin a value: prefixes and open brackets, up to a number, a name or a
// call without arguments. It reports whether an operator may follow.
//
//	operand = ( "-" | "+" | "√" | "not" ) operand | "(" expression ")" | number | name [ call ] .
//	call = "(" [ arguments ] ")" .
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
		case tokenSign:
			return p.sign()
		case tokenOpen:
			if !p.nest(frameGroup, opReturn, powerBracket) {
				return false
			}
			p.open++
			p.arguments = false
			p.next()
		case tokenMinus, tokenTilde:
			op := opNegate
			if p.token == tokenTilde {
				op = opBitNot
			}
			if !p.nest(framePrefix, op, powerPrefix) {
				return false
			}
			p.next()
		case tokenRoot:
			if !p.root() {
				return false
			}
		case tokenNot:
			if n := len(p.frames); n > 0 && p.frames[n-1].power > powerNot {
				message := "`not` cannot stand after " + p.frameText(&p.frames[n-1])
				return p.fail(CodeSyntax, message, "put it in parentheses: (not ...)")
			}
			if !p.nest(framePrefix, opNot, powerNot) {
				return false
			}
			p.next()
		case tokenPlus:
			p.next()
		case tokenModulo:
			if !p.callsModulo() {
				return p.failOperand()
			}
			if leaf, ok := p.name(); leaf || !ok {
				return ok
			}
		default:
			return p.failOperand()
		}
	}
}

// root opens √, ∛ or ∜, the last as two square roots.
func (p *parser) root() bool {
	id, times := uint8(idSqrt), 1
	switch p.text() {
	case "∛":
		id = builtinID("cbrt")
	case "∜":
		times = 2
	}
	for ; times > 0; times-- {
		if !p.nest(framePrefix, opFunction, powerPrefix) {
			return false
		}
		p.top().id = id
	}
	p.next()
	return true
}

// nest opens a frame at the current token that counts towards the nesting limit.
func (p *parser) nest(kind frameKind, op opcode, power uint8) bool {
	if p.nesting == maxNesting {
		return p.fail(CodeLimitNesting, "the input is nested more than 200 levels deep",
			"give a part of it a name: a = ...")
	}
	p.nesting++
	p.wait(op, power, p.place(), len(p.code)).kind = kind
	return true
}

// name reads a name. If it opens a call, leaf is false and the first argument is expected next.
func (p *parser) name() (leaf, ok bool) {
	place := p.place()
	text := place.in(p.source)
	id := builtinID(text)
	p.next()
	exponent := 0
	if p.token == tokenName {
		if root := p.rootWords(place); root != noBuiltin {
			id, text = root, builtins[root].name
			p.next()
		}
		if id != noBuiltin && (builtins[id].most <= 2 || id == idPlot) && p.text() == "of" {
			p.next() // sqrt of 16
		}
	}
	if id != noBuiltin && builtins[id].one != nil {
		if id, exponent, ok = p.functionPower(place, id); !ok {
			return true, false
		}
	}
	if p.token == tokenOpen {
		switch {
		case text == "if" || text == "IF":
			return false, p.conditional(place)
		case id == noBuiltin || !builtins[id].constant():
			return p.call(place, text, id, exponent)
		case p.after() == tokenClose: // pi()
			p.next()
			p.next()
		case text != "deg" && p.start > int(place.offset+place.length) && !p.dividing(): // pi (x)
		default:
			return p.call(place, text, id, 0)
		}
	}
	switch {
	case id == idPlot && int(place.offset) == p.first && p.token != tokenEnd &&
		p.token != tokenBreak && p.token != tokenAssign:
		return false, p.openCall(place, text, id, 1) // plot sin(x)
	case id != noBuiltin && !builtins[id].constant() && !builtins[id].late:
		if p.appliesTo(id) && (exponent != 0 || isFunction(text)) {
			return false, p.apply(place, id, exponent)
		}
		if _, isUnit := units.Lookup(text); !isUnit || p.token == tokenAssign {
			return true, p.failBareFunction(place, &builtins[id])
		}
		p.push(opVariable, place)
	case text == "deg" && p.phrase(place) != place: // deg C
		place.length = uint16(units.Phrase(p.source[place.offset:]))
		p.push(opVariable, place)
	case id != noBuiltin && builtins[id].constant():
		in := p.push(opNumber, place)
		in.id, in.value = id, builtins[id].value
	case text == "ans":
		if p.defining {
			return true, p.failAt(CodeReserved, place, "`ans` cannot be used in a definition",
				"make it a parameter")
		}
		p.answer(place)
	default:
		place = p.phrase(place)
		text = place.in(p.source)
		if p.token == tokenNumber && p.amount(place) {
			return true, true
		}
		in := p.push(opVariable, place)
		for i, local := range p.locals {
			if local.in(p.source) == text {
				in.op, in.index = opParameter, uint16(i)
			}
		}
	}
	return true, true
}

// dividing reports whether the current operand belongs to a divisor.
func (p *parser) dividing() bool {
	for i := len(p.frames) - 1; i >= 0 && p.frames[i].power >= powerProduct; i-- {
		if p.frames[i].op == opDivide {
			return true
		}
	}
	return false
}

// answer emits the previous result.
func (p *parser) answer(place span) {
	p.ans = true
	p.push(opAnswer, place)
}

// call reads the parenthesis of the call of a name. A call without arguments is complete at once,
// so it is a leaf.
func (p *parser) call(place span, text string, id uint8, exponent int) (leaf, ok bool) {
	if !p.openCall(place, text, id, exponent) {
		return true, false
	}
	p.next()
	if p.token == tokenClose {
		ok = p.endCall(p.top(), 0)
		p.next()
		return true, ok
	}
	return false, true
}

// openCall opens the call of a name.
func (p *parser) openCall(place span, text string, id uint8, exponent int) bool {
	if id == idPlot && int(place.offset) != p.first {
		return p.failPlotInside(place)
	}
	if !p.callable(place, text, id) || !p.nest(frameCall, opCall, powerBracket) {
		return false
	}
	f := p.top()
	f.id, f.offset, f.length, f.jump = id, place.offset, place.length, uint16(exponent)
	switch id {
	case idSum, idProd, idPlot, idSolve, idIntegral, idDerivative:
		p.emit(opJump, place)
		p.code[f.left].index, p.code[f.left].value = f.left+1, float64(p.extra)
	}
	p.open++
	p.arguments = true
	return true
}

// callable reports whether a name may be called, as far as the parser knows.
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

package calc

import "strings"

// operator reads what follows a complete operand: postfixes and closing brackets, then an operator
// that takes another operand. It returns false if there is no such operator, and the statement is
// complete or has an error.
func (p *parser) operator() bool {
	for {
		if p.token == tokenAnd {
			if p.joined() {
				return p.parts()
			}
			p.plotWord("and")
		}
		b := &binary[p.token]
		switch {
		case b.right == powerCompare:
			p.compare(b.op)
			return p.more()
		case b.left > 0:
			if p.token == tokenMinus && p.end < len(p.source) && p.source[p.end] == '>' {
				p.token, p.end = tokenArrow, p.end+1
				continue
			}
			if p.token == tokenOver && p.insideUnit() {
				p.reduce(powerParts)
				p.wait(opDivide, powerImplicit, p.place(), p.left)
				return p.more()
			}
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
			if last := p.last(); last.op == opFactorial && last.id == 0 {
				return p.fail(CodeSyntax, "`!!` is not an operator",
					"the factorial of a factorial is (3!)!")
			}
			p.endParts()
			p.emit(opFactorial, p.place())
			p.extra += factorialCost
			p.next()
		case tokenPercent:
			p.endParts()
			p.emit(opPercent, p.place())
			p.notePercent()
			p.next()
		case tokenSuperscript:
			if !p.superscript() {
				return false
			}
		case tokenClose:
			if !p.closeBracket() {
				return false
			}
		case tokenArrow:
			if p.convert() == readOperator {
				continue
			}
			return p.err == nil
		case tokenNumber:
			return p.parts()
		case tokenName, tokenOpen, tokenRoot, tokenSign:
			if p.token == tokenName {
				if p.cut() {
					continue
				}
				switch p.wordBetween() {
				case readOperator:
					if len(p.code) > maxNodes {
						return p.failNodes()
					}
					continue
				case readOperand:
					return p.err == nil && (len(p.code) < maxNodes || p.failNodes())
				}
			}
			if isFunction(p.text()) {
				p.closeApplied()
			}
			if op := wordOperator(p.text()); op != opReturn {
				switch p.word(op) {
				case readOperator:
					continue
				case readOperand:
					return p.err == nil
				}
			}
			if last := p.last(); p.newline || last.op == opPercent && last.id == 0 {
				return p.failAdjacent()
			}
			p.implicit(span{uint16(p.start), 0})
			return len(p.code) < maxNodes || p.failNodes()
		case tokenComma:
			return p.comma()
		case tokenQuestion:
			if !p.trailing() {
				return p.question()
			}
			p.next()
		case tokenColon:
			switch {
			case p.clock():
				if p.err != nil {
					return false
				}
				continue
			case p.end == len(p.source) || p.source[p.end] != '=':
				return p.colon()
			}
			p.token, p.end = tokenAssign, p.end+1
		case tokenAssign:
			if !p.trailing() {
				return p.assign()
			}
			p.next()
		case tokenEnd, tokenBreak:
			if p.text() == ";" && p.insideCall() && strings.IndexByte(p.source, ',') < 0 {
				return p.comma() // max(1; 2)
			}
			return p.finish()
		default:
			return p.failAdjacent()
		}
	}
}

// endParts completes the parts of a quantity before a postfix that takes all: (5 ft 3 in)!
func (p *parser) endParts() {
	if n := len(p.frames); n > 1 && p.frames[n-2].op == opParts {
		p.reduce(powerParts)
	}
}

// superscript emits the power of the operand before it: x² is x^2.
func (p *parser) superscript() bool {
	if len(p.code) > maxNodes {
		return p.failNodes()
	}
	p.raise(p.place(), p.number)
	p.next()
	return true
}

// implicit opens a product without an operator. It takes the unit of a part, but after that all
// parts: 5 ft 3 in x is (5 ft 3 in) x.
func (p *parser) implicit(place span) {
	p.reduce(powerImplicit)
	if n := len(p.frames) - 1; n >= 0 && p.frames[n].op == opParts &&
		len(p.code) > int(p.frames[n].right)+1 {
		p.reduce(powerParts)
	}
	p.wait(opMultiply, powerImplicit+1, place, p.left).id = 1
}

// more continues with the operand after an operator.
func (p *parser) more() bool {
	if len(p.code) > maxNodes {
		return p.failNodes()
	}
	p.next()
	return true
}

// specialOperator opens an operator that is more than its two operands: and and or may jump over
// the right one, and powers nest.
func (p *parser) specialOperator(op opcode, power uint8) bool {
	if op == opPower {
		if !p.nest(framePower, op, power) {
			return false
		}
		p.top().left = uint16(p.left)
		return p.more()
	}
	p.emit(opTest, p.place()).id = uint8(op)
	p.depth--
	p.wait(op, power, p.place(), p.left)
	return p.more()
}

// compare opens a comparison, as a link of a chain if another precedes it: a < b < c is a < b and b
// < c, with b evaluated once. Until its end is known, a chain is a list linked by index.
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

// question opens a conditional, whose condition has been read.
func (p *parser) question() bool {
	p.reduce(powerChoice)
	left := p.left
	if !p.nest(frameThen, opSelect, powerBracket) {
		return false
	}
	f := p.top()
	f.left, f.jump = uint16(left), uint16(len(p.code))
	p.emit(opBranch, p.place())
	p.depth--
	return p.more()
}

// colon continues with the second choice of a conditional.
func (p *parser) colon() bool {
	p.reduce(powerBracket)
	n := len(p.frames)
	if n == 0 || p.frames[n-1].kind != frameThen {
		if last := p.last().op; last == opNumber || last == opFolded {
			return p.fail(CodeSyntax, "`:` is not a division",
				"write / to divide; a time is written 12:30, or 80:40 h from 60 hours on")
		}
		if p.insideCall() {
			return p.fail(CodeSyntax, "`:` has no meaning in arguments",
				"there are no cells: write the numbers, as in sum(1, 2, 3)")
		}
		return p.fail(CodeSyntax, "there is no `?` before this `:`",
			"a conditional is written condition ? x : y")
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
	if ok, is := p.conditionalComma(); is {
		return ok
	}
	n := len(p.frames)
	switch {
	case n > 0 && p.frames[n-1].kind == frameThen:
		return p.failChoice()
	case n == 0 || p.frames[n-1].kind < frameCall:
		return p.failComma()
	}
	f := &p.frames[n-1]
	f.count++
	p.noteGroups(f)
	p.noteIndex(f)
	if f.id == idPlot && f.kind == frameCall {
		p.endCurve(f)
	}
	return p.more()
}

// closeBracket ends a parenthesis or a call.
func (p *parser) closeBracket() bool {
	p.reduce(powerBracket)
	n := len(p.frames)
	if n == 0 {
		return p.fail(CodeSyntax, "there is no `(` for this `)`", "leave it out, or write the `(`")
	}
	switch f := &p.frames[n-1]; f.kind {
	case frameThen:
		return p.failChoice()
	case frameGroup:
		if f.id == groupIf && f.count == 0 {
			return p.failConditional()
		}
		p.frames = p.frames[:n-1]
		p.nesting--
		p.open--
		p.arguments = p.insideCall()
		switch last := p.last(); last.op {
		case opPercent, opFactorial:
			last.id = 1 // in parentheses: (5%)(3) and (3!)! are fine
		}
	default:
		if f.id == idPlot {
			return p.endPlot(f)
		}
		if !p.endCall(f, int(f.count)+1) {
			return false
		}
	}
	p.next()
	return true
}

// insideCall reports whether the innermost open bracket is that of a call.
func (p *parser) insideCall() bool {
	for i := len(p.frames) - 1; i >= 0; i-- {
		if f := &p.frames[i]; f.kind >= frameGroup {
			return f.kind > frameGroup || f.id == groupIf
		}
	}
	return false
}

// endCall emits the innermost call at its closing parenthesis.
func (p *parser) endCall(f *frame, arguments int) bool {
	p.frames = p.frames[:len(p.frames)-1]
	p.nesting--
	p.open--
	p.arguments = p.insideCall()
	p.left = int(f.left)
	place := span{f.offset, uint16(p.end) - f.offset}
	b := &builtins[f.id]
	least, most := b.arguments()
	switch {
	case f.kind == frameSeries:
		ends := arguments - 1
		if f.id == idDerivative && ends == 1 {
			p.push(opNumber, span{}) // in place of the end that it does not have
			ends = 2
		} else if f.id == idDerivative {
			ends = 0
		}
		if ends != 2 {
			return p.failRange(place, b)
		}
		p.emit(opSeries, place).index = f.left + 1
		p.depth--
		next := &p.code[f.jump]
		next.index = f.left + 1
		next.value = float64(int(f.jump-f.left) + p.extra - int(p.code[f.left].value))
		p.code[f.left].index = f.jump + 1
	case f.id == idSolve && f.jump != 0:
		return p.failRange(place, b)
	case f.id == noBuiltin || b.late && arguments <= maxParameters:
		if arguments > maxParameters {
			message := "a definition has at most 32 parameters"
			return p.failAt(CodeLimitParameters, place, message, "")
		}
		name := span{f.offset, f.length}
		p.emit(opCall, name).id = uint8(arguments)
		switch meaning(name.in(p.source)) {
		case "random", "randint":
			p.random = true
		}
		p.depth -= arguments - 1
		p.extra += 4 + meantCost(name.in(p.source))
		p.grow()
		return true
	case arguments < least || arguments > most:
		return p.failArguments(place, b, arguments)
	default:
		p.emit(opFunction, place).index = uint16(arguments)
		p.depth -= arguments - 1
		p.random = p.random || f.id == idRandom || f.id == idRandint
	}
	p.last().id = f.id
	p.extra += int(builtins[f.id].cost)
	p.grow()
	if f.kind == frameCall && f.jump != 0 {
		p.raise(place, float64(f.jump)) // sin^2(x)
	}
	return true
}

package calc

import (
	"math"

	"abacus/shared/units"
)

// This file reads what people plainly mean although the grammar does not have it: functions without
// parentheses, powers of functions, operators that are words.

// appliesTo reports whether a function may stand without parentheses: it has one argument, and the
// current token begins one.
func (p *parser) appliesTo(id uint8) bool {
	b := &builtins[id]
	least, most := b.arguments()
	if b.constant() || b.late || least != 1 || most > 2 || p.newline {
		return false
	}
	switch p.token {
	case tokenNumber, tokenName, tokenRoot, tokenSign:
		return !isWordOperator(p.text())
	case tokenMinus: // abs -3, but not abs - 3
		return p.end < len(p.source) && lexical[p.source[p.end]] != classSpace
	}
	return false
}

// isWordOperator reports whether a name after an operand is an operator.
func isWordOperator(text string) bool {
	return wordOperator(text) != opReturn || len(text) > 1 && valueOf(betweens, text) != ""
}

// isFunction reports whether a name is a function of the language and nothing else.
func isFunction(text string) bool {
	id := builtinID(text)
	if id == noBuiltin || builtins[id].constant() || builtins[id].late {
		return false
	}
	_, isUnit := units.Lookup(text)
	return !isUnit
}

// apply opens a function without parentheses. Its argument is the product without operator that
// follows, and it binds more tightly than *: sin 2x is sin(2*x), and sqrt 16 + 9 is 13.
func (p *parser) apply(place span, id uint8, exponent int) bool {
	if !p.nest(framePrefix, opFunction, powerParts) {
		return false
	}
	f := p.top()
	f.id, f.offset, f.length, f.jump = id, place.offset, place.length, uint16(exponent)
	p.extra += int(builtins[id].cost)
	return true
}

// closeApplied completes open functions without parentheses when another function follows: sin x
// cos x is sin(x)*cos(x).
func (p *parser) closeApplied() {
	for i := len(p.frames) - 1; i >= 0 && p.frames[i].power >= powerParts; i-- {
		if f := &p.frames[i]; f.kind != framePrefix || f.power != powerParts {
			continue
		}
		for n := len(p.frames) - 1; n >= i; n-- {
			p.complete(&p.frames[n])
			p.frames = p.frames[:n]
		}
	}
}

// functionPower reads the power of a function before its argument: sin²x and sin^2(x) are sin(x)^2,
// sin⁻¹(x) and sin-1(x) are asin(x). It returns the function and the power that remains, or 0.
func (p *parser) functionPower(place span, id uint8) (function uint8, exponent int, ok bool) {
	minusOne := hasPrefixAt(p.source, int(place.offset+place.length), "-1(")
	if p.token != tokenSuperscript && p.token != tokenPower && !minusOne {
		return id, 0, true
	}
	name := place.in(p.source)
	inverse := builtinID("a" + name)
	if minusOne {
		if inverse == noBuiltin {
			return id, 0, true
		}
		p.token, p.number, p.end = tokenSuperscript, -1, p.end+1
	}
	value := p.number
	if p.token == tokenPower {
		p.next()
		sign := 1.0
		if p.token == tokenMinus {
			sign = -1
			p.next()
		}
		if value = sign * p.number; p.token != tokenNumber {
			value = 0
		}
	}
	switch {
	case value == 2:
		exponent = 2
	case value == -1 && inverse != noBuiltin && name != "tan2":
		id = inverse
	default:
		return id, 0, p.failAt(CodeSyntax, place,
			fill("this power of the function % has no meaning", quote(name)),
			fill("for the power of its value, write %(x)^3", name))
	}
	p.next()
	return id, exponent, true
}

// raise emits a power of the completed operand.
func (p *parser) raise(place span, exponent float64) {
	base := frame{op: opPower, offset: place.offset, length: place.length, left: uint16(p.left)}
	base.right = uint16(len(p.code))
	p.push(opNumber, place).value = math.Abs(exponent)
	if exponent < 0 {
		p.emit(opNegate, place)
		p.fold(exponent)
	}
	p.complete(&base)
}

// wordBetween reads an operator that is a word: 5 nCr 2, 7 div 2, 5 plus 3, the x of 2 x 3. Most
// become the current token, and squared is complete. It returns readName for any other name.
func (p *parser) wordBetween() following {
	text, end := p.text(), p.end
	if follows := p.plotWord(text); follows != readName {
		return follows
	}
	switch {
	case text == "squared" || text == "cubed":
		p.number = 2
		if text == "cubed" {
			p.number = 3
		}
		if !p.superscript() {
			return readOperand
		}
		return readOperator
	case text == "rounded" && p.rounds():
		return readOperator
	case hasPrefixAt(p.source, p.start, toThePower):
		p.end = p.start + len(toThePower)
		text = "power"
	}
	means := valueOf(betweens, text)
	if means == "" {
		return readName
	}
	if hasPrefixAt(p.source, p.end, " by ") { // multiplied by
		p.end += len(" by ")
	}
	after := p.after()
	switch {
	case !beginsOperand(after), len(text) == 1 && after != tokenNumber:
		p.end = end
		return readName
	case means == "xor":
		p.token = tokenBitXor
		return readOperator
	case builtinID(means) != noBuiltin:
		p.reduce(powerImplicit)
		f := p.wait(opFunction, powerImplicit+1, p.place(), p.left)
		f.id = builtinID(means)
		p.extra += int(builtins[f.id].cost)
		p.next()
		return readOperand
	}
	operator := scanner{source: means}
	operator.next()
	p.token = operator.token
	return readOperator
}

// rounds reads the word rounded, which may end an expression or precede a number of digits, as in
// 3.14159 rounded to 2 decimals. It reports whether the word is used in that way.
func (p *parser) rounds() bool {
	after := p.scanner
	if after.next(); after.token != tokenEnd && after.text() != "to" {
		return false
	}
	p.reduce(powerConvert)
	p.emit(opFunction, p.place()).id = builtinID("round")
	p.last().index = 1
	p.next()
	return true
}

// roundTo adds the number of digits to a function round without parentheses that was just read:
// round 3.14159 to 2 decimals. It reports whether there was such a function.
func (p *parser) roundTo(t *target, place span) bool {
	last := *p.last()
	if last.op != opFunction || builtins[last.id].name != "round" || t.format != formatDigits ||
		p.source[last.offset+last.length-1] == ')' {
		return false
	}
	left := p.left
	p.code = p.code[:len(p.code)-1]
	p.push(opNumber, place).value = float64(t.digits)
	p.left = left
	p.depth--
	in := p.emit(opFunction, place)
	in.id, in.index = last.id, 2
	return true
}

const toThePower = "to the power of "

// rootWords reads the word root of square root or cube root, and returns the function.
func (p *parser) rootWords(place span) (function uint8) {
	if p.text() == "root" {
		switch place.in(p.source) {
		case "square":
			function = idSqrt
		case "cube":
			function = builtinID("cbrt")
		}
	}
	return function
}

// phrase extends a name by the words that make it a unit: light year, square feet. place is the
// first word, before the current token.
func (p *parser) phrase(place span) span {
	switch {
	case p.token == tokenName && !p.newline:
	case p.token == tokenColon && place.in(p.source) == "h" && !p.choosing() &&
		hasPrefixAt(p.source, p.start, ":min"):
		place.length += uint16(len(":min"))
		p.end = p.start + len(":min")
		p.next()
		return place
	case p.token == tokenMinus && p.end < len(p.source) && place.length > 1 && // foot-pounds
		lexical[p.source[p.end]] == classLetter && p.source[p.start-1] != ' ':
	default:
		return place
	}
	for _, local := range p.locals {
		if local.in(p.source) == place.in(p.source) {
			return place
		}
	}
	if length := units.Phrase(p.source[place.offset:]); length > 0 {
		place.length = uint16(length)
		p.end = int(place.offset) + length
		p.next()
	}
	return place
}

// after returns the token after the current one.
func (s *scanner) after() token {
	next := *s
	next.next()
	return next.token
}

// trailing reports whether the current token, "=" or "?", ends its statement and so means nothing,
// as in 10 / 4 = and 2 + 2 = ?.
func (s *scanner) trailing() bool {
	after := s.after()
	return after == tokenEnd || after == tokenBreak || trimBlank(s.source[s.end:]) == "?"
}

// conditional opens if(c, a, b), which is c ? a : b.
func (p *parser) conditional(place span) bool {
	if !p.nest(frameGroup, opReturn, powerBracket) {
		return false
	}
	f := p.top()
	f.id, f.offset, f.length = groupIf, place.offset, place.length
	p.open++
	p.arguments = true
	p.next()
	return true
}

// groupIf is the id of the frame of an if( ).
const groupIf = 1

// conditionalComma reads a comma of if(c, a, b). It reports in is whether the current one is such a
// comma, and in ok whether the parser can go on.
func (p *parser) conditionalComma() (ok, is bool) {
	n := len(p.frames)
	switch {
	case n > 0 && p.frames[n-1].kind == frameGroup && p.frames[n-1].id == groupIf &&
		p.frames[n-1].count == 0:
		p.frames[n-1].count = 1
		return p.question(), true
	case n > 1 && p.frames[n-1].kind == frameThen && p.frames[n-2].kind == frameGroup &&
		p.frames[n-2].id == groupIf:
		return p.colon(), true
	}
	return false, false
}

// failConditional reports an if without its two values.
func (p *parser) failConditional() bool {
	return p.fail(CodeArguments, "`if` takes 3 arguments",
		"write if(x > 0, 1, 2), or x > 0 ? 1 : 2")
}

// callsModulo reports whether mod is a function here, as in mod(8, 3): it is if there is a comma.
func (p *parser) callsModulo() bool {
	after := p.scanner
	after.next()
	for depth := 0; ; after.next() {
		switch after.token {
		case tokenOpen:
			depth++
		case tokenClose:
			depth--
		case tokenComma:
			if depth == 1 {
				return true
			}
		case tokenEnd, tokenBreak:
			return false
		}
		if depth <= 0 {
			return false
		}
	}
}

package calc

import "strings"

// statement reads one statement. It turns out to be an assignment or a definition at its "=": see
// assign.
//
//	statement = [ name [ "(" [ name { "," name } ] ")" ] "=" ] expression | plot .
func (p *parser) statement() {
	if n := len(p.statements); n > 0 {
		if p.statements[n-1].kind == Plot {
			p.fail(CodeSyntax, "nothing can follow a plot", "write it as the last statement")
			return
		}
		p.emit(opDrop, span{})
		p.depth--
	}
	p.begin, p.first = len(p.code), p.start
	p.locals, p.defining, p.nesting = nil, false, 0
	p.statements = append(p.statements, statement{}) // filled in place, like an instruction
	p.current().start = uint16(p.begin)
	p.readLabel()
	p.readRequest()
	p.first = p.start
	if p.token == tokenAssign { // =3+4
		p.next()
		p.first = p.start
	}
	ready := true
	if len(p.statements) == 1 && p.continues() {
		p.answer(p.place())
		ready = p.operator()
	}
	for ready && p.operand() {
		ready = p.operator()
	}
}

// requests are words before an expression that ask for its value.
const requests = "what is |what's |what’s |whats |the |how much is |calculate |compute |convert |" +
	"solve |"

// readRequest skips a request before a number or a name. Most names do not begin like one.
func (p *parser) readRequest() {
	if p.token != tokenName || strings.IndexByte("whtc", p.source[p.start]|0x20) < 0 &&
		!hasPrefixAt(p.source, p.start, "solve ") {
		return
	}
	for words, rest := cut(requests, '|'); words != ""; words, rest = cut(rest, '|') {
		if !hasPrefixAt(p.source, p.start+1, words[1:]) || p.source[p.start]|0x20 != words[0] {
			continue
		}
		after := p.scanner
		after.end = p.start + len(words)
		switch after.next(); after.token {
		case tokenNumber, tokenName, tokenSign, tokenRoot:
			p.scanner = after
		}
	}
}

// solving reports whether the current statement begins with the word solve.
func (p *parser) solving() bool { return strings.HasSuffix(p.source[:p.first], "solve ") }

// continues reports whether an input that begins with the current token continues the previous
// result: whether it is an operator of two operands that cannot be a prefix.
func (p *parser) continues() bool {
	switch p.token {
	case tokenPlus, tokenMinus, tokenBitOr:
		return false
	case tokenModulo:
		return !p.callsModulo()
	}
	return p.token >= tokenEqual && p.token <= tokenPower
}

// assign decides what an "=" means from what precedes it: a name, the call of a name with names, or
// the index of a sum, prod or plot.
func (p *parser) assign() bool {
	code := p.code[p.begin:]
	last := &code[len(code)-1]
	place := span{last.offset, last.length}
	n := len(p.frames)
	switch {
	case n > 0 && p.frames[n-1].isSeries() && p.left == len(p.code)-1:
		return p.series(&p.frames[n-1])
	case n > 0 && p.frames[n-1].isPlot() && p.left == len(p.code)-1:
		return p.plotRange(&p.frames[n-1])
	case p.equation():
		return p.more()
	case n > 0 || p.Kind() != Value || p.solving():
		return p.failAssign()
	case int(code[0].offset) != p.first && int(last.offset) != p.first:
		return p.failAssign()
	case len(code) == 1 && last.op == opVariable:
		p.current().kind = Assignment
		p.current().name = place
		p.assigns = true
		p.code = p.code[:p.begin]
		p.depth--
		return p.more()
	case last.op == opCall && len(code) == int(last.id)+1:
		return p.define(code[:last.id], place)
	case last.op == opCall && code[0].op == opJump && len(code) == int(last.id)+2:
		return p.define(code[1:][:last.id], place) // of a name like solve
	case last.op == opFunction:
		return p.failReserved(span{last.offset, uint16(len(builtins[last.id].name))})
	case len(code) == 1 && last.reserved():
		return p.failReserved(place)
	}
	return p.failAssign()
}

// joinedName returns the words before the current "=" as one name, my_rent for my rent, or "" if
// they are not words.
func (p *parser) joinedName() string {
	name := []byte(trimmed(p.source, p.first, p.start).in(p.source))
	blanks := 0
	for i, c := range name {
		if c == ' ' {
			name[i] = '_'
			blanks++
		}
	}
	s := scanner{source: string(name), decimal: p.decimal}
	if s.next(); s.token != tokenName || s.end < len(name) || blanks == 0 {
		return ""
	}
	return s.source
}

// isSeries reports whether a frame is a sum or prod whose term has been read.
func (f *frame) isSeries() bool {
	switch f.id {
	case idSum, idProd, idSolve, idIntegral, idDerivative:
		return f.kind == frameCall && f.count == 1
	}
	return false
}

// equation reads the "=" between the sides of solve, as a difference of the two.
func (p *parser) equation() bool {
	i := len(p.frames) - 1
	for i >= 0 && p.frames[i].power > powerBracket {
		i--
	}
	if i < 0 || p.frames[i].id != idSolve || p.frames[i].kind != frameCall {
		return false
	}
	if p.frames[i].count > 0 || i+1 < len(p.frames) && p.frames[i+1].power == powerSides {
		return false // a second one
	}
	p.frames[i].jump = 1 // solve needs a range now
	p.reduce(powerSides)
	p.wait(opSubtract, powerSides, p.place(), p.left)
	return true
}

// isPlot reports whether a frame is a plot whose curves are being read.
func (f *frame) isPlot() bool { return f.id == idPlot && f.kind == frameCall }

// reserved reports whether an instruction is a name that cannot be set: a constant or ans.
func (in *instruction) reserved() bool {
	return in.op == opAnswer || in.op == opNumber && in.id != noBuiltin
}

// define begins the body of a definition, whose parameters have been read as names.
func (p *parser) define(parameters []instruction, name span) bool {
	s := p.current()
	s.kind, s.name = Definition, name
	s.parameters, s.count = uint16(len(p.parameters)), uint16(len(parameters))
	for i := range parameters {
		parameter := &parameters[i]
		place := span{parameter.offset, parameter.length}
		switch {
		case parameter.reserved():
			return p.failReserved(place)
		case parameter.op != opVariable:
			return p.failAssign()
		}
		for _, other := range parameters[:i] {
			if (span{other.offset, other.length}).in(p.source) == place.in(p.source) {
				message := "two parameters have the name " + quote(place.in(p.source))
				return p.failAt(CodeSyntax, place, message, "")
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

// series turns a call of sum or prod into a loop after its term, a name and "=": within the term,
// the name is the index.
func (p *parser) series(f *frame) bool {
	place, ok := p.index(f)
	if !ok {
		return false
	}
	f.kind, f.jump = frameSeries, uint16(len(p.code))
	p.code[f.left].id = f.id
	p.emit(opNext, place).id = f.id
	p.depth--
	return p.more()
}

// index takes back the name before the "=" of a series or plot, and makes it the index in the code
// of the arguments before it.
func (p *parser) index(f *frame) (place span, ok bool) {
	place = span{p.code[p.left].offset, p.code[p.left].length}
	switch in := &p.code[p.left]; {
	case in.reserved():
		return place, p.failReserved(place)
	case in.op != opVariable && in.op != opParameter:
		return place, p.failAssign()
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
	return place, true
}

// finish ends a statement. It returns false because no operand follows.
func (p *parser) finish() bool {
	p.reduce(powerBracket)
	for n := len(p.frames); n > 0; n = len(p.frames) {
		if p.token != tokenEnd || p.frames[n-1].kind < frameGroup {
			return p.failOpen(&p.frames[n-1])
		}
		if !p.closeBracket() { // sqrt(9
			return false
		}
		p.reduce(powerBracket)
	}
	p.readComment()
	s := p.current()
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

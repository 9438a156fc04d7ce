package calc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// fail sets the parse error at the current token, or the scanner's error if the token itself is
// bad.
func (p *parser) fail(code, message, hint string) bool {
	if p.token == tokenBad {
		if p.err = p.fault; p.err.Hint == "" {
			if p.err.Hint, _ = p.sentence().hint(); p.err.Hint == "" {
				p.err.Hint = hintFor("5" + p.text())
			}
		}
		return false
	}
	return p.failAt(code, p.place(), message, hint)
}

// failAt sets the parse error at a place.
func (p *parser) failAt(code string, place span, message, hint string) bool {
	p.err = fault(code, message, hint).at(p.source, int(place.offset), int(place.length))
	return false
}

// encodingError sets the error for the first byte that is not UTF-8.
func (p *parser) encodingError() *Error {
	offset := 0
	for {
		r, size := utf8.DecodeRuneInString(p.source[offset:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		offset += size
	}
	digits := strconv.FormatUint(uint64(p.source[offset]), 16)
	p.err = fault(CodeEncoding, "the input is not UTF-8: byte 0x"+digits, "")
	return p.err.at(p.source, offset, 1)
}

// bad marks the current token as one that does not belong to the language.
func (s *scanner) bad(e *Error) {
	s.token = tokenBad
	s.fault = e.at(s.source, s.start, s.end-s.start)
}

// reject makes the next size bytes a bad token, with a hint about what people mean by it.
func (s *scanner) reject(size int) {
	s.end = s.start + size
	s.bad(fault(CodeSyntax, quote(s.text())+" is not part of the language", ""))
}

// rejectNumber makes everything that looks like a part of the number a bad token.
func (s *scanner) rejectNumber() {
	for s.end < len(s.source) && continuesNumber(s.source[s.end]) {
		s.end++
	}
	hint := "an underscore must be between two digits, and there is one decimal point"
	switch text := s.text(); {
	case dateEnd(s.source, s.start) > 0:
		hint = hintFor("date")
	case strings.Count(text, ".") > 1 && hasPrefixAt(s.source, s.end, ","):
		hint = decimalPoint(s.source)
	case strings.Contains(text, ".."):
		hint = "for a range, write sum(i, i = 1, 10)"
	case strings.Count(text, ".") > 1 && strings.LastIndexByte(text, '.') == len(text)-4:
		hint = "write " + without(text, '.')
	}
	if len(s.text()) > 1 && s.text()[0] == '0' && radixBits(s.text()[1]) > 0 {
		hint = "0x takes the digits 0 to f, 0o 0 to 7, and 0b 0 and 1"
	}
	s.bad(fault(CodeNumber, quote(s.text())+" is not a number", hint))
}

// describe returns the current token in words.
func (p *parser) describe() string {
	switch p.token {
	case tokenEnd:
		return "the end of the input"
	case tokenBreak:
		if p.text() == "\n" {
			return "the end of the line"
		}
	}
	return quote(p.text())
}

// frameText returns a waiting operator or bracket as it is written.
func (p *parser) frameText(f *frame) string {
	text := span{f.offset, f.length}.in(p.source)
	switch {
	case f.kind == frameElse:
		text = ":"
	case f.kind >= frameCall && f.count > 0:
		text = ","
	case f.kind >= frameCall:
		text += "("
	}
	return quote(text)
}

// failOperand reports that a value is missing.
func (p *parser) failOperand() bool {
	message, hint := "expected a number or a name", ""
	if n := len(p.frames); n > 0 {
		f := &p.frames[n-1]
		if p.token == tokenClose && f.kind == frameGroup {
			return p.fail(CodeSyntax, "there is nothing between `(` and `)`", "")
		}
		if f.length > 0 {
			message += " after " + p.frameText(f)
		}
	}
	switch p.token {
	case tokenPercent:
		hint = "put % after its number: 5%"
	case tokenBitOr:
		hint = "the absolute value is abs(x)"
	case tokenBang:
		hint = "to negate a condition, write not; a factorial follows its number: 5!"
	}
	return p.fail(CodeSyntax, message+", but found "+p.describe(), hint)
}

// sentence reads the statement for a hint.
func (p *parser) sentence() *sentence { return readSentence(p.source, p.first, nil) }

// failAdjacent reports that an operator is missing.
func (p *parser) failAdjacent() bool {
	last := p.last()
	message := "expected an operator before " + p.describe()
	q := p.sentence()
	hint, place := q.hint()
	if hint != "" && p.token != tokenBad {
		message = quote(place.in(p.source)) + " has no meaning here"
		return p.failAt(CodeSyntax, place, message, hint)
	}
	if hint = q.function(); hint != "" {
		return p.fail(CodeSyntax, message, hint)
	}
	switch {
	case last.op == opPercent && last.id == 0 && p.token != tokenNot:
		message += ": `%` means percent"
		hint = "for the remainder, write 5 mod 3"
		if begin, end := p.first, int(last.offset); end-begin < 40 {
			hint = "for the remainder, write " + squeeze(clean(p.source[begin:end])+" mod "+
				p.rest(end+int(last.length)))
		}
	case p.newline:
		hint = "inside parentheses a newline is a space; close them, or write *"
	case p.token == tokenNumber && (q.listed || q.begins):
		hint = q.between()
	case p.token == tokenNumber || p.token == tokenRoot:
		hint = "to multiply, write * between them"
	}
	return p.fail(CodeSyntax, message, hint)
}

// rest returns the statement from an offset on, or " ..." if that is too long for a hint.
func (p *parser) rest(offset int) string {
	text, _ := cut(p.source[offset:], ';')
	if text, _ = cut(text, '\n'); len(text) > 40 {
		return " ..."
	}
	return clean(text)
}

// failBareFunction reports a function without parentheses.
func (p *parser) failBareFunction(place span, b *builtin) bool {
	name := place.in(p.source)
	if p.token == tokenAssign {
		return p.failReserved(place)
	}
	q := p.sentence()
	hint, _ := q.hint()
	_, most := b.arguments()
	switch {
	case name == "plot":
		hint = "write plot x^2"
	case hint == "":
		hint = q.function()
	case (p.token == tokenName || p.token == tokenNumber) && most == 1:
		hint = fill("write %(%)", name, p.text())
	}
	return p.failAt(CodeSyntax, place, quote(name)+" is a function and needs parentheses", hint)
}

// failProduct reports the call of a value.
func (p *parser) failProduct(place span, name, what string) bool {
	if name == "deg" {
		return p.failAt(CodeNotFunction, place, "`deg` is a unit, not a function",
			"to convert radians, write pi in deg; for degrees, write 30 deg")
	}
	return p.failAt(CodeNotFunction, place, fill("% is %, not a function", quote(name), what),
		productHint(p.source, place))
}

// productHint suggests a product for the call of the name at place: a*(b+1) for a(b+1).
func productHint(source string, place span) string {
	name := place.in(source)
	begin := int(place.offset) + len(name)
	depth := 0
	for end := begin; end < len(source) && end < begin+40; end++ {
		switch source[end] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return fill("to multiply, write %*%", name, clean(trimBlank(source[begin:end+1])))
			}
		}
	}
	return fill("to multiply, write %*(...)", name)
}

// failReserved reports an attempt to set a name of the language.
func (p *parser) failReserved(place span) bool {
	name := place.in(p.source)
	return p.failAt(CodeReserved, place, quote(name)+" belongs to the language and cannot be set",
		"choose another name")
}

// failAssign reports an "=" where nothing can be set.
func (p *parser) failAssign() bool {
	q := p.sentence()
	hint := q.advice()
	name, equation := p.joinedName(), p.equationHint()
	switch {
	case equation != "" && p.solving():
		hint = "write " + equation
	case name != "" && !hasPrefixAt(hint, 0, "leave") && !hasPrefixAt(hint, 0, "write plot"):
		hint = fill("write % =%", name, p.rest(p.end))
	case hint != "":
	case p.Kind() == Assignment:
		hint = separateStatements
	case len(q.amounts) == 1 && q.unit != "": // 5 miles = ? km
		hint = q.fill("write {1:5 miles} in {u:km}")
	default:
		hint = "to compare, write =="
		if equation != "" {
			hint += "; for an equation, " + equation
		}
	}
	return p.fail(CodeSyntax, "only a name, or a name with parameters, can stand before `=`",
		hint)
}

// equationHint returns how to solve the statement, an equation for the first variable, or "".
func (p *parser) equationHint() string {
	for i := p.begin; i < len(p.code) && p.open == 0; i++ {
		if p.code[i].op == opVariable {
			text, _, _ := strings.Cut(p.rest(p.first), " for ")
			return fill("solve(%, % = 0, 10)", text, p.written(i))
		}
	}
	return ""
}

const separateStatements = "separate statements by semicolons: x = 1; y = 2"

// failComma reports a comma outside the arguments of a call.
func (p *parser) failComma() bool {
	if n := len(p.frames); n > 0 && p.frames[n-1].id == groupIf {
		return p.failConditional()
	}
	q := p.sentence()
	hint := q.advice()
	i, j := p.start, p.end
	switch {
	case hint != "":
	case p.after() == tokenEnd:
		hint = "leave it out"
	case q.listed && len(q.amounts) > 2:
		hint = q.between()
	case i > 0 && j < len(p.source) && isDigit(p.source[i-1]) && isDigit(p.source[j]):
		hint = decimalPoint(p.source)
	case p.last().op == opConvert:
		hint = "write parts without commas: 90 min in h min"
	case p.Kind() == Assignment:
		hint = separateStatements
	case q.listed && len(q.amounts) == 2:
		hint = q.between()
	}
	return p.fail(CodeSyntax, "commas separate arguments, but this is not a call", hint)
}

// decimalPoint returns what to write instead of a source with decimal commas.
func decimalPoint(source string) string {
	text := withPoints(source)
	if len(source) > 100 || text == source {
		text = "3.14"
	}
	return fill("the decimal separator is a point: write %; "+
		"the page has a setting for a decimal comma", clean(text))
}

// failRange reports the wrong number of ends of a range.
func (p *parser) failRange(place span, b *builtin) bool {
	message := quote(b.name) + " over an index needs two ends"
	hint := fill("write %(term, i = 1, 10)", b.name)
	if b.late {
		message, hint = quote(b.name)+" does not have these arguments", "write "+b.usage()
	}
	return p.failAt(CodeArguments, place, message, hint)
}

// failArguments reports the wrong number of arguments.
func (p *parser) failArguments(place span, b *builtin, found int) bool {
	least, most := b.arguments()
	message := argumentsMessage(b.name, least, most, found)
	if b.name == "random" {
		b = &builtins[idRandint]
	}
	hint := "write " + b.usage()
	if text := place.in(p.source); most == 1 && withPoints(text) != text { // sqrt(2,25)
		hint = decimalPoint(text)
	}
	return p.failAt(CodeArguments, place, message, hint)
}

// argumentsMessage says how many arguments a function takes.
func argumentsMessage(name string, least, most, found int) string {
	count := strconv.Itoa(least)
	switch {
	case most == 0:
		count = "no"
	case most == anyNumber:
		count = "at least " + count
	case most > least:
		count += " or " + strconv.Itoa(most)
	}
	plural := "s"
	if most == 1 || most == anyNumber && least == 1 {
		plural = ""
	}
	return fill("% takes % argument%, not %", quote(name), count, plural, strconv.Itoa(found))
}

// failOpen reports a bracket or conditional that is still open at the end of the statement.
func (p *parser) failOpen(f *frame) bool {
	if f.kind == frameThen {
		return p.failChoice()
	}
	where := (&Error{}).at(p.source, int(f.offset), 0)
	place := "column " + strconv.Itoa(where.Column)
	if where.Line > 1 {
		place = fill("line %, %", strconv.Itoa(where.Line), place)
	}
	name := "`(`"
	if f.kind != frameGroup {
		name = quote(span{f.offset, f.length}.in(p.source) + "(")
	}
	message := fill("expected `)` for the % at %, but found %", name, place, p.describe())
	hint := "add `)`"
	if (f.kind > frameGroup || f.id == groupIf) && p.text() == ";" {
		hint = "arguments are separated by commas"
	}
	return p.fail(CodeSyntax, message, hint)
}

// failChoice reports a conditional without its second choice.
func (p *parser) failChoice() bool {
	return p.fail(CodeSyntax,
		"expected `:` and the other value of the `?`, but found "+p.describe(),
		"a conditional is written condition ? x : y")
}

// failNodes reports a source with too many parts.
func (p *parser) failNodes() bool {
	return p.fail(CodeLimitNodes, "the input has more than 10000 numbers, names and operators",
		"calculate it in parts")
}

package calc

import "abacus/shared/units"

// target is what a conversion converts to: a unit, the parts of a quantity, or a format.
type target struct {
	format format
	digits int                  // of formatBase: the base; of formatDigits and formatSignificant
	units  [maxParts]units.Unit // the unit, or the parts from the largest to the smallest
	count  int
}

// maxParts is the number of units that a quantity can be shown in: 1 h 30 min 15 s.
const maxParts = 4

// format is how a number is displayed.
type format uint8

const (
	formatPlain format = iota
	formatBase
	formatFraction
	formatScientific
	formatEngineering
	formatDigits // after the point
	formatSignificant
)

// parseTarget reads the text of a target.
//
//	target = format | unit | unit unit { unit } .
//	format = "hex" | "bin" | "oct" | "dec" | "base" n | "fraction" | "sci" | "eng"
//	       | n "digits" | n "sig" .
func parseTarget(text string) (t target, ok bool) {
	var words [maxParts]string
	count := 0
	for rest := trimBlank(text); rest != "" && count < maxParts; count++ {
		end := blank(rest)
		words[count], rest = rest[:end], trimBlank(rest[end:])
		if words[count] == "and" { // feet and inches
			count--
		}
		if count == maxParts-1 && rest != "" {
			count = 0 // too many words for parts
			break
		}
	}
	if t.parseFormat(words[:count]) || t.parseParts(words[:count]) {
		return t, true
	}
	t.units[0], ok = units.Parse(text)
	t.count = 1
	return t, ok
}

// blank returns the index of the first blank in a text, or its length.
func blank(text string) int {
	for i, r := range text {
		if isBlank(r) {
			return i
		}
	}
	return len(text)
}

// trimBlank returns a text without the blanks at its beginning.
func trimBlank(text string) string {
	for i, r := range text {
		if !isBlank(r) {
			return text[i:]
		}
	}
	return ""
}

// formats are the words of formats. The first letter says what a word means alone, the second what
// it means after a number; - stands for nothing.
const formats = " hex=x- hexadecimal=x- oct=o- octal=o- bin=b- binary=b- dec=t- decimal=td " +
	"fraction=f- sci=s- eng=e- base=-n digit=-d digits=-d decimals=-d place=-d places=-d dp=-d " +
	"sig=-g sf=-g significant=-g "

func (t *target) parseFormat(words []string) bool {
	if len(words) == 3 && (words[1] == "decimal" || words[1] == "significant") {
		words = words[:2] // 2 decimal places, 4 significant figures
	}
	switch len(words) {
	case 1:
		t.alone(valueOf(formats, words[0]))
	case 2:
		number, word := words[0], words[1]
		if number == "base" {
			number, word = word, number
		}
		n := 0
		for i := range number {
			if n = 10*n + int(digitOf(number[i])); !isDigit(number[i]) || n > 36 {
				return false
			}
		}
		t.afterNumber(valueOf(formats, word), n)
	}
	return t.format != formatPlain
}

// alone sets the format of a word without a number.
func (t *target) alone(letters string) {
	if letters == "" {
		return
	}
	switch letters[0] {
	case 'x', 'o', 'b':
		t.format, t.digits = formatBase, 1<<radixBits(letters[0])
	case 't':
		t.format, t.digits = formatBase, 10
	case 'f':
		t.format = formatFraction
	case 's':
		t.format = formatScientific
	case 'e':
		t.format = formatEngineering
	}
}

// afterNumber sets the format of a word with the number n.
func (t *target) afterNumber(letters string, n int) {
	if t.digits = n; letters == "" {
		return
	}
	switch letter := letters[1]; {
	case letter == 'n' && n >= 2:
		t.format = formatBase
	case letter == 'd' && n <= 20:
		t.format = formatDigits
	case letter == 'g' && 1 <= n && n <= 17:
		t.format = formatSignificant
	}
}

func (t *target) parseParts(words []string) bool {
	if len(words) < 2 {
		return false
	}
	for i, word := range words {
		u, ok := units.Lookup(word)
		if i > 0 {
			u = readAs(u, readingAfter(t.units[i-1], u))
		}
		if !ok || i > 0 && !units.Descending(t.units[i-1], u) {
			return false
		}
		t.units[i] = u
	}
	t.count = len(words)
	return true
}

// wordOperator returns the operator that a word is after an operand, or opReturn.
func wordOperator(word string) opcode {
	switch word {
	case "in", "to", "as", "into", "with":
		return opConvert
	case "of":
		return opOf
	case "off":
		return opOff
	case "on":
		return opOn
	}
	return opReturn
}

// following is what the parser reads after an operator.
type following uint8

const (
	readOperand  following = iota // or nothing, after an error
	readOperator                  // the operator has no right operand
	readName                      // it was not an operator, but a name
)

// word reads an operator that is a word. Some words turn out to be names, such as the inch in 5 in.
func (p *parser) word(op opcode) following {
	if op != opConvert {
		after := p.scanner
		if after.next(); !beginsOperand(after.token) {
			return readName
		}
		p.reduce(powerProduct)
		p.wait(op, powerProduct+1, p.place(), p.left)
		p.more()
		return readOperand
	}
	place, _ := p.scanTarget()
	text, name := place.in(p.source), p.text()
	if text == "" && (name == "in" || name == "as") && p.afterNumber() {
		return readName // inches or attoseconds
	}
	if t, ok := parseTarget(text); name == "with" && !(ok && t.count == 0) {
		return readName // only with 2 decimals
	}
	if name == "in" {
		last := p.last()
		if last.op == opNumber && last.id == noBuiltin && isLength(text) {
			p.implicit(span{uint16(p.start), 0}) // 5 in cm is 5 inches in centimetres
			p.push(opVariable, p.place())
		}
	}
	return p.convert()
}

// afterNumber reports whether a number or a closing parenthesis precedes the current token.
func (p *parser) afterNumber() bool {
	last := rune(0)
	for _, r := range p.source[:p.start] {
		if !isBlank(r) {
			last = r
		}
	}
	return '0' <= last && last <= '9' || last == '.' || last == ')'
}

// isLength reports whether a target is a unit of length, or parts of one.
func isLength(text string) bool {
	t, ok := parseTarget(text)
	return ok && t.count > 0 && t.units[0].Dimension() == units.Length
}

// beginsOperand reports whether a value may begin with the token.
func beginsOperand(t token) bool {
	switch t {
	case tokenNumber, tokenName, tokenOpen, tokenMinus, tokenRoot, tokenSign, tokenTilde,
		tokenModulo:
		return true
	}
	return false
}

// convert reads the target of a conversion, whose operator is the current token.
//
//	conversion = expression ( "in" | "to" | "as" | "->" | "→" ) target .
func (p *parser) convert() following {
	p.reduce(powerConvert)
	operator := p.place()
	place, after := p.scanTarget()
	p.next()
	text := place.in(p.source)
	t, ok := parseTarget(text)
	last := p.last()
	if ok && t.count == 1 && p.start < int(place.offset) && last.op == opVariable &&
		p.left == len(p.code)-1 {
		other := span{last.offset, last.length}
		if _, isTarget := parseTarget(other.in(p.source)); isTarget { // minutes in a day
			last.offset, last.length, place = place.offset, place.length, other
		}
	}
	switch {
	case ok && t.units[0] == units.Percent && after.token == tokenName && after.text() == "of":
		p.wait(opShare, powerConvert+1, operator, p.left)
		p.scanner = after
		p.more()
		return readOperand
	case text == "":
		p.fail(CodeSyntax, fill("expected a unit after %, but found %",
			quote(operator.in(p.source)), p.describe()), "write 5 km in miles")
		return readOperand
	case !ok:
		p.failTarget(place)
		return readOperand
	case !p.roundTo(&t, place):
		p.emit(opConvert, place)
	}
	p.extra += 20
	p.scanner = after
	switch p.token {
	case tokenEnd, tokenBreak, tokenClose, tokenComma, tokenColon, tokenArrow:
		return readOperator
	case tokenName:
		if wordOperator(p.text()) == opConvert {
			return readOperator
		}
	}
	p.fail(CodeSyntax, "a conversion is the last part of an expression",
		"to calculate with it, put it in parentheses: (5 km in m) + 3")
	return readOperand
}

// scanTarget returns the place of the target after the current token, and the scanner after it.
func (p *parser) scanTarget() (place span, after scanner) {
	s := p.scanner
	if s.next(); s.token == tokenName && (s.text() == "a" || s.text() == "an") {
		s.next() // as a fraction
	}
	begin, end, open := s.start, s.start, s.open
	for previous := tokenEnd; ; s.next() {
		if !inTarget(&s, previous) || s.newline || s.token == tokenClose && s.open == open {
			return span{uint16(begin), uint16(end - begin)}, s
		}
		switch s.token {
		case tokenOpen:
			s.open++
		case tokenClose:
			s.open--
		}
		previous, end = s.token, s.end
		if s.text() == "h" && hasPrefixAt(s.source, s.end, ":min") {
			end += len(":min")
			s.end = end
		}
	}
}

// inTarget reports whether the current token may be part of a target, after the token previous,
// which is tokenEnd at the beginning.
func inTarget(s *scanner, previous token) bool {
	switch s.token {
	case tokenName:
		switch s.text() {
		case "per":
			return true
		case "in": // the inch if it is the last part
			after := *s
			after.next()
			switch after.token {
			case tokenName:
				return wordOperator(after.text()) != opReturn
			case tokenSign, tokenNumber, tokenPercent:
				return false
			}
			return true
		}
		return !isWordOperator(s.text())
	case tokenAnd: // feet and inches
		after := *s
		after.next()
		_, isUnit := units.Lookup(after.text())
		return previous == tokenName && after.token == tokenName && isUnit
	case tokenSign, tokenNumber, tokenPercent:
		return true
	case tokenTimes, tokenOver, tokenPower, tokenSuperscript, tokenOpen, tokenClose:
		return previous != tokenEnd
	case tokenMinus:
		return previous == tokenPower
	}
	return false
}

// isUnitAfter reports whether a text is a number and a unit: 25 min.
func isUnitAfter(text string) bool {
	i := 0
	for i < len(text) && (isDigit(text[i]) || text[i] == '.') {
		i++
	}
	_, ok := units.Parse(trimBlank(text[i:]))
	return ok && i < len(text)
}

// failTarget reports a target that is neither a unit nor a format.
func (p *parser) failTarget(place span) bool {
	text := place.in(p.source)
	hint := "units are written km, km/h, m^2, ft in; formats hex, bin, oct, fraction, sci, 2 digits"
	q := p.sentence()
	meant, _ := q.hint()
	switch first := text[0]; {
	case meant != "":
		hint = meant
	case isDigit(first) && (isUnitAfter(text) || p.after() == tokenColon):
		hint = "name the unit alone; to divide, write /"
		switch {
		case len(q.amounts) == 1 && q.unit != "":
			hint = q.fill("write {1:5 km} in {u:miles}") // days in 3 weeks
		case len(q.amounts) == 2:
			hint = q.fill("name the unit alone; to divide, write {1:100 m} / ({2:10 s})")
		}
	case isDigit(first) && (len(text) == 1 || len(text) == 2 && text <= "20"):
		hint = fill("to round, write x in % digits; for a range, sum(i, i = 1, %)", text, text)
	case isDigit(first):
		hint = "to round, write x in 2 digits, at most 20, or x in 4 sig, at most 17"
	default:
		q.words = []keyword{{text: "5" + lowerCase(text)}} // after a number
		if meant, _ = q.hint(); meant != "" {
			hint = meant
		}
	}
	return p.failAt(CodeUnit, place, quote(text)+" is not a unit", hint)
}

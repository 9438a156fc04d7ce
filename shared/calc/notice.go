package calc

import (
	"math"
	"strings"

	"abacus/shared/units"
)

// Notice says how a source was read where another reading is plausible.
type Notice struct {
	Code    string
	Message string
	Offset  int // of the place, in bytes
	Length  int // of the place, in bytes
	Line    int // of the place, from 1
	Column  int // of the place, from 1, in code points
}

// The codes of a Notice.
const (
	NoticeHidesUnit   = "hides-unit"    // a variable has the name of a unit
	NoticeRates       = "rates"         // exchange rates were used
	NoticeDenominator = "denominator"   // 1/2 m is 1/(2 m)
	NoticeGroups      = "digit-groups"  // max(1,234) has two arguments
	NoticePercent     = "percent"       // 10 % -3 is not a remainder, nor 3 of 4 a share
	NoticeClock       = "time-of-day"   // 3 pm is 3 picometres, 4:45/km is 4 h 45 min
	NoticeInverse     = "inverse"       // 30 mpg in l/100km converts 1/(30 mpg)
	NoticeDate        = "date"          // 2026-11-26 is a difference
	NoticeRadians     = "radians"       // sin(30)
	NoticeAnd         = "and"           // 1 + 2 and 3 is a condition
	NoticeRounded     = "shown-rounded" // round(x) of an x that is shown differently
	NoticeReading     = "read-as"       // 18% tip on 60 is the tip, or the sum
)

// Rates are exchange rates.
type Rates struct {
	Date    string                    // "2026-11-25"
	Source  string                    // "ECB"
	PerEuro func(code string) float64 // units of a currency for one euro, 0 if there is no rate
}

// noteRates adds the notice of the rates.
func (p *Program) noteRates(rates *Rates) {
	p.noteOnce(NoticeRates, fill("rates of %, %", rates.Date, rates.Source))
}

// noteOnce adds a notice, once, for the whole source.
func (p *Program) noteOnce(code, message string) {
	for i := range p.notices {
		if p.notices[i].Code == code {
			return
		}
	}
	p.note(code, message, span{0, uint16(len(p.origin))})
}

// note adds a notice about a place in what is evaluated.
func (p *Program) note(code, message string, place span) {
	p.notices = append(p.notices, Notice{Code: code, Message: message,
		Offset: int(place.offset), Length: int(place.length)})
}

// maxOffer is the length in bytes of the longest source that a notice repeats.
const maxOffer = 100

// offer adds a notice that says to write a text instead of the place.
func (p *Program) offer(code, message, text string, place span) {
	if len(p.origin) > maxOffer || strings.IndexByte(p.origin, '\n') >= 0 {
		text += " ..."
	} else {
		text = p.origin[:place.offset] + text + p.origin[place.offset+place.length:]
	}
	p.note(code, message+", write "+clean(text), place)
}

// located returns a notice with its place in the source.
func (p *Program) located(n Notice) Notice {
	at := p.asTyped((&Error{}).at(p.origin, n.Offset, n.Length))
	n.Offset, n.Length, n.Line, n.Column = at.Offset, at.Length, at.Line, at.Column
	return n
}

// noteGroups adds a notice if the comma that ends an argument could group digits: max(1,234).
func (p *parser) noteGroups(f *frame) {
	i := p.start
	begin := i
	for begin > 0 && isDigit(p.source[begin-1]) {
		begin--
	}
	end := i + 1
	for end < len(p.source) && isDigit(p.source[end]) {
		end++
	}
	if f.kind != frameCall || end-i != 4 || begin == i || i-begin > 3 || p.source[begin] == '0' ||
		begin > 0 && p.source[begin-1] == '.' || p.last().op != opNumber {
		return
	}
	place := span{uint16(begin), uint16(end - begin)}
	text := place.in(p.source)
	p.offer(NoticeGroups, quote(text)+" is two arguments here: for one number",
		without(text, ','), place)
}

// noteIndex keeps a lone name as the second argument of a sum or prod, for the hint of an error: in
// sum(i^2, i, 1, 10) it was meant as an index.
func (p *parser) noteIndex(f *frame) {
	switch {
	case f.id != idSum && f.id != idProd || f.kind != frameCall:
	case f.count == 1:
		f.right = uint16(len(p.code))
	case f.count == 2 && len(p.code) == int(f.right)+1 && p.code[f.right].op == opVariable:
		p.lone = span{p.code[f.right].offset, p.code[f.right].length}
	}
}

// notePercent adds a notice for a % that looks like an operator of two operands: 10 % -3.
func (p *parser) notePercent() {
	i, source := p.end, p.source
	if i+2 < len(source) && source[i] == ' ' && (source[i+1] == '-' || source[i+1] == '+') &&
		source[i+2] != ' ' && source[p.start-1] == ' ' {
		p.note(NoticePercent, "`%` means percent; the remainder is written mod", p.place())
	}
}

// noteDenominator adds a notice if the instruction divides a number by a number with a unit,
// without parentheses: 1/2 m.
func (p *Program) noteDenominator(i int) {
	if !p.dividesByUnit(i) {
		return
	}
	place, other := p.fractionOf(i)
	message := fill("% is read as %/(% %): for a fraction of a unit", quote(place.in(p.origin)),
		p.written(i-4), p.written(i-3), p.written(i-2))
	p.offer(NoticeDenominator, message, other, place)
}

// fractionOf returns where a number is divided by a number with a unit (dividesByUnit), and what to
// write for a fraction of the unit: (1/2) m.
func (p *Program) fractionOf(i int) (place span, text string) {
	text = fill("(%/%) %", p.written(i-4), p.written(i-3), prime(p.written(i-2)))
	return p.between(i-4, i-2), text
}

// dividesByUnit reports whether the instruction divides a number by a number with a unit, without
// parentheses.
func (p *Program) dividesByUnit(i int) bool {
	if i < 4 || p.code[i].op != opDivide || p.code[i-4].op != opNumber ||
		p.code[i-3].op != opNumber || p.code[i-2].op != opVariable {
		return false
	}
	w := printer{program: p}
	return w.withUnit(i-1) && p.origin[p.code[i-3].offset-1] != '('
}

// noteShare adds a notice if the instruction adds or subtracts a part of a percentage, which is a
// number: 64.50 + 18%/3.
func (p *Program) noteShare(i int) {
	op, right, in := p.code[i].op, p.code[i-1].op, &p.code[i-3]
	if in.op != opPercent || p.code[i-2].op != opNumber || op != opAdd && op != opSubtract ||
		right != opDivide && right != opMultiply || i >= 5 && p.code[i-5].value == 1 { // 1 + 5%/12
		return
	}
	place := span{in.offset, in.length}
	if i >= 5 && p.code[i-5].op == opNumber {
		place = p.between(i-5, i-3)
		p.offer(NoticePercent, "for all of it", fill("(%)", place.in(p.origin)), place)
		return
	}
	p.note(NoticePercent, fill(onlyDivided, "the percentage"), place)
}

const onlyDivided = "only % is divided or multiplied: use parentheses for all"

// noteApplied adds a notice if the instruction divides or multiplies a function without
// parentheses, as in sin pi/2 and floor 7/2.
func (p *Program) noteApplied(i int) {
	f, in := &p.code[i-2], &p.code[i]
	if f.op == opFunction && (in.op == opDivide || in.op == opMultiply && in.id == 0) &&
		lexical[p.origin[f.offset]] == classLetter && p.origin[f.offset+f.length-1] != ')' &&
		p.origin[in.offset-1] != ' ' {
		p.note(NoticeDenominator, fill(onlyDivided, "the function"), p.between(i-2, i-1))
	}
}

// noteRate adds a notice if the instruction divides by a unit after a division by a quantity:
// 5GB/2MB/s is 5 GB/(2 MB)/s.
func (p *Program) noteRate(i int) {
	w := printer{program: p}
	if p.code[i].op != opDivide || p.code[i-2].op != opDivide || p.code[i-5].op != opNumber ||
		!w.isUnit(i-1) || !w.withUnit(i-3) {
		return
	}
	place := p.between(i-5, i-1)
	text := place.in(p.origin)
	p.offer(NoticeDenominator, quote(text)+" is divided by in parts here: for all of it",
		fill("(%)", text), place)
}

// between returns the place from one instruction to the end of another.
func (p *Program) between(from, to int) span {
	first, last := &p.code[from], &p.code[to]
	return span{first.offset, last.offset + last.length - first.offset}
}

// noteNumber adds a notice if a number may be meant as something else: part of a date, the time of
// 3 pm, the degrees of sin(30), or the last of 1, 2 and 3.
func (p *Program) noteNumber(i int) {
	in := &p.code[i]
	if in.op > opClock || in.id != noBuiltin || i+1 == len(p.code) {
		return
	}
	p.noteOther(i)
	next := &p.code[i+1]
	switch end := dateEnd(p.origin, int(in.offset)); {
	case end > 0:
		place := span{in.offset, uint16(end) - in.offset}
		p.note(NoticeDate, quote(place.in(p.origin))+" is calculated: there are no dates", place)
	case next.op == opVariable && p.dayTime(i+1) != "":
		p.note(NoticeClock, p.dayTime(i+1), span{next.offset, next.length})
	case next.op == opFunction && in.value > 0 && in.value <= 360 &&
		in.value == float64(15*int(in.value/15)):
		switch name := builtins[next.id].name; name {
		case "sin", "cos", "tan":
			p.offer(NoticeRadians, name+" takes radians: for degrees", p.written(i)+"°",
				p.between(i, i))
		}
	case next.op == opAnd && in.value > 1 && p.written(i+1) == "and":
		p.note(NoticeAnd, "`and` joins conditions: to add, write +",
			span{p.code[i-1].offset, p.code[i-1].length})
	}
}

// noteOther adds a notice about a time that is divided by a length or taken from an earlier one,
// about the of in 3 of 4, and about the percentage in 119 - 19%.
func (p *Program) noteOther(i int) {
	in, next := &p.code[i], &p.code[i+1]
	switch {
	case in.op == opClock && in.length < 6 && next.op == opVariable && p.code[i+2].op == opDivide:
		if u, _ := units.Lookup(p.written(i + 1)); u.Dimension() == units.Length { // 4:45/km
			p.offer(NoticeClock, "these are hours: for minutes", p.written(i)+" min",
				p.between(i, i))
		}
		return
	case i == 0 || p.code[i-1].op != in.op || in.op != opNumber && in.op != opClock:
		return
	}
	place, before := p.between(i-1, i), p.written(i-1)
	switch {
	case in.op == opClock && next.op == opSubtract && p.code[i-1].value < in.value: // 9:15 - 17:40
		p.offer(NoticeClock, "the earlier time goes last: for the time between",
			p.written(i)+" - "+before, place)
	case next.op == opOf && p.code[i-1].value > 1: // 3 of 4
		p.offer(NoticePercent, "`of` multiplies: for a share",
			fill("(% as % of %)", before, "%", p.written(i)), place)
	case next.op == opPercent && p.includes(i):
		p.offer(NoticePercent, fill("if % includes it", before),
			fill("%/(1 + %)", before, p.between(i, i+1).in(p.origin)), p.between(i-1, i+1))
	}
}

// includes reports whether the percentage at an instruction is taken off a number that seems to
// include it, because it is less round than the number without: 119 - 19%.
func (p *Program) includes(i int) bool {
	value := p.code[i-1].value / 10
	tens := value / (1 + p.code[i].value/100)
	return i+2 < len(p.code) && p.code[i+2].op == opSubtract && value != float64(int(value)) &&
		math.Abs(tens-float64(int(tens+0.5))) < 1e-9
}

// dayTime returns the notice for an instruction such as 3 pm or 12 am, which is meant as a time, or
// "" for other units.
func (p *Program) dayTime(i int) string {
	name, number := p.written(i), &p.code[i-1]
	if name != "am" && name != "pm" || number.op != opNumber || number.value > 12 {
		return ""
	}
	time := "9:30 or 21:30"
	if _, ok := whole(number.value); ok {
		time = inClock(dayHours(number.value, name))
	}
	return fill("% is a unit of length: write the time as %", quote(name), time)
}

// explain makes the hint of a unit error say where it comes from: a variable that hides a unit, or
// the pm of 3 pm, which is a unit.
func (p *Program) explain(err *Error, scope *Scope) {
	for i := range p.code {
		if err.Code != CodeUnit || p.code[i].op != opVariable {
			continue
		}
		name := p.written(i)
		_, hides := scope.find(name)
		_, isUnit := units.Lookup(name)
		switch {
		case hides && isUnit:
			err.Hint = quote(name) + " is a variable here, which hides the unit"
			return
		case i > 0 && p.dayTime(i) != "":
			err.Hint = p.dayTime(i)
			return
		}
	}
}

// noteRounded adds a notice if a number was rounded differently from how it is shown.
func (p *Program) noteRounded() {
	if p.scope == nil || p.scope.rounded == 0 {
		return
	}
	place := span{}
	for i := range p.code {
		if in := &p.code[i]; in.op == opFunction && builtins[in.id].scoped != nil {
			place = span{in.offset, in.length}
			break
		}
	}
	value := p.scope.rounded
	p.note(NoticeRounded, fill("the number is %, which is shown rounded, as %",
		Format(value, 0), Format(value, Digits)), place)
}

// Notices returns the notices of the program after its evaluation.
func (p *Program) Notices() []Notice {
	parsed := p.notices
	for i := range p.statements {
		s := &p.statements[i]
		if s.kind != Assignment {
			continue
		}
		name := s.name.in(p.origin)
		if u, isUnit := units.Lookup(name); isUnit {
			p.note(NoticeHidesUnit, fill("% is a variable now and hides the unit %",
				quote(name), u.String()), s.name)
		}
	}
	for i := range p.code {
		p.noteNumber(i)
	}
	for i := 3; i < len(p.code); i++ {
		p.noteApplied(i)
		p.noteShare(i)
		p.noteDenominator(i)
		if i > 4 {
			p.noteRate(i)
		}
	}
	p.noteRounded()
	notices := p.readings
	for _, n := range p.notices {
		notices = append(notices, p.located(n))
	}
	p.notices = parsed
	return notices
}

package calc

import "abacus/shared/units"

// parts reads a number after a quantity, the next part of 5 ft 3 in, 5′ 3″, 30° 15′ or 1h 30m, or
// the fraction of a mixed number: 3 1/2.
func (p *parser) parts() bool {
	after := p.scanner
	after.next()
	last := p.last()
	if after.token == tokenNumber { // 8 ft 3 1/2 in
		for i := 0; i < 3; i++ {
			after.next()
		}
	}
	switch {
	case last.op == opVariable && (after.token == tokenName || after.token == tokenSign) &&
		after.after() != tokenOpen:
		u, isPart := units.Lookup(p.written(len(p.code) - 1))
		v, isUnit := units.Lookup(after.text())
		reading := readingAfter(u, v)
		for i := len(p.frames) - 1; i >= 0 && p.frames[i].power > powerParts; i-- {
			if p.frames[i].op == opParts {
				reading = max(reading, p.frames[i].id)
			}
		}
		u, v = readAs(u, reading), readAs(v, reading)
		if isPart && isUnit && units.Descending(u, v) {
			p.reduce(powerParts)
			p.wait(opParts, powerParts+1, span{uint16(p.start), 0}, p.left).id = reading
			return true
		}
	case last.op == opNumber && last.id == noBuiltin && after.token == tokenOver:
		if p.mixed(last, after) {
			return p.operator()
		}
	}
	return p.failAdjacent()
}

// How the parts of a quantity are read: the id of opParts.
const (
	readUnits uint8 = iota // as they are
	readArc                // ′ and ″ are not feet and inches, but arcminutes and arcseconds
	readTime               // m is not the metre, but the minute
)

// readingAfter returns how to read the unit v after u.
func readingAfter(u, v units.Unit) uint8 {
	switch {
	case u == units.Degree || u == units.ArcMinute:
		return readArc
	case v == units.Metre && u.IsTime(), u == units.Metre && v == units.Second:
		return readTime
	}
	return readUnits
}

// readAs returns the unit that u stands for among parts of an arc or of a time.
func readAs(u units.Unit, reading uint8) units.Unit {
	switch {
	case reading == readArc && u == units.Foot:
		return units.ArcMinute
	case reading == readArc && u == units.Inch:
		return units.ArcSecond
	case reading == readTime && u == units.Metre:
		return units.Minute
	}
	return u
}

// insideUnit reports whether the current / belongs to the unit of a divisor: the second one of 300
// km / 60 km/h. The first has spaces around it, the second none.
func (p *parser) insideUnit() bool {
	last := len(p.code) - 1
	if p.code[last].op != opVariable || p.source[p.start-1] == ' ' || p.after() != tokenName {
		return false
	}
	n := len(p.frames) - 1
	for n >= 0 && p.frames[n].power >= powerImplicit { // the product of 60 and km
		n--
	}
	if n < 0 || n == len(p.frames)-1 {
		return false
	}
	outer := &p.frames[n]
	switch outer.op {
	case opDivide, opModulo, opFloorDivide:
	default:
		return false
	}
	end := int(outer.offset + outer.length)
	next := p.scanner
	next.next()
	_, isUnit := units.Lookup(p.written(last))
	_, isNext := units.Lookup(next.text())
	return p.source[end] == ' ' && next.start == p.end && isUnit && isNext
}

// joined reports whether the current and stands between parts: 5 feet and 3 inches. Then the
// current token becomes the number after it.
func (p *parser) joined() bool {
	if p.last().op != opVariable || p.after() != tokenNumber {
		return false
	}
	next := p.scanner
	next.next()
	number := next
	if next.next(); next.token != tokenName {
		return false
	}
	u, isPart := units.Lookup(p.written(len(p.code) - 1))
	v, isUnit := units.Lookup(next.text())
	if !isPart || !isUnit || !units.Descending(u, v) {
		return false
	}
	p.scanner = number
	return true
}

// mixed adds the fraction that follows a whole number, as in 3 1/2. over is the scanner at the /.
func (p *parser) mixed(number *instruction, over scanner) bool {
	denominator := over
	denominator.next()
	_, ok1 := whole(number.value)
	_, ok2 := whole(p.scanner.number)
	_, ok3 := whole(denominator.number)
	if !ok1 || !ok2 || !ok3 || denominator.token != tokenNumber || over.start != p.end ||
		denominator.start != over.end || p.scanner.number >= denominator.number {
		return false
	}
	after := denominator
	if after.next(); after.token == tokenPower || after.token == tokenSuperscript {
		return false
	}
	if n := len(p.frames); n > 0 {
		switch p.frames[n-1].op {
		case opDivide, opFloorDivide, opModulo, opPower, opFunction: // 1/1 1/2 has two readings
			return false
		}
	}
	number.value = (number.value*denominator.number + p.scanner.number) / denominator.number
	number.length = uint16(denominator.end) - number.offset
	p.scanner = denominator
	p.next()
	return true
}

// cut cuts a name like the h30m of 1h30m, or the min30s of 5min30s, after its letters. It reports
// whether it has read the h30 of 8h30.
func (p *parser) cut() bool {
	text := p.text()
	letters := 0
	for letters < len(text) && lexical[text[letters]] == classLetter {
		letters++
	}
	digits := letters
	for digits < len(text) && isDigit(text[digits]) {
		digits++
	}
	if letters == digits || p.start == 0 || !isDigit(p.source[p.start-1]) {
		return false
	}
	if digits == len(text) {
		return p.hours(text)
	}
	u, isPart := units.Lookup(text[:letters])
	v, isUnit := units.Lookup(text[digits:])
	reading := readingAfter(u, v)
	u, v = readAs(u, reading), readAs(v, reading)
	if isPart && (isUnit && units.Descending(u, v) || u.IsTime() && v.None()) {
		p.end = p.start + letters
	}
	return false
}

// sign reads a unit that is not a name where an operand is expected: $5 is 5 $.
func (p *parser) sign() bool {
	place := p.place()
	p.next()
	if !p.amount(place) {
		p.push(opVariable, place)
	}
	return true
}

// amount reads an amount of money after its currency, as in $5 and EUR 50, and reports whether it
// follows.
func (p *parser) amount(place span) bool {
	n := len(p.frames)
	u, _ := units.Lookup(place.in(p.source))
	if p.token != tokenNumber || !u.IsCurrency() || p.newline ||
		n > 0 && p.frames[n-1].power == powerImplicit+1 { // 5 EUR 50
		return false
	}
	number := p.push(opNumber, p.place())
	number.value = p.number
	left, end := p.left, p.end
	if p.next(); p.token == tokenName && p.start == end {
		if scale, ok := amountScale(p.text()); ok {
			number.value *= scale // $1.5k
			p.next()
		}
	}
	p.push(opVariable, place)
	p.emit(opMultiply, place).id = 1
	p.depth--
	p.left = left
	return true
}

// amountScale returns the number that a letter after an amount of money means.
func amountScale(text string) (scale float64, ok bool) {
	switch text {
	case "k", "K":
		return 1e3, true
	case "m", "M", "mn":
		return 1e6, true
	case "b", "B", "bn":
		return 1e9, true
	}
	return 0, false
}

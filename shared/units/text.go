package units

import "unicode/utf8"

// superscripts are the digits of exponents.
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"

// superscript returns the value of a superscript digit, or -1 for any other rune.
func superscript(r rune) int {
	digit := 0
	for _, other := range superscripts {
		if other == r {
			return digit
		}
		digit++
	}
	return -1
}

// appendExponent appends an exponent in superscript digits, or nothing for 1.
func appendExponent(text []byte, exponent int) []byte {
	if exponent == 1 {
		return text
	}
	if exponent < 0 {
		text, exponent = append(text, "⁻"...), -exponent
	}
	if exponent > 9 {
		text = appendDigit(text, exponent/10)
	}
	return appendDigit(text, exponent%10)
}

// appendDigit appends the superscript digit n.
func appendDigit(text []byte, n int) []byte {
	for _, r := range superscripts {
		if n == 0 {
			return utf8.AppendRune(text, r)
		}
		n--
	}
	return text
}

// appendProduct appends a product of count powers: kg·m/s², W/(m²·K), s⁻¹.
func appendProduct(
	text []byte, count int, power func(i int) int, name func(text []byte, i int) []byte,
) []byte {
	above, below := 0, 0
	for i := 0; i < count; i++ {
		if p := power(i); p > 0 {
			above++
		} else if p < 0 {
			below++
		}
	}
	sign, direction := 1, 1 // of the powers that are written, and of how they are
	if above == 0 {
		sign = -1
	}
	for {
		dot := ""
		for i := 0; i < count; i++ {
			if p := power(i); p*sign > 0 {
				text = appendExponent(name(append(text, dot...), i), p*direction)
				dot = "·"
			}
		}
		if sign < 0 || below == 0 {
			break
		}
		sign, direction = -1, -1
		if text = append(text, '/'); below > 1 {
			text = append(text, '(')
		}
	}
	if above > 0 && below > 1 {
		text = append(text, ')')
	}
	return text
}

// Append appends the unit as results show it: km, m², km/h, kg·m/s², W/(m²·K), mol⁻¹. It appends
// nothing for a plain number.
func (u Unit) Append(text []byte) []byte {
	all := u.parts()
	power := func(i int) int { return all[i].power() }
	name := func(text []byte, i int) []byte {
		if all[i].id() == idHundredKm && all[i].power() == -1 {
			return append(text, "100km"...)
		}
		return append(append(text, prefixes[all[i].prefix()].symbol...), symbol(all[i].id())...)
	}
	return appendProduct(text, maxParts, power, name)
}

// String returns the unit as results show it. Parse reads it.
func (u Unit) String() string { return string(u.Append(nil)) }

func symbol(id int) string {
	if isCurrency(id) {
		return codeOf(id)
	}
	names := table[id].names
	return names[:nameEnd(names, 0)]
}

// Parse reads the text of a unit: what String returns, and what people write, such as km/h,
// kg m / s^2, square metres, miles per hour. It reports false for anything else.
//
//	unit   = [ factor { [ "·" | "*" ] factor } ] { ( "/" | "per" ) ( factor | "(" unit ")" ) } .
//	factor = [ "square" | "cubic" ] name [ "squared" | "cubed" | exponent ] | "1"
//	       | "(100km)" [ exponent ] .
//
// The divisor 100 km is a unit of its own: l/100km.
func Parse(text string) (Unit, bool) {
	u, ok := parse(text)
	if !ok {
		return Unit{}, false
	}
	read := u.unit()
	if !read.single() { // in a product, °C is the size of a degree
		for i, p := range u {
			if isPoint(p.id()) {
				u[i] = newPart(p.id()-idCelsius+idDeltaCelsius, 0, p.power())
			}
		}
		read = u.unit()
	}
	return read, read.fits()
}

func parse(text string) (u parts, ok bool) {
	r := reader{text: text}
	r.space()
	sign, inside := 1, 0
	for r.rest() != "" {
		switch c := r.rest()[0]; {
		case c == '(' && inside == 0 && sign < 0 && !startsWith(r.rest(), "(100km)"):
			inside = r.at
			r.at++
		case c == ')' && inside != 0:
			inside, sign = 0, 1
			r.at++
		case c == '/':
			if inside != 0 {
				return u, false
			}
			sign = -1
			r.at++
		case r.skip("·") || r.skip("⋅") || r.skip("×") || r.skip("*"):
		case c == '1' && r.number == 0 && !startsWith(r.rest(), "100"):
			r.number++
			r.at++
		default:
			if !r.factor(&u, sign) {
				return u, false
			}
			if inside == 0 {
				sign = 1
			}
		}
		r.space()
	}
	return u, inside == 0
}

// reader parses the text of a unit.
type reader struct {
	text   string
	at     int
	number int // of the ones that have been read: 1/s
}

func (r *reader) rest() string { return r.text[r.at:] }

func (r *reader) space() {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
}

// skip skips a text and reports whether it came next.
func (r *reader) skip(text string) bool {
	if !startsWith(r.rest(), text) {
		return false
	}
	r.at += len(text)
	return true
}

// word reads the letters that come next. A sign begins another word.
func (r *reader) word() string {
	begin := r.at
	for r.at < len(r.text) && isWord(r.rest()) {
		c, size := utf8.DecodeRuneInString(r.rest())
		if r.at > begin && (c < ':' && c != '$' || c>>8 == 0x20) { // % ″ €
			break
		}
		r.at += size
	}
	return r.text[begin:r.at]
}

// factor reads a power of a unit and multiplies u by it.
func (r *reader) factor(u *parts, sign int) bool {
	before := r.at
	if r.word() == "per" {
		r.space()
		return r.factor(u, -1)
	}
	r.at = before
	if sign < 0 && r.skip("100") {
		r.space()
		length, _ := r.name()
		return length == kilometre && u.times(Unit{low: uint64(newPart(idHundredKm, 0, -1))})
	}
	single, ok := r.name()
	if !ok {
		return false
	}
	exponent, ok := r.exponent()
	if !ok {
		return false
	}
	if exponent *= sign; exponent != 1 {
		single = single.Difference()
		var problem Problem
		if single, problem = Power(single, exponent); problem != OK {
			return false
		}
	}
	return u.times(single)
}

// name reads a unit with a name of one or several words.
func (r *reader) name() (Unit, bool) {
	if r.skip("(100km)") {
		return unit(idHundredKm), true
	}
	if u, length := phrase(r.rest()); length > 0 {
		r.at += length
		return u, true
	}
	name := r.word()
	if digit := r.rest(); digit != "" && (digit[0] == '2' || digit[0] == '3') { // m2
		if u, ok := Lookup(name + digit[:1]); ok {
			r.at++
			return u, true
		}
	}
	return Lookup(name)
}

// exponent reads an exponent, or returns 1 if there is none.
func (r *reader) exponent() (exponent int, ok bool) {
	sign, digits := 1, 0
	plain := r.skip("^") || r.skip("**")
	if r.skip("⁻") || plain && r.skip("-") {
		sign = -1
	}
	for r.at < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.rest())
		digit := superscript(c)
		if plain {
			digit = int(c - '0')
		}
		if digit < 0 || digit > 9 {
			break
		}
		if exponent = exponent*10 + digit; exponent > maxExponent {
			return 0, false
		}
		digits++
		r.at += size
	}
	if digits == 0 {
		return 1, !plain && sign == 1
	}
	return sign * exponent, exponent > 0
}

// times multiplies by a unit without converting any. It returns false if there are too many.
func (u *parts) times(v Unit) bool {
	for _, next := range v.parts() {
		if next == 0 {
			break
		}
		i := 0
		for i < maxParts && u[i] != 0 && !u[i].same(next) {
			i++
		}
		if i == maxParts {
			return false
		}
		power := u[i].power() + next.power()
		if power < -maxExponent || power > maxExponent {
			return false
		}
		if u[i] = next.raised(power); power == 0 {
			copy(u[i:], u[i+1:])
			u[maxParts-1] = 0
		}
	}
	return true
}

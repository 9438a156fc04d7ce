package calc

import (
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// token is the kind of a lexical element.
type token uint8

const (
	tokenEnd    token = iota // the end of the source
	tokenBreak               // a newline outside parentheses, or a semicolon
	tokenNumber              // its value is in scanner.number
	tokenName
	tokenOpen
	tokenClose
	tokenComma
	tokenAssign
	tokenQuestion
	tokenColon
	tokenBang
	tokenPercent
	tokenRoot
	tokenNot
	tokenOr // from here on: the binary operators, the index of the table `binary`
	tokenAnd
	tokenEqual
	tokenNotEqual
	tokenLess
	tokenLessEqual
	tokenGreater
	tokenGreaterEqual
	tokenPlus
	tokenMinus
	tokenTimes
	tokenOver
	tokenModulo
	tokenFloorOver
	tokenPower
	tokenBad // not of the language; scanner.fault says why
)

// scanner cuts a source into tokens, one at a time.
type scanner struct {
	source  string
	token   token
	start   int     // where the token begins
	end     int     // where it ends, and where the next one is looked for
	number  float64 // the value of a tokenNumber
	open    int     // parentheses that are open: inside them a newline is a space
	newline bool    // a newline was skipped before the token
	fault   *Error  // what is wrong with a tokenBad
}

// text is the token as it is written.
func (s *scanner) text() string { return s.source[s.start:s.end] }

// Classes of characters that are no token by themselves, beside the tokens in the table `lexical`.
const (
	classSpace   = tokenBad + 1 + iota
	classNewline // ends a statement, but not inside parentheses
	classComment
	classDigit
	classPoint
	classLetter
	classPair // may be the first of two characters that are one operator
	classWide // beyond ASCII
)

// lexical has the token that a character is, whatever follows it, or its class.
var lexical = func() (table [256]token) {
	for c := range table {
		table[c] = tokenBad
		switch {
		case '0' <= c && c <= '9':
			table[c] = classDigit
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_':
			table[c] = classLetter
		case c >= utf8.RuneSelf:
			table[c] = classWide
		}
	}
	for _, c := range " \t\r" {
		table[c] = classSpace
	}
	for _, c := range "*/=!<>&|" {
		table[c] = classPair
	}
	table['\n'], table['#'], table['.'] = classNewline, classComment, classPoint
	table['+'], table['-'], table['^'] = tokenPlus, tokenMinus, tokenPower
	table['('], table[')'], table[','] = tokenOpen, tokenClose, tokenComma
	table['?'], table[':'], table['%'], table[';'] = tokenQuestion, tokenColon, tokenPercent, tokenBreak
	return table
}()

// next reads the next token.
func (s *scanner) next() {
	source, i := s.source, s.end
	s.newline = false
	for i < len(source) {
		c := source[i]
		kind := lexical[c]
		if kind < tokenBad {
			s.start, s.end, s.token = i, i+1, kind
			return
		}
		switch kind {
		case classSpace:
			i++
			continue
		case classDigit:
			s.start = i
			s.scanInteger()
			return
		case classLetter:
			s.start = i
			s.scanName()
			return
		case classComment:
			for i < len(source) && source[i] != '\n' {
				i++
			}
			continue
		case classNewline:
			if s.open > 0 {
				s.newline = true
				i++
				continue
			}
			s.start, s.end, s.token = i, i+1, tokenBreak
			return
		case classWide:
			r, size := utf8.DecodeRuneInString(source[i:])
			if isSpace(r) {
				i += size
				continue
			}
			s.start = i
			s.scanRune(r, size)
			return
		case classPoint:
			s.start = i
			s.scanNumber()
			return
		}
		s.start = i
		s.scanOperator(c)
		return
	}
	s.start, s.end, s.token = i, i, tokenEnd
}

// isSpace reports whether a rune beyond ASCII is a space, as pasted text has them.
func isSpace(r rune) bool {
	return r == 0xA0 || 0x2000 <= r && r <= 0x200B || r == 0x202F || r == 0x205F || r == 0x3000 || r == 0xFEFF
}

// scanOperator reads an operator that may be of two characters; c is its first one.
func (s *scanner) scanOperator(c byte) {
	var second byte
	if s.start+1 < len(s.source) {
		second = s.source[s.start+1]
	}
	one, two := tokenBad, tokenBad
	switch c {
	case '*':
		one = tokenTimes
		if second == '*' {
			two = tokenPower
		}
	case '/':
		one = tokenOver
		if second == '/' {
			two = tokenFloorOver
		}
	case '=':
		one = tokenAssign
		if second == '=' {
			two = tokenEqual
		}
	case '!':
		one = tokenBang
		if second == '=' {
			two = tokenNotEqual
		}
	case '<':
		one = tokenLess
		if second == '=' {
			two = tokenLessEqual
		}
	case '>':
		one = tokenGreater
		if second == '=' {
			two = tokenGreaterEqual
		}
	}
	switch {
	case two != tokenBad:
		s.token, s.end = two, s.start+2
	case second == '>' && (c == '=' || c == '<'), second == '<' && c == '=', second == c && (c == '&' || c == '|'):
		s.reject(2)
	case one != tokenBad:
		s.token, s.end = one, s.start+1
	default:
		s.reject(1)
	}
}

// scanRune reads a token that begins beyond ASCII: a name, or one of the operators of print.
func (s *scanner) scanRune(r rune, size int) {
	s.end = s.start + size
	switch r {
	case '×', '·', '⋅', '∗':
		s.token = tokenTimes
	case '÷', '∕':
		s.token = tokenOver
	case '−':
		s.token = tokenMinus
	case '√':
		s.token = tokenRoot
	case '≤':
		s.token = tokenLessEqual
	case '≥':
		s.token = tokenGreaterEqual
	case '≠':
		s.token = tokenNotEqual
	default:
		if unicode.IsLetter(r) {
			s.scanName()
			return
		}
		s.reject(size)
	}
}

// scanName reads a name or one of the word operators. Its first character has been looked at.
func (s *scanner) scanName() {
	source, i := s.source, s.start
	for i < len(source) {
		kind := lexical[source[i]]
		if kind == classLetter || kind == classDigit {
			i++
			continue
		}
		if kind != classWide {
			break
		}
		r, size := utf8.DecodeRuneInString(source[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		i += size
	}
	s.end = i
	s.token = tokenName
	switch name := source[s.start:i]; {
	case len(name) == 2:
		if name == "or" {
			s.token = tokenOr
		}
	case len(name) == 3:
		switch name {
		case "and":
			s.token = tokenAnd
		case "not":
			s.token = tokenNot
		case "mod":
			s.token = tokenModulo
		}
	case len(name) > maxNameLength && utf8.RuneCountInString(name) > maxNameLength:
		s.bad(fault(CodeLimitName, "a name has at most 64 characters", ""))
	}
}

// exactPowers are the powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// scanInteger reads a number that is most often a few digits.
func (s *scanner) scanInteger() {
	source, i := s.source, s.start
	n := int64(0)
	for i < len(source) && source[i]-'0' < 10 {
		n = n*10 + int64(source[i]-'0')
		i++
	}
	if i < len(source) {
		if kind := lexical[source[i]]; kind == classPoint || kind == classLetter {
			s.scanNumber()
			return
		}
	}
	if i-s.start > 15 {
		s.scanNumber()
		return
	}
	s.end, s.token, s.number = i, tokenNumber, float64(n)
}

// scanNumber reads a number: 12, .5, 5., 1e-9, 1_000_000, 0x1F, 0b101, 0o17.
// An e that no digit follows is not part of it: 2e is 2 times e.
func (s *scanner) scanNumber() {
	source, i := s.source, s.start
	if source[i] == '0' && i+1 < len(source) && radixBits(source[i+1]) > 0 {
		s.scanRadix(radixBits(source[i+1]))
		return
	}
	var mantissa uint64
	digits, exponent, point := 0, 0, false
	for ; i < len(source); i++ {
		c := source[i]
		switch {
		case c-'0' < 10:
			if mantissa < 1e18 {
				mantissa = mantissa*10 + uint64(c-'0')
			} else {
				exponent++ // dropped: strconv reads such a number again
				digits = math.MinInt32
			}
			if point {
				exponent--
			}
			digits++
			continue
		case c == '.' && !point && !(i+1 < len(source) && source[i+1] == '.'):
			point = true
			continue
		case c == '_' && i > s.start && source[i-1]-'0' < 10 && i+1 < len(source) && source[i+1]-'0' < 10:
			continue
		}
		break
	}
	if i == s.start+1 && point {
		s.end = i
		s.bad(fault(CodeSyntax, "a point without digits is not a number", ""))
		return
	}
	if i < len(source) && source[i]|0x20 == 'e' {
		var power int
		if i, power = scanExponent(source, i); power != 0 {
			exponent += power
		}
	}
	s.end = i
	if i < len(source) && (source[i] == '_' || source[i] == '.') {
		s.rejectNumber()
		return
	}
	s.token = tokenNumber
	switch {
	case digits > 0 && mantissa < maxInteger && -len(exactPowers) < exponent && exponent < len(exactPowers):
		s.number = fromDecimal(int64(mantissa), exponent)
	default:
		s.parseFloat()
	}
}

// scanExponent reads the exponent that may begin at source[i], an e: it gives where it ends and what it is.
func scanExponent(source string, i int) (end, power int) {
	j, sign := i+1, 1
	if j < len(source) && (source[j] == '+' || source[j] == '-') {
		if source[j] == '-' {
			sign = -1
		}
		j++
	}
	if j == len(source) || source[j]-'0' >= 10 {
		return i, 0
	}
	for ; j < len(source) && source[j]-'0' < 10; j++ {
		if power < 100000 {
			power = power*10 + int(source[j]-'0')
		}
	}
	return j, sign * power
}

// parseFloat converts a number that needs more than one exact multiplication.
func (s *scanner) parseFloat() {
	text := s.text()
	for i := 0; i < len(text); i++ {
		if text[i] == '_' {
			plain := make([]byte, 0, len(text))
			for j := 0; j < len(text); j++ {
				if text[j] != '_' {
					plain = append(plain, text[j])
				}
			}
			text = string(plain)
			break
		}
	}
	s.number, _ = strconv.ParseFloat(text, 64) // its only error is the range
	if math.IsInf(s.number, 0) {
		s.bad(fault(CodeOverflow, "the number is too large: the largest is about 1.8e308", ""))
	}
}

// radixBits is the number of bits of a digit after the prefix 0x, 0o or 0b, and 0 after any other character.
func radixBits(prefix byte) int {
	switch prefix | 0x20 {
	case 'x':
		return 4
	case 'o':
		return 3
	case 'b':
		return 1
	}
	return 0
}

// scanRadix reads a whole number to base 16, 8 or 2, rounded to the nearest float64.
func (s *scanner) scanRadix(bits int) {
	source, i := s.source, s.start+2
	var mantissa uint64
	exponent, digits := 0, 0
	for ; i < len(source); i++ {
		c := source[i]
		if c == '_' && i+1 < len(source) && digitOf(source[i+1]) < 16 && digitOf(source[i-1]) < 16 {
			continue
		}
		digit := digitOf(c)
		if digit >= 1<<bits {
			break
		}
		digits++
		if mantissa>>60 == 0 {
			mantissa = mantissa<<bits | digit
			continue
		}
		exponent += bits
		if digit != 0 {
			mantissa |= 1 // sticky: below the last bit of a float64, it only decides how a tie is rounded
		}
	}
	s.end = i
	if digits == 0 || i < len(source) && (digitOf(source[i]) < 36 || source[i] == '_' || source[i] == '.') {
		s.rejectNumber()
		return
	}
	s.token = tokenNumber
	s.number = math.Ldexp(float64(mantissa), exponent)
	if math.IsInf(s.number, 0) {
		s.bad(fault(CodeOverflow, "the number is too large: the largest is about 1.8e308", ""))
	}
}

// digitOf is the value of a digit to base 36, and 255 if c is none.
func digitOf(c byte) uint64 {
	switch {
	case c-'0' < 10:
		return uint64(c - '0')
	case (c|0x20)-'a' < 26:
		return uint64((c|0x20)-'a') + 10
	}
	return 255
}

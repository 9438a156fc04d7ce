package calc

import (
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
	tokenTilde
	tokenPercent
	tokenSuperscript // an exponent, which is in scanner.number
	tokenArrow       // → or ->
	tokenSign        // a unit that is not a name: ° °C $ € ′
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
	tokenBitOr
	tokenBitXor
	tokenBitAnd
	tokenShiftLeft
	tokenShiftRight
	tokenPlus
	tokenMinus
	tokenTimes
	tokenOver
	tokenModulo
	tokenFloorOver
	tokenPower
	tokenBad // not of the language; scanner.fault says why
)

// scanner splits a source into tokens, one at a time.
type scanner struct {
	source  string
	token   token
	start   int     // where the token begins
	end     int     // where it ends, and where the next one is looked for
	number  float64 // the value of a tokenNumber
	open    int     // parentheses that are open: inside them a newline is a space
	newline bool    // a newline was skipped before the token
	fault   *Error  // what is wrong with a tokenBad
	decimal *converter
	work    int // steps of the conversions so far, of MaxSteps

	comment   span // the comment read last
	arguments bool // the innermost bracket is a call: its commas do not group digits
}

// text returns the token as it is written.
func (s *scanner) text() string { return s.source[s.start:s.end] }

// Classes of the characters in the table lexical that are not a token by themselves.
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

// lexical maps a byte to the token that it is whatever follows it, or to its class.
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
	table['~'] = tokenTilde
	table['?'], table[':'], table['%'] = tokenQuestion, tokenColon, tokenPercent
	table['$'] = tokenSign
	table[';'] = tokenBreak
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
			begin := i
			for i < len(source) && source[i] != '\n' {
				i++
			}
			s.comment = commentSpan(source, begin, i)
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

// isSpace reports whether a rune beyond ASCII is a space or a format character without width, such
// as pasted text contains.
func isSpace(r rune) bool {
	switch r {
	case 0xA0, 0xAD, 0x61C, 0x202F, 0x205F, 0x3000, 0xFEFF:
		return true
	}
	return 0x2000 <= r && r <= 0x200F || 0x202A <= r && r <= 0x202E || 0x2060 <= r && r <= 0x206F
}

// scanOperator reads an operator of one or two characters; c is the first.
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
		switch second {
		case '=':
			two = tokenLessEqual
		case '<':
			two = tokenShiftLeft
		case '>':
			two = tokenNotEqual
		}
	case '>':
		one = tokenGreater
		switch second {
		case '=':
			two = tokenGreaterEqual
		case '>':
			two = tokenShiftRight
		}
	case '&':
		one = tokenBitAnd
		if second == '&' {
			two = tokenAnd
		}
	case '|':
		one = tokenBitOr
		if second == '|' {
			two = tokenOr
		}
	}
	switch {
	case two != tokenBad:
		s.token, s.end = two, s.start+2
	case c == '=' && (second == '>' || second == '<'):
		s.reject(2)
	case one != tokenBad:
		s.token, s.end = one, s.start+1
	case (c == '\'' || c == '"') && s.start > 0 && isDigit(s.source[s.start-1]):
		s.token, s.end = tokenSign, s.start+1 // 5'3"
	default:
		s.reject(1)
	}
}

// scanRune reads a token that begins beyond ASCII: a name or a typographic operator.
func (s *scanner) scanRune(r rune, size int) {
	s.end = s.start + size
	switch r {
	case '×', '·', '⋅', '•', '∙', '✕', '∗':
		s.token = tokenTimes
	case '÷', '∕', '⁄':
		s.token = tokenOver
	case '→':
		s.token = tokenArrow
	case '′', '″', '‰', '€', '£', '¥', '₹', '₩', '₺', '₽', '₪', '฿', '₱', '₫', '₴', '₦':
		s.token = tokenSign
	case '°', '˚', 'º':
		s.token = tokenSign
		if s.end < len(s.source) && isScale(s.source[s.end]) {
			s.end++
		}
	case '−', '–', '‒':
		s.token = tokenMinus
	case '√', '∛', '∜':
		s.token = tokenRoot
	case '≤':
		s.token = tokenLessEqual
	case '≥':
		s.token = tokenGreaterEqual
	case '≠':
		s.token = tokenNotEqual
	default:
		numerator, denominator := vulgarFraction(r)
		switch {
		case denominator > 0:
			s.token, s.number = tokenNumber, numerator/denominator
		case superscript(r) >= 0 || r == '⁻' || r == '⁺':
			s.scanSuperscript()
		case decimalDigit(r) >= 0:
			s.scanForeignNumber()
		case '！' <= r && r <= '～' && s.scanFullWidth(byte(r-fullWidth)):
		case isLetter(r):
			s.scanName()
		default:
			s.reject(size)
		}
	}
}

// scanName reads a name or one of the word operators. Its first character is known to be a letter.
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
		if !isLetter(r) && decimalDigit(r) < 0 {
			break
		}
		i += size
	}
	s.end = i
	s.token = tokenName
	switch name := source[s.start:i]; {
	case len(name) == 2:
		switch name {
		case "or":
			s.token = tokenOr
		case "Δ": // Δ°C is a name, too
			if hasPrefixAt(source, i, "°C") || hasPrefixAt(source, i, "°F") {
				s.end += len("°C")
			}
		case "US":
			if hasPrefixAt(source, i, "$") {
				s.end++
			}
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

// isScale reports whether a letter after a degree sign makes it a unit of temperature.
func isScale(c byte) bool { return c == 'C' || c == 'F' || c == 'K' || c == 'R' }

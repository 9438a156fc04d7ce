package calc

import (
	"unicode"
	"unicode/utf8"
)

// Numbers as they are printed and pasted: digit groups, vulgar fractions, digits of other scripts
// and superscripts.

// groupSize returns the length of the separator at source[i] and that of the group after it: three
// digits, or two before another comma, as in 1,00,000. Both are 0 if there is no group. The
// separator is a comma, an apostrophe or a space. A comma separates arguments inside a call.
func (s *scanner) groupSize(i int) (separator, digits int) {
	source, size := s.source, 1
	c := source[i]
	switch {
	case c == ' ' || c == '\'' || c == ',' && !s.arguments:
	case c >= utf8.RuneSelf:
		var r rune
		switch r, size = utf8.DecodeRuneInString(source[i:]); r {
		case 0xA0, 0x2009, 0x202F, '’':
		default:
			return 0, 0
		}
	default:
		return 0, 0
	}
	j := i + size
	for j < len(source) && isDigit(source[j]) && digits < 4 {
		digits++
		j++
	}
	if digits != 3 && !(digits == 2 && c == ',' && hasPrefixAt(source, j, ",")) {
		return 0, 0
	}
	return size, digits
}

// groupsEnd returns the end of the digit groups that follow the digits that end at source[i], all
// with one separator, or i if there are none.
func (s *scanner) groupsEnd(i int) int {
	first := i - s.start
	if first < 1 || first > 3 || i == len(s.source) || s.source[s.start] == '0' {
		return i
	}
	begin, last := i, 0
	size, digits := s.groupSize(i)
	separator := s.source[i : i+size]
	for size > 0 {
		last = digits
		i += size + digits
		if size = 0; i < len(s.source) && hasPrefixAt(s.source, i, separator) {
			size, digits = s.groupSize(i)
		}
	}
	if last == 2 { // 12,15,18
		return begin
	}
	return i
}

func hasPrefixAt(text string, i int, prefix string) bool {
	return len(text) >= i+len(prefix) && text[i:i+len(prefix)] == prefix
}

// vulgar has the vulgar fractions of Unicode, each with its numerator and denominator; ':' is 10.
const vulgar = "½12⅓13⅔23¼14¾34⅕15⅖25⅗35⅘45⅙16⅚56⅐17⅛18⅜38⅝58⅞78⅑19⅒1:↉03"

// vulgarFraction returns the numerator and denominator of a vulgar fraction, or 0 and 0.
func vulgarFraction(r rune) (numerator, denominator float64) {
	for i, other := range vulgar {
		if other == r && r >= utf8.RuneSelf {
			i += utf8.RuneLen(r)
			return float64(vulgar[i] - '0'), float64(vulgar[i+1] - '0')
		}
	}
	return 0, 0
}

// addFraction adds a vulgar fraction to the whole number that was read: 2½.
func (s *scanner) addFraction() {
	if s.end == len(s.source) || s.source[s.end] < utf8.RuneSelf {
		return
	}
	r, size := utf8.DecodeRuneInString(s.source[s.end:])
	if numerator, denominator := vulgarFraction(r); denominator > 0 {
		s.end += size
		s.number = (s.number*denominator + numerator) / denominator
	}
}

// decimalDigit returns the value of a decimal digit of any script, or -1.
func decimalDigit(r rune) int {
	if r < utf8.RuneSelf {
		if isDigit(byte(r)) {
			return int(r - '0')
		}
		return -1
	}
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10
		}
	}
	return -1
}

// scanForeignNumber reads a number in the digits of another script: １２．５, ٣٫٥.
func (s *scanner) scanForeignNumber() {
	var text []byte
	i := s.start
	for i < len(s.source) {
		r, size := utf8.DecodeRuneInString(s.source[i:])
		if digit := decimalDigit(r); digit >= 0 {
			text = append(text, '0'+byte(digit))
		} else if r == '.' || r == '．' || r == '٫' {
			text = append(text, '.')
		} else {
			break
		}
		i += size
	}
	ascii := scanner{source: string(text), decimal: s.decimal}
	ascii.scanNumber()
	s.end, s.token, s.number = i, tokenNumber, ascii.number
	if ascii.token == tokenBad || ascii.end < len(text) {
		s.rejectNumber()
	}
}

// withPoints returns a source with decimal points in place of decimal commas, and without
// separators of thousands in the same numbers: 1.234,56 becomes 1234.56.
func withPoints(source string) string {
	text := make([]byte, 0, len(source))
	for i, c := range []byte(source) {
		if c == ',' && i > 0 && isDigit(source[i-1]) && i+1 < len(source) && isDigit(source[i+1]) {
			digits, j := 0, len(text)-1
			for ; j > 0 && (isDigit(text[j]) || digits == 3); j-- {
				digits++
				if isDigit(text[j]) {
					continue
				}
				if text[j] != '.' && text[j] != ' ' && text[j] != '\'' || !isDigit(text[j-1]) {
					break
				}
				text = append(text[:j], text[j+1:]...)
				digits = 0
			}
			if text[j] != '.' { // 1.5,2
				c = '.'
			}
		}
		text = append(text, c)
	}
	return string(text)
}

// superscript returns the value of a superscript digit, or -1.
func superscript(r rune) int {
	switch {
	case r == '¹':
		return 1
	case r == '²' || r == '³':
		return int(r-'²') + 2
	case r == '⁰' || '⁴' <= r && r <= '⁹':
		return int(r - '⁰')
	}
	return -1
}

// scanSuperscript reads a run of superscripts as an exponent: x⁻¹².
func (s *scanner) scanSuperscript() {
	sign, digits := 1.0, 0
	s.number = 0
	for i := s.start; i < len(s.source); {
		r, size := utf8.DecodeRuneInString(s.source[i:])
		digit := superscript(r)
		switch {
		case i == s.start && r == '⁻':
			sign = -1
		case i == s.start && r == '⁺':
		case digit >= 0:
			s.number = s.number*10 + float64(digit)
			digits++
		default:
			size = 0
		}
		if size == 0 {
			break
		}
		i += size
		s.end = i
	}
	s.token, s.number = tokenSuperscript, sign*s.number
	if digits == 0 || digits > 3 {
		s.bad(fault(CodeSyntax, quote(s.text())+" is not an exponent",
			"write it after ^, as in x^2"))
	}
}

// fullWidth is the distance of the full-width forms, U+FF01 to U+FF5E, from ASCII.
const fullWidth = 0xFEE0

// scanFullWidth reads a full-width operator as its ASCII form.
func (s *scanner) scanFullWidth(c byte) bool {
	switch c {
	case '*':
		s.token = tokenTimes
	case '/':
		s.token = tokenOver
	case '=':
		s.token = tokenAssign
	case '!':
		s.token = tokenBang
	case '<':
		s.token = tokenLess
	case '>':
		s.token = tokenGreater
	default:
		if lexical[c] >= tokenBad {
			return false
		}
		s.token = lexical[c]
	}
	return true
}

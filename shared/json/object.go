package json

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Member is one member of a flat JSON object: a string, a list of numbers, or a
// number, true, false or null.
type Member struct {
	Name    string
	Kind    MemberKind
	Text    string    // of a string
	Number  float64   // of a number
	Numbers []float64 // of a list, not nil
}

// MemberKind is what the value of a member is.
type MemberKind uint8

// The kinds of values that a flat object can hold.
const (
	TextMember MemberKind = iota
	NumberMember
	ListMember
	WordMember // true, false or null
)

// ParseObject reads a JSON object (RFC 8259) whose members are flat, and tells
// whether the text is one. It is all that the small bodies of a service need, and
// costs a guest 3 KB where a JSON library costs 125. Of two members of one name
// both are returned.
func ParseObject(text string) ([]Member, bool) {
	p := reader{text: text}
	var members []Member
	if !utf8.ValidString(text) || !p.take('{') {
		return nil, false
	}
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return nil, false
		}
		m, ok := p.member()
		if !ok {
			return nil, false
		}
		members = append(members, m)
	}
	p.space()
	return members, p.at == len(p.text)
}

// reader reads a JSON text from left to right.
type reader struct {
	text string
	at   int
}

func (p *reader) space() {
	for p.at < len(p.text) && isSpace(p.text[p.at]) {
		p.at++
	}
}

// take skips white space and then c, if it is next.
func (p *reader) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// member reads a name, a colon and a value.
func (p *reader) member() (m Member, ok bool) {
	if !p.take('"') {
		return m, false
	}
	if m.Name, ok = p.str(); !ok || !p.take(':') {
		return m, false
	}
	switch {
	case p.take('"'):
		m.Text, ok = p.str()
	case p.take('['):
		m.Kind = ListMember
		m.Numbers, ok = p.list()
	default:
		switch word := p.word(); word {
		case "true", "false", "null":
			m.Kind = WordMember
		default:
			m.Kind = NumberMember
			m.Number, ok = ParseNumber(word)
		}
	}
	return m, ok
}

// list reads the numbers behind an opening bracket.
func (p *reader) list() ([]float64, bool) {
	numbers := []float64{}
	for first := true; !p.take(']'); first = false {
		if !first && !p.take(',') {
			return nil, false
		}
		p.space()
		number, ok := ParseNumber(p.word())
		if !ok {
			return nil, false
		}
		numbers = append(numbers, number)
	}
	return numbers, true
}

// word reads on to what ends a number or a word.
func (p *reader) word() string {
	end := strings.IndexAny(p.text[p.at:], ",]} \t\r\n")
	if end < 0 {
		end = len(p.text) - p.at
	}
	p.at += end
	return p.text[p.at-end : p.at]
}

// str reads the string behind an opening quotation mark.
func (p *reader) str() (string, bool) {
	var b []byte
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return string(b), true
		case c < 0x20:
			return "", false
		case c == '\\':
			r, ok := p.escape()
			if !ok {
				return "", false
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, c)
		}
	}
	return "", false
}

// escape reads what follows a backslash; half of a surrogate pair is U+FFFD.
func (p *reader) escape() (rune, bool) {
	if p.at == len(p.text) {
		return 0, false
	}
	c := p.text[p.at]
	p.at++
	if c != 'u' {
		i := strings.IndexByte(`"\/bfnrt`, c)
		if i < 0 {
			return 0, false
		}
		return rune("\"\\/\b\f\n\r\t"[i]), true
	}
	r, ok := p.hex()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	if strings.HasPrefix(p.text[p.at:], `\u`) {
		before := p.at
		p.at += 2
		if low, ok := p.hex(); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, true
			}
		}
		p.at = before
	}
	return utf8.RuneError, true
}

// hex reads four hexadecimal digits.
func (p *reader) hex() (rune, bool) {
	if len(p.text)-p.at < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	p.at += 4
	return rune(n), err == nil
}

package json

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Member is one member of a flat JSON object.
type Member struct {
	Name    string
	Kind    Kind
	Text    string
	Number  float64
	Texts   []string
	Numbers []float64
}

// Kind is what the value of a member is.
type Kind uint8

// The kinds of values that a flat object can hold.
const (
	Text Kind = iota
	Number
	Texts   // an array of strings, at least one
	Numbers // an array of numbers, at least one
	Other   // true, false, null, []
)

var errFlat = errors.New("the body is not a JSON object of strings, numbers, and arrays of one of the two")

// ParseObject reads a JSON object (RFC 8259) whose members are flat and have different names. That is
// all that the bodies of the services need, at a fortieth of the size of a JSON library in a guest.
func ParseObject(text string) ([]Member, error) {
	p := reader{text: text}
	var members []Member
	if !utf8.ValidString(text) || !p.take('{') {
		return nil, errFlat
	}
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return nil, errFlat
		}
		m, ok := p.member()
		if !ok {
			return nil, errFlat
		}
		for _, other := range members {
			if other.Name == m.Name {
				return nil, errors.New("the member " + strconv.Quote(m.Name) + " is given twice")
			}
		}
		if len(members) == maxMembers {
			return nil, errFlat
		}
		members = append(members, m)
	}
	if p.space(); p.at < len(p.text) {
		return nil, errFlat
	}
	return members, nil
}

// maxMembers is more than any body has, and keeps the search for names that occur twice short.
const maxMembers = 16

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
		ok = p.list(&m)
	default:
		switch word := p.word(); word {
		case "true", "false", "null":
			m.Kind = Other
		default:
			m.Kind = Number
			m.Number, ok = ParseNumber(word)
		}
	}
	return m, ok
}

// list reads the elements behind an opening bracket, all strings or all numbers.
func (p *reader) list(m *Member) (ok bool) {
	m.Kind = Other
	for first := true; !p.take(']'); first = false {
		if !first && !p.take(',') {
			return false
		}
		kind := Numbers
		if p.take('"') {
			kind = Texts
			var text string
			if text, ok = p.str(); ok {
				m.Texts = append(m.Texts, text)
			}
		} else {
			p.space()
			var number float64
			if number, ok = ParseNumber(p.word()); ok {
				m.Numbers = append(m.Numbers, number)
			}
		}
		if !ok || !first && kind != m.Kind {
			return false
		}
		m.Kind = kind
	}
	return true
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

package json

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// reader takes a valid JSON text apart, from the left to the right.
type reader struct{ rest string }

// skip skips white space, and the mark if it comes next. It reports whether it did.
func (r *reader) skip(mark byte) bool {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	if r.rest == "" || r.rest[0] != mark {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// member reads a member of an object and reports whether it is flat.
func (r *reader) member(m *Member) (flat bool) {
	r.skip('"')
	if m.Name, flat = r.text(); !flat {
		return false
	}
	r.skip(':')
	if r.skip('[') {
		return r.array(m)
	}
	return r.scalar(m)
}

// array reads elements that are all strings or all numbers.
func (r *reader) array(m *Member) (flat bool) {
	m.Kind = Other
	for !r.skip(']') {
		var item Member
		switch flat := r.scalar(&item); {
		case flat && item.Kind == Text:
			m.Kind, m.Texts = Texts, append(m.Texts, item.Text)
		case flat && item.Kind == Number:
			m.Kind, m.Numbers = Numbers, append(m.Numbers, item.Number)
		default:
			return false
		}
		r.skip(',')
	}
	return m.Texts == nil || m.Numbers == nil
}

// scalar reads a string, a number, true, false or null.
func (r *reader) scalar(m *Member) (ok bool) {
	if r.skip('"') {
		m.Text, ok = r.text()
		return ok
	}
	end := strings.IndexAny(r.rest, ",]} \t\r\n")
	word := r.rest[:end]
	r.rest = r.rest[end:]
	switch word[0] {
	case '{', '[':
		return false
	case 't', 'f', 'n':
		m.Kind = Other
		return true
	}
	m.Kind = Number
	m.Number, ok = ParseNumber(word)
	return ok
}

// text reads a string from behind its opening quote. It is not ok if half of a surrogate pair is in
// it.
func (r *reader) text() (text string, ok bool) {
	var b []byte
	for {
		c := r.take()
		switch {
		case c == '"':
			return string(b), true
		case c != '\\':
			b = append(b, c)
			continue
		}
		switch c = r.take(); c {
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			point := r.hex()
			if utf16.IsSurrogate(point) {
				if !strings.HasPrefix(r.rest, `\u`) {
					return "", false
				}
				r.rest = r.rest[len(`\u`):]
				if point = utf16.DecodeRune(point, r.hex()); point == utf8.RuneError {
					return "", false
				}
			}
			b = utf8.AppendRune(b, point)
		default:
			b = append(b, c)
		}
	}
}

// take returns the next byte and skips it.
func (r *reader) take() byte {
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

// hex reads four hexadecimal digits.
func (r *reader) hex() rune {
	n, _ := strconv.ParseUint(r.rest[:4], 16, 16)
	r.rest = r.rest[4:]
	return rune(n)
}

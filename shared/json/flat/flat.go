// Package flat reads the JSON that the services accept: flat objects and numbers. It reads with
// gjson, which needs no reflection and so keeps a component small.
//
// Source: RFC 8259.
package flat

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Member is a member of a flat JSON object.
type Member struct {
	Name    string
	Kind    Kind
	Text    string
	Number  float64
	Texts   []string
	Numbers []float64
}

// Kind is the type of a member's value.
type Kind uint8

// The types that a flat object can hold.
const (
	Text Kind = iota
	Number
	Texts   // an array of strings, not empty
	Numbers // an array of numbers, not empty
	Other   // true, false, null, []
)

const (
	maxMembers = 16 // more than any body has; it keeps the search for repeated names short
	maxNesting = 32 // gjson recurses, and the stack of a component is 64 KiB
)

// errFlat is the error for valid JSON that is not a flat object.
var errFlat = errors.New("the body is not a JSON object of strings, numbers, " +
	"and arrays of one of the two")

// ParseObject parses a flat JSON object whose members have different names.
func ParseObject(text string) ([]Member, error) {
	switch {
	case nesting(text) > maxNesting:
		return nil, errors.New("the JSON is nested deeper than 32 levels")
	case !utf8.ValidString(text) || !gjson.Valid(text):
		return nil, errors.New("the body is not valid JSON")
	}
	object := gjson.Parse(text)
	if !object.IsObject() {
		return nil, errFlat
	}
	var members []Member
	var err error
	object.ForEach(func(name, value gjson.Result) bool {
		m := Member{Name: name.Str}
		switch {
		case isBroken(name) || !m.read(value) || len(members) == maxMembers:
			err = errFlat
		case named(members, m.Name):
			err = errors.New("the member " + strconv.Quote(m.Name) + " is given twice")
		}
		members = append(members, m)
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	return members, nil
}

// read sets the kind and the value, and reports whether the value is flat.
func (m *Member) read(value gjson.Result) (isFlat bool) {
	switch {
	case value.Type == gjson.String:
		m.Text, isFlat = value.Str, !isBroken(value)
	case value.Type == gjson.Number:
		m.Kind = Number
		m.Number, isFlat = value.Num, isFinite(value.Num)
	case value.IsArray():
		return m.readArray(value.Array())
	case !value.IsObject():
		m.Kind, isFlat = Other, true
	}
	return isFlat
}

// readArray reads the elements if all are strings or all are numbers, and reports whether they are.
func (m *Member) readArray(elements []gjson.Result) (isFlat bool) {
	m.Kind = Other
	for _, element := range elements {
		var e Member
		switch isFlat := e.read(element); {
		case isFlat && e.Kind == Text:
			m.Kind, m.Texts = Texts, append(m.Texts, e.Text)
		case isFlat && e.Kind == Number:
			m.Kind, m.Numbers = Numbers, append(m.Numbers, e.Number)
		default:
			return false
		}
	}
	return m.Texts == nil || m.Numbers == nil
}

// isBroken reports whether a string has half of a surrogate pair, which gjson reads as U+FFFD.
func isBroken(s gjson.Result) bool {
	escaped := strings.Contains(s.Raw, `\ud`) || strings.Contains(s.Raw, `\uD`)
	return escaped && strings.ContainsRune(s.Str, utf8.RuneError)
}

func named(members []Member, name string) bool {
	for _, m := range members {
		if m.Name == name {
			return true
		}
	}
	return false
}

// nesting returns how deeply the brackets of a JSON text are nested, leaving out those in strings.
func nesting(text string) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > deepest {
				deepest = depth
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}

// ParseNumber parses a JSON number, surrounded by white space or not, and reports whether the text
// is one and finite.
func ParseNumber(text string) (float64, bool) {
	value := gjson.Parse(text)
	return value.Num, value.Type == gjson.Number && gjson.Valid(text) && isFinite(value.Num)
}

// isFinite reports whether f is finite: gjson reads 1e999 as infinity.
func isFinite(f float64) bool { return !math.IsInf(f, 0) }

// Whole returns a number as an integer, and reports whether it is one from 1 to 2^53.
func Whole(f float64) (int64, bool) {
	n := int64(f)
	return n, 1 <= f && f <= 1<<53 && float64(n) == f
}

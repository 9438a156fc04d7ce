package json

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
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

const (
	maxMembers = 16 // more than any body has; it keeps the search for repeated names short
	maxNesting = 32 // gjson.Valid recurses, and the stack of a guest is 64 KiB
)

// errFlat is the error for valid JSON that ParseObject does not take.
var errFlat = errors.New("the body is not a JSON object of strings, numbers, " +
	"and arrays of one of the two")

// ParseObject reads a JSON object (RFC 8259) whose members are flat and have different names.
func ParseObject(text string) ([]Member, error) {
	switch {
	case nesting(text) > maxNesting:
		return nil, errors.New("the JSON is nested deeper than 32 levels")
	case !utf8.ValidString(text) || !gjson.Valid(text):
		return nil, errors.New("the body is not valid JSON")
	}
	r := reader{text}
	if !r.skip('{') {
		return nil, errFlat
	}
	var members []Member
	for !r.skip('}') {
		var m Member
		switch flat := r.member(&m); {
		case !flat || len(members) == maxMembers:
			return nil, errFlat
		case named(members, m.Name):
			return nil, errors.New("the member " + strconv.Quote(m.Name) + " is given twice")
		}
		members = append(members, m)
		r.skip(',')
	}
	return members, nil
}

func named(members []Member, name string) bool {
	for _, m := range members {
		if m.Name == name {
			return true
		}
	}
	return false
}

// nesting returns how deep the brackets of a JSON text go, those in strings left out.
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

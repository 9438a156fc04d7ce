package variable

import (
	"errors"
	"strings"
)

// Template is a text with {{ name }} in it.
type Template struct{ parts []part }

type part struct {
	text string // literal text, or the name of a variable
	name bool
}

// Parse reads a template. Spaces inside the braces do not count; there is no
// way to write a literal "{{". An opening {{ without its }} is an error.
// Names are not checked here.
func Parse(text string) (Template, error) {
	var t Template
	for text != "" {
		literal, rest, found := strings.Cut(text, "{{")
		if literal != "" {
			t.parts = append(t.parts, part{text: literal})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return Template{}, errors.New("invalid variable template: unmatched '{{' in template")
		}
		t.parts = append(t.parts, part{text: strings.TrimSpace(name), name: true})
		text = after
	}
	return t, nil
}

// Literal reports whether the template names no variable.
func (t Template) Literal() bool { return len(t.Names()) == 0 }

// Names returns the variables of the template in their order, repeated as they
// are.
func (t Template) Names() []string {
	var names []string
	for _, p := range t.parts {
		if p.name {
			names = append(names, p.text)
		}
	}
	return names
}

// String returns the template as one would write it.
func (t Template) String() string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name {
			b.WriteString("{{ " + p.text + " }}")
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// expand replaces the names by what value returns for them.
func (t Template) expand(value func(name string) (string, error)) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		text := p.text
		if p.name {
			var err error
			if text, err = value(p.text); err != nil {
				return "", err
			}
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

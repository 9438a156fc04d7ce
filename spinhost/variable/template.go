package variable

import (
	"errors"
	"strings"
)

// Template is a text with {{ name }} placeholders.
type Template struct{ parts []part }

type part struct {
	text string // literal text, or the name of a variable
	name bool
}

// Parse parses a template. Spaces inside the braces are ignored; a literal "{{" cannot be
// written. Names are not checked.
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

// Literal reports whether the template has no placeholders.
func (t Template) Literal() bool { return len(t.Names()) == 0 }

// Names returns the names of the placeholders in order, with repetitions.
func (t Template) Names() []string {
	var names []string
	for _, p := range t.parts {
		if p.name {
			names = append(names, p.text)
		}
	}
	return names
}

// String returns the source of the template.
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

// expand replaces the placeholders by their values.
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

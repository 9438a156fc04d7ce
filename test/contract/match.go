package contract

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// bindings are the values of the `$names` in a transcript. A name is bound to the first value it
// matches; from then on it matches that value only.
type bindings map[string]string

// hole matches the parts of a pattern that are not plain text: `$name`, or `...` for any text.
var hole = regexp.MustCompile(`\$[a-z]+|\.\.\.`)

// expand replaces the names in a text that will be sent.
func (b bindings) expand(text string) (string, error) {
	var err error
	text = hole.ReplaceAllStringFunc(text, func(name string) string {
		value, bound := b[name]
		if !bound {
			err = fmt.Errorf("%s is sent before it is received", name)
		}
		return value
	})
	return text, err
}

// text matches a received text against a pattern.
func (b bindings) text(pattern, got string) error {
	expression, end := `(?s)^`, 0
	var free []string
	for _, at := range hole.FindAllStringIndex(pattern, -1) {
		expression += regexp.QuoteMeta(pattern[end:at[0]])
		name := pattern[at[0]:at[1]]
		value, bound := b[name]
		switch {
		case name == "...":
			expression += `.*`
		case bound:
			expression += regexp.QuoteMeta(value)
		default:
			expression += `([^\s"&<>]+)`
			free = append(free, name)
		}
		end = at[1]
	}
	expression += regexp.QuoteMeta(pattern[end:]) + `$`
	match := regexp.MustCompile(expression).FindStringSubmatch(got)
	if match == nil {
		return fmt.Errorf("got %q, want %q", got, pattern)
	}
	for i, name := range free {
		if value, bound := b[name]; bound && value != match[i+1] {
			return fmt.Errorf("got %q, where %s is both %q and %q", got, name, value, match[i+1])
		}
		b[name] = match[i+1]
	}
	return nil
}

// json matches received JSON against expected JSON. An object must have at least the expected
// members, an array exactly the expected elements. An expected string is a pattern, which may also
// match a number. Numbers are compared as they are written.
func (b bindings) json(expected, got string) error {
	want, err := decode(expected)
	if err != nil {
		return fmt.Errorf("the transcript's JSON: %w", err)
	}
	value, err := decode(got)
	if err != nil {
		return fmt.Errorf("the reply's JSON: %w", err)
	}
	return b.value("", want, value)
}

func (b bindings) value(path string, want, got any) error {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: got %v, want an object", path, got)
		}
		for name, member := range want {
			value, present := object[name]
			if !present {
				return fmt.Errorf("%s.%s is missing", path, name)
			}
			if err := b.value(path+"."+name, member, value); err != nil {
				return err
			}
		}
		return nil
	case []any:
		array, ok := got.([]any)
		if !ok || len(array) != len(want) {
			return fmt.Errorf("%s: got %v, want %d elements", path, got, len(want))
		}
		for i := range want {
			if err := b.value(fmt.Sprintf("%s[%d]", path, i), want[i], array[i]); err != nil {
				return err
			}
		}
		return nil
	case string:
		text, ok := got.(string)
		if number, isNumber := got.(json.Number); isNumber && strings.HasPrefix(want, "$") {
			text, ok = number.String(), true
		}
		if !ok {
			return fmt.Errorf("%s: got %v, want %q", path, got, want)
		}
		if err := b.text(want, text); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	if got != want {
		return fmt.Errorf("%s: got %v, want %v", path, got, want)
	}
	return nil
}

func decode(text string) (value any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("text after the value")
	}
	return value, nil
}

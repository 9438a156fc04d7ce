package manifest

import (
	"fmt"
	"strings"
)

// The separators of words in ids.
const (
	kebab = "-"
	snake = "_"
)

// invalidID returns why an id is invalid, "" if it is valid: it consists of words with a
// separator, each of which starts with an ASCII letter, continues with ASCII letters and digits,
// and is all lower or all upper case. With lower, every word is lower case
// (crates/serde/src/id.rs).
func invalidID(id, separator string, lower bool) string {
	wrong := kebab
	if separator == kebab {
		wrong = snake
	}
	if id == "" {
		return "empty"
	}
	if strings.Contains(id, wrong) {
		return fmt.Sprintf("words must be separated with '%s', not '%s'", separator, wrong)
	}
	for _, word := range strings.Split(id, separator) {
		if reason := invalidWord(word); reason != "" {
			return fmt.Sprintf("'%s'-separated words must %s", separator, reason)
		}
		if lower && isUpper(rune(word[0])) {
			return fmt.Sprintf("lower-case identifiers must be all lowercase; got %q", id)
		}
	}
	return ""
}

func invalidWord(word string) string {
	if word == "" {
		return "not be empty"
	}
	for i, c := range word {
		letter := c >= 'a' && c <= 'z' || isUpper(c)
		digit := c >= '0' && c <= '9'
		switch {
		case i == 0 && !letter:
			return fmt.Sprintf("start with an ASCII letter; got %q", c)
		case !letter && !digit:
			return fmt.Sprintf("only contain alphanumeric ASCII; got %q", c)
		case letter && isUpper(c) != isUpper(rune(word[0])):
			return fmt.Sprintf("be all lowercase or all UPPERCASE; got %q", word)
		}
	}
	return ""
}

func isUpper(c rune) bool { return c >= 'A' && c <= 'Z' }

package calc

import (
	_ "embed"
	"strings"
)

// hints say what to write instead of words that the language does not have. Each line lists
// alternative words, then a colon and the hint, or := and what to write. The first line with a word
// of the statement applies; words joined by + must all occur, in this order. The words %, clock and
// date stand for a percentage, a time and a date, 5m for an M after a number, and 5[ for a [.
//
// {1:60} stands for the first amount of the statement with its unit, {a:60} for its number alone,
// {%:20%} for the percentage and {u:km} for a unit without a number. If one of them is missing, the
// hint uses the texts after the colons for all.
//
//go:embed hints.txt
var hints string

// hintFor returns what to write for a name that is unknown, or "".
func hintFor(name string) string {
	q := sentence{words: []keyword{{text: lowerCase(name)}}}
	hint, _ := q.hint()
	return hint
}

// hint returns what to write instead of a statement with a foreign word, or "", and the place of
// the word.
func (q *sentence) hint() (hint string, place span) {
	for rest := hints; rest != ""; {
		var line, key string
		line, rest = cut(rest, '\n')
		keys, text := hintOf(line)
		for keys != "" {
			key, keys = cut(keys, ' ')
			if at := q.find(key); at >= 0 {
				return q.fill(text), q.words[at].place
			}
		}
	}
	return "", span{}
}

// hintOf returns the words of a line of hints and its text.
func hintOf(line string) (keys, text string) {
	if keys, text = cut(line, ':'); text[0] == '=' {
		return keys, "write" + text[1:]
	}
	return keys, text[1:]
}

// cut returns the text before and after the first byte c. Without a c it returns text and "".
func cut(text string, c byte) (before, after string) {
	if i := strings.IndexByte(text, c); i >= 0 {
		return text[:i], text[i+1:]
	}
	return text, ""
}

// find returns the index of the first of the words that are joined by + in a key, or -1 if they do
// not occur in this order.
func (q *sentence) find(key string) int {
	first := -1
	next, key := cut(key, '+')
	for i := range q.words {
		if w := &q.words[i]; w.text != next || w.called {
			continue
		}
		if first < 0 || q.words[first].text == "%" {
			first = i
		}
		if key == "" {
			return first
		}
		next, key = cut(key, '+')
	}
	return -1
}

// fill returns a hint with the amounts of the statement, or with its own examples in their place.
func (q *sentence) fill(text string) string {
	filled := make([]byte, 0, 128)
	complete := true
	for i := range text {
		complete = complete && (text[i] != '{' || q.slot(text[i+1]) != "")
	}
	for text != "" {
		var before, own string
		before, text = cut(text, '{')
		if filled = append(filled, before...); text == "" {
			break
		}
		name := text[0]
		if own, text = cut(text[2:], '}'); complete {
			own = q.slot(name)
		}
		filled = append(filled, own...)
	}
	return string(filled)
}

// maxSlot is the length in bytes of the longest text that a statement puts into a slot.
const maxSlot = 20

// slot returns the text that the statement has for a slot of a hint, or "".
func (q *sentence) slot(name byte) (text string) {
	switch i := int(name&0xF) - 1; {
	case name == '%':
		text = q.percent
	case name == 'u':
		text = q.unit
	case name == 'n':
		text = q.words[0].place.in(q.source)
	case name == '*':
		if q.listed && len(q.amounts) > 1 {
			return q.list()
		}
	case i >= len(q.amounts):
	case name >= 'a':
		text = q.amounts[i].number
	default:
		text = q.amounts[i].text
	}
	if len(text) > maxSlot {
		return ""
	}
	return clean(text)
}

// hintAt returns what to write instead of the statement with an unknown name at a place, or "".
func (s *Scope) hintAt(source string, place span) string {
	name := place.in(source)
	begin := int(place.offset)
	for begin > 0 && source[begin-1] != ';' && source[begin-1] != '\n' {
		begin--
	}
	q := readSentence(source, begin, s)
	hint, _ := q.hint()
	switch _, _, id := meantCall(name); {
	case hint == "" && id != noBuiltin:
		hint = q.function()
	case hint == "":
		hint = hintFor(name)
	}
	return hint
}

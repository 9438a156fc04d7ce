package calc

import (
	_ "embed"
	"strings"
)

// hints say what to write instead of words that the language does not have. Each line lists
// alternative words, then a colon and the hint, or := and what to write, or :> and what a statement
// with nothing but these words and its amounts is read as. What follows a | there is for the hint:
// what the expression is for, and other expressions. With :@ the word alone is read as what
// follows, with :# as its number in the line, from 1. The first line with a word of the statement
// applies; words joined by + must all occur, in this order. The words %, clock and date stand for a
// percentage, a time and a date, overnight for a time after a later one, named for a name before
// its only amount, 5/ for an amount like 20 EUR/h, 5m for an M after a number, and 5[ for a [.
//
// {1:60} stands for the first amount of the statement with its unit, {a:60} for its number alone,
// {%:20%} for the percentage, {n:x} for the words before the amounts and {u:km} for a unit without
// a number. If one of them is missing, the hint uses the texts after the colons for all.
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
	_, text, at := q.line(0)
	if text == "" {
		return "", span{}
	}
	return q.fill(hintOf(text)), q.words[at].place
}

// line returns the line of hints that applies, of one kind if that is not 0: its words, its text,
// and the index of the word in the statement. Without such a line the text is "".
func (q *sentence) line(kind byte) (keys, text string, at int) {
	for rest := hints; rest != ""; {
		var line, key string
		line, rest = cut(rest, '\n')
		keys, text = cut(line, ':')
		for words := keys; words != ""; {
			key, words = cut(words, ' ')
			if at = q.find(key); at >= 0 && (kind == 0 || text[0] == kind) {
				return keys, text, at
			}
		}
	}
	return "", "", 0
}

// hintOf returns the hint in the text of a line.
func hintOf(text string) string {
	switch hint := text[1:]; text[0] {
	case '=', '#', '@':
		return "write" + hint
	case '>':
		return "write" + without(hint, '|')
	default:
		return hint
	}
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

// fills reports whether the statement has everything that a hint has a place for.
func (q *sentence) fills(text string) bool {
	for i := range text {
		if text[i] == '{' && q.slot(text[i+1]) == "" {
			return false
		}
	}
	return true
}

// fill returns a hint with the amounts of the statement, or with its own examples in their place.
func (q *sentence) fill(text string) string {
	filled := make([]byte, 0, 128)
	complete := q.fills(text)
	for text != "" {
		var before, own string
		before, text = cut(text, '{')
		if filled = append(filled, before...); text == "" {
			break
		}
		name := text[0]
		if own, text = cut(text[2:], '}'); complete {
			own = q.slot(name)
			if text != "" && (text[0] == '^' || text[0] == '!') && !allDigits(own) {
				own = "(" + own + ")" // (3 cm)^2
			}
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
	case name == '%' && len(q.percents) == 1:
		text = q.percents[0].text
	case name == '%':
	case name == 'u':
		text = q.unit
	case name == 'n':
		text = q.lead.in(q.source)
	case name == '*':
		if q.listed && len(q.amounts) > 1 {
			return q.list()
		}
	case i >= len(q.amounts):
	case name >= 'a' && q.amounts[i].counts():
		text = q.amounts[i].number
	case name >= 'a':
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
	q := readSentence(source, statementBegin(source, int(place.offset)), s)
	hint, _ := q.hint()
	switch _, _, id := meantCall(name); {
	case hint == "" && id != noBuiltin:
		hint = q.function()
	case hint == "":
		hint = hintFor(name)
	}
	return hint
}

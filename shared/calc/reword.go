package calc

import (
	"strconv"
	"strings"
)

// This file reads sentences: a statement that the grammar does not have, although it is plain what
// to write instead, is replaced by that and read again.

// rewording is a statement that was replaced, with lengths in bytes.
type rewording struct {
	offset int // in the source as it was before
	typed  int // length of what it was
	meant  int // length of what it is
}

// maxRewordings limits the statements that are replaced, because the whole source is read again.
const maxRewordings = 8

// reword replaces the statement at the place of an error by what it plainly means and parses the
// source again. It reports whether that statement can be parsed now, and with a scope, in an
// evaluation, the whole source.
func (p *parser) reword(err *Error, scope *Scope) bool {
	source := p.origin
	if len(p.rewordings) == maxRewordings || err.Code != CodeSyntax && err.Code != CodeUnknown &&
		err.Code != CodeUnit && err.Code != CodeNumber {
		return false
	}
	q := readSentence(source, statementBegin(source, err.Offset), scope)
	text, note := q.meant()
	if p.fraction > 0 { // 3/4 cup in ml
		var place span
		place, text = p.fractionOf(p.fraction)
		q.start, q.end, note = int(place.offset), int(place.offset+place.length), ""
	}
	if text == "" {
		return false
	}
	before, after := source[:q.start], source[q.end:]
	if lexical[source[q.start]] == classSpace {
		before += " "
	}
	p.parse(before + text + after)
	if p.err != nil && (scope != nil || p.err.Offset <= len(before)+len(text)) {
		p.parse(source)
		return false
	}
	p.rewordings = append(p.rewordings, rewording{len(before), q.end - len(before), len(text)})
	if note != "" {
		n := Notice{Code: NoticeReading, Message: note, Offset: len(before), Length: len(text)}
		p.readings = append(p.readings, p.located(n))
	}
	return true
}

// asTyped moves an error in what is evaluated to its place in the source: in a statement that was
// replaced, to the whole of it.
func (p *Program) asTyped(err *Error) *Error {
	if len(p.rewordings) == 0 || err == nil {
		return err
	}
	for i := len(p.rewordings) - 1; i >= 0; i-- {
		switch r := &p.rewordings[i]; {
		case err.Offset >= r.offset+r.meant:
			err.Offset += r.typed - r.meant
		case err.Offset+err.Length > r.offset:
			err.Offset, err.Length = r.offset, r.typed
		}
	}
	return err.at(p.typed, err.Offset, err.Length)
}

// Words that change nothing: articles in a list, prepositions in a sentence whose meaning is known.
const (
	articles = "a an the of and is are was what whats how much it number numbers value total 5/"

	prepositions = "on at for from to in into by over many per until till between as price bill " +
		"amount cost year years % clock named equals convert each ways people " +
		"sum ."
)

// call returns the call of a function with the amounts, if the sentence has nothing else, or "".
func (q *sentence) call() string {
	b, word, arguments := q.builtin()
	if arguments == "" {
		return ""
	}
	for i := range q.words {
		if text := q.words[i].text; i != word && text != "%" && !containsWord(articles, text) {
			return ""
		}
	}
	return fill("%(%)", b.name, arguments)
}

// years are the units of an amount that counts years.
const years = "y yr yrs year years"

// meant returns what a sentence plainly means, or "". note says which other readings there are, if
// there are any.
func (q *sentence) meant() (text, note string) {
	keys, line, at := q.line(0)
	if line != "" && !q.fills(line) {
		keys, line, at = q.line('#')
	}
	switch {
	case line != "" && (line[0] == '#' || line[0] == '@'): // only the word is replaced
		w := &q.words[at]
		q.start, q.end = int(w.place.offset), int(w.place.offset+w.place.length)
		if line[0] == '@' {
			return line[2:], ""
		}
		return q.digits(keys, w.text), ""
	case q.stray:
		return "", ""
	case line == "" && len(q.words) == 0 && !q.isList():
		return q.parts(), ""
	case line == "" && len(q.words) == 0:
		line = "> sum({*:1, 2, 3})| to add them"
	case line == "" || line[0] != '>':
		return q.call(), ""
	}
	template, others := cut(line[2:], '|')
	if !q.fills(template) || !q.fits(template) || !q.knows(keys) {
		return "", ""
	}
	text = q.fill(template)
	if others != "" {
		purpose, other := cut(others, ',')
		note = fill("read as %%", text, purpose)
		if other != "" && q.start == 0 && q.end == len(q.source) {
			note += "; or write" + q.fill(other)
		} else if other != "" {
			note += "; or" + q.fill(other)
		}
	}
	return text, note
}

// isList reports whether the sentence is a list of numbers with nothing but spaces in between.
func (q *sentence) isList() bool {
	if len(q.amounts) < 3 {
		return false
	}
	text := trimBlank(q.source[q.start:q.end])
	return text != "" && isDigit(text[0]) && strings.IndexByte(text, ',') < 0 &&
		!containsWord(text, "a") // 8 hours a day
}

// digits returns the number that a word is, by its place in a line of hints. After a number it is a
// factor, like any other name.
func (q *sentence) digits(keys, word string) string {
	number := uint64(0)
	for key := ""; key != word; number++ {
		key, keys = cut(keys, ' ')
	}
	text := strconv.FormatUint(number, 10)
	before := q.start
	for before > 0 && lexical[q.source[before-1]] == classSpace {
		before--
	}
	if before > 0 && (isDigit(q.source[before-1]) || q.source[before-1] == '!') {
		return "(" + text + ")"
	}
	return text
}

// fits reports whether a template has a slot for each amount and percentage of the sentence.
func (q *sentence) fits(template string) bool {
	used, percents := uint64(0), 0
	for i := range template {
		if template[i] != '{' {
			continue
		}
		switch name := template[i+1]; name {
		case '%':
			percents = 1
		case 'u':
			q.asked = lowerCase(q.unit)
		case 'n':
			q.asked = q.words[0].text
		case 'b': // a time goes after a sum of money
			if a := q.amounts; len(a) > 1 && a[0].counts() && a[0].text != a[0].number {
				a[0], a[1] = a[1], a[0]
			}
			used |= 1 << 1
		case '*':
			if !q.grouped {
				used = 1<<len(q.amounts) - 1
			}
		default:
			used |= 1 << (name&0xF - 1)
		}
	}
	return used == 1<<len(q.amounts)-1 && percents == len(q.percents)
}

// knows reports whether every word of the sentence is among the words of a line, fills a slot or
// changes nothing.
func (q *sentence) knows(keys string) bool {
	for i := range q.words {
		word := q.words[i].text
		if word != q.asked && !containsWord(articles, word) && !containsWord(prepositions, word) &&
			!containsWord(keys, word) {
			return false
		}
	}
	return true
}

// counts reports whether an amount is a number, alone or of years.
func (a figure) counts() bool {
	return a.text == a.number ||
		hasPrefixAt(a.text, 0, a.number) && containsWord(years, trimBlank(a.text[len(a.number):]))
}

// containsWord reports whether a list has a word. Spaces and + separate its words.
func containsWord(list, word string) bool {
	begin := 0
	for i := 0; i <= len(list); i++ {
		if i == len(list) || list[i] == ' ' || list[i] == '+' {
			if list[begin:i] == word {
				return true
			}
			begin = i + 1
		}
	}
	return false
}

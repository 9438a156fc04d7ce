package calc

import (
	"strings"

	"abacus/shared/units"
)

// sentence is a statement that the parser does not understand, as hints see it: words and amounts.
type sentence struct {
	source  string
	words   []keyword
	amounts []figure
	percent string // the first percentage: 19%
	unit    string // the last unit without a number
	listed  bool   // nothing but words, numbers and commas
	begins  bool   // with a word that is not called
}

type keyword struct {
	text   string // in lower case
	place  span
	called bool // a function of the language before a parenthesis
}

// figure is a number with its unit, such as 64.50, $25, 45 l and 9:15.
type figure struct{ text, number string }

// maxSentence limits the words and the amounts that count.
const maxSentence = 64

// readSentence reads the statement at an offset of the source. Names of the scope are skipped: they
// are not foreign words.
func readSentence(source string, offset int, scope *Scope) *sentence {
	q := &sentence{source: source, listed: true}
	s := scanner{source: source, end: offset, decimal: new(converter)}
	begin := -1                // where an amount begins whose currency sign was read
	count, last := 0, tokenEnd // the number of tokens before the current one, and the last of them
	for s.next(); s.token != tokenEnd && s.token != tokenBreak; s.next() {
		if len(q.words)+len(q.amounts) >= maxSentence {
			break
		}
		lead, previous := begin, last
		begin, last = -1, s.token
		count++
		switch s.token {
		case tokenNumber:
			if lead < 0 {
				lead = s.start
			}
			q.number(&s, lead)
		case tokenSign:
			begin = s.start
		case tokenName, tokenAnd, tokenBad:
			q.name(&s, scope)
			if text := s.text(); text == "a" || text == "an" { // a mile
				q.number(&s, s.start)
			}
			q.begins = q.begins || count == 1 && len(q.words) == 1 && !q.words[0].called
		case tokenPercent:
			q.word("%", s.start, s.end)
		case tokenColon:
			q.words = q.words[:0] // a label
		case tokenAssign:
			if q.listed = count == 2 || previous == tokenClose; q.listed {
				q.words = q.words[:0] // what is being set
			}
		case tokenComma, tokenOpen, tokenClose:
		default:
			q.listed = false
		}
	}
	return q
}

// name reads a name.
func (q *sentence) name(s *scanner, scope *Scope) {
	text := s.text()
	if scope != nil {
		if _, known := scope.find(text); known {
			return
		}
	}
	if _, isUnit := units.Lookup(text); isUnit && text != "are" && !isWordOperator(text) {
		q.unit = text
	}
	q.word(lowerCase(text), s.start, s.end)
}

// word adds a word of more than one letter.
func (q *sentence) word(text string, begin, end int) {
	if len(text) > 1 || !('a' <= text[0]|0x20 && text[0]|0x20 <= 'z') {
		called := end < len(q.source) && q.source[end] == '(' &&
			(text == "if" || builtinID(text) != noBuiltin)
		q.words = append(q.words, keyword{text, span{uint16(begin), uint16(end - begin)}, called})
	}
}

// number reads the rest of an amount that begins with the current token, or earlier with a sign.
func (q *sentence) number(s *scanner, begin int) {
	source, first := s.source, s.start
	if end := dateEnd(source, first); end > 0 {
		q.word("date", first, end)
		s.end = end
		return
	}
	hours := s.number
	for s.end+2 < len(source) && source[s.end] == ':' && isDigit(source[s.end+1]) {
		minutes := 0.0
		for s.end++; s.end < len(source) && isDigit(source[s.end]); s.end++ {
			minutes = 10*minutes + float64(source[s.end]-'0')
		}
		hours += minutes / 60
		q.word("clock", first, s.end)
	}
	a, end := figure{number: "1"}, s.end
	if s.token == tokenNumber {
		a.number = without(source[first:end], ',')
	}
	after := *s
	switch after.next(); {
	case after.token == tokenPercent || after.text() == "percent" || after.text() == "pct":
		s.end = after.end
		if q.word("%", first, s.end); q.percent == "" {
			q.percent = a.number + "%"
		}
		return
	case (after.text() == "am" || after.text() == "pm") && hours < 13:
		s.end = after.end
		a.text = dayTime(hours, after.text())
		q.word("clock", first, s.end)
	default:
		q.unitAfter(s)
		if a.text = without(source[begin:s.end], ','); s.token != tokenNumber {
			if a.text = "1" + source[end:s.end]; s.end == end {
				return
			}
		}
	}
	q.amounts = append(q.amounts, a)
}

// without returns a text without a character, such as the commas in a number, which a hint may put
// between arguments.
func without(text string, c byte) string {
	kept := ""
	for text != "" {
		var before string
		before, text = cut(text, c)
		kept += before
	}
	return kept
}

// unitAfter moves the scanner past the unit that follows a number, as in 45 litres and 20 EUR/h.
func (q *sentence) unitAfter(s *scanner) {
	for {
		after := *s
		after.next()
		if after.token == tokenOver || after.token == tokenName && after.text() == "per" {
			after.next()
			if number := after.token == tokenNumber; number && after.start == s.end+1 {
				after.next() // l/100km
			}
		}
		length := after.end - after.start
		_, isUnit := units.Lookup(after.text())
		if more := units.Phrase(s.source[after.start:]); more > 0 {
			isUnit, length = true, more
		}
		if !isUnit || wordOperator(after.text()) != opReturn ||
			after.token != tokenName && after.token != tokenSign {
			return
		}
		s.end = after.start + length
	}
}

// dayTime converts a time on the 12-hour clock to the 24-hour clock: 9.25 hours pm is 21:15.
func dayTime(hours float64, half string) string {
	if hours >= 12 {
		hours -= 12
	}
	if half == "pm" {
		hours += 12
	}
	return inClock(hours)
}

// dateEnd returns the end of a date such as 2026-11-26, 26.11.2026 or 11/26/2026, or 0 if there is
// none at source[i].
func dateEnd(source string, i int) int {
	var lengths [3]int
	separator := i
	for field := range lengths {
		begin := i
		for i < len(source) && isDigit(source[i]) {
			i++
		}
		switch lengths[field] = i - begin; {
		case field == 2:
		case i == len(source) || field == 1 && source[i] != source[separator]:
			return 0
		default:
			separator = i
			i++
		}
	}
	first, last := lengths[0], lengths[2]
	switch source[separator] {
	case '-':
		first, last = last, first
	case '.', '/':
	default:
		return 0
	}
	if first > 2 || lengths[1] > 2 || first*lengths[1] == 0 || last != 4 {
		return 0
	}
	return i
}

// function returns how to call the first function that the statement names with its amounts, or "".
func (q *sentence) function() string {
	for i := range q.words {
		_, _, id := meantCall(q.words[i].text)
		if id == noBuiltin || i > 0 && wordOperator(q.words[i-1].text) == opConvert { // in min
			continue
		}
		b := &builtins[id]
		least, most := b.arguments()
		n, list := len(q.amounts), q.list()
		if q.listed && q.percent == "" && least <= n && n <= most && list != "" {
			return fill("write %(%)", b.name, list)
		}
		if !q.words[i].called {
			return "write " + b.usage()
		}
	}
	return ""
}

// list returns the amounts as arguments, or "" if they are too long for a hint.
func (q *sentence) list() string {
	var text []byte
	for i, a := range q.amounts {
		if len(text)+len(a.text) > 3*maxSlot {
			return ""
		}
		if i > 0 {
			text = append(text, ", "...)
		}
		text = append(text, a.text...)
	}
	return clean(string(text))
}

// smaller are the units of parts that follow a part: 6 ft 2 in.
const smaller = " ft=in foot=in feet=in '=in ′=in h=min hour=min hours=min st=lb stone=lb lb=oz "

// between returns what to write between numbers that stand side by side.
func (q *sentence) between() string {
	words, amounts := len(q.words), len(q.amounts)
	if q.listed && amounts == 2 && q.amounts[1].text == q.amounts[1].number { // 6 ft 2
		unit, _ := strings.CutPrefix(q.amounts[0].text, q.amounts[0].number)
		if next := valueOf(smaller, trimBlank(unit)); next != "" {
			return q.fill("write {1:6 ft} {b:2} " + next)
		}
	}
	switch {
	case words == 1 && amounts == 1 && !isWordOperator(q.words[0].text): // rent 1200
		return q.fill("write {n:x} = {1:3} to set it, {n:x}: {1:3} to label it")
	case words > 0 && q.begins && !isWordOperator(q.words[0].text):
		return "leave out the words, or end them with a colon: rent: 1200"
	case words == 0 && amounts == 2:
		return q.fill("write {1:3} * {2:4} to multiply, {1:3} + {2:4} to add")
	case words == 0 && amounts > 2:
		return q.fill("write + between them, or sum({*:1, 2, 3})")
	}
	return "to multiply, write * between them"
}

package calc

import (
	"strings"

	"abacus/shared/units"
)

// sentence is a statement that the parser does not understand, as hints see it: words and amounts.
type sentence struct {
	source   string
	start    int // of the part after a label or what is being set
	end      int
	lead     span // the words before the first amount
	words    []keyword
	amounts  []figure
	percents []figure // 19%
	clock    float64  // the last time, in hours
	unit     string   // the last unit without a number
	asked    string   // the same in lower case, once it fills a slot
	listed   bool     // nothing but words, numbers and commas
	begins   bool     // with a word that is not called
	grouped  bool     // a number has commas
	stray    bool     // something is in none of the fields above
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

// statementBegin returns where the statement at an offset of the source begins.
func statementBegin(source string, offset int) int {
	for offset > 0 && source[offset-1] != ';' && source[offset-1] != '\n' {
		offset--
	}
	return offset
}

// readSentence reads the statement at an offset of the source. Names of the scope are amounts, not
// foreign words.
func readSentence(source string, offset int, scope *Scope) *sentence {
	q := &sentence{source: source, start: offset, listed: true}
	s := scanner{source: source, end: offset, decimal: new(converter)}
	begin := -1                // where an amount begins whose currency sign was read
	count, last := 0, tokenEnd // the number of tokens before the current one, and the last of them
	open, opened := 0, false
	for s.next(); s.token != tokenEnd && (s.token != tokenBreak || q.goesOn(&s)); s.next() {
		if len(q.words)+len(q.amounts) >= maxSentence {
			q.stray = true
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
			if len(q.amounts) == 0 && len(q.words) > 0 {
				begin := q.words[0].place.offset
				q.lead = span{begin, uint16(s.end) - begin}
			}
			if text := s.text(); text == "a" || text == "an" { // a mile
				q.number(&s, s.start)
			}
			q.begins = q.begins || count == 1 && len(q.words) == 1 && !q.words[0].called
		case tokenPercent:
			q.word("%", s.start, s.end)
		case tokenColon:
			*q = sentence{source: source, start: s.end, listed: true} // a label
		case tokenAssign, tokenQuestion:
			if s.trailing() {
				break
			}
			if q.listed = count == 2 || previous == tokenClose; q.listed {
				q.words, q.start = q.words[:0], s.end // what is being set
			}
			q.stray = count != 2
		case tokenOpen:
			open++
			opened = true
		case tokenClose:
			open--
			q.stray = q.stray || open < 0 || previous == tokenComma
		case tokenComma, tokenBreak:
			q.stray = q.stray || previous != tokenNumber && previous != tokenName
		case tokenPlus:
			q.listed = false
			q.word("plus", s.start, s.end)
		case tokenMinus:
			if previous != tokenNumber && s.after() == tokenNumber {
				begin = s.start // -5
				continue
			}
			fallthrough
		default:
			q.listed, q.stray = false, true
		}
		q.end = s.end
	}
	q.stray = q.stray || open > 0 && s.token == tokenBreak || last == tokenComma
	if !opened && q.names() {
		q.lead = q.words[0].place
		q.words = append(q.words, keyword{text: "named", place: q.lead})
	}
	return q
}

// goesOn reports whether the current semicolon separates the arguments of a function: average of 4;
// 8; 15.
func (q *sentence) goesOn(s *scanner) bool {
	if len(q.words) == 0 || s.after() != tokenNumber || strings.IndexByte(q.source, ',') >= 0 {
		return false
	}
	_, _, id := meantCall(q.words[0].text)
	return id != noBuiltin && s.text() == ";"
}

// names reports whether the sentence is a name and an amount: rent 1200, or rent is 1200. A
// misspelled function, or one that is called, is not a name.
func (q *sentence) names() bool {
	n := len(q.words)
	if !q.begins || !q.listed || q.stray || len(q.amounts) != 1 || n == 0 || n > 2 ||
		n == 2 && !containsWord("is equals", q.words[1].text) {
		return false
	}
	name := q.words[0].text
	if len(name) < 2 || len(name) > maxSlot {
		return false
	}
	near := new(Scope).nearest(name, true)
	return q.unit == "" && meaning(name) == "" && !isWordOperator(name) &&
		(near == "" || near[0] != name[0])
}

// name reads a name.
func (q *sentence) name(s *scanner, scope *Scope) {
	text := s.text()
	if scope != nil {
		if _, known := scope.find(text); known {
			q.amounts = append(q.amounts, figure{text, text})
			return
		}
	}
	if _, isUnit := units.Lookup(text); isUnit && text != "are" && !isWordOperator(text) {
		q.unit = text
	}
	word := lowerCase(text)
	if hasPrefixAt(word, 0, "percent") { // and percentage
		word = "%"
	}
	q.word(word, s.start, s.end)
}

// word adds a word of more than one letter. The only others are the a of a mile, and degrees in
// small letters.
func (q *sentence) word(text string, begin, end int) {
	if len(text) > 1 || !('a' <= text[0]|0x20 && text[0]|0x20 <= 'z') {
		called := end < len(q.source) && q.source[end] == '(' &&
			(text == "if" || builtinID(text) != noBuiltin)
		q.words = append(q.words, keyword{text, span{uint16(begin), uint16(end - begin)}, called})
		return
	}
	switch {
	case end < len(q.source) && q.source[end] == '(':
		q.stray = true
	case text == "c" || text == "f":
		q.words = append(q.words, keyword{text: text, place: span{uint16(begin), 1}})
	case text != "a":
		q.stray = true
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
	hours, clock := s.number, false
	for s.end+2 < len(source) && source[s.end] == ':' && isDigit(source[s.end+1]) {
		minutes := 0.0
		for s.end++; s.end < len(source) && isDigit(source[s.end]); s.end++ {
			minutes = 10*minutes + float64(source[s.end]-'0')
		}
		hours, clock = hours+minutes/60, true
	}
	thousands := *s
	if thousands.next(); thousands.text() == "k" && thousands.start == s.end { // 300k
		s.end = thousands.end
	}
	a, end := figure{number: "1"}, s.end
	if s.token == tokenNumber {
		a.number = without(source[first:end], ',')
		q.grouped = q.grouped || len(a.number) < end-first
		if source[begin] == '-' {
			a.number = "-" + a.number
		}
	}
	after := *s
	switch after.next(); {
	case after.token == tokenPercent || after.text() == "percent" || after.text() == "pct":
		s.end = after.end
		q.word("%", first, s.end)
		a.text = a.number + "%"
		q.percents = append(q.percents, a)
		return
	case (after.text() == "am" || after.text() == "pm") && hours < 13:
		s.end, clock = after.end, true
		hours = dayHours(hours, after.text())
		a.text = inClock(hours)
	default:
		if q.unitAfter(s) {
			q.word("5/", first, s.end)
		}
		if a.text = without(source[begin:s.end], ','); s.token != tokenNumber {
			if a.text = "1" + source[end:s.end]; s.end == end {
				return
			}
		}
	}
	q.amounts = append(q.amounts, a)
	if clock {
		q.word("clock", first, s.end)
		if hours < q.clock {
			q.word("overnight", first, s.end)
		}
		q.clock = hours
	}
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

// unitAfter moves the scanner past the unit that follows a number, as in 45 litres and 20 EUR/h. It
// reports whether the unit is a quotient.
func (q *sentence) unitAfter(s *scanner) (isRate bool) {
	for end := s.end; ; {
		after := *s
		after.next()
		over := after.token == tokenOver || after.token == tokenName && after.text() == "per"
		if over {
			after.next()
			if after.token == tokenNumber && after.start == s.end+1 && s.end > end {
				after.next() // l/100km, but not 3/4 cup
			}
		}
		length := after.end - after.start
		_, isUnit := units.Lookup(after.text())
		if more := units.Phrase(s.source[after.start:]); more > 0 {
			isUnit, length = true, more
		}
		if !isUnit || wordOperator(after.text()) != opReturn ||
			after.token != tokenName && after.token != tokenSign {
			return isRate
		}
		s.end, isRate = after.start+length, isRate || over
	}
}

// dayHours converts a time on the 12-hour clock to the 24-hour clock: 9.25 pm is 21.25.
func dayHours(hours float64, half string) float64 {
	if hours >= 12 {
		hours -= 12
	}
	if half == "pm" {
		hours += 12
	}
	return hours
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

// builtin returns the first function that the sentence names, the index of its word and the amounts
// as its arguments, or "" if they do not fit.
func (q *sentence) builtin() (b *builtin, word int, arguments string) {
	for i := range q.words {
		_, _, id := meantCall(q.words[i].text)
		if id == noBuiltin || i > 0 && wordOperator(q.words[i-1].text) == opConvert { // in min
			continue
		}
		b = &builtins[id]
		least, most := b.arguments()
		n := len(q.amounts) + len(q.percents)
		if most == anyNumber {
			least = 2
		}
		if q.listed && !q.grouped && least <= n && n <= most {
			arguments = q.list()
		}
		if arguments != "" || !q.words[i].called {
			return b, i, arguments
		}
	}
	return nil, 0, ""
}

// function returns how to call the first function that the statement names, or "".
func (q *sentence) function() string {
	switch b, _, arguments := q.builtin(); {
	case arguments != "":
		return fill("write %(%)", b.name, arguments)
	case b != nil:
		return "write " + b.usage()
	}
	return ""
}

// advice returns what to write instead of the statement, or "".
func (q *sentence) advice() string {
	hint, _ := q.hint()
	if hint == "" {
		hint = q.function()
	}
	return hint
}

// maxList is the length in bytes of the longest list that a hint repeats.
const maxList = 400

// list returns the amounts or the percentages as arguments, or "" if there are both or they are too
// long for a hint.
func (q *sentence) list() string {
	list := q.amounts
	switch {
	case len(list) == 0:
		list = q.percents
	case len(q.percents) > 0:
		return ""
	}
	var text []byte
	for i, a := range list {
		if len(text)+len(a.text) > maxList {
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

// parts returns a quantity in two parts whose second unit is left out, with it: 6 ft 2 in for 6 ft
// 2. It returns "" for anything else.
func (q *sentence) parts() string {
	if !q.listed || len(q.amounts) != 2 || q.amounts[1].text != q.amounts[1].number {
		return ""
	}
	unit, _ := strings.CutPrefix(q.amounts[0].text, q.amounts[0].number)
	next := valueOf(smaller, trimBlank(unit))
	if next == "" {
		return ""
	}
	return q.fill("{1:6 ft} {b:2} " + next)
}

// between returns what to write between numbers that stand side by side.
func (q *sentence) between() string {
	switch words, amounts := len(q.words), len(q.amounts); {
	case q.parts() != "":
		return "write " + q.parts()
	case words > 0 && q.begins && !isWordOperator(q.words[0].text):
		return q.fill("leave out the words, or end them with a colon: {n:rent}: {1:1200}")
	case words == 0 && amounts == 2:
		return q.fill("write {1:3} * {2:4} to multiply, {1:3} + {2:4} to add")
	case words == 0 && amounts > 2:
		return q.fill("write + between them, or sum({*:1, 2, 3})")
	}
	return "to multiply, write * between them"
}

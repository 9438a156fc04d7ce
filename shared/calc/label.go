package calc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Label returns what a person wrote beside the last statement: the words before a colon, as in
// rent: 1200, or else the comment at the end of its line. It is "" if there is neither.
func (p *Program) Label() string { return clean(p.label.in(p.origin)) }

// readLabel skips a label at the beginning of a statement: words and a colon. Words begin with a
// letter, so 12:30 has no label, and a line with a ? may have a conditional.
func (p *parser) readLabel() {
	p.label = span{}
	if p.token != tokenName {
		return
	}
	line := p.source[p.start:]
	colon := strings.IndexByte(line, ':')
	if colon < 0 || strings.HasPrefix(line[colon:], ":=") {
		return
	}
	for _, r := range line[:colon] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" _-'’.,&/", r) {
			return
		}
	}
	p.label = span{uint16(p.start), uint16(len(strings.TrimRight(line[:colon], " ")))}
	p.end = p.start + colon + 1
	p.next()
}

// readComment makes the comment after a statement its label, unless it has one. The current token
// is the break or the end behind it.
func (p *parser) readComment() {
	if p.label.length > 0 || p.comment.length == 0 {
		return
	}
	p.label = p.comment
}

// commentSpan returns the words of a comment, which begins at source[begin] with # and ends before
// source[end].
func commentSpan(source string, begin, end int) span {
	for begin < end {
		r, size := utf8.DecodeRuneInString(source[begin:])
		if r != '#' && r != ' ' && r != '\t' {
			break
		}
		begin += size
	}
	text := strings.TrimRight(source[begin:end], " \t\r")
	return span{uint16(begin), uint16(len(text))}
}

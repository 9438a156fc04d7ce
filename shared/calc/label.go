package calc

import (
	"strings"
)

// Label returns the label of the last statement: the words before a colon, as in rent: 1200, or
// else the comment at the end of its line, or else "".
func (p *Program) Label() string { return clean(p.label.in(p.origin)) }

// readLabel skips a label at the beginning of a statement: words and a colon. Words begin with a
// letter, so 12:30 has no label, nor has lunch at 12:30; a line with a ? may have a conditional.
func (p *parser) readLabel() {
	p.label, p.comment = span{}, span{}
	if p.token != tokenName || !p.beginsLine() {
		return
	}
	line := p.source[p.start:]
	colon := strings.IndexByte(line, ':')
	if colon < 0 || colon+1 < len(line) && line[colon+1] == '=' {
		return
	}
	for _, r := range line[:colon] {
		switch r {
		case ' ', '_', '-', '\'', '’', '.', ',', '&', '/':
		default:
			if !isLetter(r) && decimalDigit(r) < 0 {
				return
			}
		}
	}
	hours := colon
	for hours > 0 && isDigit(line[hours-1]) {
		hours--
	}
	if hours > 0 && hours < colon && line[hours-1] == ' ' && colon+1 < len(line) &&
		isDigit(line[colon+1]) {
		return
	}
	p.label = trimmed(p.source, p.start, p.start+colon)
	p.end = p.start + colon + 1
	p.next()
}

// beginsLine reports whether the current token is the first of its line.
func (p *parser) beginsLine() bool {
	i := p.start
	for i > 0 && lexical[p.source[i-1]] == classSpace {
		i--
	}
	return i == 0 || p.source[i-1] == '\n'
}

// readComment makes the comment after a statement its label, unless it has one. The current token
// is the line break or the end of the source after the comment.
func (p *parser) readComment() {
	if p.label.length > 0 || p.comment.length == 0 {
		return
	}
	p.label = p.comment
}

// commentSpan returns the words of a comment, which begins at source[begin] with # and ends before
// source[end].
func commentSpan(source string, begin, end int) span {
	for begin < end && (source[begin] == '#' || lexical[source[begin]] == classSpace) {
		begin++
	}
	return trimmed(source, begin, end)
}

// trimmed returns source[begin:end] without spaces at the end.
func trimmed(source string, begin, end int) span {
	for end > begin && lexical[source[end-1]] == classSpace {
		end--
	}
	return span{uint16(begin), uint16(end - begin)}
}

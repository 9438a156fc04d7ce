package tomlfile

import (
	"fmt"
	"sort"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// scanLines finds the line of the first occurrence of each key, and of each item of an array.
func scanLines(text []byte) *scan {
	s := &scan{text: text, lines: make(map[string]int), arrays: make(map[string]int)}
	for i, c := range text {
		if c == '\n' {
			s.newlines = append(s.newlines, i)
		}
	}
	var p unstable.Parser
	p.Reset(text)
	table := ""
	for p.NextExpression() {
		switch node := p.Expression(); node.Kind {
		case unstable.Table:
			table = s.header(node, false)
		case unstable.ArrayTable:
			table = s.header(node, true)
		case unstable.KeyValue:
			s.keyValue(table, node)
		}
	}
	return s
}

type scan struct {
	text     []byte
	newlines []int
	lines    map[string]int
	arrays   map[string]int // the number of tables of an array of tables so far
	repeated int            // the first line that sets a key again; 0 if there is none
}

// header records a [table] or [[array]] header and returns its key, with the index of the
// current item after each array of tables.
func (s *scan) header(node *unstable.Node, array bool) string {
	key := ""
	parts := node.Key()
	for parts.Next() {
		part := parts.Node()
		key = join(key, string(part.Data))
		last := parts.IsLast()
		if first := s.note(key, part); !first && last && !array {
			s.repeat(part)
		}
		switch n := s.arrays[key]; {
		case last && array:
			s.arrays[key]++
			key = item(key, n)
			s.note(key, part)
		case n > 0:
			key = item(key, n-1)
		}
	}
	return key
}

func (s *scan) keyValue(table string, node *unstable.Node) {
	key := table
	parts := node.Key()
	for parts.Next() {
		part := parts.Node()
		key = join(key, string(part.Data))
		if first := s.note(key, part); !first && parts.IsLast() {
			s.repeat(part)
		}
	}
	s.value(key, node.Value())
}

func (s *scan) value(key string, node *unstable.Node) {
	children := node.Children()
	switch node.Kind {
	case unstable.InlineTable:
		for children.Next() {
			s.keyValue(key, children.Node())
		}
	case unstable.Array:
		for i := 0; children.Next(); {
			child := children.Node()
			if child.Kind == unstable.Comment {
				continue
			}
			if child.Raw.Length > 0 {
				s.note(item(key, i), child)
			}
			s.value(item(key, i), child)
			i++
		}
	}
}

// note records the line of a key and reports whether it is the first.
func (s *scan) note(key string, node *unstable.Node) bool {
	_, noted := s.lines[key]
	if !noted {
		s.lines[key] = s.line(node)
	}
	return !noted
}

// repeat records the first line that sets a key again. In a text that go-toml accepts, that is
// only [a.b] before [a].
func (s *scan) repeat(node *unstable.Node) {
	if s.repeated == 0 {
		s.repeated = s.line(node)
	}
}

func (s *scan) line(node *unstable.Node) int {
	return sort.SearchInts(s.newlines, int(node.Raw.Offset)) + 1
}

// join appends a part to a dotted key, quoted if TOML requires it.
func join(key, part string) string {
	if !isBare(part) {
		part = strconv.Quote(part)
	}
	if key == "" {
		return part
	}
	return key + "." + part
}

// isBare reports whether TOML allows a key without quotes.
func isBare(key string) bool {
	for _, c := range key {
		isLetter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		isDigit := c >= '0' && c <= '9'
		if !isLetter && !isDigit && c != '-' && c != '_' {
			return false
		}
	}
	return key != ""
}

func item(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

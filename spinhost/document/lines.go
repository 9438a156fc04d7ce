package document

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// scanLines finds the line where each key of a TOML text is first written,
// items of arrays included.
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
	arrays   map[string]int // how many tables an array of tables has so far
	repeated int            // the line that sets a key for the second time, 0 if none does
}

// header notes a [table] or [[array]] header and returns its key, in which
// every array of tables carries the index of its present item.
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

// note keeps the first line of a key and reports whether this is it.
func (s *scan) note(key string, node *unstable.Node) bool {
	_, noted := s.lines[key]
	if !noted {
		s.lines[key] = s.line(node)
	}
	return !noted
}

// repeat keeps the first line that sets a key again. In a text that go-toml
// takes that is no mistake but [a.b] before [a].
func (s *scan) repeat(node *unstable.Node) {
	if s.repeated == 0 {
		s.repeated = s.line(node)
	}
}

func (s *scan) line(node *unstable.Node) int {
	return sort.SearchInts(s.newlines, int(node.Raw.Offset)) + 1
}

// join adds a part to a dotted key, in quotes where TOML would need them.
func join(key, part string) string {
	bare := part != "" && strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
	if !bare {
		part = strconv.Quote(part)
	}
	if key == "" {
		return part
	}
	return key + "." + part
}

func item(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

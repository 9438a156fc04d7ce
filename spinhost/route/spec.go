package route

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// spec is a parsed pattern. It behaves as routefinder's RouteSpec, oddities included: "/a/.b" is
// read as "/a.b", and repeated slashes as one.
type spec []segment

type segment struct {
	kind kind
	text string // of a literal, name of a param
}

type kind uint8

const (
	slash    kind = iota
	wildcard      // the rest of the path, "" included; always the last segment
	param         // up to the next slash, or the next dot if the pattern has one there
	dot           // a dot after a param or at the start
	literal
)

// parseSpec splits a pattern at slashes and dots.
func parseSpec(source string) (spec, error) {
	source = strings.Trim(source, "/")
	var s spec
	for start := 0; start <= len(source); {
		end := len(source)
		if i := strings.IndexAny(source[start:], "./"); i >= 0 {
			end = start + i
		}
		var separator byte
		if start > 0 {
			separator = source[start-1]
		}
		section := source[start:end]
		start = end + 1

		if separator == '.' {
			s = s.appendDot()
		}
		if section == "" {
			continue
		}
		if separator == '/' {
			s = append(s, segment{kind: slash})
		}
		next, err := parseSection(section)
		if err != nil {
			return nil, err
		}
		s = append(s, next)
	}
	for i, part := range s {
		if part.kind == wildcard && i < len(s)-1 {
			return nil, errors.New("a wildcard must be the last segment")
		}
	}
	return s, nil
}

func parseSection(section string) (segment, error) {
	switch {
	case section == "*":
		return segment{kind: wildcard}, nil
	case section[0] == '*':
		return segment{}, fmt.Errorf("since there can only be one wildcard, "+
			"it doesn't need a name. replace `%s` with `*`", section)
	case section == ":":
		return segment{}, errors.New("params must be named")
	case section[0] == ':':
		return segment{kind: param, text: section[1:]}, nil
	}
	return segment{kind: literal, text: section}, nil
}

// appendDot adds a dot to the literal before it, or a segment if there is none.
func (s spec) appendDot() spec {
	if n := len(s); n > 0 && s[n-1].kind == literal {
		s[n-1].text += "."
		return s
	}
	return append(s, segment{kind: dot})
}

// capturing returns the segments of the captures that match returns.
func (s spec) capturing() []segment {
	var capturing []segment
	for _, part := range s {
		if part.kind == param || part.kind == wildcard {
			capturing = append(capturing, part)
		}
	}
	return capturing
}

// match matches a path without leading and trailing slashes.
func (s spec) match(path string) (captures []string, ok bool) {
	for i, part := range s {
		last := i == len(s)-1
		switch part.kind {
		case literal:
			if path, ok = strings.CutPrefix(path, part.text); !ok {
				return nil, false
			}
		case dot:
			if path, ok = strings.CutPrefix(path, "."); !ok {
				return nil, false
			}
		case slash:
			if path == "" && !last && s[i+1].kind == wildcard {
				continue // "/a/..." matches "/a"
			}
			if path, ok = strings.CutPrefix(path, "/"); !ok {
				return nil, false
			}
		case param:
			n := paramLength(path, !last && s[i+1].kind == dot)
			if n < 0 {
				return nil, false
			}
			captures, path = append(captures, path[:n]), path[n:]
		case wildcard:
			captures, path = append(captures, path), ""
		}
	}
	return captures, path == "" || path == "/"
}

// paramLength returns the number of bytes that a param matches, -1 if it does not match.
func paramLength(path string, untilDot bool) int {
	if path == "" {
		return -1
	}
	if untilDot {
		i := strings.IndexAny(path, "./")
		if i < 0 || path[i] == '/' {
			return -1
		}
		return i
	}
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return i
	}
	return len(path)
}

// precedes reports whether s has precedence over other: at the first difference in shape, a
// literal precedes a param, which precedes a wildcard; otherwise the spec with more dots, then
// the shorter one, precedes. Texts do not count.
func (s spec) precedes(other spec) bool {
	for i := range min(len(s), len(other)) {
		if order := s[i].kind.compare(other[i].kind); order != 0 {
			return order > 0
		}
	}
	if order := cmp.Compare(s.dots(), other.dots()); order != 0 {
		return order > 0
	}
	return len(s) < len(other)
}

// compare orders kinds by precedence, the lowest first. Slash and dot are equal.
func (k kind) compare(other kind) int {
	if k == slash && other == dot || k == dot && other == slash {
		return 0
	}
	return cmp.Compare(k, other)
}

func (s spec) dots() int {
	n := 0
	for _, part := range s {
		if part.kind == dot {
			n++
		}
	}
	return n
}

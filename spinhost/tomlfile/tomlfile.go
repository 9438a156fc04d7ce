// Package tomlfile reads a TOML file key by key and reports problems with file, line and key.
//
// A caller reads the keys that it knows from a Table and then closes the table, which reports all
// other keys as unknown. Problems are collected, so that one run shows them all; a key with a
// problem reads as absent.
package tomlfile

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Error is one problem in a file.
type Error struct {
	File   string
	Line   int    // from 1; 0 if the problem is not in one place
	Key    string // "component.eval.source", "trigger.http[0]"; "" for the whole file
	Reason string // what is wrong and what to do
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Key != "" {
		b.WriteString(": " + e.Key)
	}
	return b.String() + ": " + e.Reason
}

// file is what the tables of one file share.
type file struct {
	name     string
	lines    map[string]int // by key
	problems []*Error
}

// Read reads the file at path and returns its root.
func Read(path string) (*Table, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// Parse parses the text of a file. If it is not TOML, the error is an *Error.
func Parse(name string, text []byte) (*Table, error) {
	var values map[string]any
	if err := toml.Unmarshal(text, &values); err != nil {
		problem := &Error{File: name, Reason: strings.TrimPrefix(err.Error(), "toml: ")}
		var syntax *toml.DecodeError
		if errors.As(err, &syntax) {
			problem.Line, _ = syntax.Position()
		} else {
			problem.Line = scanLines(text).repeated
		}
		return nil, problem
	}
	return &Table{
		file:   &file{name: name, lines: scanLines(text).lines},
		values: values,
		known:  make(map[string]bool),
	}, nil
}

// Table is a table of a file.
type Table struct {
	Name   string // the last part of its key; "" for the root
	file   *file
	key    string
	values map[string]any
	known  map[string]bool // the keys that were read
}

// Err returns all problems of the file in the order of its lines, or nil.
func (t *Table) Err() error {
	problems := slices.Clone(t.file.problems)
	slices.SortStableFunc(problems, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	errs := make([]error, len(problems))
	for i, problem := range problems {
		errs[i] = problem
	}
	return errors.Join(errs...)
}

// RejectTable reports a problem with the table itself.
func (t *Table) RejectTable(format string, args ...any) {
	t.reject(t.key, fmt.Sprintf(format, args...))
}

// Reject reports a problem with a key of the table.
func (t *Table) Reject(key, format string, args ...any) {
	t.reject(t.path(key), fmt.Sprintf(format, args...))
}

// RejectItem reports a problem with an item of an array of the table.
func (t *Table) RejectItem(key string, i int, format string, args ...any) {
	t.reject(item(t.path(key), i), fmt.Sprintf(format, args...))
}

func (t *Table) reject(path, reason string) {
	problem := Error{File: t.file.name, Line: t.file.line(path), Key: path, Reason: reason}
	// A key that is read twice is reported once.
	if !slices.ContainsFunc(t.file.problems, func(p *Error) bool { return *p == problem }) {
		t.file.problems = append(t.file.problems, &problem)
	}
}

// line returns the line of a key, or of the nearest table around it.
func (f *file) line(path string) int {
	for path != "" {
		if line := f.lines[path]; line > 0 {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 0
}

func (t *Table) path(key string) string { return join(t.key, key) }

// At adds the file and line of a key to an error that is found after the file has been read. The
// key may have an index: "hosts[2]".
func (t *Table) At(key string, err error) error {
	path := strings.TrimPrefix(t.key+"."+key, ".")
	return &Error{File: t.file.name, Line: t.file.line(path), Key: path, Reason: err.Error()}
}

// Close reports the keys that were not read.
func (t *Table) Close() {
	for _, key := range t.Keys() {
		if !t.known[key] {
			known := strings.Join(slices.Sorted(maps.Keys(t.known)), ", ")
			t.Reject(key, "unknown key; known here: %s", known)
		}
	}
}

// Keys returns the keys in the order of the file.
func (t *Table) Keys() []string {
	return slices.SortedFunc(maps.Keys(t.values), func(a, b string) int {
		byLine := cmp.Compare(t.file.line(t.path(a)), t.file.line(t.path(b)))
		return cmp.Or(byLine, cmp.Compare(a, b))
	})
}

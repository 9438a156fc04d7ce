package mount

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// maxDepth ends a walk in a loop of symbolic links.
const maxDepth = 64

// glob is a pattern of Rust's crate glob 0.3, which Spin uses: ? matches one character, * any
// number, ** any number of directories, [a-z] and [!a-z] one of a set. Nothing else is special,
// and * matches slashes and leading dots.
type glob struct{ expression *regexp.Regexp }

func (g glob) match(name string) bool { return g.expression.MatchString(name) }

// isPattern reports whether a name contains special characters.
func isPattern(name string) bool { return strings.ContainsAny(name, "?*[]") }

// escape returns a pattern that matches only the name.
func escape(name string) string {
	return regexp.MustCompile(`[?*\[\]]`).ReplaceAllString(name, "[$0]")
}

// compile compiles a pattern.
func compile(pattern string) (glob, error) {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	rest := []rune(pattern)
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; c {
		case '?':
			b.WriteString(".")
		case '*':
			stars := 1
			for i+1 < len(rest) && rest[i+1] == '*' {
				i, stars = i+1, stars+1
			}
			atStart := i == stars-1 || rest[i-stars] == '/'
			atEnd := i+1 == len(rest)
			switch {
			case stars == 1 || stars == 2 && atStart && atEnd:
				b.WriteString(".*")
			case stars == 2 && atStart && rest[i+1] == '/':
				b.WriteString("(?:.*/)?")
				i++
			case stars == 2:
				return glob{}, fmt.Errorf(
					"pattern %q: recursive wildcards must form a single path component", pattern)
			default:
				return glob{}, fmt.Errorf(
					"pattern %q: wildcards are either regular `*` or recursive `**`", pattern)
			}
		case '[':
			set, length := parseSet(rest[i+1:])
			if length == 0 {
				return glob{}, fmt.Errorf("pattern %q: invalid range pattern", pattern)
			}
			b.WriteString(set)
			i += length
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString(`\z`)
	expression, err := regexp.Compile(b.String())
	if err != nil {
		return glob{}, fmt.Errorf("pattern %q: invalid range pattern", pattern)
	}
	return glob{expression}, nil
}

// parseSet parses a set after its "[": "!" or not, one or more characters, "]". It returns the
// set as a regular expression and its length, 0 if it is not a set.
func parseSet(text []rune) (set string, length int) {
	var b strings.Builder
	b.WriteByte('[')
	i := 0
	if len(text) > 0 && text[0] == '!' {
		b.WriteByte('^')
		i++
	}
	// A "]" in the first place is a member.
	for first := i; i < len(text) && (i == first || text[i] != ']'); i++ {
		fmt.Fprintf(&b, `\x{%x}`, text[i])
		if i+2 < len(text) && text[i+1] == '-' && text[i+2] != ']' {
			if text[i] > text[i+2] { // an empty range, which regexp refuses
				return "", 0
			}
			fmt.Fprintf(&b, `-\x{%x}`, text[i+2])
			i += 2
		}
	}
	if i >= len(text) {
		return "", 0
	}
	return b.String() + "]", i + 1
}

// find returns the regular files below dir that match a pattern, split into directory levels.
// Links are followed inside the app's directory only.
func (c *copier) find(dir string, parts []string, depth int) ([]string, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s is too deep; is there a loop of symbolic links?", dir)
	}
	part, rest := parts[0], parts[1:]
	if part == "**" {
		return c.findDeep(dir, rest, depth)
	}
	names := []string{part}
	if isPattern(part) {
		var err error
		if names, err = c.list(dir, part); err != nil {
			return nil, err
		}
	}
	var found []string
	for _, name := range names {
		name = path.Join(dir, name)
		info, err := fs.Stat(c.app, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, c.unreachable(name, err)
		case len(rest) > 0 && info.IsDir():
			below, err := c.find(name, rest, depth+1)
			if err != nil {
				return nil, err
			}
			found = append(found, below...)
		case len(rest) == 0 && info.Mode().IsRegular():
			found = append(found, name)
		}
	}
	return found, nil
}

// findDeep matches the rest of a pattern after "**" in dir and in every directory below. A
// pattern that ends in "**" matches only directories, so no file.
func (c *copier) findDeep(dir string, rest []string, depth int) ([]string, error) {
	if len(rest) == 0 {
		return nil, nil
	}
	found, err := c.find(dir, rest, depth)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(c.app, dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		// Links that leave the app's directory are not followed.
		if info, err := fs.Stat(c.app, name); err != nil || !info.IsDir() {
			continue
		}
		below, err := c.find(name, append([]string{"**"}, rest...), depth+1)
		if err != nil {
			return nil, err
		}
		found = append(found, below...)
	}
	return found, nil
}

// list returns the names in a directory that match one level of a pattern.
func (c *copier) list(dir, part string) ([]string, error) {
	g, err := compile(part)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(c.app, dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if g.match(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

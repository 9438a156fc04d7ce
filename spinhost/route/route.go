// Package route finds the trigger that serves a path, with Spin's precedence
// and on the raw, undecoded path (Spin's crates/routes on the crate
// routefinder 0.5.4).
package route

import (
	"fmt"
	"slices"
	"strings"
)

// Reserved is the prefix of the paths that the host answers itself.
const Reserved = "/.well-known/spin/"

// Route is one public pattern and the trigger that serves it.
type Route struct {
	Pattern string // as the manifest has it: "/a/b", "/a/:name", "/a/..."
	Trigger int    // the caller's number, returned by Match
}

// Listed is a route of a table as the start-up listing shows it.
type Listed struct {
	Prefix   string // absolute, without the wildcard; "" for the root
	Wildcard bool
	Trigger  int
}

// Duplicate reports a pattern that appeared twice: the trigger Replaced is
// never reached, Effective has taken its place.
type Duplicate struct {
	Path                string
	Replaced, Effective int
}

// Match is a path's route.
type Match struct {
	Trigger  int
	Pattern  string  // absolute, without a trailing slash: spin-matched-route
	Raw      string  // as the manifest has it: spin-raw-component-route
	Prefix   string  // Raw without "/...": spin-component-route
	PathInfo string  // what the wildcard took, with its leading slash: spin-path-info
	Params   []Param // what the :names took, still percent-encoded
}

// Param is one :name segment of a match.
type Param struct{ Name, Value string }

// Table is a set of routes in order of precedence.
type Table struct{ entries []entry }

type entry struct {
	route    Route
	pattern  string // absolute, without a trailing slash
	prefix   string // pattern without its wildcard
	wildcard bool
	segments spec
}

// New makes a table. A pattern written twice is served by the later route in
// the earlier one's place, and reported. The error names a pattern that cannot
// be parsed.
func New(routes []Route) (*Table, []Duplicate, error) {
	var unique []Route
	var duplicates []Duplicate
	for _, r := range routes {
		i := slices.IndexFunc(unique, func(u Route) bool { return u.Pattern == r.Pattern })
		if i < 0 {
			unique = append(unique, r)
			continue
		}
		path := absolute(r.Pattern)
		if path == "" {
			path = "/"
		}
		duplicates = append(duplicates, Duplicate{Path: path, Replaced: unique[i].Trigger, Effective: r.Trigger})
		unique[i] = r
	}

	table := &Table{}
	for _, r := range unique {
		e, err := parse(r)
		if err != nil {
			return nil, duplicates, fmt.Errorf("route %q: %w", r.Pattern, err)
		}
		table.insert(e)
	}
	return table, duplicates, nil
}

// insert puts an entry before the first one that it goes before, so that
// routes of the same shape keep the order of the manifest.
func (t *Table) insert(e entry) {
	i := slices.IndexFunc(t.entries, func(other entry) bool { return e.segments.before(other.segments) })
	if i < 0 {
		i = len(t.entries)
	}
	t.entries = slices.Insert(t.entries, i, e)
}

// Check returns the error that New would give for a pattern.
func Check(pattern string) error {
	_, err := parse(Route{Pattern: pattern})
	return err
}

func parse(r Route) (entry, error) {
	e := entry{route: r, pattern: absolute(r.Pattern)}
	e.prefix = e.pattern
	source := e.pattern
	if prefix, ok := strings.CutSuffix(e.pattern, "/..."); ok {
		e.prefix, e.wildcard = prefix, true
		source = prefix + "/*"
	} else if prefix, ok := strings.CutSuffix(e.pattern, "/*"); ok {
		e.prefix, e.wildcard = prefix, true
	}
	var err error
	e.segments, err = parseSpec(source)
	return e, err
}

// absolute adds the leading slash that a pattern lacks and drops one trailing
// slash. The root becomes "".
func absolute(pattern string) string {
	if !strings.HasPrefix(pattern, "/") {
		pattern = "/" + pattern
	}
	return strings.TrimSuffix(pattern, "/")
}

// Match returns the first route in order of precedence that matches the raw
// path (no query).
func (t *Table) Match(path string) (Match, bool) {
	trimmed := strings.Trim(path, "/")
	for i := range t.entries {
		e := &t.entries[i]
		captures, ok := e.segments.match(trimmed)
		if !ok {
			continue
		}
		m := Match{
			Trigger: e.route.Trigger,
			Pattern: e.pattern,
			Raw:     e.route.Pattern,
			Prefix:  strings.TrimSuffix(e.route.Pattern, "/..."),
		}
		for j, s := range e.segments.capturing() {
			if s.kind == wildcard {
				m.PathInfo = pathInfo(captures[j], path)
			} else {
				m.setParam(s.text, captures[j])
			}
		}
		return m, true
	}
	return Match{}, false
}

// pathInfo gives back the slashes that trimming the path has taken from what
// the wildcard captured.
func pathInfo(captured, path string) string {
	if captured != "" {
		captured = "/" + captured
	}
	if strings.HasSuffix(path, "/") {
		captured += "/"
	}
	return captured
}

// setParam keeps the last value of a name that the pattern uses twice.
func (m *Match) setParam(name, value string) {
	for i := range m.Params {
		if m.Params[i].Name == name {
			m.Params[i].Value = value
			return
		}
	}
	m.Params = append(m.Params, Param{name, value})
}

// Routes returns the table in order of precedence.
func (t *Table) Routes() []Listed {
	routes := make([]Listed, len(t.entries))
	for i, e := range t.entries {
		routes[i] = Listed{Prefix: e.prefix, Wildcard: e.wildcard, Trigger: e.route.Trigger}
	}
	return routes
}

// HasReserved reports whether a route lies below Reserved, where no request
// reaches it.
func (t *Table) HasReserved() bool {
	return slices.ContainsFunc(t.entries, func(e entry) bool { return strings.HasPrefix(e.pattern, Reserved) })
}

// String returns the route as Spin's listing shows it behind the base URL:
// "/a", "/a (wildcard)", " (wildcard)".
func (l Listed) String() string {
	if l.Wildcard {
		return l.Prefix + " (wildcard)"
	}
	return l.Prefix
}

// Chained is the match of a request that came by service chaining: as if it
// had met the route "/...".
func Chained(path string) Match {
	return Match{Trigger: -1, Pattern: "/...", Raw: "/...", PathInfo: path}
}

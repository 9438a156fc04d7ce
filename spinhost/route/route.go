// Package route finds the trigger of a path, with Spin's precedence and on the raw, undecoded
// path (Spin's crates/routes, on the crate routefinder 0.5.4).
package route

import (
	"fmt"
	"slices"
	"strings"
)

// Reserved is the prefix of the paths that the host serves itself.
const Reserved = "/.well-known/spin/"

// Route is a public pattern and its trigger.
type Route struct {
	Pattern string // as the manifest has it: "/a/b", "/a/:name", "/a/..."
	Trigger int    // an arbitrary number that Match returns
}

// Listed is a route as the start-up message lists it.
type Listed struct {
	Prefix   string // absolute, without the wildcard; "" for the root
	Wildcard bool
	Trigger  int
}

// Duplicate is a pattern that appears twice: the trigger Effective has replaced Replaced.
type Duplicate struct {
	Path                string
	Replaced, Effective int
}

// Match is the route of a path.
type Match struct {
	Trigger  int
	Pattern  string  // absolute, without a trailing slash: spin-matched-route
	Raw      string  // as the manifest has it: spin-raw-component-route
	Prefix   string  // Raw without "/...": spin-component-route
	PathInfo string  // what the wildcard matched, with a leading slash: spin-path-info
	Params   []Param // what the :names matched, still percent-encoded
}

// Param is one :name segment of a match.
type Param struct{ Name, Value string }

// Table is routes in order of precedence.
type Table struct{ entries []entry }

type entry struct {
	route    Route
	pattern  string // absolute, without a trailing slash
	prefix   string // pattern without its wildcard
	wildcard bool
	segments spec
}

// New returns a table. Of two equal patterns, the later route takes the place of the earlier and
// is reported. The error names a pattern that cannot be parsed.
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
		duplicates = append(duplicates, Duplicate{path, unique[i].Trigger, r.Trigger})
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

// insert inserts an entry by precedence. Routes of the same shape keep their order.
func (t *Table) insert(e entry) {
	i := slices.IndexFunc(t.entries, func(other entry) bool {
		return e.segments.precedes(other.segments)
	})
	if i < 0 {
		i = len(t.entries)
	}
	t.entries = slices.Insert(t.entries, i, e)
}

// Check returns the error that New has for a pattern.
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

// absolute adds a missing leading slash and drops one trailing slash. The root becomes "".
func absolute(pattern string) string {
	if !strings.HasPrefix(pattern, "/") {
		pattern = "/" + pattern
	}
	return strings.TrimSuffix(pattern, "/")
}

// Match returns the first route that matches a raw path without query.
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

// pathInfo restores the slashes that Match has trimmed from what the wildcard captured.
func pathInfo(captured, path string) string {
	if captured != "" {
		captured = "/" + captured
	}
	if strings.HasSuffix(path, "/") {
		captured += "/"
	}
	return captured
}

// setParam sets a parameter. If the pattern uses a name twice, the last value counts.
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

// HasReserved reports whether a route is below Reserved and so never reached.
func (t *Table) HasReserved() bool {
	isReserved := func(e entry) bool { return strings.HasPrefix(e.pattern, Reserved) }
	return slices.ContainsFunc(t.entries, isReserved)
}

// String returns the route as Spin lists it after the base URL: "/a", "/a (wildcard)",
// " (wildcard)".
func (l Listed) String() string {
	if l.Wildcard {
		return l.Prefix + " (wildcard)"
	}
	return l.Prefix
}

// Chained returns the match of a request by service chaining, which is that of the route "/...".
func Chained(path string) Match {
	return Match{Trigger: -1, Pattern: "/...", Raw: "/...", PathInfo: path}
}

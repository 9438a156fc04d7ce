// Package route finds the trigger that serves a path, with Spin's precedence
// and on the raw, undecoded path (Spin's crates/routes on the crate
// routefinder 0.5.4).
package route

// Route is one public pattern and the trigger that serves it.
type Route struct {
	Pattern string // as the manifest has it: "/a/b", "/a/:name", "/a/..."
	Trigger int    // the caller's number, returned by Match
}

// Listed is a route of a table as the start-up listing shows it.
type Listed struct {
	Path     string // without the wildcard; "/" for the root in JSON, see String
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
type Table struct{}

// New makes a table. A pattern written twice is served by the later route in
// the earlier one's place, and reported. The error names a pattern that cannot
// be parsed.
func New(routes []Route) (*Table, []Duplicate, error) { return &Table{}, nil, nil }

// Match returns the first route in order of precedence that matches the raw
// path (no query).
func (t *Table) Match(path string) (Match, bool) { return Match{}, false }

// Routes returns the table in order of precedence.
func (t *Table) Routes() []Listed { return nil }

// String returns the route as Spin's listing shows it behind the base URL:
// "/a", "/a (wildcard)", " (wildcard)".
func (l Listed) String() string { return "" }

// Chained is the match of a request that came by service chaining: as if it
// had met the route "/...".
func Chained(path string) Match {
	return Match{Pattern: "/...", Raw: "/...", PathInfo: path}
}

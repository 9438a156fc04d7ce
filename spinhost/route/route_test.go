package route

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// routesOf returns a route for each pattern, numbered in order.
func routesOf(patterns ...string) []Route {
	list := make([]Route, len(patterns))
	for i, pattern := range patterns {
		list[i] = Route{Pattern: pattern, Trigger: i}
	}
	return list
}

// matches lists paths with their routes. They also seed the fuzz target.
var cases = []struct {
	patterns string // separated by spaces
	path     string
	want     string // pattern, path info and params of the match; "" for none
}{
	{"/foo /foo/bar", "/foo", "/foo info="},
	{"/foo /foo/bar", "/foo/bar", "/foo/bar info="},
	{"/exact", "/exact/", "/exact info="},
	{"/exact", "//exact", "/exact info="},
	{"/exact", "/exact?", ""},
	{"/exact", "/exacter", ""},
	{"/exact", "/Exact", ""},
	{"exact", "/exact", "exact info="},
	{"/exact/", "/exact", "/exact/ info="},
	{"/", "/", "/ info="},
	{"/", "///", "/ info="},
	{"/", "/a", ""},

	// Trailing wildcards.
	{"/...", "/", "/... info=/"},
	{"/...", "/abc/", "/... info=/abc/"},
	{"/...", "/1/2/3", "/... info=/1/2/3"},
	{"/1/...", "/1/2/3", "/1/... info=/2/3"},
	{"/test/...", "/test", "/test/... info="},
	{"/test/...", "/test/", "/test/... info=/"},
	{"/test/...", "/test/hello", "/test/... info=/hello"},
	{"/test/...", "/test/hello/", "/test/... info=/hello/"},
	{"/test/...", "/tester", ""},
	{"/test/*", "/test/hello", "/test/* info=/hello"},
	{"/echo/...", "//echo//x//", "/echo/... info=//x/"},

	// Params.
	{"/1/:two/3", "/1/2/3", "/1/:two/3 info= two=2"},
	{"/1/:two/...", "/1/2/3", "/1/:two/... info=/3 two=2"},
	{"/p/:name", "/p/4%2F2", "/p/:name info= name=4%2F2"},
	{"/p/:name", "/p/", ""},
	{"/p/:name", "/p/a/b", ""},
	{"/:a/:b", "/1/2", "/:a/:b info= a=1 b=2"},
	{"/:a/:a", "/1/2", "/:a/:a info= a=2"},
	{"/p/:file.json", "/p/x.json", "/p/:file.json info= file=x"},
	{"/p/:file.json", "/p/x", ""},
	{"/p/:file.json", "/p/x/y.json", ""},
	{"/p/:file", "/p/x.json", "/p/:file info= file=x.json"},
	{"/a/:x/b", "/a//b", "/a/:x/b info= x="},

	// Dots and slashes inside, as routefinder reads them.
	{"/a.b/c.d", "/a.b/c.d", "/a.b/c.d info="},
	{"/.well-known/x", "/.well-known/x", "/.well-known/x info="},
	{"/a//b", "/a/b", "/a//b info="},
	{"/a//b", "/a//b", ""},
	{"/a/.b", "/a.b", "/a/.b info="},

	// Precedence.
	{"/... /one /:x", "/one", "/one info="},
	{"/... /one /:x", "/two", "/:x info= x=two"},
	{"/... /one /:x", "/two/three", "/... info=/two/three"},
	{"/one/... /...", "/one/two", "/one/... info=/two"},
	{"/one/... /one/two/...", "/one/two/three", "/one/two/... info=/three"},
	{"/one/... /one/two/...", "/one/twofold", "/one/... info=/twofold"},
	{"/:a/b /a/:b", "/a/b", "/a/:b info= b=b"},
	{"/:a/b /:x/:b", "/a/b", "/:a/b info= a=a"},
	{"/foo/... /foo", "/foo", "/foo info="},
	{"/foo /foo/", "/foo", "/foo info="},
	{"/:a /:b", "/x", "/:a info= a=x"},
	{"/x/:a /x/:a.json", "/x/y.json", "/x/:a.json info= a=y"},
}

func TestMatch(t *testing.T) {
	for _, c := range cases {
		table, _, err := New(routesOf(strings.Fields(c.patterns)...))
		if err != nil {
			t.Fatalf("%s: %v", c.patterns, err)
		}
		got := ""
		if m, ok := table.Match(c.path); ok {
			got = fmt.Sprintf("%s info=%s", m.Raw, m.PathInfo)
			for _, param := range m.Params {
				got += fmt.Sprintf(" %s=%s", param.Name, param.Value)
			}
		}
		if got != c.want {
			t.Errorf("%s on %s: got %q, want %q", c.patterns, c.path, got, c.want)
		}
	}
}

func TestMatchedRouteHeaders(t *testing.T) {
	for _, c := range []struct{ pattern, path, matched, component string }{
		{"/", "/", "", "/"},
		{"a/b/", "/a/b", "/a/b", "a/b/"},
		{"/a/...", "/a/x", "/a/...", "/a"},
		{"/a/*", "/a/x", "/a/*", "/a/*"},
		{"/...", "/x", "/...", ""},
	} {
		table, _, err := New(routesOf(c.pattern))
		if err != nil {
			t.Fatal(err)
		}
		m, ok := table.Match(c.path)
		if !ok || m.Pattern != c.matched || m.Raw != c.pattern || m.Prefix != c.component {
			t.Errorf("%s on %s: got %+v, %t", c.pattern, c.path, m, ok)
		}
	}
	want := Match{Trigger: -1, Pattern: "/...", Raw: "/...", PathInfo: "/x//y/"}
	if got := Chained("/x//y/"); !reflect.DeepEqual(got, want) {
		t.Errorf("chained: got %+v", got)
	}
}

func TestListing(t *testing.T) {
	table, duplicates, err := New(routesOf("/...", "/", "/b/...", "/a", "/:x", "/b"))
	if err != nil || len(duplicates) != 0 {
		t.Fatal(err, duplicates)
	}
	var listing []string
	for _, r := range table.Routes() {
		listing = append(listing, fmt.Sprintf("%d:%s", r.Trigger, r))
	}
	got := strings.Join(listing, "\n")
	want := "1:\n3:/a\n5:/b\n2:/b (wildcard)\n4:/:x\n0: (wildcard)"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDuplicates(t *testing.T) {
	table, duplicates, err := New(routesOf("/dup", "/other", "/dup", "/", "/", "/dup", "/dup/"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Duplicate{{"/dup", 0, 2}, {"/", 3, 4}, {"/dup", 2, 5}}
	if !reflect.DeepEqual(duplicates, want) {
		t.Errorf("got %v, want %v", duplicates, want)
	}
	// The last one takes the place of the first, before "/dup/".
	if m, ok := table.Match("/dup"); !ok || m.Trigger != 5 {
		t.Errorf("got %+v, %t", m, ok)
	}
}

func TestReserved(t *testing.T) {
	for pattern, want := range map[string]bool{
		"/.well-known/spin/...":  true,
		"/.well-known/spin/info": true,
		"/.well-known/spin":      false,
		"/.well-known/other":     false,
		"/...":                   false,
	} {
		table, _, err := New(routesOf(pattern))
		if err != nil || table.HasReserved() != want {
			t.Errorf("%s: %v, %v", pattern, table.HasReserved(), err)
		}
	}
}

func TestBadPatterns(t *testing.T) {
	for pattern, want := range map[string]string{
		"/a/:":    `route "/a/:": params must be named`,
		"/*all":   "route \"/*all\": since there can only be one wildcard, it doesn't need a name. replace `*all` with `*`",
		"/a/*/b":  `route "/a/*/b": a wildcard must be the last segment`,
		"/*.json": `route "/*.json": a wildcard must be the last segment`,
		"/*/...":  `route "/*/...": a wildcard must be the last segment`,
	} {
		if _, _, err := New(routesOf(pattern)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", pattern, err)
		}
	}
}

// FuzzMatch checks that nothing panics and that a match is a route of the table.
func FuzzMatch(f *testing.F) {
	for _, c := range cases {
		f.Add(c.patterns, c.path)
	}
	f.Add("*//", "0")
	f.Fuzz(func(t *testing.T, patterns, path string) {
		list := routesOf(strings.Fields(patterns)...)
		table, duplicates, err := New(list)
		if err != nil {
			return
		}
		if got := len(table.Routes()) + len(duplicates); got != len(list) {
			t.Fatalf("%d routes and duplicates of %d patterns", got, len(list))
		}
		m, ok := table.Match(path)
		if ok && list[m.Trigger].Pattern != m.Raw {
			t.Fatalf("trigger %d is not the one of %q", m.Trigger, m.Raw)
		}
		pattern := strings.TrimRight(m.Pattern, "/")
		if ok && m.PathInfo != "" && !strings.HasSuffix(pattern, "...") && !strings.HasSuffix(pattern, "*") {
			t.Fatalf("%q has no wildcard and took %q", m.Pattern, m.PathInfo)
		}
	})
}

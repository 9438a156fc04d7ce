package contract

import (
	"reflect"
	"testing"
)

func TestMatchJSON(t *testing.T) {
	for _, c := range []struct {
		want, got string
		fits      bool
	}{
		{`{"a": 1}`, `{"a":1,"b":2}`, true},
		{`{"a": 1}`, `{"b":2}`, false},
		{`{"a": 1}`, `{"a":1.0}`, false},
		{`{"a": null}`, `{"a":null}`, true},
		{`{"a": null}`, `{}`, false},
		{`{"a": null}`, `{"a":0}`, false},
		{`{"a": [1, 2]}`, `{"a":[1,2]}`, true},
		{`{"a": [1]}`, `{"a":[1,2]}`, false},
		{`{"a": []}`, `{"a":[]}`, true},
		{`{"a": []}`, `{"a":{}}`, false},
		{`{"a": {"b": true}}`, `{"a":{"b":true,"c":0}}`, true},
		{`{"a": "x...z"}`, `{"a":"xyz"}`, true},
		{`{"a": "x...z"}`, `{"a":"xy"}`, false},
		{`{"a": "1"}`, `{"a":1}`, false},
		{`{"a": "$n", "b": "$n"}`, `{"a":7,"b":7}`, true},
		{`{"a": "$n", "b": "$n"}`, `{"a":7,"b":8}`, false},
		{`{"a": 1}`, `{"a":1} {}`, false},
		{`{"a": 1}`, `{"a":`, false},
	} {
		if err := (bindings{}).json(c.want, c.got); (err == nil) != c.fits {
			t.Errorf("%s with %s: %v", c.want, c.got, err)
		}
	}
}

func TestMatchText(t *testing.T) {
	for _, c := range []struct {
		want, got string
		fits      bool
		bound     bindings
	}{
		{"abc", "abc", true, bindings{}},
		{"abc", "abcd", false, bindings{}},
		{"", "", true, bindings{}},
		{"", "x", false, bindings{}},
		{"...b...", "a\nb\nc", true, bindings{}},
		{"a.c", "abc", false, bindings{}},
		{"/s/$x", "/s/1-2", true, bindings{"$x": "1-2"}},
		{"$x=$x", "1=1", true, bindings{"$x": "1"}},
		{"$x=$x", "1=2", false, bindings{"$x": "1"}},
		{"$x, $y", "1, 2", true, bindings{"$x": "1", "$y": "2"}},
	} {
		bound := bindings{}
		err := bound.text(c.want, c.got)
		if (err == nil) != c.fits || !reflect.DeepEqual(bound, c.bound) {
			t.Errorf("%q with %q: %v, bound %v", c.want, c.got, err, bound)
		}
	}
}

func TestExpand(t *testing.T) {
	bound := bindings{"$s": "token"}
	if got, err := bound.expand("/session?session=$s"); got != "/session?session=token" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := bound.expand("$t"); err == nil {
		t.Error("an unbound name is sent")
	}
}

func TestParseTranscripts(t *testing.T) {
	cases, err := parseTranscripts("# One.\n> PUT /a\n> If-Match: \"1\"\n>\n> x\n>  y\n< 204\n< ETag:\n<\n\n> GET /a\n< 200\n<\n<= {}\n# Two\n> GET /b\n< 404\n")
	if err != nil {
		t.Fatal(err)
	}
	empty, object := "", "{}"
	want := []transcript{
		{"One", []exchange{
			{2, Request{"PUT", "/a", []Field{{"If-Match", `"1"`}}, "x\n y"}, 204, []Field{{"ETag", ""}}, &empty, false},
			{11, Request{Method: "GET", Target: "/a"}, 200, nil, &object, true},
		}},
		{"Two", []exchange{{16, Request{Method: "GET", Target: "/b"}, 404, nil, nil, false}}},
	}
	if !reflect.DeepEqual(cases, want) {
		t.Errorf("got  %+v\nwant %+v", cases, want)
	}
	for _, bad := range []string{
		"> GET /\n< 200\n",            // no title
		"# A\n> GET /\n",              // no reply
		"# A\n< 200\n",                // no request
		"# A\n> GET /\n< 200\n> x\n",  // out of order
		"# A\n> GET\n< 200\n",         // no target
		"# A\n> GET /\n< ok\n",        // no status
		"# A\n> GET /\n> x\n< 200\n",  // no header
		"# A\n> GET /\n< 200\n< x\n",  // no header
		"# A\nGET /\n",                // no mark
		"# A\n> GET /\n< 200\nnone\n", // no mark
	} {
		if _, err := parseTranscripts(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

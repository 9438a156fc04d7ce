package main

import (
	"bytes"
	"testing"

	"abacus/spinhost/manifest"
	"abacus/spinhost/route"
)

func TestBanner(t *testing.T) {
	table, _, err := route.New([]route.Route{{Pattern: "/...", Trigger: 0}, {Pattern: "/b", Trigger: 1}, {Pattern: "/", Trigger: 2}})
	if err != nil {
		t.Fatal(err)
	}
	b := banner{
		base: "http://127.0.0.1:3000",
		manifest: &manifest.Manifest{
			Triggers: []manifest.Trigger{
				{ID: "t0", Component: "web"},
				{ID: "t1", Static: &manifest.Static{}},
				{ID: "t2", Component: "eval"},
			},
			Components: []*manifest.Component{{ID: "web", Description: "Pages & assets"}, {ID: "eval"}},
		},
		routes: table.Routes(),
	}
	for format, want := range map[string]string{
		"plain": `
Serving http://127.0.0.1:3000
Available Routes:
  eval: http://127.0.0.1:3000
  t1: http://127.0.0.1:3000/b
  web: http://127.0.0.1:3000 (wildcard)
    Pages & assets
`,
		"json": `{
  "base_url": "http://127.0.0.1:3000",
  "routes": [
    {
      "id": "eval",
      "route": "/",
      "wildcard": false
    },
    {
      "id": "t1",
      "route": "/b",
      "wildcard": false
    },
    {
      "id": "web",
      "route": "/",
      "wildcard": true,
      "description": "Pages & assets"
    }
  ]
}
`,
	} {
		var out bytes.Buffer
		if err := b.print(&out, format); err != nil || out.String() != want {
			t.Errorf("got %s, %v\nwant %s", out.String(), err, want)
		}
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"io"

	"abacus/spinhost/manifest"
	"abacus/spinhost/route"
)

// banner is the text that is printed once the application is ready.
type banner struct {
	base     string // URL without a slash at its end
	manifest *manifest.Manifest
	routes   []route.Listed
}

// print writes the address and the public routes in order of precedence, as
// Spin does (crates/trigger-http/src/server.rs).
func (b banner) print(w io.Writer, format string) error {
	if format == "json" {
		return b.printJSON(w)
	}
	text := fmt.Sprintf("\nServing %s\nAvailable Routes:\n", b.base)
	for _, r := range b.routes {
		name, description := b.handler(r)
		text += fmt.Sprintf("  %s: %s%s\n", name, b.base, r)
		if description != "" {
			text += fmt.Sprintf("    %s\n", description)
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

func (b banner) printJSON(w io.Writer) error {
	type entry struct {
		ID          string `json:"id"`
		Route       string `json:"route"`
		Wildcard    bool   `json:"wildcard"`
		Description string `json:"description,omitempty"`
	}
	out := struct {
		BaseURL string  `json:"base_url"`
		Routes  []entry `json:"routes"`
	}{BaseURL: b.base, Routes: []entry{}}
	for _, r := range b.routes {
		name, description := b.handler(r)
		path := r.Prefix
		if path == "" {
			path = "/"
		}
		out.Routes = append(out.Routes, entry{name, path, r.Wildcard, description})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

// handler returns the name and the description of the component that serves a route.
func (b banner) handler(r route.Listed) (name, description string) {
	trigger := b.manifest.Triggers[r.Trigger]
	if c := b.manifest.Component(trigger.Component); c != nil {
		description = c.Description
	}
	return trigger.Handler(), description
}

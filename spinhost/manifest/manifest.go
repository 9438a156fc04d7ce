// Package manifest reads a Spin manifest (spin.toml, version 2) and reports its problems with
// file, line and key.
//
// The format is Spin's (crates/manifest/src/schema/v2.rs, and crates/http/src/config.rs for the
// HTTP trigger). Features of Spin that this host lacks, such as Redis triggers or components from a
// registry, are rejected by name.
package manifest

import (
	"fmt"

	"abacus/spinhost/tomlfile"
)

// DefaultFile is the name of a manifest.
const DefaultFile = "spin.toml"

// Manifest is an app: its variables, components and triggers in the order of the file, inline
// components last.
type Manifest struct {
	Path        string // absolute path of the file
	Dir         string // absolute directory of the file, to which its paths are relative
	Name        string
	Version     string
	Description string
	Variables   []Variable
	Triggers    []Trigger
	Components  []*Component
}

// Variable is an application variable. It is required, or it has a default.
type Variable struct {
	Name        string
	Description string
	Required    bool
	Default     string // "" if Required
	Secret      bool   // never printed
}

// Trigger is one [[trigger.http]]: a route or a private endpoint, served by a component or a
// static response.
type Trigger struct {
	ID        string
	Component string  // id, "" if Static is set
	Static    *Static // nil if Component is set
	Route     string  // as written, "" if Private
	Private   bool    // only reachable by service chaining

	table *tomlfile.Table // nil if the trigger was not read from a file
}

// Static is a static_response.
type Static struct {
	Status  int // 200 unless the manifest says otherwise
	Headers []Header
	Body    string
}

// Header is one header of a Static response.
type Header struct{ Name, Value string }

// Component is one [component.ID], or a component written inside a trigger.
type Component struct {
	ID                   string
	Description          string
	Source               string            // absolute path of the Wasm module; it may not exist yet
	Variables            map[string]string // name to template, see package variable
	Environment          map[string]string
	Files                []Files
	ExcludeFiles         []string // glob patterns
	AllowedOutboundHosts []string // items of package outbound, templates included
	KeyValueStores       []string // labels
	SQLiteDatabases      []string // labels
	Build                *Build   // nil if the component has no build table

	table *tomlfile.Table // nil if the component was not read from a file
}

// Files is an item of a component's files: a Pattern, whose matches keep their relative paths,
// or a Source (file or directory) that is mounted at Destination. Host paths are relative to the
// manifest's directory.
type Files struct {
	Pattern             string // "" if Source is set
	Source, Destination string
}

// Build is how a component is built: shell commands that run in Workdir, in order.
type Build struct {
	Commands []string
	Workdir  string   // absolute; the manifest's directory unless the manifest says otherwise
	Watch    []string // globs relative to Workdir, for `spin watch`
}

// Component returns a component by id, or nil.
func (m *Manifest) Component(id string) *Component {
	for _, component := range m.Components {
		if component.ID == id {
			return component
		}
	}
	return nil
}

// Handler returns the id of a trigger's component, or its own for a static response.
func (t Trigger) Handler() string {
	if t.Static != nil {
		return t.ID
	}
	return t.Component
}

// At adds the file and line of one of the component's keys to an error that is found later.
func (c *Component) At(key string, err error) error {
	if c.table == nil {
		return fmt.Errorf("component.%s.%s: %w", c.ID, key, err)
	}
	return c.table.At(key, err)
}

// At adds the file and line of one of the trigger's keys to an error.
func (t Trigger) At(key string, err error) error {
	if t.table == nil {
		return fmt.Errorf("trigger %s: %s: %w", t.ID, key, err)
	}
	return t.table.At(key, err)
}

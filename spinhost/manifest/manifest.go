// Package manifest reads a Spin manifest (spin.toml, version 2) and says what
// is wrong with it by file, line and key.
//
// The format is Spin's (crates/manifest/src/schema/v2.rs and the HTTP
// trigger's crates/http/src/config.rs). What Spin accepts and this host does
// not serve, such as Redis triggers or components from a registry, is refused
// by name.
package manifest

import (
	"fmt"

	"abacus/spinhost/document"
)

// DefaultFile is the file name that a directory is searched for.
const DefaultFile = "spin.toml"

// Manifest is an application: its variables, components and triggers in the
// order of the file, inline components last.
type Manifest struct {
	Path        string // absolute path of the file
	Dir         string // absolute directory of the file: the root of every relative path in it
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
	Secret      bool   // has no effect when it is read; it is never printed
}

// Trigger is one [[trigger.http]]: a route or a private endpoint, and what
// answers it: a component or a fixed response.
type Trigger struct {
	ID        string
	Component string  // id, "" if Static is set
	Static    *Static // nil if Component is set
	Route     string  // as written, "" if Private
	Private   bool    // reachable by service chaining only

	table *document.Table // nil if the trigger was not read from a file
}

// Static is a response that the host gives without a component.
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

	table *document.Table // nil if the component was not read from a file
}

// Files is an item of a component's files: a Pattern that keeps the relative
// paths, or a Source (file or directory) that appears as Destination. Host
// paths are relative to the manifest's directory.
type Files struct {
	Pattern             string // "" if Source is set
	Source, Destination string
}

// Build is how a component is built: the commands run by a shell, in order, in
// Workdir.
type Build struct {
	Commands []string
	Workdir  string   // absolute; the manifest's directory unless the manifest says otherwise
	Watch    []string // globs relative to Workdir, for a watcher only
}

// Component returns the component of that id, or nil.
func (m *Manifest) Component(id string) *Component {
	for _, component := range m.Components {
		if component.ID == id {
			return component
		}
	}
	return nil
}

// Handler returns the name under which a trigger is listed: its component's id,
// or its own for a static response.
func (t Trigger) Handler() string {
	if t.Static != nil {
		return t.ID
	}
	return t.Component
}

// At returns err with the file and the line of one of the component's keys, for
// what is found to be wrong with it later.
func (c *Component) At(key string, err error) error {
	if c.table == nil {
		return fmt.Errorf("component.%s.%s: %w", c.ID, key, err)
	}
	return c.table.At(key, err)
}

// At returns err with the file and the line of one of the trigger's keys.
func (t Trigger) At(key string, err error) error {
	if t.table == nil {
		return fmt.Errorf("trigger %s: %s: %w", t.ID, key, err)
	}
	return t.table.At(key, err)
}

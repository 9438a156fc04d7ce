// Package variable resolves an app's variables and the templates of its components (Spin's
// crates/expressions and crates/variables-*).
package variable

import (
	"fmt"
	"slices"
	"strings"

	"abacus/spinhost/manifest"
)

// Tag is an error code of spin-config.get-config.
type Tag uint8

// The tags of Spin's interface.
const (
	Provider      Tag = iota // the component has no such variable
	InvalidKey               // the name breaks the rules of variable names
	InvalidSchema            // never returned
	Other                    // a source failed, or none has a value
)

// Error is a failed lookup, with the tag and text that Spin returns to the component.
type Error struct {
	Tag  Tag
	Text string
}

func (e *Error) Error() string { return e.Text }

// Resolver resolves the variables of an app and the templates of its components. It is safe for
// concurrent use. It caches nothing: sources may change while the app runs.
type Resolver struct {
	order     []string                       // names in the order of the manifest
	declared  map[string]manifest.Variable   // by name
	templates map[string]map[string]Template // by component and name
	sources   []Source
}

// New checks the templates of the manifest's components and returns a resolver that consults the
// sources in order and then the manifest's defaults.
func New(m *manifest.Manifest, sources ...Source) (*Resolver, error) {
	r := &Resolver{
		declared:  make(map[string]manifest.Variable),
		templates: make(map[string]map[string]Template),
		sources:   sources,
	}
	for _, v := range m.Variables {
		r.order = append(r.order, v.Name)
		r.declared[v.Name] = v
	}
	for _, component := range m.Components {
		templates := make(map[string]Template)
		for name, text := range component.Variables {
			t, err := Parse(text)
			if err == nil {
				err = r.Check(t)
			}
			if err != nil {
				return nil, component.At("variables."+name, err)
			}
			templates[name] = t
		}
		r.templates[component.ID] = templates
	}
	return r, nil
}

// Check refuses a template with a name that the app does not declare.
func (r *Resolver) Check(t Template) error {
	for _, name := range t.Names() {
		if _, ok := r.declared[name]; !ok {
			return fmt.Errorf("invalid variable template: unknown variable %q; "+
				"declare it in [variables]", name)
		}
	}
	return nil
}

// Secret reports whether the template contains a secret variable.
func (r *Resolver) Secret(t Template) bool {
	return slices.ContainsFunc(t.Names(), func(name string) bool { return r.declared[name].Secret })
}

// Get returns the value of a variable of a component. The error is an *Error.
func (r *Resolver) Get(component, name string) (string, error) {
	if reason := invalidName(name); reason != "" {
		return "", &Error{InvalidKey, fmt.Sprintf("%q: %s", name, reason)}
	}
	t, ok := r.templates[component][name]
	if !ok {
		return "", &Error{Provider, fmt.Sprintf("no variable for %q.%q", component, name)}
	}
	value, err := r.Expand(t)
	if err != nil {
		// The old interface formats the error of the new one with Rust's Debug.
		return "", &Error{Other, fmt.Sprintf("Error::Provider(%q)", err.Error())}
	}
	return value, nil
}

// Expand expands a template with the current values of its variables.
func (r *Resolver) Expand(t Template) (string, error) { return t.expand(r.value) }

// Default expands a template with the defaults of the manifest. It returns false if a variable has
// none.
func (r *Resolver) Default(t Template) (string, bool) {
	text, err := t.expand(r.defaultValue)
	return text, err == nil
}

// value consults the sources in order, then the manifest.
func (r *Resolver) value(name string) (string, error) {
	for _, source := range r.sources {
		value, ok, err := source.Value(name)
		if err != nil || ok {
			return value, err
		}
	}
	return r.defaultValue(name)
}

func (r *Resolver) defaultValue(name string) (string, error) {
	if v, ok := r.declared[name]; ok && !v.Required {
		return v.Default, nil
	}
	return "", fmt.Errorf("no provider resolved required variable %q", name)
}

// CheckRequired returns an error, in Spin's words, if a required variable has no value. A source
// that fails counts as having none.
func (r *Resolver) CheckRequired() error {
	var missing, keys []string
	for _, name := range r.order {
		if !r.declared[name].Required || r.resolvable(name) {
			continue
		}
		missing = append(missing, name)
		keys = append(keys, fmt.Sprintf("Key(%q)", name))
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("no provider resolved required variable(s): [%s]; "+
		"give a value with --variable %s=VALUE or in the environment variable %s_%s",
		strings.Join(keys, ", "), missing[0], DefaultPrefix, strings.ToUpper(missing[0]))
}

func (r *Resolver) resolvable(name string) bool {
	for _, source := range r.sources {
		if _, ok, err := source.Value(name); ok && err == nil {
			return true
		}
	}
	return false
}

// invalidName returns why a variable name is invalid, "" if it is valid.
func invalidName(name string) string {
	if name == "" {
		return "must not be empty"
	}
	for _, c := range name {
		if !(c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			return fmt.Sprintf("invalid character %q. "+
				"Variable names may contain only lower-case letters, numbers, and underscores.", c)
		}
	}
	switch {
	case name[0] < 'a':
		return "must start with a lowercase ASCII letter"
	case name[len(name)-1] == '_':
		return "must end with a lowercase ASCII letter or digit"
	case strings.Contains(name, "__"):
		return "must not contain multiple consecutive underscores"
	}
	return ""
}

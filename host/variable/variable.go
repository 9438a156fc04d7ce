// Package variable resolves the variables of an application and the templates
// that hand them to components (Spin's crates/expressions and
// crates/variables-*).
package variable

import (
	"errors"

	"abacus/host/manifest"
)

// Tag numbers the errors of spin-config.get-config as the guest sees them.
type Tag uint8

// The tags, in the order of Spin's interface.
const (
	Provider      Tag = iota // no such variable, or a source failed
	InvalidKey               // the name breaks the rules of variable names
	InvalidSchema            // never produced
	Other
)

// Error is a failed look-up: the tag and the text that Spin gives the guest.
type Error struct {
	Tag  Tag
	Text string
}

func (e *Error) Error() string { return e.Text }

// Source is where values come from: the command line, the runtime
// configuration, the environment.
type Source interface {
	// Value returns the value of a variable, and false if this source has none.
	Value(name string) (string, bool, error)
}

// Static is a fixed set of values.
type Static map[string]string

// Value implements Source.
func (s Static) Value(name string) (string, bool, error) {
	value, ok := s[name]
	return value, ok, nil
}

// Environment reads PREFIX_NAME from the environment, then from a dotenv file.
type Environment struct {
	Prefix string // "SPIN_VARIABLE" if empty
	Dotenv string // path of the file; "" for none, a missing file is as good as an empty one
}

// Value implements Source.
func (e *Environment) Value(name string) (string, bool, error) { return "", false, nil }

// Resolver holds the variables of an application and the templates of its
// components. It is safe for concurrent use; nothing is cached.
type Resolver struct{}

// New checks every template of the manifest's components and returns a
// resolver that asks the sources in order and falls back to the defaults.
func New(m *manifest.Manifest, sources ...Source) (*Resolver, error) {
	return nil, errors.New("variable: not implemented")
}

// Get returns the value of a component's own variable. The error is an *Error.
func (r *Resolver) Get(component, name string) (string, error) {
	return "", &Error{Tag: Other, Text: "not implemented"}
}

// Expand returns a template with its variables' values.
func (r *Resolver) Expand(t Template) (string, error) { return "", nil }

// Default returns a template with the defaults of the manifest, and false if a
// variable in it has none.
func (r *Resolver) Default(t Template) (string, bool) { return "", false }

// CheckRequired returns an error that names the variables without default that
// no source can give.
func (r *Resolver) CheckRequired() error { return nil }

// Flags reads the values of --variable: k=v, k=@file, @file.json, @file.toml.
// A repeated name keeps its last value. No error text holds a value.
func Flags(values []string) (Static, error) { return nil, nil }

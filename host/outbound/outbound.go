// Package outbound decides which addresses a component may call: the grammar
// and the rules of allowed_outbound_hosts
// (Spin's crates/outbound-networking-config/src/allowed_hosts.rs).
package outbound

import "abacus/host/variable"

// Hosts is the list of one component with its templates still in it.
type Hosts struct{}

// Parse reads the items of a component. Items without a template are checked
// at once, the others with the defaults of their variables, if they all have
// one. ids are the components of the application, to which *.spin.internal
// expands.
func Parse(items []string, ids []string, variables *variable.Resolver) (*Hosts, error) {
	return &Hosts{}, nil
}

// Resolve returns the rules with the present values of the variables. An item
// that resolves to nothing, http:// or https:// is skipped.
func (h *Hosts) Resolve() (Rules, error) { return nil, nil }

// Rules are resolved items.
type Rules []rule

type rule struct{}

// Allow reports whether a request to the URL is allowed.
func (r Rules) Allow(u URL) bool { return false }

// AllowSelf reports whether a request to the application itself (a URL that is
// only a path) is allowed with one of the schemes.
func (r Rules) AllowSelf(schemes ...string) bool { return false }

// URL is the part of a URL that the rules look at.
type URL struct {
	Scheme string
	Host   string // lower case, without brackets
	Port   int    // 0 if the URL has none or its scheme's default
}

// ParseURL reads a URL. One without a scheme or a host is tried again with
// scheme in front, as Spin does.
func ParseURL(raw, scheme string) (URL, error) { return URL{}, nil }

// Pattern returns the item that would allow the URL, for the hint to add it to
// the manifest.
func (u URL) Pattern() string { return "" }

// Chained returns the component that a host of the form ID.spin.internal
// (a port may follow) names.
func Chained(host string) (id string, ok bool) { return "", false }

// Package outbound implements allowed_outbound_hosts, which lists the addresses that a component
// may call (Spin's crates/outbound-networking-config/src/allowed_hosts.rs).
package outbound

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"abacus/spinhost/manifest"
	"abacus/spinhost/variable"
)

// chainingSuffix is the domain of the components of the same app.
const chainingSuffix = ".spin.internal"

// Hosts is a component's list, with its templates.
type Hosts struct {
	items     []item
	ids       []string
	variables *variable.Resolver
}

// item is a template or, if fixed, a rule.
type item struct {
	template variable.Template
	rule     rule
	fixed    bool
}

// Parse parses the list of a component. It checks items with templates by the defaults of their
// variables, if all have one. ids are the components of the app, to which *.spin.internal
// expands.
func Parse(c *manifest.Component, ids []string, variables *variable.Resolver) (*Hosts, error) {
	h := &Hosts{ids: ids, variables: variables}
	for i, text := range c.AllowedOutboundHosts {
		it, err := parseItem(text, variables)
		if text == "insecure:allow-all" && len(c.AllowedOutboundHosts) == 1 {
			err = errors.New("'insecure:allow-all' is not allowed - " +
				"use '*://*:*' instead if you really want to allow all outbound traffic")
		}
		if err != nil {
			return nil, c.At(fmt.Sprintf("allowed_outbound_hosts[%d]", i), err)
		}
		h.items = append(h.items, it)
	}
	return h, nil
}

func parseItem(text string, variables *variable.Resolver) (item, error) {
	template, err := variable.Parse(text)
	if err != nil {
		return item{}, err
	}
	if template.Literal() {
		r, err := parseRule(text)
		return item{rule: r, fixed: true}, err
	}
	if err := variables.Check(template); err != nil {
		return item{}, err
	}
	if resolved, ok := variables.Default(template); ok && !skipped(resolved) {
		_, err := parseRule(resolved)
		switch {
		case err != nil && variables.Secret(template):
			return item{}, fmt.Errorf("using default variable value(s) with template %q "+
				"results in invalid config", template)
		case err != nil:
			return item{}, fmt.Errorf("using default variable value(s) with template %q "+
				"results in invalid config %q: %w", template, resolved, err)
		}
	}
	return item{template: template}, nil
}

// skipped reports whether an item resolves to nothing and is left out, so that an address can be
// optional.
func skipped(resolved string) bool {
	return resolved == "" || resolved == "http://" || resolved == "https://"
}

// Resolve returns the rules with the current values of the variables. The error of an invalid
// value does not show it: it may be secret. *.spin.internal is a rule for each id.
func (h *Hosts) Resolve() (Rules, error) {
	rules := Rules{}
	for _, it := range h.items {
		r := it.rule
		if !it.fixed {
			resolved, err := h.variables.Expand(it.template)
			if err != nil {
				return nil, fmt.Errorf("allowed_outbound_hosts item %q: %w", it.template, err)
			}
			if skipped(resolved) {
				continue
			}
			if r, err = parseRule(resolved); err != nil {
				return nil, fmt.Errorf(
					"allowed_outbound_hosts item %q does not resolve to an allowed host",
					it.template)
			}
		}
		if r.suffix != chainingSuffix {
			rules = append(rules, r)
			continue
		}
		for _, id := range h.ids {
			one := r
			one.suffix, one.literal = "", host{domain: id + chainingSuffix}
			rules = append(rules, one)
		}
	}
	return rules, nil
}

// Rules are resolved items.
type Rules []rule

// Allow reports whether a request to a URL from ParseURL is allowed.
func (r Rules) Allow(u *url.URL) bool {
	h, err := parseHost(bracketed(u))
	if err != nil {
		return false
	}
	port := portOf(u)
	return slices.ContainsFunc(r, func(one rule) bool {
		return one.allowsScheme(u.Scheme) && one.allowsHost(h) && one.allowsPort(port)
	})
}

// AllowSelf reports whether a request to the app itself (a URL that is only a path) is allowed
// with one of the schemes.
func (r Rules) AllowSelf(schemes ...string) bool {
	return slices.ContainsFunc(r, func(one rule) bool {
		return (one.anyHost || one.self) && slices.ContainsFunc(schemes, one.allowsScheme)
	})
}

// ParseURL parses the URL of a request, with a default scheme, and normalises its host: Allow
// checks the same host that a client dials.
func ParseURL(raw, scheme string) (*url.URL, error) {
	if !strings.Contains(raw, "://") {
		raw = scheme + "://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	h, err := parseHost(bracketed(u))
	if err != nil {
		return nil, fmt.Errorf("host of the URL: %w", err)
	}
	number := u.Port()
	u.Host = h.String()
	if number != "" {
		if _, err := parsePort(number); err != nil {
			return nil, err
		}
		u.Host += ":" + number
	}
	return u, nil
}

// bracketed returns the host of a URL without its port; an IPv6 address keeps its brackets.
func bracketed(u *url.URL) string { return strings.TrimSuffix(u.Host, ":"+u.Port()) }

// portOf returns the port of a URL, the default port of its scheme, or -1.
func portOf(u *url.URL) int {
	if number, err := parsePort(u.Port()); err == nil {
		return number
	}
	if number, ok := defaultPorts[u.Scheme]; ok {
		return number
	}
	return -1
}

// Pattern returns the item that allows a URL.
func Pattern(u *url.URL) string {
	if portOf(u) == defaultPorts[u.Scheme] {
		return u.Scheme + "://" + bracketed(u)
	}
	return u.Scheme + "://" + u.Host
}

// Chained returns the id of a host ID.spin.internal, with or without a port. Case counts.
func Chained(authority string) (id string, ok bool) {
	if i := strings.LastIndexByte(authority, ':'); i >= 0 {
		authority = authority[:i]
	}
	id, rest, _ := strings.Cut(authority, ".")
	return id, "."+rest == chainingSuffix
}

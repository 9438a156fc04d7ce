package outbound

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

// defaultPorts are the ports of items without one.
var defaultPorts = map[string]int{
	"postgres": 5432,
	"mysql":    3306,
	"redis":    6379,
	"mqtt":     1883,
	"http":     80,
	"https":    443,
}

// rule is one item: scheme://host[:port].
type rule struct {
	scheme string // "*" for any

	// One of these:
	anyHost bool
	self    bool // the application itself
	suffix  string
	network netip.Prefix
	literal host

	anyPort   bool
	low, high int // both inclusive
}

const grammar = "hosts must be in the form <scheme>://<host>[:<port>], " +
	"with '*' wildcards allowed for each"

func parseRule(text string) (rule, error) {
	text = strings.TrimSpace(text)
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		switch text {
		case "*", ":", "", "?":
			return rule{}, fmt.Errorf(
				"%q is not an allowed outbound host format; %s; '*://*:*' allows all",
				text, grammar)
		}
		return rule{}, fmt.Errorf("%q does not contain a scheme (e.g., 'http://' or '*://')", text)
	}
	name, port, err := splitPort(rest)
	if err != nil {
		return rule{}, fmt.Errorf("%q %w", text, err)
	}
	r := rule{scheme: scheme}
	if err := r.parsePorts(port); err != nil {
		return rule{}, fmt.Errorf("invalid allowed host port %q: %w", port, err)
	}
	if err := checkScheme(scheme); err != nil {
		return rule{}, fmt.Errorf("invalid allowed host scheme %q: %w", scheme, err)
	}
	if err := r.parseHost(name); err != nil {
		return rule{}, fmt.Errorf("invalid allowed host %q: %w", name, err)
	}
	return r, nil
}

// splitPort splits "host:port/". An IPv6 address or network keeps its colons.
func splitPort(rest string) (name, port string, err error) {
	i := strings.LastIndexByte(rest, ':')
	if i < 0 {
		return rest, "", nil
	}
	name, port = rest[:i], rest[i+1:]
	if port == "" {
		return name, "", nil
	}
	if new(rule).parseHost(rest) == nil {
		return rest, "", nil
	}
	port, path, _ := strings.Cut(port, "/")
	if path != "" {
		return "", "", errors.New("has a path but is not allowed to")
	}
	return name, port, nil
}

func checkScheme(scheme string) error {
	switch {
	case scheme == "*":
		return nil
	case strings.HasPrefix(scheme, "{"):
		return errors.New("scheme lists are not supported")
	case strings.ContainsFunc(scheme, func(c rune) bool { return !unicode.IsLetter(c) }):
		return errors.New("only alphabetic characters are allowed")
	}
	return nil
}

func (r *rule) parseHost(name string) error {
	name = strings.TrimSpace(name)
	if network, err := netip.ParsePrefix(name); err == nil {
		r.network = network.Masked()
		return nil
	}
	switch {
	case name == "*":
		r.anyHost = true
		return nil
	case name == "self" || name == "self.alt":
		r.self = true
		return nil
	case strings.HasPrefix(name, "{"):
		return errors.New("host lists are not yet supported")
	}
	name = strings.TrimSuffix(name, "/")
	if strings.Contains(name, "/") {
		return errors.New("must not include a path")
	}
	domain, wildcard := strings.CutPrefix(name, "*.")
	switch {
	case wildcard && strings.Contains(domain, "*"):
		return errors.New("wildcards are allowed only as prefixes")
	case !wildcard && strings.Contains(name, "*"):
		return errors.New("wildcards are allowed only as subdomains")
	}
	h, err := parseHost(domain)
	if err != nil {
		return err
	}
	if !wildcard {
		r.literal = h
		return nil
	}
	if h.domain == "" {
		return errors.New("wildcard suffix must be a domain")
	}
	r.suffix = "." + h.domain
	return nil
}

// parsePorts parses "", "*", a port, or a range without its end.
func (r *rule) parsePorts(text string) error {
	switch {
	case text == "*":
		r.anyPort = true
		return nil
	case text == "":
		port, ok := defaultPorts[r.scheme]
		if !ok {
			return fmt.Errorf("no port was provided and the scheme %q does not have "+
				"a known default port number", r.scheme)
		}
		r.low, r.high = port, port
		return nil
	case strings.HasPrefix(text, "{"):
		return errors.New("port lists are not yet supported")
	}
	start, end, isRange := strings.Cut(text, "..")
	low, err := parsePort(start)
	if !isRange {
		r.low, r.high = low, low
		return err
	}
	high, second := parsePort(end)
	if err != nil || second != nil {
		return fmt.Errorf("port range %q contains non-number", text)
	}
	r.low, r.high = low, high-1
	return nil
}

func parsePort(text string) (int, error) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("port %q is not a number", text)
	}
	return int(port), nil
}

func (r rule) allowsScheme(scheme string) bool { return r.scheme == "*" || r.scheme == scheme }

func (r rule) allowsPort(port int) bool { return r.anyPort || r.low <= port && port <= r.high }

func (r rule) allowsHost(h host) bool {
	switch {
	case r.anyHost:
		return true
	case r.suffix != "":
		return strings.HasSuffix(h.domain, r.suffix)
	case r.network.IsValid():
		return r.network.Contains(h.address)
	}
	return r.literal != host{} && r.literal == h
}

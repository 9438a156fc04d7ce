package outbound

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// host is a domain in lower case or an address.
type host struct {
	domain  string
	address netip.Addr
}

// parseHost parses the host of a URL: a domain, an IPv4 address or an IPv6 address in brackets.
// It refuses short and octal IPv4 addresses and domains that are not ASCII, which a client might
// read differently than the rules do.
func parseHost(text string) (host, error) {
	if inside, ok := strings.CutPrefix(text, "["); ok {
		inside, ok = strings.CutSuffix(inside, "]")
		address, err := netip.ParseAddr(inside)
		if !ok || err != nil || !address.Is6() || address.Zone() != "" {
			return host{}, errors.New("invalid IPv6 address")
		}
		return host{address: address}, nil
	}
	if text == "" {
		return host{}, errors.New("empty host")
	}
	for _, c := range []byte(text) {
		if c >= 0x7f {
			return host{}, errors.New("write the name in ASCII (punycode)")
		}
		if c <= ' ' || strings.IndexByte(`#%/:<>?@[\]^|`, c) >= 0 {
			return host{}, errors.New("invalid domain character")
		}
	}
	if address, err := netip.ParseAddr(text); err == nil {
		return host{address: address}, nil
	}
	if endsInNumber(text) {
		return host{}, errors.New("invalid IPv4 address")
	}
	return host{domain: strings.ToLower(text)}, nil
}

// endsInNumber reports whether the URL standard parses a name as an IPv4 address
// (https://url.spec.whatwg.org/#ends-in-a-number-checker).
func endsInNumber(name string) bool {
	name = strings.TrimSuffix(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	hex, ok := strings.CutPrefix(strings.ToLower(last), "0x")
	_, err := strconv.ParseUint(hex, 16, 64)
	return ok && (hex == "" || err == nil)
}

// String returns the host as in a URL.
func (h host) String() string {
	if h.address.Is6() {
		return "[" + h.address.String() + "]"
	}
	if h.address.IsValid() {
		return h.address.String()
	}
	return h.domain
}

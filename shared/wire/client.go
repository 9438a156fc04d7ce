package wire

import (
	"net/http"
	"strings"
)

// Client returns the address of the client for limits on use: without its port, and for IPv6 only
// the /64 of its network. It is the last address in Spin's header or, behind a proxy, the last one
// in the header that the proxy sets.
func Client(r *http.Request, proxyHeader string) string {
	address := SpinHeader(r, "Spin-Client-Addr")
	if proxyHeader != "" {
		address = SpinHeader(r, http.CanonicalHeaderKey(proxyHeader))
		address = strings.TrimSpace(address[strings.LastIndexByte(address, ',')+1:])
	}
	bracket, colon := strings.LastIndexByte(address, ']'), strings.LastIndexByte(address, ':')
	if colon > bracket && (bracket >= 0 || strings.Count(address, ":") == 1) { // a port
		address = address[:colon]
	}
	address = strings.Trim(address, "[]")
	if !strings.Contains(address, ":") {
		return address
	}
	if i := strings.LastIndexByte(address, ':'); strings.Contains(address[i:], ".") {
		return address[i+1:] // an IPv4 address inside an IPv6 address
	}
	groups := strings.SplitN(address, ":", 5)
	for i, group := range groups {
		if i == 4 || group == "" {
			groups = groups[:i]
			break
		}
	}
	return strings.Join(groups, ":") + "::"
}

// IsRandomKey reports whether a key looks as if it had about 128 random bits, so that nobody can
// guess it: a random UUID (version 4), 32 or more hexadecimal digits, 26 or more characters of
// base32, or 22 of base64url, like a token. At least eight of its characters must differ, as in
// random ones.
func IsRandomKey(key string) bool {
	digits := key
	if len(key) == 36 && key[14] == '4' && key[8] == '-' && key[13] == '-' && key[18] == '-' &&
		key[23] == '-' {
		digits = strings.ReplaceAll(key, "-", "")
	}
	const lower, upper = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	different := 0
	for i := 0; i < len(digits); i++ {
		if strings.IndexByte(digits[:i], digits[i]) < 0 {
			different++
		}
	}
	switch n := len(digits); {
	case different < 8:
		return false
	case n >= 32 && ConsistsOf(digits, "0123456789abcdefABCDEF"),
		n >= 26 && ConsistsOf(digits, "234567"+upper):
		return true
	}
	return len(digits) == 22 && ConsistsOf(digits, "0123456789-_"+lower+upper) &&
		strings.ContainsAny(digits, lower) && strings.ContainsAny(digits, upper)
}

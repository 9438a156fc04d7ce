package wire

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Limits on what a request may carry, in bytes.
const (
	MaxBody    = 64 << 10 // from a client
	MaxMessage = 8 << 20  // from a service
	MaxKey     = 255
)

// Path returns the path of a request as the host received it, undecoded, without the slashes at its
// ends, which Spin's router ignores as well. It comes from the request URI: the SDK makes r.URL
// from a header that a client can send.
func Path(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return strings.Trim(path, "/")
}

// Query returns the parameters of the request URI and leaves out what does not parse. A `;` is a
// character like any other (RFC 3986, 3.4), while net/url drops a parameter that holds one.
func Query(r *http.Request) url.Values {
	_, query, _ := strings.Cut(r.RequestURI, "?")
	values, _ := url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
	return values
}

// Body reads the body of a client's request.
func Body(r *http.Request) (string, error) { return readBody(r, MaxBody, "64 KiB") }

// MessageBody reads the body of a service's request.
func MessageBody(r *http.Request) (string, error) { return readBody(r, MaxMessage, "8 MiB") }

func readBody(r *http.Request, limit int64, size string) (string, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return "", NewProblem(UnsupportedType,
			"the body has the content coding "+strconv.Quote(coding)).
			WithHint("send it as it is, without Content-Encoding")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return "", NewProblem(BadRequest, "the body breaks off")
	case int64(len(body)) > limit:
		return "", NewProblem(TooLarge, "the body is larger than "+size).
			WithHint("send less, or several requests")
	}
	return string(body), nil
}

// IsJSON reports whether the request says that its body is JSON.
func IsJSON(r *http.Request) bool {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), JSON)
}

// Key returns the request's idempotency key, "" if it has none. The quoted string of RFC 8941 is
// the same key as the bare one, so no key has a quote in it.
func Key(r *http.Request) (string, error) {
	values := r.Header.Values(KeyHeader)
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	fault := ""
	switch {
	case key == "":
		fault = "the idempotency key is empty"
	case len(key) > MaxKey:
		fault = "the idempotency key is longer than 255 characters"
	}
	for i := 0; i < len(key) && fault == ""; i++ {
		if key[i] <= ' ' || key[i] > '~' || key[i] == '"' {
			fault = "the idempotency key holds a quote, a space, or a character that is not ASCII"
		}
	}
	if fault != "" {
		return "", NewProblem(BadKey, fault).WithHint("send a random UUID")
	}
	return key, nil
}

// IsRandomKey reports whether a key shows by its form that it has about 128 random bits, so that
// nobody can guess it: a random UUID (version 4), 32 or more hexadecimal digits, 26 or more
// characters of base32, or 22 of base64url, the form of a token. It has eight different characters
// or more, as chance would give it.
func IsRandomKey(key string) bool {
	digits := key
	if len(key) == 36 && key[14] == '4' && key[8] == '-' && key[13] == '-' && key[18] == '-' &&
		key[23] == '-' {
		digits = strings.ReplaceAll(key, "-", "")
	}
	const lower, upper = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	consists := func(of string) bool { return strings.Trim(digits, of) == "" }
	different := 0
	for i := 0; i < len(digits); i++ {
		if strings.IndexByte(digits[:i], digits[i]) < 0 {
			different++
		}
	}
	switch n := len(digits); {
	case different < 8:
		return false
	case n >= 32 && consists("0123456789abcdefABCDEF"), n >= 26 && consists("234567"+upper):
		return true
	}
	return len(digits) == 22 && consists("0123456789-_"+lower+upper) &&
		strings.ContainsAny(digits, lower) && strings.ContainsAny(digits, upper)
}

// Client returns the address of the client as limits use it: without its port, and of IPv6 the /64
// that one network has. It is the last one that Spin tells or, behind a proxy, the last one in the
// header that the proxy sets.
func Client(r *http.Request, proxyHeader string) string {
	address := SpinHeader(r, "Spin-Client-Addr")
	if proxyHeader != "" {
		address = SpinHeader(r, http.CanonicalHeaderKey(proxyHeader))
		address = strings.TrimSpace(address[strings.LastIndexByte(address, ',')+1:])
	}
	if host, port := strings.LastIndexByte(address, ']'), strings.LastIndexByte(address,
		':'); port > host &&
		(host >= 0 || strings.Count(address, ":") == 1) {
		address = address[:port]
	}
	address = strings.Trim(address, "[]")
	if !strings.Contains(address, ":") {
		return address
	}
	if i := strings.LastIndexByte(address, ':'); strings.Contains(address[i:], ".") {
		return address[i+1:] // an IPv4 address inside of IPv6
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

// ReusedKey returns the error for a key that belongs to another request.
func ReusedKey() error {
	return NewProblem(KeyReused, "this idempotency key was used with another request").
		WithHint("make a new key for every new request")
}

// Matches reports whether a list of entity tags (If-Match, If-None-Match) holds this one or is `*`.
// Weak tags do not match (strong comparison; RFC 9110, 8.8.3.2).
func Matches(list, etag string) bool {
	for _, tag := range strings.Split(list, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == etag {
			return true
		}
	}
	return false
}

// Accepts returns the media type that the client prefers: of those with the highest quality the
// first (RFC 9110, 12.5.1). It is the first offer if the client accepts none or names none.
func Accepts(r *http.Request, offers ...string) string {
	best, bestQuality := offers[0], 0
	accept := strings.Join(r.Header.Values("Accept"), ",")
	for _, offer := range offers {
		if q := quality(accept, offer); q > bestQuality {
			best, bestQuality = offer, q
		}
	}
	return best
}

// PrefersText reports whether the client prefers plain text to JSON.
func PrefersText(r *http.Request) bool { return Accepts(r, JSON, "text/plain") == "text/plain" }

// Codings returns the offered content codings that the client accepts, the preferred ones first,
// equal ones in the order of the offers (RFC 9110, 12.5.3). Without Accept-Encoding, which permits
// all, it is identity: clients that ask for nothing are seldom prepared for more.
func Codings(r *http.Request, offers ...string) []string {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept-Encoding"), ","))
	var accepted []string
	for _, offer := range offers {
		if codingQuality(accept, offer) > 0 {
			accepted = append(accepted, offer)
		}
	}
	slices.SortStableFunc(accepted, func(a, b string) int {
		return codingQuality(accept,
			b) - codingQuality(accept, a)
	})
	return accepted
}

// codingQuality returns the quality of a content coding in an Accept-Encoding, in 2,000ths.
// Identity that is not mentioned is accepted, after all others.
func codingQuality(accept, offer string) int {
	others := -1
	for _, item := range strings.Split(accept, ",") {
		coding, parameters, _ := strings.Cut(item, ";")
		switch strings.TrimSpace(coding) {
		case offer:
			return 2 * weight(parameters)
		case "*":
			others = 2 * weight(parameters)
		}
	}
	switch {
	case others >= 0:
		return others
	case offer == "identity":
		return 1
	}
	return 0
}

// quality returns the quality of a media type by the most specific range of an Accept header, in
// thousandths.
func quality(accept, offer string) int {
	kind, _, _ := strings.Cut(offer, "/")
	result, specific := 0, 0
	for _, item := range strings.Split(accept, ",") {
		media, parameters, _ := strings.Cut(item, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		rank := 0
		switch media {
		case offer:
			rank = 3
		case kind + "/*":
			rank = 2
		case "*/*":
			rank = 1
		}
		if rank > specific {
			specific, result = rank, weight(parameters)
		}
	}
	return result
}

// weight reads `q=0.8` from a range's parameters as 800; without one it is 1000.
func weight(parameters string) int {
	for _, p := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		whole, fraction, _ := strings.Cut(value, ".")
		if whole != "0" {
			return 1000
		}
		n := 0
		for i := 0; i < 3; i++ {
			n *= 10
			if i < len(fraction) && '0' <= fraction[i] && fraction[i] <= '9' {
				n += int(fraction[i] - '0')
			}
		}
		return n
	}
	return 1000
}

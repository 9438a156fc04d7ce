package wire

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// The limits on the body of a request, in bytes.
const (
	MaxBody    = 64 << 10 // from a client
	MaxMessage = 8 << 20  // from a service
	MaxKey     = 255
)

// Path returns the path of a request as the host received it: undecoded, and without the slashes at
// its ends, which Spin's router ignores as well. It comes from the request URI, because the SDK
// makes r.URL from a header that a client can send.
func Path(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return strings.Trim(path, "/")
}

// Query returns the parameters of the request URI that can be parsed. A `;` is an ordinary
// character (RFC 3986, 3.4), while net/url drops a parameter that contains one.
func Query(r *http.Request) url.Values {
	_, query, _ := strings.Cut(r.RequestURI, "?")
	values, _ := url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
	return values
}

// Body reads the body of a request from a client.
func Body(r *http.Request) (string, error) { return readBody(r, MaxBody, "64 KiB") }

// MessageBody reads the body of a request from a service.
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

// IsJSON reports whether the request declares its body to be JSON.
func IsJSON(r *http.Request) bool {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return Lower(strings.TrimSpace(media)) == JSON
}

// Key returns the request's idempotency key, or "" if it has none. A key in the quotes of RFC 8941
// is the same key as without, so no key contains a quote.
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
	case strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' }):
		fault = "the idempotency key holds a quote, a space, or a character that is not ASCII"
	default:
		return key, nil
	}
	return "", NewProblem(BadKey, fault).WithHint("send a random UUID")
}

// CheckVersion returns an error if a request has an If-Match that does not name the version of its
// session (RFC 9110, 13.1.1).
func CheckVersion(r *http.Request, version int64) error {
	if ifMatch := r.Header.Get("If-Match"); ifMatch == "" || matches(ifMatch, ETag(version)) {
		return nil
	}
	return ErrVersion
}

// matches reports whether a list of entity tags (If-Match, If-None-Match) contains etag or is `*`.
// Weak tags never match (strong comparison; RFC 9110, 8.8.3.2).
func matches(list, etag string) bool {
	for _, tag := range strings.Split(list, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == etag {
			return true
		}
	}
	return false
}

// SpinHeader returns a header that Spin adds, or "". A client can send `spin-*` headers too, but
// they come before Spin's, so the last one counts.
func SpinHeader(r *http.Request, name string) string {
	values := r.Header[name]
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// Chained reports whether another component sent the request by service chaining: Spin gives it a
// client address that no client has.
func Chained(r *http.Request) bool { return SpinHeader(r, "Spin-Client-Addr") == "0.0.0.0:0" }

// Accepts returns the offered media type that the client prefers: the first of those with the
// highest quality (RFC 9110, 12.5.1). It is the first offer if the client accepts none, or does not
// say.
func Accepts(r *http.Request, offers ...string) string {
	best, bestQuality := offers[0], 0
	accept := r.Header["Accept"]
	for _, offer := range offers {
		kind, _, _ := strings.Cut(offer, "/")
		if q, _ := quality(accept, "*/*", kind+"/*", offer); q > bestQuality {
			best, bestQuality = offer, q
		}
	}
	return best
}

// PrefersText reports whether the client prefers plain text to JSON.
func PrefersText(r *http.Request) bool { return Accepts(r, JSON, "text/plain") == "text/plain" }

// quality returns the quality, in thousandths, that the fields of a header give to the last of the
// ranges that they name, and reports whether they name any.
func quality(fields []string, ranges ...string) (q int, found bool) {
	best := -1
	for _, item := range strings.Split(strings.Join(fields, ","), ",") {
		name, parameters, _ := strings.Cut(item, ";")
		name = Lower(strings.TrimSpace(name))
		for i, candidate := range ranges {
			if name == candidate && i > best {
				best, q = i, weight(parameters)
			}
		}
	}
	return q, best >= 0
}

// weight parses `q=0.8` in a range's parameters as 800, and returns 1000 without one.
func weight(parameters string) int {
	for _, p := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if Lower(name) != "q" {
			continue
		}
		whole, fraction, _ := strings.Cut(value, ".")
		if whole != "0" {
			return 1000
		}
		n, _ := strconv.Atoi((fraction + "000")[:3])
		return n
	}
	return 1000
}

// Lower returns a text with its ASCII letters in lower case, which is how HTTP compares names.
// strings.ToLower would also turn the Kelvin sign into a k.
func Lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c - 'A' + 'a'
		}
	}
	return string(b)
}

// ConsistsOf reports whether all bytes of a text are among some others.
func ConsistsOf(text, others string) bool {
	for i := 0; i < len(text); i++ {
		if strings.IndexByte(others, text[i]) < 0 {
			return false
		}
	}
	return true
}

// FormatInt formats an integer in decimal.
func FormatInt(n int64) string { return strconv.FormatInt(n, 10) }

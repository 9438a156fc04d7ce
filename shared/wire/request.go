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

// ReusedKey returns the error for a key that another request has used.
func ReusedKey() error {
	return NewProblem(KeyReused, "this idempotency key was used with another request").
		WithHint("make a new key for every new request")
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

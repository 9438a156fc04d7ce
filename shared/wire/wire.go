// Package wire is the contract between the browser, the services and each
// other: what a request carries, what a reply looks like, and which problem
// goes with which status.
//
// Outside, replies are JSON and errors are problem details (RFC 9457). Between
// services, bodies are flat records (records.go), which need no decoder in a guest.
package wire

import (
	"net/http"
	"strings"
)

// The headers of our own.
const (
	SessionHeader = "Abacus-Session"    // the token of the session that this reply made
	OwnerHeader   = "Abacus-Owner"      // hex SHA-256 of a session's token, between services
	PeerHeader    = "Abacus-Peer-Token" // the secret that services share, where there is one
	HopHeader     = "Abacus-Hop"        // how many services this request has come through
	RequestHeader = "X-Request-Id"      // names one request of a client through all services
	KeyHeader     = "Idempotency-Key"   // draft-ietf-httpapi-idempotency-key-header-07
)

// Limits on what a client may send, in bytes.
const (
	MaxBody = 64 << 10
	MaxKey  = 255
)

// ContentSecurityPolicy of every reply: the page loads its own scripts, styles
// and Wasm, and nothing else.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Secure sets the security headers of every reply and `Cache-Control:
// no-store`; a reply that may be cached or shared says so afterwards. The SDK
// sends one value a name, so each is one comma-joined line.
//
// web-share is not in the policy: it is for self anyway, and a browser that does
// not share complains about the name.
//
// Source: OWASP ASVS 5.0, chapters 3 and 14; MDN HTTP Observatory.
func Secure(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", ContentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "+
		"microphone=(), payment=(), usb=(), clipboard-write=(self)")
	h.Set("Cache-Control", "no-store")
	if strings.HasPrefix(Last(r, "Spin-Full-Url"), "https://") {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// Share opens a reply to pages of every origin: for what anyone may read and
// what depends on no capability.
func Share(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// Last returns the last value of a header. A client can send `spin-*` headers of
// its own, which reach a component before those that Spin adds, so only the last
// one is Spin's.
func Last(r *http.Request, name string) string {
	values := r.Header[name]
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// Path returns the path of a request as the host received it, undecoded,
// without the slashes at its ends, which Spin's router ignores as well. It comes
// from the request URI: the SDK makes r.URL from a header that a client can send.
func Path(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return strings.Trim(path, "/")
}

// Reply writes a body with its type and status.
func Reply(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(body)
}

// The types of the bodies that services send.
const (
	JSON    = "application/json"
	Plain   = "text/plain; charset=utf-8"
	Flat    = "text/tab-separated-values; charset=utf-8"
	problem = "application/problem+json"
)

// Allow answers what every route answers alike: OPTIONS with the methods, and a
// method that is not among them with 405. It tells whether the request is done.
// HEAD goes where GET goes; the host drops the body.
func Allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	method := Method(r)
	for _, m := range methods {
		if m == method {
			return false
		}
	}
	allow := strings.Join(methods, ", ") + ", OPTIONS"
	allow = strings.Replace(allow, "GET", "GET, HEAD", 1)
	w.Header().Set("Allow", allow)
	if method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	NewProblem(MethodNotAllowed, "this address answers "+allow+", not "+method).Write(w)
	return true
}

// Method returns the request's method, with HEAD as GET.
func Method(r *http.Request) string {
	if r.Method == http.MethodHead {
		return http.MethodGet
	}
	return r.Method
}

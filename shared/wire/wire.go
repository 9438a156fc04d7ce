// Package wire is the contract between clients and services, and among the services: the table of
// routes and the errors of every service (router.go, problem.go), what a request may carry
// (request.go), and the messages that services send each other (message.go).
//
// Clients get JSON, and errors as problem details (RFC 9457). Services send each other
// tab-separated records, which cost a guest no decoder.
package wire

import (
	"net/http"
	"strings"
)

// The headers of our own.
const (
	SessionHeader = "Abacus-Session"    // the token of the session that this reply made
	OwnerHeader   = "Abacus-Owner"      // hex SHA-256 of a session's token, between services
	ClientHeader  = "Abacus-Client"     // the address of the client, between services
	PeerHeader    = "Abacus-Peer-Token" // the secret that the services share
	HopHeader     = "Abacus-Hop"        // how many services this request has come through
	RequestHeader = "X-Request-Id"      // names one request of a client in every service
	KeyHeader     = "Idempotency-Key"   // draft-ietf-httpapi-idempotency-key-header-07
)

// The media types of replies.
const (
	JSON        = "application/json"
	Plain       = "text/plain; charset=utf-8"
	Message     = "text/tab-separated-values; charset=utf-8" // between services
	problemType = "application/problem+json"
)

// ContentSecurityPolicy of every reply: the page loads its own scripts, styles and Wasm, and
// nothing else.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; " +
	"style-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src " +
	"'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// secure sets the security headers of every reply and `Cache-Control: no-store`; a handler whose
// reply may be cached replaces that. The SDK sends one value for a name, so each is one line.
//
// web-share is not in the policy: its default is self, and browsers without it log a warning.
//
// Source: OWASP ASVS 5.0, chapters 3 and 14; MDN HTTP Observatory.
func secure(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", ContentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "accelerometer=(), camera=(), geolocation=(), gyroscope=(), "+
		"magnetometer=(), microphone=(), payment=(), usb=(), clipboard-write=(self)")
	h.Set("Cache-Control", "no-store")
	if strings.HasPrefix(SpinHeader(r, "Spin-Full-Url"), "https://") {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// AllowAnyOrigin lets the pages of every origin read a reply: one that depends on no session.
func AllowAnyOrigin(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// SpinHeader returns a header that Spin adds, "" without one. A client can send `spin-*` headers
// too, which come before Spin's, so the last one counts.
func SpinHeader(r *http.Request, name string) string {
	values := r.Header[name]
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// Reply writes a body with its status and media type.
func Reply(w http.ResponseWriter, status int, contentType string, body []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(body)
	return nil
}

// NoContent answers that a request is done, with nothing to say.
func NoContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

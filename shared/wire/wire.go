// Package wire is the contract between clients and services, and between the services: the route
// table of a service (Router), its errors (problem.go), what a request carries and which form of
// reply it prefers (request.go), where it comes from (client.go), replies that clients keep
// (cache.go), and the messages between services (message.go, share.go, rates.go).
//
// Clients get JSON, and errors as problem details (RFC 9457). Services send each other
// tab-separated records, so that a component needs no decoder for JSON.
package wire

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
)

// The headers that Abacus defines or uses between services.
const (
	SessionHeader = "Abacus-Session"    // the token of the session that this request made
	OwnerHeader   = "Abacus-Owner"      // hex SHA-256 of a session's token, between services
	ClientHeader  = "Abacus-Client"     // the address of the client, between services
	PeerHeader    = "Abacus-Peer-Token" // the secret that the services share
	HopHeader     = "Abacus-Hop"        // how many services this request has come through
	IDHeader      = "X-Request-Id"      // the id of a client's request, which all services share
	RequestHeader = "Abacus-Request"    // the same id in replies to clients
	KeyHeader     = "Idempotency-Key"   // draft-ietf-httpapi-idempotency-key-header-07
)

// The media types of replies.
const (
	JSON        = "application/json"
	Plain       = "text/plain; charset=utf-8"
	Message     = "text/tab-separated-values; charset=utf-8" // between services
	problemType = "application/problem+json"
)

// Router is the front door of a service: one table of routes, and one place that writes errors.
type Router struct {
	Service string                    // its name, for the log
	Routes  []Route                   // those under /internal/ are only for other services
	Guard   func(*http.Request) error // refuses a request for /internal/ that is not from a service
	Explain func(error) *Problem      // of errors that are no Problem; nil: "something went wrong"
	Rest    Handler                   // answers paths that no route matches; nil: 404
}

// Route is one line of the table.
type Route struct {
	method  string
	pattern string
	handler Handler
}

// Get returns the route for GET and HEAD. One segment of a pattern may stand for any text, as in
// "/shares/:token/fork".
func Get(pattern string, h Handler) Route { return Route{http.MethodGet, pattern, h} }

// Post returns the route for POST.
func Post(pattern string, h Handler) Route { return Route{http.MethodPost, pattern, h} }

// Put returns the route for PUT.
func Put(pattern string, h Handler) Route { return Route{http.MethodPut, pattern, h} }

// Delete returns the route for DELETE.
func Delete(pattern string, h Handler) Route { return Route{http.MethodDelete, pattern, h} }

// Handler answers a request, or returns an error for the router to write.
type Handler func(w http.ResponseWriter, r *Request) error

// Request is a request with what the router knows about it.
type Request struct {
	*http.Request
	Param string // the text in place of the pattern's open segment, undecoded
	Plain bool   // set by a handler whose errors are plain text
	peer  bool   // another service sent it
}

// ServeHTTP sets the headers that every reply has, finds the route, and writes the error that the
// handler returns.
func (t *Router) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if !Chained(request) { // no browser sees what other components get
		secure(w, request)
	}
	identify(w, request)
	r := &Request{Request: request}
	if err := t.serve(w, r); err != nil {
		t.problem(r, err).write(w, r)
	}
}

func (t *Router) serve(w http.ResponseWriter, r *Request) error {
	path := Path(r.Request)
	if strings.HasPrefix(path, "internal/") && t.Guard != nil {
		if err := t.Guard(r.Request); err != nil {
			return err
		}
		r.peer = true
	} else {
		delete(r.Header, HopHeader) // only services count hops
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet // the host drops the body
	}
	var allowed []string
	for _, route := range t.Routes {
		param, ok := match(route.pattern[1:], path)
		switch {
		case !ok:
		case route.method == method:
			r.Param = param
			return route.handler(w, r)
		default:
			allowed = append(allowed, route.method)
		}
	}
	switch {
	case allowed != nil:
		return AllowOnly(w, r, allowed...)
	case t.Rest != nil:
		return t.Rest(w, r)
	}
	return ErrNotFound
}

// match matches a path against a pattern, segment by segment.
func match(pattern, path string) (param string, ok bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return "", false
	}
	for i := range want {
		if strings.HasPrefix(want[i], ":") && have[i] != "" {
			param = have[i]
		} else if want[i] != have[i] {
			return "", false
		}
	}
	return param, true
}

// AllowOnly answers a request with another method than those allowed: OPTIONS with the methods, any
// other with 405.
func AllowOnly(w http.ResponseWriter, r *Request, methods ...string) error {
	allow := strings.Join(methods, ", ") + ", OPTIONS"
	allow = strings.Replace(allow, "GET", "GET, HEAD", 1)
	Set(w.Header(), "Allow", allow)
	if r.Method == http.MethodOptions {
		return NoContent(w)
	}
	return NewProblem(MethodNotAllowed, "this address answers "+allow+", not "+r.Method)
}

// ContentSecurityPolicy is sent with every reply: the page loads its own scripts, styles and Wasm,
// and nothing else.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; " +
	"style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

// security are the security headers of every reply and `Cache-Control: no-store`; a handler whose
// reply may be cached replaces that. The SDK sends one value per name, so each is one line.
//
// web-share is not in the policy: its default is self, and browsers without it log a warning.
//
// Source: OWASP ASVS 5.0, chapters 3 and 14; MDN HTTP Observatory.
var security = [...]struct{ name, value string }{
	{"Content-Security-Policy", ContentSecurityPolicy},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "accelerometer=(), camera=(), geolocation=(), gyroscope=(), " +
		"magnetometer=(), microphone=(), payment=(), usb=(), clipboard-write=(self)"},
	{"Cache-Control", "no-store"},
}

// secure sets the headers of every reply to a client.
func secure(w http.ResponseWriter, r *http.Request) {
	for _, header := range security {
		Set(w.Header(), header.name, header.value)
	}
	if strings.HasPrefix(SpinHeader(r, "Spin-Full-Url"), "https://") {
		Set(w.Header(), "Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// Set sets a header whose name has the canonical form, such as Etag. Header.Set checks that byte by
// byte, which takes a twentieth of the time of a short request.
func Set(h http.Header, name, value string) { h[name] = []string{value} }

// AllowAnyOrigin lets pages of every origin read a reply. The reply must not depend on a session.
func AllowAnyOrigin(w http.ResponseWriter) {
	Set(w.Header(), "Access-Control-Allow-Origin", "*")
	Set(w.Header(), "Cross-Origin-Resource-Policy", "cross-origin")
}

// Reply sends a body with its status and media type.
func Reply(w http.ResponseWriter, status int, contentType string, body []byte) error {
	Set(w.Header(), "Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(body)
	return nil
}

// NoContent answers 204: the request is done, and there is nothing to say.
func NoContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// The ids of requests that are accepted: they stand in the lines of the log.
const (
	maxID   = 64 // bytes
	idBytes = "-_.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// identify gives the request an id unless it has one from another service, a proxy or the client.
// The reply has the id too, so that a client can quote it to the operator, who finds it in the log.
func identify(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get(IDHeader)
	if id == "" || len(id) > maxID || !ConsistsOf(id, idBytes) {
		var random [8]byte
		rand.Read(random[:])
		id = hex.EncodeToString(random[:])
		Set(r.Header, IDHeader, id)
	}
	Set(w.Header(), RequestHeader, id)
}

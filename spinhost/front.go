package spinhost

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"abacus/spinhost/outbound"
	"abacus/spinhost/route"
)

// ServeHTTP answers one request as Spin's trigger does
// (crates/trigger-http/src/server.rs): well-known paths, then the route, then
// the authority, then the component. The answers of the host itself have no
// body.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	uri := requestURI(r)
	path, _, _ := strings.Cut(uri, "?")
	if name, ok := strings.CutPrefix(path, route.Reserved); ok {
		a.serveWellKnown(w, name)
		return
	}
	match, ok := a.routes.Match(path)
	if !ok {
		empty(w, http.StatusNotFound)
		return
	}
	if _, chained := outbound.Chained(r.Host); r.Host == "" || chained {
		panic(http.ErrAbortHandler) // closes the connection without an answer, as Spin does
	}
	trigger := a.triggers[match.Trigger]
	if trigger.Static != nil {
		response := response{status: trigger.Static.Status, body: []byte(trigger.Static.Body)}
		for _, h := range trigger.Static.Headers {
			response.headers = append(response.headers, header{h.Name, h.Value})
		}
		response.write(w, r.Method)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, a.options.MaxBody))
	if err != nil {
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			empty(w, http.StatusRequestEntityTooLarge)
			return
		}
		panic(http.ErrAbortHandler) // the client is gone
	}
	request := request{
		method: r.Method, scheme: "http", host: r.Host, uri: uri,
		headers: clientHeaders(r), body: body, client: r.RemoteAddr,
	}
	if r.TLS != nil {
		request.scheme = "https"
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		request.origin = request.scheme + "://" + local.String()
	}
	// A component works on when its client has gone: what it does is not lost half-way.
	ctx := a.faults.forRequest(context.WithoutCancel(r.Context()), r)
	response := a.handle(ctx, a.components[trigger.Component], match, request)
	response.write(w, r.Method)
}

// requestURI returns path and query as the client wrote them.
func requestURI(r *http.Request) string {
	uri := r.RequestURI
	if uri == "" { // made by a test, not read by a server
		uri = r.URL.RequestURI()
	}
	return pathAndQuery(uri)
}

// pathAndQuery returns these parts of a URI, untouched, whether it has a scheme
// and an authority before them or not.
func pathAndQuery(uri string) string {
	uri, _, _ = strings.Cut(uri, "#")
	if strings.HasPrefix(uri, "/") {
		return uri
	}
	_, rest, absolute := strings.Cut(uri, "://")
	if !absolute {
		return uri // the * of OPTIONS
	}
	slash := strings.IndexAny(rest, "/?")
	switch {
	case slash < 0:
		return "/"
	case rest[slash] == '?':
		return "/" + rest[slash:]
	}
	return rest[slash:]
}

// clientHeaders returns the headers of a client in lower case, those of the same
// name in their order. Connection concerns the server alone; spin-* are the
// host's to give, and Spin's SDK would take the client's for them.
func clientHeaders(r *http.Request) []header {
	headers := []header{{"host", r.Host}}
	if len(r.TransferEncoding) > 0 {
		headers = append(headers, header{"transfer-encoding", strings.Join(r.TransferEncoding, ", ")})
	}
	for name, values := range r.Header {
		name = strings.ToLower(name)
		if name == "connection" || name == "host" || strings.HasPrefix(name, "spin-") {
			continue
		}
		for _, value := range values {
			headers = append(headers, header{name, value})
		}
	}
	slices.SortStableFunc(headers[1:], func(x, y header) int { return strings.Compare(x.name, y.name) })
	return headers
}

// serveWellKnown answers the host's own paths.
func (a *App) serveWellKnown(w http.ResponseWriter, name string) {
	var answer response
	switch name {
	case "health":
		answer = response{status: http.StatusOK, body: []byte("OK")}
	case "info":
		info := struct {
			Name    string `json:"name"`
			Version string `json:"version,omitempty"`
		}{a.options.Manifest.Name, a.options.Manifest.Version}
		body, _ := json.MarshalIndent(info, "", "  ")
		answer = response{status: http.StatusOK, headers: []header{{"content-type", "application/json"}}, body: body}
	default:
		answer = response{status: http.StatusNotFound}
	}
	answer.write(w, http.MethodGet)
}

func empty(w http.ResponseWriter, status int) { (&response{status: status}).write(w, http.MethodGet) }

// response is what a component or the host answers. Its header names are in
// lower case and unique.
type response struct {
	status  int
	headers []header
	body    []byte
}

type header struct{ name, value string }

// write sends the response. Like Spin it adds Date and Content-Length, nothing
// else.
func (r *response) write(w http.ResponseWriter, method string) {
	h := w.Header()
	for _, header := range r.headers {
		h.Set(header.name, header.value)
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = nil // do not guess one
	}
	h.Del("Transfer-Encoding")
	switch bodiless := r.status == http.StatusNoContent || r.status == http.StatusNotModified; {
	case bodiless && r.status == http.StatusNoContent:
		h.Del("Content-Length")
	case bodiless, method == http.MethodHead && len(r.body) == 0:
		// Content-Length tells the length of what a GET would give, if the component says it.
	default:
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	if r.status != http.StatusNoContent && r.status != http.StatusNotModified && method != http.MethodHead {
		_, _ = io.Copy(w, bytes.NewReader(r.body))
	}
}

package spinhost

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"abacus/spinhost/outbound"
	"abacus/spinhost/route"
)

// ServeHTTP serves a request as Spin's HTTP trigger does (crates/trigger-http/src/server.rs):
// it checks for a well-known path, then the route, then the authority, and executes the
// component. The host's own error responses have no body.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	uri := requestURI(r)
	path, _, _ := strings.Cut(uri, "?")
	if name, ok := strings.CutPrefix(path, route.Reserved); ok {
		a.serveWellKnown(w, name)
		return
	}
	match, ok := a.routes.Match(path)
	if !ok {
		writeStatus(w, http.StatusNotFound)
		return
	}
	if _, chained := outbound.Chained(r.Host); r.Host == "" || chained {
		panic(http.ErrAbortHandler) // closes the connection without a response, as Spin does
	}
	trigger := a.triggers[match.Trigger]
	if trigger.Static != nil {
		static := response{status: trigger.Static.Status, body: []byte(trigger.Static.Body)}
		for _, h := range trigger.Static.Headers {
			static.headers = append(static.headers, header{h.Name, h.Value})
		}
		static.write(w, r.Method)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, a.options.MaxBody))
	if err != nil {
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			writeStatus(w, http.StatusRequestEntityTooLarge)
			return
		}
		panic(http.ErrAbortHandler) // the client has gone
	}
	req := newRequest(r, uri, body)
	// The component goes on when its client has gone, so that its work is not cut short.
	ctx := a.faults.forRequest(context.WithoutCancel(r.Context()), r)
	resp := a.execute(ctx, a.components[trigger.Component], match, req)
	resp.write(w, r.Method)
}

// newRequest returns a client's request as a component sees it.
func newRequest(r *http.Request, uri string, body []byte) request {
	req := request{
		method: r.Method, scheme: "http", host: r.Host, uri: uri,
		headers: clientHeaders(r), body: body, client: r.RemoteAddr,
	}
	if r.TLS != nil {
		req.scheme = "https"
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		req.origin = req.scheme + "://" + local.String()
	}
	return req
}

// requestURI returns path and query as the client sent them.
func requestURI(r *http.Request) string {
	uri := r.RequestURI
	if uri == "" { // made by a test, not read by a server
		uri = r.URL.RequestURI()
	}
	return pathAndQuery(uri)
}

// pathAndQuery returns path and query of a URI as they are, with or without a scheme and an
// authority in front of them.
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

// clientHeaders returns a client's headers with names in lower case, and the values of a name
// in their order. It leaves out Connection, which concerns the server, and spin-*, which are
// the host's: Spin's SDK would take the client's for them.
func clientHeaders(r *http.Request) []header {
	headers := []header{{"host", r.Host}}
	if len(r.TransferEncoding) > 0 {
		encoding := strings.Join(r.TransferEncoding, ", ")
		headers = append(headers, header{"transfer-encoding", encoding})
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
	byName := func(x, y header) int { return strings.Compare(x.name, y.name) }
	slices.SortStableFunc(headers[1:], byName)
	return headers
}

// serveWellKnown serves the paths of the host itself.
func (a *App) serveWellKnown(w http.ResponseWriter, name string) {
	var resp response
	switch name {
	case "health":
		resp = response{status: http.StatusOK, body: []byte("OK")}
	case "info":
		info := struct {
			Name    string `json:"name"`
			Version string `json:"version,omitempty"`
		}{a.options.Manifest.Name, a.options.Manifest.Version}
		body, _ := json.MarshalIndent(info, "", "  ")
		headers := []header{{"content-type", "application/json"}}
		resp = response{status: http.StatusOK, headers: headers, body: body}
	default:
		resp = response{status: http.StatusNotFound}
	}
	resp.write(w, http.MethodGet)
}

func writeStatus(w http.ResponseWriter, status int) {
	(&response{status: status}).write(w, http.MethodGet)
}

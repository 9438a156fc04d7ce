package spinhost

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"abacus/spinhost/limit"
	"abacus/spinhost/outbound"
	"abacus/spinhost/route"
	"abacus/spinhost/telemetry"
)

// ServeHTTP serves a request as Spin's HTTP trigger does (crates/trigger-http/src/server.rs):
// it checks for a well-known path, then the route, then the authority, and executes the
// component. As in Spin, 404 and 500 have no body; responses about limits do (problem).
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in := inbound{start: time.Now(), account: a.memory.Account(nil)}
	defer in.account.Shrink(0) // once the client has read the response
	ctx, exchange := a.telemetry.Request(r.Context(), r)
	in.exchange = exchange
	if a.options.RequestHeader != "" {
		in.id = identify(r)
	}
	resp := a.serve(ctx, w, r, &in)
	if in.id != "" {
		w.Header().Set(a.options.RequestHeader, in.id)
	}
	resp.write(w, r.Method)
	exchange.End(resp.status, "")
	if a.options.AccessLog {
		a.log.access(ctx, r.Method, &in, resp.status)
	}
}

// inbound is the state of a request from a client.
type inbound struct {
	start            time.Time
	account          *limit.Account // of the bodies
	exchange         *telemetry.Exchange
	route, component string // once they are known
	id               string // "" without Options.RequestHeader
}

// serve returns the response to a client's request.
func (a *App) serve(ctx context.Context, w http.ResponseWriter, r *http.Request,
	in *inbound) response {
	uri := requestURI(r)
	if !utf8.ValidString(uri) {
		return problem(http.StatusBadRequest, codeEncoding,
			"the path or the query is not UTF-8; percent-encode it")
	}
	path, _, _ := strings.Cut(uri, "?")
	if name, ok := strings.CutPrefix(path, route.Reserved); ok {
		return a.wellKnown(name, in)
	}
	match, ok := a.routes.Match(path)
	if !ok {
		return response{status: http.StatusNotFound}
	}
	if _, chained := outbound.Chained(r.Host); r.Host == "" || chained {
		panic(http.ErrAbortHandler) // closes the connection without a response, as Spin does
	}
	trigger := a.triggers[match.Trigger]
	in.route, in.component = match.Raw, trigger.Component
	in.exchange.Route(match.Raw, trigger.Component, path)
	if trigger.Static != nil {
		static := response{status: trigger.Static.Status, body: []byte(trigger.Static.Body)}
		for _, h := range trigger.Static.Headers {
			static.headers = append(static.headers, header{h.Name, h.Value})
		}
		return static
	}
	body, refusal := a.readBody(w, r, in.account)
	if refusal != nil {
		return *refusal
	}
	req := newRequest(r, uri, body)
	req.account, req.turn = in.account, a.cpu.Turn()
	in.account.Waiting = req.turn.Pause
	defer req.turn.Pause()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		// A request that may change something is not cancelled when its client disconnects.
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(a.faults.forRequest(ctx, r), a.options.Timeout)
	defer cancel()
	defer context.AfterFunc(a.closing, cancel)()
	return a.execute(ctx, a.components[trigger.Component], match, req)
}

// maxID is the longest request id that is accepted, in bytes.
const maxID = 64

// identify returns the id of a request, and sets it if necessary: its own if a log line may contain
// that, or else a random one.
func identify(r *http.Request) string {
	const name = "X-Request-Id"
	id := r.Header.Get(name)
	strange := func(c rune) bool {
		isLetter := c|' ' >= 'a' && c|' ' <= 'z'
		isDigit := c >= '0' && c <= '9'
		return !isLetter && !isDigit && !strings.ContainsRune("-_.", c)
	}
	if id == "" || len(id) > maxID || strings.ContainsFunc(id, strange) {
		id = strconv.FormatUint(rand.Uint64()|1<<63, 16) // always 16 digits
	}
	r.Header[name] = []string{id}
	return id
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

// requestURI returns the path and the query as the client sent them.
func requestURI(r *http.Request) string {
	uri := r.RequestURI
	if uri == "" { // a test made the request
		uri = r.URL.RequestURI()
	}
	return pathAndQuery(uri)
}

// pathAndQuery returns the path and the query of a URI unchanged, with or without a scheme and an
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

// clientHeaders returns a client's headers with names in lower case and the values of each name in
// their order. Values that are not UTF-8 are read as Latin-1, as HTTP once was: components accept
// only UTF-8, and Spin fails. Connection is left out, since it concerns the server, and spin-*,
// since Spin's SDK would take them for the host's.
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
			headers = append(headers, header{name, toUTF8(value)})
		}
	}
	byName := func(x, y header) int { return strings.Compare(x.name, y.name) }
	slices.SortStableFunc(headers[1:], byName)
	return headers
}

// toUTF8 returns a text that is not UTF-8 as if it were Latin-1.
func toUTF8(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	runes := make([]rune, len(text))
	for i := range runes {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

// wellKnown returns the response for a path that the host itself serves.
func (a *App) wellKnown(name string, in *inbound) response {
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
		return response{status: http.StatusNotFound}
	}
	in.route = route.Reserved + name
	in.exchange.Route(in.route, "", in.route)
	return resp
}

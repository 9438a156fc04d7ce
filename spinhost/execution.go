package spinhost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"abacus/spinhost/route"
	"abacus/spinhost/sqlite"
	"abacus/spinhost/wasm"
)

// methods are the methods of the old core ABI, by their numbers.
var methods = []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}

// request is a request to a component, from a client or from another component.
type request struct {
	method  string
	scheme  string
	host    string // for spin-full-url
	uri     string // path and query as received
	headers []header
	body    []byte
	client  string // address and port
	origin  string // scheme and address of the host, for requests to "self"; "" if unknown
	depth   int    // of service chaining
}

// execution is one request in one instance of a component, with the handles it has opened.
type execution struct {
	app       *App
	component *component
	request   *request
	ctx       context.Context // ends with the component's time
	databases handles[*sqlite.Conn]
	stores    handles[store]
}

type executionKey struct{}

// execute answers a request with a component. As in Spin a failure is logged and answered with
// an empty 500.
func (a *App) execute(ctx context.Context, c *component, match route.Match, r request) response {
	method := slices.Index(methods, r.method)
	if method < 0 {
		return response{status: http.StatusMethodNotAllowed}
	}
	if a.running.Add(1) > int64(a.options.MaxInstances) {
		a.running.Add(-1)
		a.log.Printf("%s %s: component %s: "+
			"maximum concurrent limit of %d for component instances reached",
			r.method, match.Raw, c.manifest.ID, a.options.MaxInstances)
		return response{status: http.StatusInternalServerError}
	}
	defer a.running.Add(-1)
	resp, err := a.run(ctx, c, method, match, &r)
	if errors.Is(err, wasm.ErrTimeout) {
		err = fmt.Errorf("it did not answer within %v and was stopped", a.options.Timeout)
	}
	if err != nil {
		// Logs the route, not the path: path and query may hold secrets.
		a.log.Printf("%s %s: component %s: %v", r.method, match.Raw, c.manifest.ID, err)
		return response{status: http.StatusInternalServerError}
	}
	return resp
}

// run answers a request with an instance of a component.
func (a *App) run(ctx context.Context, c *component, method int, match route.Match, r *request) (
	resp response, err error) {
	headers := append(slices.Clip(r.headers), spinHeaders(match, r)...)
	for _, h := range headers {
		if !utf8.ValidString(h.value) {
			return resp, fmt.Errorf("the request's header %s is not valid UTF-8", h.name)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, a.options.Timeout)
	defer cancel()
	if err := errors.Join(c.stdout.Open(), c.stderr.Open()); err != nil {
		return resp, err
	}
	e := &execution{app: a, component: c, request: r}
	defer e.close()
	e.ctx = context.WithValue(ctx, executionKey{}, e)
	in, err := c.module.Instance(e.ctx)
	if err != nil {
		return resp, err
	}
	defer in.Release()
	uri, err := in.NewString(r.uri)
	if err != nil {
		return resp, err
	}
	list, err := newHeaders(in, headers)
	if err != nil {
		return resp, err
	}
	body, err := in.NewBlock(r.body, 1)
	if err != nil {
		return resp, err
	}
	address, err := in.Handle(uint64(method),
		uint64(uri), uint64(len(r.uri)),
		uint64(list), uint64(len(headers)),
		0, 0, // the deprecated parameters: an empty list
		1, uint64(body), uint64(len(r.body)))
	if err != nil {
		return resp, err
	}
	return readResponse(in, address)
}

// close closes the databases that are still open, which rolls back unfinished transactions.
func (e *execution) close() {
	for _, connection := range e.databases.open {
		connection.Close()
	}
}

// spinHeaders returns the headers that Spin adds, in its order
// (crates/trigger-http/src/headers.rs).
func spinHeaders(match route.Match, r *request) []header {
	headers := []header{
		{"spin-path-info", match.PathInfo},
		{"spin-full-url", r.scheme + "://" + r.host + r.uri},
		{"spin-matched-route", match.Pattern},
		{"spin-base-path", "/"},
		{"spin-raw-component-route", match.Raw},
		{"spin-component-route", match.Prefix},
		{"spin-client-addr", r.client},
	}
	for _, p := range match.Params {
		name := strings.ToLower(strings.ReplaceAll(p.Name, "_", "-"))
		headers = append(headers, header{"spin-path-match-" + name, p.Value})
	}
	return headers
}

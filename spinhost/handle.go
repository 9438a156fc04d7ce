package spinhost

import (
	"context"
	"encoding/binary"
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

// methods are those of the old core ABI, in its numbering.
var methods = []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}

// maxHeaders is how many bytes the headers of one message may have together.
const maxHeaders = 1 << 20

// request is what a component is to answer, from a client or from another
// component.
type request struct {
	method  string
	scheme  string
	host    string // for spin-full-url
	uri     string // path and query as received
	headers []header
	body    []byte
	client  string // address and port
	origin  string // scheme and address of the host, for requests to itself; "" if unknown
	depth   int    // how many components have called each other to come here
}

// call is one request at work in one instance of a component, with what the
// component has opened.
type call struct {
	app       *App
	component *component
	request   *request
	ctx       context.Context // ends with the component's time
	databases handles[*sqlite.Conn]
	stores    handles[store]
}

type callKey struct{}

// handle lets a component answer a request. What goes wrong is logged and
// answered with an empty 500, as Spin does.
func (a *App) handle(ctx context.Context, c *component, match route.Match, r request) response {
	method := slices.Index(methods, r.method)
	if method < 0 {
		return response{status: http.StatusMethodNotAllowed}
	}
	if a.live.Add(1) > int64(a.options.MaxInstances) {
		a.live.Add(-1)
		a.log.Printf("%s %s: component %s: maximum concurrent limit of %d for component instances reached",
			r.method, match.Raw, c.manifest.ID, a.options.MaxInstances)
		return response{status: http.StatusInternalServerError}
	}
	defer a.live.Add(-1)
	answer, err := a.run(ctx, c, method, match, &r)
	if errors.Is(err, wasm.ErrTimeout) {
		err = fmt.Errorf("it did not answer within %v and was stopped", a.options.Timeout)
	}
	if err != nil {
		// The route, not the path: a path or query may hold what is secret.
		a.log.Printf("%s %s: component %s: %v", r.method, match.Raw, c.manifest.ID, err)
		return response{status: http.StatusInternalServerError}
	}
	return answer
}

// close gives up what the component has not closed. An unfinished transaction is
// rolled back.
func (c *call) close() {
	for _, connection := range c.databases.open {
		connection.Close()
	}
}

// run takes the request through one instance.
func (a *App) run(ctx context.Context, c *component, method int, match route.Match, r *request) (answer response, err error) {
	headers := append(slices.Clip(r.headers), spinHeaders(match, r)...)
	for _, h := range headers {
		if !utf8.ValidString(h.value) {
			return answer, fmt.Errorf("the request's header %s is not valid UTF-8", h.name)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, a.options.Timeout)
	defer cancel()
	if err := errors.Join(c.stdout.Open(), c.stderr.Open()); err != nil {
		return answer, err
	}
	here := &call{app: a, component: c, request: r}
	defer here.close()
	here.ctx = context.WithValue(ctx, callKey{}, here)
	in, err := c.guest.Instance(here.ctx)
	if err != nil {
		return answer, err
	}
	defer in.Release()
	uri, err := in.Place(r.uri)
	if err != nil {
		return answer, err
	}
	list, err := placeHeaders(in, headers)
	if err != nil {
		return answer, err
	}
	body, err := in.PlaceBytes(r.body)
	if err != nil {
		return answer, err
	}
	address, err := in.Handle(uint64(method), uint64(uri), uint64(len(r.uri)), uint64(list), uint64(len(headers)),
		0, 0, // the deprecated parameters: an empty list
		1, uint64(body), uint64(len(r.body)))
	if err != nil {
		return answer, err
	}
	return readResponse(in, address)
}

// spinHeaders are what Spin tells a component about the request, in its order
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

// placeHeaders gives a guest a list of headers and returns its address.
func placeHeaders(in *wasm.Instance, headers []header) (uint32, error) {
	const size = 16 // address and length of name and value
	list := make([]byte, 0, size*len(headers))
	for _, h := range headers {
		for _, text := range [2]string{h.name, h.value} {
			address, err := in.Place(text)
			if err != nil {
				return 0, err
			}
			list = binary.LittleEndian.AppendUint32(list, address)
			list = binary.LittleEndian.AppendUint32(list, uint32(len(text)))
		}
	}
	address, err := in.Alloc(uint32(len(list)), 4)
	if err != nil {
		return 0, err
	}
	return address, in.Write(address, list)
}

// readHeaders copies a list of headers out of a guest.
func readHeaders(in *wasm.Instance, address, count uint32) ([]header, error) {
	view, err := in.List(address, count, 16)
	if err != nil {
		return nil, err
	}
	var headers []header
	for total := 0; len(view) > 0; view = view[16:] {
		name, err := in.String(wasm.U32(view, 0), wasm.U32(view, 4))
		if err != nil {
			return nil, err
		}
		value, err := in.String(wasm.U32(view, 8), wasm.U32(view, 12))
		if err != nil {
			return nil, err
		}
		if total += len(name) + len(value); total > maxHeaders {
			return nil, fmt.Errorf("its headers are longer than %d bytes", maxHeaders)
		}
		headers = append(headers, header{strings.ToLower(name), value})
	}
	return headers, nil
}

// readResponse reads the response at an address (spin-http.wit: status,
// optional headers, optional body) and checks what Spin checks.
func readResponse(in *wasm.Instance, address uint32) (answer response, err error) {
	view, err := in.Read(address, 28)
	if err != nil {
		return answer, err
	}
	answer.status = int(binary.LittleEndian.Uint16(view))
	if answer.status < 100 || answer.status > 600 {
		return answer, fmt.Errorf("malformed HTTP status code %d", answer.status)
	}
	if answer.status < 200 {
		return answer, fmt.Errorf("status %d is not a final one", answer.status)
	}
	if some, err := option(view[4]); err != nil {
		return answer, err
	} else if some {
		headers, err := readHeaders(in, wasm.U32(view, 8), wasm.U32(view, 12))
		if err != nil {
			return answer, err
		}
		if answer.headers, err = checkHeaders(headers); err != nil {
			return answer, err
		}
	}
	if some, err := option(view[16]); err != nil {
		return answer, err
	} else if some {
		answer.body, err = in.Bytes(wasm.U32(view, 20), wasm.U32(view, 24))
		if err != nil {
			return answer, err
		}
	}
	return answer, nil
}

// option reads the tag of an optional value.
func option(tag byte) (some bool, err error) {
	if tag > 1 {
		return false, fmt.Errorf("its response has the tag %d where 0 or 1 belongs", tag)
	}
	return tag == 1, nil
}

// checkHeaders refuses names and values that HTTP does not know and keeps the
// last of each name, as Spin does.
func checkHeaders(headers []header) ([]header, error) {
	var kept []header
	at := map[string]int{}
	for _, h := range headers {
		if !validName(h.name) {
			return nil, fmt.Errorf("its response has the invalid header name %q", h.name)
		}
		for i := 0; i < len(h.value); i++ {
			if c := h.value[i]; c != '\t' && (c < ' ' || c > '~') {
				return nil, fmt.Errorf("the header %s of its response has an invalid value", h.name)
			}
		}
		if i, seen := at[h.name]; seen {
			kept[i].value = h.value
			continue
		}
		at[h.name] = len(kept)
		kept = append(kept, h)
	}
	return kept, nil
}

// validName reports whether a header name is a token (RFC 9110, 5.6.2).
func validName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c <= ' ' || c > '~' || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}

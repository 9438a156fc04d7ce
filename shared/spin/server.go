//go:build tinygo

package spin

import (
	"io"
	"net/http"
	"strings"
	"unsafe"
)

// newService makes the handler of a request.
var newService func() http.Handler

// Handle serves each request with a handler that service makes for it. Call it from an init
// function: Spin does not call main.
func Handle(service func() http.Handler) { newService = service }

// methods are in the order in which the host numbers them.
var methods = [...]string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}

// handleRequest answers a request. The parameters without a name are for query parameters, which
// Spin leaves in the URI, and the presence of a body.
//
//export handle-http-request
func handleRequest(method uint32, uri *byte, uriLength uint32, headers *header, headerCount uint32,
	_, _, _ uint32, body *byte, bodyLength uint32) *response {
	r := &http.Request{
		Method:     methods[method],
		RequestURI: unsafe.String(uri, uriLength),
		Header:     parseHeader(headers, headerCount),
		Body:       io.NopCloser(strings.NewReader(unsafe.String(body, bodyLength))),
	}
	w := &responseWriter{header: http.Header{}, status: http.StatusOK}
	newService().ServeHTTP(w, r)
	return w.response()
}

// responseWriter keeps a response until it is complete.
type responseWriter struct {
	header http.Header
	status int
	body   []byte
}

func (w *responseWriter) Header() http.Header { return w.header }

func (w *responseWriter) WriteHeader(status int) { w.status = status }

func (w *responseWriter) Write(b []byte) (int, error) {
	w.body = append(w.body, b...)
	return len(b), nil
}

func (w *responseWriter) response() *response {
	r := &response{status: uint16(w.status)}
	list := lines(w.header)
	r.headers.present = true
	r.headers.first, r.headers.length = unsafe.SliceData(list), uint32(len(list))
	r.body.present = len(w.body) > 0
	r.body.first, r.body.length = unsafe.SliceData(w.body), uint32(len(w.body))
	return r
}

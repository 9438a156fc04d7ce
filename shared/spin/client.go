//go:build tinygo

package spin

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unsafe"
)

// Transport sends requests to other components and to the outside, as far as the manifest's
// allowed_outbound_hosts permit.
func Transport() http.RoundTripper { return transport{} }

type transport struct{}

// The host sends a request. The parameters without a name are for query parameters, which are in
// the URI.
//
//go:wasmimport wasi-outbound-http request
func hostRequest(method uint32, uri unsafe.Pointer, uriLength uint32,
	headers unsafe.Pointer, headerCount uint32, _, _, hasBody uint32,
	body unsafe.Pointer, bodyLength uint32, result unsafe.Pointer)

// sent is what became of a request.
type sent struct {
	failed   bool
	response response
}

// RoundTrip sends a request and returns the response, whatever its status.
func (transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	method, hasBody := slices.Index(methods[:], r.Method), uint32(1)
	if len(body) == 0 {
		hasBody = 0
	}
	uri, headers := textOf(r.URL.String()), lines(r.Header)
	var result sent
	hostRequest(uint32(method), uri.pointer(), uri.length,
		unsafe.Pointer(unsafe.SliceData(headers)), uint32(len(headers)), 0, 0, hasBody,
		unsafe.Pointer(unsafe.SliceData(body)), uint32(len(body)), unsafe.Pointer(&result))
	if result.failed {
		return nil, errors.New("the host did not send the request")
	}
	answer := result.response
	return &http.Response{
		StatusCode: int(answer.status),
		Header:     parseHeader(answer.headers.first, answer.headers.length),
		Body:       io.NopCloser(strings.NewReader(answer.body.String())),
	}, nil
}

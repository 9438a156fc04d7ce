//go:build tinygo

package spin

import (
	"net/url"
	"strings"
	"unsafe"
)

// A client can send `spin-*` headers, and they come before those that Spin adds (spin#278). The
// SDK's server uses the first header of each name, and answers with an empty 500 if it cannot parse
// the URL in it. So the linker puts guard between Spin's call and the SDK: of the `spin-*` headers
// that Spin sent, a component sees the two that it uses, since each takes time to decode, and no
// others. The SDK's server never fails.
//
//abacus:ldflags --wrap=spin_http_handle_http_request

// invalid takes the place of Spin's URL if a client asked for a path or a host that makes no valid
// one. The services use the request URI instead.
const invalid = "http://invalid/"

//export __real_spin_http_handle_http_request
func serve(request *inbound, response unsafe.Pointer)

//export __wrap_spin_http_handle_http_request
func guard(request *inbound, response unsafe.Pointer) {
	headers := unsafe.Slice(request.headers.first, request.headers.length)
	kept := headers[:0]
	for i, h := range headers {
		if name := h.name.String(); strings.HasPrefix(name, "spin-") {
			isURL := name == "spin-full-url"
			if !isURL && name != "spin-client-addr" || holds(headers[i+1:], name) {
				continue
			}
			if isURL && !valid(h.value) {
				h.value = text{unsafe.StringData(invalid), uint32(len(invalid))}
			}
		}
		kept = append(kept, h)
	}
	request.headers.length = uint32(len(kept))
	serve(request, response)
}

func valid(address text) bool {
	_, err := url.Parse(address.String())
	return err == nil
}

// holds reports whether there is a header with that name.
func holds(headers []header, name string) bool {
	for _, h := range headers {
		if h.name.String() == name {
			return true
		}
	}
	return false
}

// The types of a request in the SDK (spin-http.h), as far as guard needs them.

type inbound struct {
	method  uint8
	uri     text
	headers struct {
		first  *header
		length uint32
	}
}

type header struct{ name, value text }

type text struct {
	first  *byte
	length uint32
}

func (t text) String() string { return unsafe.String(t.first, t.length) }

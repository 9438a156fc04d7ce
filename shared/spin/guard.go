//go:build tinygo

package spin

import (
	"net/url"
	"strings"
	"unsafe"
)

// A client can send `spin-*` headers, and they come before those that Spin adds (spin#278). The
// SDK's server uses the first header of each name, and answers with an empty 500 if it cannot parse
// the URL in it. So the linker puts guard between Spin's call and the SDK: a component sees only
// the `spin-*` headers that Spin sent, and the SDK's server never fails.
//
//abacus:ldflags --wrap=spin_http_handle_http_request

//export __real_spin_http_handle_http_request
func serve(request *inbound, response unsafe.Pointer)

//export __wrap_spin_http_handle_http_request
func guard(request *inbound, response unsafe.Pointer) {
	headers := unsafe.Slice(request.headers.first, request.headers.length)
	kept := headers[:0]
	for i, h := range headers {
		name := h.name.String()
		if strings.HasPrefix(name, "spin-") && holds(headers[i+1:], name) {
			continue
		}
		if name == "spin-full-url" {
			h.value = parseable(h.value)
		}
		kept = append(kept, h)
	}
	request.headers.length = uint32(len(kept))
	serve(request, response)
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

// parseable returns a URL that the SDK can parse: Spin's own or, if a client asked for a path or a
// host that makes no valid URL, another of the same scheme. The services use the request URI
// instead.
func parseable(address text) text {
	if _, err := url.Parse(address.String()); err == nil {
		return address
	}
	scheme, _, _ := strings.Cut(address.String(), "://")
	other := scheme + "://invalid/"
	return text{unsafe.StringData(other), uint32(len(other))}
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

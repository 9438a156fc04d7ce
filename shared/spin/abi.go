//go:build tinygo

package spin

import (
	"net/http"
	"unsafe"
)

// The types of HTTP between component and host, as docs/services.md describes them. The SDK's
// package http has them too, but links fmt, net/url and reflect: a third of a component. What the
// host writes to memory stays there, since a component frees nothing (-gc=leaking).

// text is a string or a list of bytes.
type text struct {
	first  *byte
	length uint32
}

func (t text) String() string { return unsafe.String(t.first, t.length) }

func (t text) pointer() unsafe.Pointer { return unsafe.Pointer(t.first) }

// memory returns what the host has written at an address.
func memory(address, length uint32) text {
	return text{(*byte)(unsafe.Pointer(uintptr(address))), length}
}

func textOf(s string) text { return text{unsafe.StringData(s), uint32(len(s))} }

// header is one line of a header.
type header struct{ name, value text }

// lines returns a header as the host takes it.
func lines(h http.Header) []header {
	list := make([]header, 0, len(h))
	for name, values := range h {
		for _, value := range values {
			list = append(list, header{textOf(name), textOf(value)})
		}
	}
	return list
}

// parseHeader returns a header that the host has sent.
func parseHeader(first *header, count uint32) http.Header {
	h := make(http.Header, count)
	for _, line := range unsafe.Slice(first, count) {
		h.Add(line.name.String(), line.value.String())
	}
	return h
}

// response is the component's reply, or what another one has answered.
type response struct {
	status  uint16
	headers struct {
		present bool
		first   *header
		length  uint32
	}
	body struct {
		present bool
		text
	}
}

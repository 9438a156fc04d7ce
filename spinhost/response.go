package spinhost

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"abacus/spinhost/wasm"
)

// response is the response of a component or the host. Its header names are in lower case and
// unique.
type response struct {
	status  int
	headers []header
	body    []byte
}

type header struct{ name, value string }

// A client must read writeChunk bytes of a response within writeTimeout.
const (
	writeChunk   = 64 << 10
	writeTimeout = 30 * time.Second
)

// maxHeaders is the length of all headers of a message, in bytes.
const maxHeaders = 1 << 20

// write sends the response. Like Spin it adds Date and Content-Length and nothing else.
func (r *response) write(w http.ResponseWriter, method string) {
	h := w.Header()
	for _, each := range r.headers {
		h.Set(each.name, each.value)
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = nil // keeps net/http from guessing one
	}
	h.Del("Transfer-Encoding")
	bodiless := r.status == http.StatusNoContent || r.status == http.StatusNotModified
	switch {
	case r.status == http.StatusNoContent:
		h.Del("Content-Length")
	case bodiless, method == http.MethodHead && len(r.body) == 0:
		// The component may have set the Content-Length of a GET.
	default:
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	// A deadline for each chunk ends a response whose client does not read it.
	controller := http.NewResponseController(w)
	_ = controller.SetWriteDeadline(time.Now().Add(writeTimeout))
	w.WriteHeader(r.status)
	if bodiless || method == http.MethodHead {
		return
	}
	for rest := r.body; len(rest) > 0; {
		n, err := w.Write(rest[:min(len(rest), writeChunk)])
		if err != nil {
			return
		}
		rest = rest[n:]
		if len(rest) > 0 {
			_ = controller.SetWriteDeadline(time.Now().Add(writeTimeout))
		}
	}
}

// readResponse reads the response at an address (spin-http.wit: status, optional headers,
// optional body) and checks it as Spin does.
func readResponse(in *wasm.Instance, address uint32) (resp response, err error) {
	view, err := in.Read(address, 28)
	if err != nil {
		return resp, err
	}
	resp.status = int(binary.LittleEndian.Uint16(view))
	if resp.status < 100 || resp.status > 600 {
		return resp, fmt.Errorf("malformed HTTP status code %d", resp.status)
	}
	if resp.status < 200 {
		return resp, fmt.Errorf("status %d is not a final one", resp.status)
	}
	if some, err := option(view[4]); err != nil {
		return resp, err
	} else if some {
		headers, err := readHeaders(in, wasm.U32(view, 8), wasm.U32(view, 12))
		if err != nil {
			return resp, err
		}
		if resp.headers, err = checkHeaders(headers); err != nil {
			return resp, err
		}
	}
	if some, err := option(view[16]); err != nil {
		return resp, err
	} else if some {
		resp.body, err = in.Bytes(wasm.U32(view, 20), wasm.U32(view, 24))
		if err != nil {
			return resp, err
		}
	}
	return resp, nil
}

// option reads the tag of an optional value.
func option(tag byte) (some bool, err error) {
	if tag > 1 {
		return false, fmt.Errorf("the tag of an option is %d, not 0 or 1", tag)
	}
	return tag == 1, nil
}

// newHeaders copies headers into an instance and returns the address of the list.
func newHeaders(in *wasm.Instance, headers []header) (uint32, error) {
	const size = 16 // address and length of name and value
	list := make([]byte, 0, size*len(headers))
	for _, h := range headers {
		for _, text := range [2]string{h.name, h.value} {
			address, err := in.NewString(text)
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

// readHeaders reads a list of headers.
func readHeaders(in *wasm.Instance, address, count uint32) ([]header, error) {
	view, err := in.List(address, count, 16)
	if err != nil {
		return nil, err
	}
	headers := make([]header, 0, count)
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

// checkHeaders refuses invalid names and values and keeps the last header of each name, as
// Spin does.
func checkHeaders(headers []header) ([]header, error) {
	kept := headers[:0]
	index := make(map[string]int, len(headers))
	for _, h := range headers {
		if !validName(h.name) {
			return nil, fmt.Errorf("its response has the invalid header name %q", h.name)
		}
		for i := 0; i < len(h.value); i++ {
			if c := h.value[i]; c != '\t' && (c < ' ' || c > '~') {
				return nil, fmt.Errorf("the header %s of its response has an invalid value", h.name)
			}
		}
		if i, seen := index[h.name]; seen {
			kept[i].value = h.value
			continue
		}
		index[h.name] = len(kept)
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

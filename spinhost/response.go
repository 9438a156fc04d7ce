package spinhost

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"abacus/spinhost/wasm"
)

// response is the response of a component or the host. Of headers with one name, the last counts.
type response struct {
	status  int
	headers []header
	body    []byte
}

// A client must read writeChunk bytes of a response within writeTimeout.
const (
	writeChunk   = 64 << 10
	writeTimeout = 30 * time.Second
)

// write sends the response. Like Spin it adds Date and Content-Length and nothing else.
func (r *response) write(w http.ResponseWriter, method string) {
	h := w.Header()
	values := make([]string, len(r.headers))
	for i, each := range r.headers {
		values[i] = each.value
		h[nameOf(each.name).canonical] = values[i : i+1 : i+1]
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
		resp.headers, err = readHeaders(in, wasm.U32(view, 8), wasm.U32(view, 12))
		if err != nil {
			return resp, err
		}
		if err := checkHeaders(resp.headers); err != nil {
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

package spinhost

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"

	"abacus/spinhost/wasm"
)

// header is a header of a request or a response. Its name is in lower case.
type header struct{ name, value string }

// maxHeaders is the length of all headers of a message, in bytes.
const maxHeaders = 1 << 20

// headerName is the name of a header in the forms that the host needs.
type headerName struct {
	lower     string
	canonical string // as net/http writes it
	valid     bool
}

// knownNames are names that components have used: most messages have the same few. A name is added
// to a copy of the map. If two are added at once, one is lost, and is added the next time.
var knownNames atomic.Pointer[map[string]headerName]

func init() { knownNames.Store(&map[string]headerName{}) }

// The most names that are kept, and the length of the longest.
const (
	maxKnownNames = 256
	maxKnownName  = 64 // bytes
)

// nameOf returns the forms of a component's header name.
func nameOf(text string) headerName {
	known := knownNames.Load()
	if name, ok := (*known)[text]; ok {
		return name
	}
	name := headerName{strings.ToLower(text), http.CanonicalHeaderKey(text), validName(text)}
	if len(*known) < maxKnownNames && len(text) <= maxKnownName {
		more := maps.Clone(*known)
		more[strings.Clone(text)] = name
		knownNames.CompareAndSwap(known, &more)
	}
	return name
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
		text, err := in.Read(wasm.U32(view, 0), wasm.U32(view, 4))
		if err != nil {
			return nil, err
		}
		name, known := (*knownNames.Load())[string(text)] // without a copy
		if !known {
			text, err := in.String(wasm.U32(view, 0), wasm.U32(view, 4))
			if err != nil {
				return nil, err
			}
			name = nameOf(text)
		}
		value, err := in.String(wasm.U32(view, 8), wasm.U32(view, 12))
		if err != nil {
			return nil, err
		}
		if total += len(text) + len(value); total > maxHeaders {
			return nil, fmt.Errorf("its headers are longer than %d bytes", maxHeaders)
		}
		headers = append(headers, header{name.lower, value})
	}
	return headers, nil
}

// checkHeaders refuses invalid names and values of a component's response, as Spin does.
func checkHeaders(headers []header) error {
	for _, h := range headers {
		if !nameOf(h.name).valid {
			return fmt.Errorf("its response has the invalid header name %q", h.name)
		}
		for i := 0; i < len(h.value); i++ {
			if c := h.value[i]; c != '\t' && (c < ' ' || c > '~') {
				return fmt.Errorf("the header %s of its response has an invalid value", h.name)
			}
		}
	}
	return nil
}

// lastOfEach drops all but the last header of each name. It changes the list.
func lastOfEach(headers []header) []header {
	kept := headers[:0]
	index := make(map[string]int, len(headers))
	for _, h := range headers {
		if i, seen := index[h.name]; seen {
			kept[i].value = h.value
			continue
		}
		index[h.name] = len(kept)
		kept = append(kept, h)
	}
	return kept
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

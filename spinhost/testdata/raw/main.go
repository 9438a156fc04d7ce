//go:build tinygo

// Command raw is a component without an SDK, so that tests can check the ABI byte by byte and
// return responses that no SDK produces. The first segment of the path is the command, the rest
// its argument.
package main

import (
	"strconv"
	"strings"
	"unsafe"

	_ "abacus/shared/reactor"
)

func main() {}

//export canonical_abi_realloc
func realloc(_, _, align, size uint32) unsafe.Pointer {
	if size == 0 {
		return unsafe.Pointer(uintptr(align))
	}
	return unsafe.Pointer(unsafe.SliceData(make([]uint64, (size+7)/8)))
}

//export canonical_abi_free
func free(_ unsafe.Pointer, _, _ uint32) {}

// pair is a string or a list in memory.
type pair struct{ data, length uint32 }

func (p pair) String() string {
	return unsafe.String((*byte)(unsafe.Pointer(uintptr(p.data))), p.length)
}

func text(s string) pair {
	return pair{uint32(uintptr(unsafe.Pointer(unsafe.StringData(s)))), uint32(len(s))}
}

// field is one header in memory.
type field struct{ name, value pair }

func fieldList(fields []field) pair {
	return pair{uint32(uintptr(unsafe.Pointer(unsafe.SliceData(fields)))), uint32(len(fields))}
}

// reply is a response in memory.
type reply struct {
	status     uint16
	_          uint16
	hasHeaders uint8
	headers    pair
	hasBody    uint8
	body       pair
}

// request is the arguments of handle-http-request.
type request struct {
	method  uint32
	uri     string
	headers []field
	body    string
}

var (
	answer  reply
	outside [32]uint32 // results of imports
)

//export handle-http-request
func handle(method, uri, uriLen, headers, headersLen, _, _, _, body, bodyLen uint32) *reply {
	r := request{
		method:  method,
		uri:     pair{uri, uriLen}.String(),
		headers: unsafe.Slice((*field)(unsafe.Pointer(uintptr(headers))), headersLen),
		body:    pair{body, bodyLen}.String(),
	}
	answer.status = 200
	path := r.uri
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	verb, rest := cut(strings.TrimLeft(path, "/"), "/")
	switch verb {
	case "status":
		n, _ := strconv.Atoi(rest)
		answer.status = uint16(n)
		say("a body\n")
	case "reply":
		malformed(rest)
	case "run":
		say(run(rest))
	case "fetch":
		say(fetch(r.body))
	case "insist":
		for {
			fetch(r.body)
		}
	case "call":
		say(call(rest))
	case "remember":
		say(remember(rest))
	default:
		say(dump(r))
	}
	return &answer
}

func say(s string) {
	answer.hasBody = 1
	answer.body = text(s)
}

// dump formats a request: the number of its method, the URI, the headers in order, the body.
func dump(r request) string {
	var b []byte
	b = strconv.AppendUint(b, uint64(r.method), 10)
	b = append(b, ' ')
	b = append(b, r.uri...)
	for _, f := range r.headers {
		b = append(b, '\n')
		b = append(b, f.name.String()...)
		b = append(b, ": "...)
		b = append(b, f.value.String()...)
	}
	b = append(b, "\n\n"...)
	return string(append(b, r.body...))
}

func cut(s, separator string) (before, after string) {
	if i := strings.Index(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):]
	}
	return s, ""
}

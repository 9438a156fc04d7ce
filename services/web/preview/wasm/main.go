//go:build tinygo

// Command wasm is package preview as the browser's module calc.wasm; its exports are described there.
package main

import (
	"encoding/binary"
	"unsafe"

	"abacus/services/web/preview"
	_ "abacus/shared/reactor"
)

var (
	previewer preview.Previewer
	request   []byte
	answer    []byte // its length in four bytes, then the JSON
)

//export alloc
func alloc(length int32) unsafe.Pointer {
	if int(length) > cap(request) {
		request = make([]byte, 0, 2*int(length)) // typing asks for a little more each time
	}
	return unsafe.Pointer(unsafe.SliceData(request))
}

//export preview
func answerRequest(length, digits int32) unsafe.Pointer {
	text := unsafe.String(unsafe.SliceData(request), length) // no copy: memory is never freed
	answer = previewer.Append(append(answer[:0], 0, 0, 0, 0), text, int(digits))
	binary.LittleEndian.PutUint32(answer, uint32(len(answer)-4))
	return unsafe.Pointer(unsafe.SliceData(answer))
}

func main() {}

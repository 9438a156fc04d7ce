//go:build tinygo

// Command wasm is package preview as the browser's module calc.wasm. The package comment describes
// the exports.
package main

import (
	"encoding/binary"
	"unsafe"

	"abacus/services/web/preview"
	"abacus/shared/plot"
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
		request = make([]byte, 0, 2*int(length)) // while a person types, requests grow
	}
	return unsafe.Pointer(unsafe.SliceData(request))
}

//export preview
func previewRequest(length, digits int32) unsafe.Pointer {
	return reply(previewer.Append(begin(), text(length), int(digits)))
}

//export plot
func plotRequest(length, width, height int32, from, to, low, high float64) unsafe.Pointer {
	view := plot.View{From: from, To: to, Low: low, High: high, Width: int(width),
		Height: int(height)}
	return reply(previewer.AppendPlot(begin(), text(length), view))
}

//export at
func atRequest(length int32, x float64) unsafe.Pointer {
	return reply(previewer.AppendAt(begin(), text(length), x))
}

// text is the request, not copied: memory is never freed.
func text(length int32) string { return unsafe.String(unsafe.SliceData(request), length) }

// begin leaves room for the length of an answer.
func begin() []byte { return append(answer[:0], 0, 0, 0, 0) }

func reply(b []byte) unsafe.Pointer {
	answer = b
	binary.LittleEndian.PutUint32(answer, uint32(len(answer)-4))
	return unsafe.Pointer(unsafe.SliceData(answer))
}

func main() {}

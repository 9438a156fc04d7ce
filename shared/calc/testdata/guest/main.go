//go:build tinygo

// Command guest is the calculator as a Wasm module for the test that compares it with the native build.
package main

import (
	"unsafe"

	"abacus/shared/calc/testdata/transcript"
	_ "abacus/shared/reactor"
)

var (
	buffer     [256 << 10]byte
	calculator transcript.Calculator
)

//export buffer
func bufferAddress() unsafe.Pointer { return unsafe.Pointer(&buffer) }

// evaluate replaces the source in the first bytes of the buffer by its transcript, and gives its length.
//
//export evaluate
func evaluate(length int32) int32 {
	return int32(copy(buffer[:], calculator.Append(nil, string(buffer[:length]))))
}

// repeat evaluates the source in the buffer n times, for a benchmark.
//
//export repeat
func repeat(length, n int32) { calculator.Repeat(string(buffer[:length]), int(n)) }

func main() {}

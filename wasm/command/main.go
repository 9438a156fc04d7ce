//go:build tinygo

// Command command is the calculator as a WASI command, for any runtime of WASI preview 1:
//
//	wasmtime calc.wasm '2+3*4'
//	echo '2+3*4' | wasmtime calc.wasm
//
// It evaluates its arguments in order and prints their values. Later arguments can use the
// variables and functions of earlier ones; `-`, or no argument at all, stands for standard input.
// The first error ends the command with exit status 1.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"os"

	"abacus/shared/calc"
	_ "abacus/shared/heap"
)

func main() {
	sources := os.Args
	if len(sources) > 0 {
		sources = sources[1:] // without the command's name
	}
	if len(sources) == 0 {
		sources = []string{"-"}
	}
	var calculator calc.Calculator
	scope := calc.Scope{Random: random}
	for _, source := range sources {
		if source == "-" {
			text, err := io.ReadAll(os.Stdin)
			if err != nil {
				fail("standard input: " + err.Error() + "\n")
			}
			source = string(text)
		}
		program, result, err := calculator.Eval(source, &scope)
		if err != nil {
			fail(err.Caret(source))
		}
		if result.Kind == calc.Value {
			os.Stdout.WriteString(program.Display(result, calc.Digits) + "\n")
		}
	}
}

func fail(text string) {
	os.Stderr.WriteString(text)
	os.Exit(1)
}

// random returns a random number, uniform in [0, 1), with 53 bits of the runtime's random_get.
func random() float64 {
	var bits [8]byte
	rand.Read(bits[:])
	return float64(binary.LittleEndian.Uint64(bits[:])>>11) / (1 << 53)
}

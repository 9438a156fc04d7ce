//go:build tinygo

// Command component is the world `calculator` of calc.wit: the exports of the Canonical ABI, whose records are laid out
// here as the component model's specification says (CanonicalABI.md, "Alignment and size").
package main

import (
	"crypto/rand"
	"encoding/binary"
	"unsafe"

	"abacus/shared/calc"
	_ "abacus/shared/reactor"
)

// mistake is the record of that name. A string is its address and its length, as it is in Go's memory too.
type mistake struct {
	code, message                string
	hasHint                      bool
	hint                         string
	offset, line, column, extent uint32
}

// answer is the record of that name.
type answer struct {
	kind            calc.Kind // numbered as in the enum
	value           float64
	display, parsed string
}

// evaluated is result<answer, mistake>, 56 bytes: the payload is aligned as the float64 of an answer is.
type evaluated struct {
	failed  bool
	payload struct {
		_     [0]float64
		bytes [48]byte
	}
}

// checked is result<string, mistake>.
type checked struct {
	failed  bool
	payload struct {
		_     [0]uint32
		bytes [44]byte
	}
}

var (
	calculator calc.Calculator
	argument   [calc.MaxSource]byte // the source of the call
	evaluation evaluated
	checking   checked
)

// realloc gives the place for the source of a call: the same each time, as memory is never freed and no call comes before
// the last one has been answered. What is larger than a source may be is not one, or is refused: the adapter of WASI keeps
// its state in such a piece.
//
//export cabi_realloc
func realloc(_ unsafe.Pointer, _, _, size uint32) unsafe.Pointer {
	if size > calc.MaxSource {
		return unsafe.Pointer(unsafe.SliceData(make([]uint64, size/8+1))) // aligned for everything
	}
	return unsafe.Pointer(&argument)
}

//export abacus:calc/evaluator@0.1.0#evaluate
func evaluate(data *byte, length uint32) *evaluated {
	scope := calc.Scope{Random: random}
	program, result, err := calculator.Eval(unsafe.String(data, length), &scope)
	evaluation.failed = err != nil
	if err != nil {
		*(*mistake)(unsafe.Pointer(&evaluation.payload)) = newMistake(err)
		return &evaluation
	}
	a := answer{kind: result.Kind, value: result.Value, parsed: program.Parsed()}
	if result.Kind.HasValue() {
		a.display = calc.Format(result.Value, calc.Digits)
	}
	*(*answer)(unsafe.Pointer(&evaluation.payload)) = a
	return &evaluation
}

//export abacus:calc/evaluator@0.1.0#check
func check(data *byte, length uint32) *checked {
	program, err := calculator.Parse(unsafe.String(data, length))
	checking.failed = err != nil
	if err != nil {
		*(*mistake)(unsafe.Pointer(&checking.payload)) = newMistake(err)
	} else {
		*(*string)(unsafe.Pointer(&checking.payload)) = program.Parsed()
	}
	return &checking
}

func newMistake(e *calc.Error) mistake {
	return mistake{e.Code, e.Message, e.Hint != "", e.Hint,
		uint32(e.Offset), uint32(e.Line), uint32(e.Column), uint32(e.Length)}
}

// random is uniform in [0, 1), with 53 bits of wasi:random.
func random() float64 {
	var bits [8]byte
	rand.Read(bits[:])
	return float64(binary.LittleEndian.Uint64(bits[:])>>11) / (1 << 53)
}

func main() {}

//go:build tinygo

// Command component implements the worlds `calculator` of calc.wit, version 0.1.0, and of
// quantities.wit, version 0.2.0, as exports of the Canonical ABI. Its records are laid out as the
// component model specifies (CanonicalABI.md, "Alignment and size").
package main

import (
	"crypto/rand"
	"encoding/binary"
	"unsafe"

	"abacus/shared/calc"
	_ "abacus/shared/reactor"
)

// mistake is the WIT record. A string is an address and a length, as in Go's memory.
type mistake struct {
	code, message                string
	hasHint                      bool
	hint                         string
	offset, line, column, extent uint32
}

// answer is the WIT record of version 0.1.0.
type answer struct {
	kind            calc.Kind // numbered as in the WIT enum
	value           float64
	display, parsed string
}

// quantity is the WIT record answer of version 0.2.0.
type quantity struct {
	kind                  calc.Kind
	value                 float64
	unit, display, parsed string
}

// evaluateResult is result<answer, mistake> of both versions, 56 bytes long: the payload has the
// size of a mistake and the alignment of the float64 in an answer.
type evaluateResult struct {
	failed  bool
	payload struct {
		_     [0]float64
		bytes [48]byte
	}
}

// checkResult is result<string, mistake>.
type checkResult struct {
	failed  bool
	payload struct {
		_     [0]uint32
		bytes [44]byte
	}
}

var (
	calculator calc.Calculator
	argument   [calc.MaxSource]byte // the source of the current call
	evaluation evaluateResult
	checking   checkResult
)

// realloc returns memory for the source of a call: the same array each time, since memory is never
// freed and calls do not overlap. A size above that is for a source that is too long, or for the
// WASI adapter's state, and gets memory of its own.
//
//export cabi_realloc
func realloc(_ unsafe.Pointer, _, _, size uint32) unsafe.Pointer {
	if size > calc.MaxSource {
		return unsafe.Pointer(unsafe.SliceData(make([]uint64, size/8+1))) // aligned for everything
	}
	return unsafe.Pointer(&argument)
}

//export abacus:calc/evaluator@0.1.0#evaluate
func evaluate(data *byte, length uint32) *evaluateResult {
	if q, ok := evaluateSource(data, length); ok {
		a := answer{q.kind, q.value, q.display, q.parsed}
		*(*answer)(unsafe.Pointer(&evaluation.payload)) = a
	}
	return &evaluation
}

//export abacus:calc/evaluator@0.2.0#evaluate
func evaluateQuantity(data *byte, length uint32) *evaluateResult {
	if q, ok := evaluateSource(data, length); ok {
		*(*quantity)(unsafe.Pointer(&evaluation.payload)) = q
	}
	return &evaluation
}

// evaluateSource evaluates a source. If the evaluation fails, it sets the result to the mistake.
func evaluateSource(data *byte, length uint32) (q quantity, ok bool) {
	scope := calc.Scope{Random: random}
	program, result, err := calculator.Eval(unsafe.String(data, length), &scope)
	evaluation.failed = err != nil
	if err != nil {
		*(*mistake)(unsafe.Pointer(&evaluation.payload)) = newMistake(err)
		return q, false
	}
	q = quantity{result.Kind, result.Value, result.Unit, "", program.Parsed()}
	if result.Kind.HasValue() {
		q.display = program.Display(result, calc.Digits)
	}
	return q, true
}

//export abacus:calc/evaluator@0.1.0#check
func check(data *byte, length uint32) *checkResult {
	program, err := calculator.Parse(unsafe.String(data, length))
	checking.failed = err != nil
	if err != nil {
		*(*mistake)(unsafe.Pointer(&checking.payload)) = newMistake(err)
	} else {
		*(*string)(unsafe.Pointer(&checking.payload)) = program.Parsed()
	}
	return &checking
}

//export abacus:calc/evaluator@0.2.0#check
func checkQuantity(data *byte, length uint32) *checkResult { return check(data, length) }

func newMistake(e *calc.Error) mistake {
	return mistake{e.Code, e.Message, e.Hint != "", e.Hint,
		uint32(e.Offset), uint32(e.Line), uint32(e.Column), uint32(e.Length)}
}

// random returns a random number, uniform in [0, 1), with 53 bits of wasi:random.
func random() float64 {
	var bits [8]byte
	rand.Read(bits[:])
	return float64(binary.LittleEndian.Uint64(bits[:])>>11) / (1 << 53)
}

func main() {}

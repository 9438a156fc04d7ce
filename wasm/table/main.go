//go:build tinygo

// Command table implements the world `table` of calc.wit: it tabulates an expression by calling the
// calculator, another component, for each x.
package main

import (
	"strconv"
	"unsafe"

	_ "abacus/shared/reactor"
)

// evaluateResult is the evaluator's result<answer, mistake>.
type evaluateResult struct {
	failed  bool
	payload struct {
		_     [0]float64 // aligns it like an answer
		bytes [48]byte
	}
}

// answer is the start of the WIT record.
type answer struct {
	kind  uint8
	value float64
}

// mistake is the WIT record.
type mistake struct {
	text                         [28]byte // code, message and hint
	offset, line, column, length uint32
}

//go:wasmimport abacus:calc/evaluator@0.1.0 evaluate
func evaluate(data unsafe.Pointer, length uint32, result unsafe.Pointer)

// tableResult is result<list<float64>, mistake>. A list is an address and a length.
type tableResult struct {
	failed  bool
	payload [11]uint32
}

// maxValues limits the length of a table.
const maxValues = 10_000

//export cabi_realloc
func realloc(_ unsafe.Pointer, _, _, size uint32) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(make([]uint64, size/8+1))) // aligned for everything
}

//export table
func table(text *byte, length uint32, first, last int32) *tableResult {
	expression := unsafe.String(text, length)
	var values []float64
	for x := int64(first); x <= int64(last) && len(values) < maxValues; x++ {
		variable := "x = " + strconv.FormatInt(x, 10) + "\n"
		source := variable + expression
		var result evaluateResult
		data := unsafe.Pointer(unsafe.StringData(source))
		evaluate(data, uint32(len(source)), unsafe.Pointer(&result))
		if result.failed {
			reason := *(*mistake)(unsafe.Pointer(&result.payload))
			reason.line--
			reason.offset -= uint32(len(variable))
			return &tableResult{true, *(*[11]uint32)(unsafe.Pointer(&reason))}
		}
		values = append(values, (*answer)(unsafe.Pointer(&result.payload)).value)
	}
	list := &tableResult{}
	list.payload[0] = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(values))))
	list.payload[1] = uint32(len(values))
	return list
}

func main() {}

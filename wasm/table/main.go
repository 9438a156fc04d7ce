//go:build tinygo

// Command table is the world `table` of calc.wit: it has the calculator, another component, evaluate an expression for
// one x after the other.
package main

import (
	"strconv"
	"unsafe"

	_ "abacus/shared/reactor"
)

// evaluated is evaluator's result<answer, mistake>.
type evaluated struct {
	failed  bool
	payload struct {
		_     [0]float64 // aligns it as an answer is
		bytes [48]byte
	}
}

// answer is the beginning of the record of that name.
type answer struct {
	kind  uint8
	value float64
}

// mistake is the record of that name.
type mistake struct {
	text                         [28]byte // code, message and hint
	offset, line, column, length uint32
}

//go:wasmimport abacus:calc/evaluator@0.1.0 evaluate
func evaluate(data unsafe.Pointer, length uint32, result unsafe.Pointer)

// tabulated is result<list<float64>, mistake>; of a list there is the address and the length.
type tabulated struct {
	failed  bool
	payload [11]uint32
}

// most is how many values a table may have.
const most = 10_000

//export cabi_realloc
func realloc(_ unsafe.Pointer, _, _, size uint32) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(make([]uint64, size/8+1))) // aligned for everything
}

//export table
func table(data *byte, length uint32, first, last int32) *tabulated {
	expression := unsafe.String(data, length)
	var values []float64
	for x := int64(first); x <= int64(last) && len(values) < most; x++ {
		variable := "x = " + strconv.FormatInt(x, 10) + "\n"
		source := variable + expression
		var result evaluated
		evaluate(unsafe.Pointer(unsafe.StringData(source)), uint32(len(source)), unsafe.Pointer(&result))
		if result.failed {
			reason := *(*mistake)(unsafe.Pointer(&result.payload))
			reason.line--
			reason.offset -= uint32(len(variable))
			return &tabulated{true, *(*[11]uint32)(unsafe.Pointer(&reason))}
		}
		values = append(values, (*answer)(unsafe.Pointer(&result.payload)).value)
	}
	table := &tabulated{}
	table.payload[0] = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(values))))
	table.payload[1] = uint32(len(values))
	return table
}

func main() {}

package wasm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
)

// yieldInterval is how many loop iterations and calls an instance makes between two yield
// points that enter Go. Compiled code cannot be preempted: without them neither Go's garbage
// collector nor a timeout would get through. wazero's option WithCloseOnContextDone enters Go
// at every one, which costs a hello component nine tenths of its speed.
const yieldInterval = 4096

const (
	exportStop   = "host: stop" // the global that makes an instance trap when it is not 0
	exportGlobal = "host: global %d"
	blockEmpty   = 0x40
	typeI32      = 0x7f
)

// instrumented is a module with yield points and exported globals.
type instrumented struct {
	binary   []byte
	compiled wazero.CompiledModule
	globals  []string // the exports of its own mutable globals

	// restorable means that it changes only memory and globals: no instruction changes a table
	// or drops a segment, which neither TinyGo nor LLVM generates, and every global can be set.
	restorable bool
}

// instrument rewrites a module whose header has been checked. It exports the mutable globals,
// so that the host can restore them (LLVM keeps the stack pointer in one), and inserts a yield
// point into every loop and at the start of every function that calls others.
func instrument(module []byte) (*instrumented, error) {
	list, err := sections(module)
	if err != nil {
		return nil, err
	}
	m := &instrumented{binary: slices.Clone(magicModule), restorable: true}
	var globals uint32 // the imported ones, then all of the module, without the two added ones
	var mutable []uint32
	var yield []byte
	for _, s := range list {
		r := reader{data: module[:s.end], at: s.start}
		contents := module[s.start:s.end]
		if yield == nil && s.id != 0 && s.id >= sectionGlobal {
			if s.id != sectionGlobal {
				return nil, errors.New("it has no global variables, not even a stack pointer")
			}
			mutable = m.mutableGlobals(&r, globals)
			globals += vectorLength(contents)
			yield = yieldPoint(globals, globals+1)
			contents = extend(contents, 2, []byte{
				typeI32, globalIsMutable, opI32Const, 1, opEnd, // the countdown
				typeI32, globalIsMutable, opI32Const, 0, opEnd, // stop
			})
		}
		switch s.id {
		case sectionImport:
			globals = r.importedGlobals()
		case sectionExport:
			var added []byte
			for _, index := range mutable {
				name := fmt.Sprintf(exportGlobal, index)
				m.globals = append(m.globals, name)
				added = appendExport(added, name, index)
			}
			added = appendExport(added, exportStop, globals+1)
			contents = extend(contents, uint32(len(mutable))+1, added)
		case sectionCode:
			contents = m.code(&r, yield)
		}
		if r.failed {
			return nil, fmt.Errorf("it is damaged: section %d cannot be read", s.id)
		}
		m.binary = append(m.binary, s.id)
		m.binary = binary.AppendUvarint(m.binary, uint64(len(contents)))
		m.binary = append(m.binary, contents...)
	}
	if yield == nil {
		return nil, errors.New("it is empty")
	}
	return m, nil
}

// mutableGlobals returns the indices of the mutable globals of a section; first is the index
// of its first global.
func (m *instrumented) mutableGlobals(r *reader, first uint32) (mutable []uint32) {
	for i, n := uint32(0), r.u32(); i < n && !r.failed; i++ {
		kind := r.byte()
		if r.byte() == globalIsMutable {
			mutable = append(mutable, first+i)
			m.restorable = m.restorable && kind > typeV128
		}
		r.constant()
	}
	return mutable
}

// code returns the code section with yield points.
func (m *instrumented) code(r *reader, yield []byte) []byte {
	n := r.u32()
	contents := binary.AppendUvarint(nil, uint64(n))
	for ; n > 0 && !r.failed; n-- {
		size := int(r.u32())
		start := r.at
		r.skip(size)
		if r.failed {
			break
		}
		body := m.function(&reader{data: r.data[:start+size], at: start}, yield)
		r.failed = body == nil
		contents = binary.AppendUvarint(contents, uint64(len(body)))
		contents = append(contents, body...)
	}
	return contents
}

// function returns the body of a function with yield points; nil if it cannot be read.
func (m *instrumented) function(r *reader, yield []byte) []byte {
	start := r.at
	for locals := r.u32(); locals > 0 && !r.failed; locals-- {
		r.u32()
		r.byte()
	}
	first := r.at
	var code []byte
	calls := false
	copied := first
	for r.at < len(r.data) {
		switch r.instruction() {
		case opLoop:
			code = append(code, r.data[copied:r.at]...)
			code = append(code, yield...)
			copied = r.at
		case opCall, opCallIndirect:
			calls = true
		case opTableSet, prefixed(opDataDrop), prefixed(opTableInit), prefixed(opElemDrop),
			prefixed(opTableCopy), prefixed(opTableGrow), prefixed(opTableFill):
			m.restorable = false
		}
		if r.failed {
			return nil
		}
	}
	code = append(code, r.data[copied:]...)
	body := slices.Clone(r.data[start:first])
	if calls {
		body = append(body, yield...)
	}
	return append(body, code...)
}

// yieldPoint returns the code of a yield point: it counts down, and at zero enters Go and then
// traps if stop is set. memory.grow by 0 enters Go, which may preempt the goroutine there.
func yieldPoint(countdown, stop uint32) []byte {
	number := func(code []byte, n uint32) []byte { return binary.AppendUvarint(code, uint64(n)) }
	code := number([]byte{opGlobalGet}, countdown)
	code = number(append(code, opI32Const, 1, opI32Sub, opGlobalSet), countdown)
	code = number(append(code, opGlobalGet), countdown)
	code = append(code, opI32Eqz, opIf, blockEmpty)
	code = append(code, opI32Const, 0, opMemoryGrow, 0, opDrop)
	code = number(append(code, opI32Const), yieldInterval) // bit 6 is 0: not negative in LEB128
	code = number(append(code, opGlobalSet), countdown)
	code = number(append(code, opGlobalGet), stop)
	return append(code, opIf, blockEmpty, opUnreachable, opEnd, opEnd)
}

// extend appends elements to a section that is a vector.
func extend(contents []byte, count uint32, elements []byte) []byte {
	r := reader{data: contents}
	n := r.u32()
	longer := binary.AppendUvarint(nil, uint64(n+count))
	longer = append(longer, contents[r.at:]...)
	return append(longer, elements...)
}

func vectorLength(contents []byte) uint32 { return (&reader{data: contents}).u32() }

func appendExport(contents []byte, name string, global uint32) []byte {
	contents = binary.AppendUvarint(contents, uint64(len(name)))
	contents = append(contents, name...)
	contents = append(contents, kindGlobal)
	return binary.AppendUvarint(contents, uint64(global))
}

package wasm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
)

// yieldInterval is how many loop iterations and calls an instance makes between two yield
// points that enter the host. A bulk memory or table instruction counts as one for every
// bytesPerStep bytes or elements.
//
// Compiled code cannot be preempted: without yield points neither a timeout nor other requests
// nor Go's garbage collector would get through. wazero's option WithCloseOnContextDone enters
// Go at every one, which costs a hello component nine tenths of its speed.
const (
	yieldInterval = 4096
	stepShift     = 6 // bytesPerStep = 64
)

const (
	exportYielding = "host: yielding" // the global that marks a yield point for type linear
	exportGlobal   = "host: global %d"
	blockEmpty     = 0x40
	typeI32        = 0x7f
)

// instrumented is a module with yield points and exported globals.
type instrumented struct {
	binary   []byte
	compiled wazero.CompiledModule
	globals  []string // the exports of its own mutable globals
	maxPages uint32   // of its memory

	// restorable means that it changes only memory and globals: no instruction changes a table
	// or drops a segment, which neither TinyGo nor LLVM generates, and every global can be set.
	restorable bool
}

// instrument rewrites a module whose header has been checked. It exports the mutable globals,
// so that the host can restore them (LLVM keeps the stack pointer in one), and inserts a yield
// point into every loop and into every cycle of calls: at the start of every function that calls
// itself, or one with a higher index, or one that is not known here. Calls to lower indices alone
// come to an end. They are the most: wasm-opt gives low indices to what is called most.
func instrument(module []byte) (*instrumented, error) {
	list, err := sections(module)
	if err != nil {
		return nil, err
	}
	m := &instrumented{binary: slices.Clone(magicModule), maxPages: maxPages, restorable: true}
	var functions uint32 // the imported ones
	var globals uint32   // the imported ones, then all of the module, without the added ones
	var mutable []uint32
	var yield *yieldCode
	for _, s := range list {
		r := reader{data: module[:s.end], at: s.start}
		contents := module[s.start:s.end]
		if yield == nil && s.id != 0 && s.id >= sectionGlobal {
			if s.id != sectionGlobal {
				return nil, errors.New("it has no global variables, not even a stack pointer")
			}
			mutable = m.mutableGlobals(&r, globals)
			globals += vectorLength(contents)
			yield = newYieldCode(globals)
			zero := []byte{typeI32, globalIsMutable, opI32Const, 0, opEnd}
			contents = extend(contents, addedGlobals, bytes.Repeat(zero, addedGlobals))
		}
		switch s.id {
		case sectionImport:
			functions, globals = r.imported()
		case sectionExport:
			var added []byte
			for _, index := range mutable {
				name := fmt.Sprintf(exportGlobal, index)
				m.globals = append(m.globals, name)
				added = appendExport(added, name, index)
			}
			added = appendExport(added, exportYielding, yield.yielding)
			contents = extend(contents, uint32(len(mutable))+1, added)
		case sectionMemory:
			contents, m.maxPages = r.withoutMaxima()
		case sectionStart:
			return nil, errors.New("it has a start function: Spin's SDK v2 uses _initialize")
		case sectionCode:
			contents = m.code(&r, functions, yield)
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

// code returns the code section with yield points; first is the index of its first function.
func (m *instrumented) code(r *reader, first uint32, yield *yieldCode) []byte {
	n := r.u32()
	contents := binary.AppendUvarint(nil, uint64(n))
	for index := first; index-first < n && !r.failed; index++ {
		size := int(r.u32())
		start := r.at
		r.skip(size)
		if r.failed {
			break
		}
		body := m.function(&reader{data: r.data[:start+size], at: start}, index, yield)
		r.failed = body == nil
		contents = binary.AppendUvarint(contents, uint64(len(body)))
		contents = append(contents, body...)
	}
	return contents
}

// function returns the body of the function with an index, with yield points; nil if it cannot be
// read.
func (m *instrumented) function(r *reader, index uint32, yield *yieldCode) []byte {
	start := r.at
	for locals := r.u32(); locals > 0 && !r.failed; locals-- {
		r.u32()
		r.byte()
	}
	first := r.at
	var code []byte
	mayRecur := false
	copied := first
	insert := func(at int, inserted []byte) {
		code = append(code, r.data[copied:at]...)
		code = append(code, inserted...)
		copied = at
	}
	for r.at < len(r.data) {
		at := r.at
		switch r.instruction() {
		case opLoop:
			insert(r.at, yield.step)
		case opCall:
			callee := reader{data: r.data, at: at + 1}
			mayRecur = mayRecur || callee.u32() >= index
		case opCallIndirect:
			mayRecur = true
		case prefixed(opMemoryInit), prefixed(opMemoryCopy), prefixed(opMemoryFill):
			insert(at, yield.bulk)
		case prefixed(opTableInit), prefixed(opTableCopy),
			prefixed(opTableGrow), prefixed(opTableFill):
			insert(at, yield.bulk)
			m.restorable = false
		case opTableSet, prefixed(opDataDrop), prefixed(opElemDrop):
			m.restorable = false
		}
		if r.failed {
			return nil
		}
	}
	insert(len(r.data), nil)
	body := slices.Clone(r.data[start:first])
	if mayRecur {
		body = append(body, yield.step...)
	}
	return append(body, code...)
}

// yieldCode is the code of yield points.
type yieldCode struct {
	yielding uint32 // a global
	step     []byte // counts one
	bulk     []byte // counts the length on top of the stack, and leaves it there
}

const addedGlobals = 3 // countdown, yielding, length

// newYieldCode returns code that uses addedGlobals globals from an index.
func newYieldCode(first uint32) *yieldCode {
	countdown, yielding, length := first, first+1, first+2
	number := func(code []byte, n uint32) []byte { return binary.AppendUvarint(code, uint64(n)) }
	get := func(code []byte, global uint32) []byte {
		return number(append(code, opGlobalGet), global)
	}
	set := func(code []byte, global uint32) []byte {
		return number(append(code, opGlobalSet), global)
	}

	// if countdown < 0 { yielding = 1; memory.grow(1); yielding = 0; countdown = yieldInterval }
	enter := get(nil, countdown)
	enter = append(enter, opI32Const, 0, opI32LtS, opIf, blockEmpty)
	enter = set(append(enter, opI32Const, 1), yielding)
	enter = append(enter, opI32Const, 1, opMemoryGrow, 0, opDrop)
	enter = set(append(enter, opI32Const, 0), yielding)
	enter = number(append(enter, opI32Const), yieldInterval) // bit 6 is 0: not negative in LEB128
	enter = append(set(enter, countdown), opEnd)

	// countdown -= 1
	step := append(get(nil, countdown), opI32Const, 1, opI32Sub)
	step = append(set(step, countdown), enter...)

	// length = the top of the stack; countdown -= length >> stepShift
	bulk := set(nil, length)
	bulk = get(get(bulk, countdown), length)
	bulk = append(bulk, opI32Const, stepShift, opI32ShrU, opI32Sub)
	bulk = append(set(bulk, countdown), enter...)
	bulk = get(bulk, length)
	return &yieldCode{yielding: yielding, step: step, bulk: bulk}
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

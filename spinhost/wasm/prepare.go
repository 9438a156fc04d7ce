package wasm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
)

// breath is how many loop iterations and calls a guest may make before it lets
// the host look: compiled code is not preemptible, so neither Go's garbage
// collector nor a timer would get its turn otherwise. wazero's own way (its
// option CloseOnContextDone) looks every time, which costs a hello component
// nine tenths of its speed.
const breath = 4096

const (
	exportStop    = "host: stop" // the global that ends a guest when it is not 0
	exportRestore = "host: global %d"
	blockEmpty    = 0x40
	typeI32       = 0x7f
)

// prepared is a module as it is compiled.
type prepared struct {
	module   []byte
	compiled wazero.CompiledModule
	globals  []string // exported names of its own mutable globals

	// onlyMemory says that a run can leave traces in memory and globals alone:
	// no instruction changes a table or drops a segment, as neither TinyGo nor
	// LLVM emits any by itself, and each global is of a type that can be set.
	onlyMemory bool
}

// prepare rewrites a module whose header has been checked: its mutable globals
// are exported, so that the host can put them back (LLVM keeps the stack
// pointer in one), and at every loop, and on entry to functions that call
// others, it counts down to the moment when it lets the host look.
func prepare(module []byte) (*prepared, error) {
	list, err := sections(module)
	if err != nil {
		return nil, err
	}
	p := &prepared{module: slices.Clone(magicModule), onlyMemory: true}
	var globals uint32 // imported, then all, then with the two new ones
	var mutable []uint32
	var pause []byte
	for _, s := range list {
		r := reader{data: module[:s.end], at: s.start}
		contents := module[s.start:s.end]
		if pause == nil && s.id != 0 && s.id >= sectionGlobal {
			if s.id != sectionGlobal {
				return nil, errors.New("it has no global variables, not even a stack pointer")
			}
			mutable = p.mutableGlobals(&r, globals)
			globals += binaryCount(contents)
			pause = pauseCode(globals, globals+1)
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
				name := fmt.Sprintf(exportRestore, index)
				p.globals = append(p.globals, name)
				added = appendExport(added, name, index)
			}
			added = appendExport(added, exportStop, globals+1)
			contents = extend(contents, uint32(len(mutable))+1, added)
		case sectionCode:
			contents = p.code(&r, pause)
		}
		if r.failed {
			return nil, fmt.Errorf("it is damaged: section %d cannot be read", s.id)
		}
		p.module = append(p.module, s.id)
		p.module = binary.AppendUvarint(p.module, uint64(len(contents)))
		p.module = append(p.module, contents...)
	}
	if pause == nil {
		return nil, errors.New("it is empty")
	}
	return p, nil
}

// mutableGlobals returns the indices of the mutable globals of a section, the
// first global of which has the number first.
func (p *prepared) mutableGlobals(r *reader, first uint32) (mutable []uint32) {
	for i, n := uint32(0), r.u32(); i < n && !r.failed; i++ {
		kind := r.byte()
		if r.byte() == globalIsMutable {
			mutable = append(mutable, first+i)
			p.onlyMemory = p.onlyMemory && kind > typeV128
		}
		r.constant()
	}
	return mutable
}

// code returns the contents of a code section with pause where it belongs.
func (p *prepared) code(r *reader, pause []byte) []byte {
	n := r.u32()
	contents := binary.AppendUvarint(nil, uint64(n))
	for ; n > 0 && !r.failed; n-- {
		size := int(r.u32())
		start := r.at
		r.skip(size)
		if r.failed {
			break
		}
		body := p.function(&reader{data: r.data[:start+size], at: start}, pause)
		r.failed = body == nil
		contents = binary.AppendUvarint(contents, uint64(len(body)))
		contents = append(contents, body...)
	}
	return contents
}

// function returns the body of one function with pause at its loops and, if it
// calls others, at its start; nil if it cannot be read.
func (p *prepared) function(r *reader, pause []byte) []byte {
	start := r.at
	for locals := r.u32(); locals > 0 && !r.failed; locals-- {
		r.u32()
		r.byte()
	}
	first := r.at
	var code []byte
	calls := false
	for copied := first; ; {
		if r.at >= len(r.data) {
			code = append(code, r.data[copied:]...)
			break
		}
		switch r.instruction() {
		case opLoop:
			code = append(code, r.data[copied:r.at]...)
			code = append(code, pause...)
			copied = r.at
		case opCall, opCallIndirect:
			calls = true
		case opTableSet, prefixed(opDataDrop), prefixed(opTableInit), prefixed(opElemDrop),
			prefixed(opTableCopy), prefixed(opTableGrow), prefixed(opTableFill):
			p.onlyMemory = false
		}
		if r.failed {
			return nil
		}
	}
	body := slices.Clone(r.data[start:first])
	if calls {
		body = append(body, pause...)
	}
	return append(body, code...)
}

// pauseCode is what a loop does first: count down, and at zero let the host
// look and trap if it says stop. memory.grow by nothing is the instruction that
// wazero executes in Go, where it can be preempted.
func pauseCode(countdown, stop uint32) []byte {
	number := func(code []byte, n uint32) []byte { return binary.AppendUvarint(code, uint64(n)) }
	code := number([]byte{opGlobalGet}, countdown)
	code = number(append(code, opI32Const, 1, opI32Sub, opGlobalSet), countdown)
	code = number(append(code, opGlobalGet), countdown)
	code = append(code, opI32Eqz, opIf, blockEmpty)
	code = append(code, opI32Const, 0, opMemoryGrow, 0, opDrop)
	code = number(append(code, opI32Const), breath) // its bit 6 is 0, so it is no negative number
	code = number(append(code, opGlobalSet), countdown)
	code = number(append(code, opGlobalGet), stop)
	return append(code, opIf, blockEmpty, opUnreachable, opEnd, opEnd)
}

// extend returns the contents of a section that is a vector with some more
// elements at its end.
func extend(contents []byte, more uint32, elements []byte) []byte {
	r := reader{data: contents}
	n := r.u32()
	longer := binary.AppendUvarint(nil, uint64(n+more))
	longer = append(longer, contents[r.at:]...)
	return append(longer, elements...)
}

func binaryCount(contents []byte) uint32 { return (&reader{data: contents}).u32() }

func appendExport(contents []byte, name string, global uint32) []byte {
	contents = binary.AppendUvarint(contents, uint64(len(name)))
	contents = append(contents, name...)
	contents = append(contents, kindGlobal)
	return binary.AppendUvarint(contents, uint64(global))
}

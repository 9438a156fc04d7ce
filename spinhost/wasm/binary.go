package wasm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Numbers of the binary format (WebAssembly core specification 2.0, chapter 5).
const (
	sectionImport   = 2
	sectionMemory   = 5
	sectionGlobal   = 6
	sectionExport   = 7
	sectionStart    = 8
	sectionCode     = 10
	kindFunction    = 0
	kindTable       = 1
	kindMemory      = 2
	kindGlobal      = 3
	typeV128        = 0x7b
	limitsHaveMax   = 1
	globalIsMutable = 1
)

var (
	magicModule    = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}
	magicComponent = []byte{0, 'a', 's', 'm', 0x0d, 0, 1, 0}
)

// checkHeader refuses whatever is not a core module.
func checkHeader(module []byte) error {
	switch {
	case bytes.HasPrefix(module, magicModule):
		return nil
	case bytes.HasPrefix(module, magicComponent):
		return errors.New("it is a WebAssembly component (Spin SDK v3 or wasi:http), " +
			"this host runs core modules of the SDK v2 only: " +
			"build it with TinyGo and github.com/fermyon/spin/sdk/go/v2, or run it on Spin itself")
	case bytes.HasPrefix(module, magicModule[:4]):
		version := module[4:min(8, len(module))]
		return fmt.Errorf("it is WebAssembly of an unknown version (% x)", version)
	}
	return errors.New("it is not a WebAssembly module")
}

// section is the id of a section and the position of its contents.
type section struct {
	id         byte
	start, end int
}

// sections splits a module whose header has been checked.
func sections(module []byte) ([]section, error) {
	var list []section
	r := reader{data: module, at: len(magicModule)}
	for r.at < len(module) {
		var s section
		s.id = r.byte()
		size := int(r.u32())
		s.start, s.end = r.at, r.at+size
		r.skip(size)
		if r.failed {
			return nil, errors.New("it is cut off or damaged: a section is longer than the file")
		}
		list = append(list, s)
	}
	return list, nil
}

// reader reads a module. After a failure it returns zeros.
type reader struct {
	data   []byte
	at     int
	failed bool
}

func (r *reader) byte() byte {
	if r.failed || r.at >= len(r.data) {
		r.failed = true
		return 0
	}
	r.at++
	return r.data[r.at-1]
}

func (r *reader) skip(n int) {
	if r.failed || n < 0 || n > len(r.data)-r.at {
		r.failed = true
		return
	}
	r.at += n
}

// u32 reads an unsigned LEB128 number and returns its low 32 bits.
func (r *reader) u32() (n uint32) {
	for shift := 0; ; shift += 7 {
		b := r.byte()
		n |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

// imported counts the functions and the globals of an import section, which have the first
// indices.
func (r *reader) imported() (functions, globals uint32) {
	for n := r.u32(); n > 0 && !r.failed; n-- {
		r.skip(int(r.u32())) // module
		r.skip(int(r.u32())) // name
		switch r.byte() {
		case kindFunction:
			r.u32()
			functions++
		case kindTable:
			r.byte()
			r.limits()
		case kindMemory:
			r.limits()
		case kindGlobal:
			r.skip(2)
			globals++
		default:
			r.failed = true
		}
	}
	return functions, globals
}

func (r *reader) limits() (flags byte, least, most uint32) {
	flags, least, most = r.byte(), r.u32(), math.MaxUint32
	if flags&limitsHaveMax != 0 {
		most = r.u32()
	}
	return flags, least, most
}

// withoutMaxima returns a memory section without maxima, and the least of them. Type linear
// enforces it, since wazero must allow one page more.
func (r *reader) withoutMaxima() (contents []byte, most uint32) {
	n := r.u32()
	contents = binary.AppendUvarint(nil, uint64(n))
	most = math.MaxUint32
	for ; n > 0 && !r.failed; n-- {
		flags, least, m := r.limits()
		most = min(most, m)
		contents = append(contents, flags&^limitsHaveMax)
		contents = binary.AppendUvarint(contents, uint64(least))
	}
	return contents, most
}

// constant skips a constant expression.
func (r *reader) constant() {
	for !r.failed {
		if r.instruction() == opEnd {
			return
		}
	}
}

package toolchain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
)

// unusedExports are functions that no host calls: the C library's allocator, which TinyGo has to
// export, and the functions that the linker flag --wrap refers to. Once they are not exported,
// wasm-opt can inline or remove them.
var unusedExports = []string{"malloc", "calloc", "realloc", "free"}

// isUnused reports whether no host calls the export of this name.
func isUnused(name string) bool {
	return slices.Contains(unusedExports, name) || strings.HasPrefix(name, "__wrap_")
}

// dropExports returns a module without its unused exports.
//
// Source: WebAssembly Core Specification 2.0, section 5.5.
func dropExports(module []byte) ([]byte, error) {
	const headerSize, exportSection = 8, 7
	if len(module) < headerSize {
		return nil, errors.New("the module has no header")
	}
	result := slices.Clone(module[:headerSize])
	for sections := bytes.NewReader(module[headerSize:]); sections.Len() > 0; {
		id, _ := sections.ReadByte()
		content, err := readBytes(sections)
		if err == nil && id == exportSection {
			content, err = usedExports(content)
		}
		if err != nil {
			return nil, err
		}
		result = append(result, id)
		result = binary.AppendUvarint(result, uint64(len(content)))
		result = append(result, content...)
	}
	return result, nil
}

// usedExports returns the content of an export section without the unused ones.
func usedExports(content []byte) ([]byte, error) {
	exports := bytes.NewReader(content)
	count, err := binary.ReadUvarint(exports)
	if err != nil {
		return nil, err
	}
	var used []byte
	left := count
	for ; count > 0; count-- {
		start := len(content) - exports.Len()
		name, err := readBytes(exports)
		if err != nil {
			return nil, err
		}
		if _, err := exports.ReadByte(); err != nil { // the kind
			return nil, err
		}
		if _, err := binary.ReadUvarint(exports); err != nil { // the index
			return nil, err
		}
		if isUnused(string(name)) {
			left--
		} else {
			used = append(used, content[start:len(content)-exports.Len()]...)
		}
	}
	return append(binary.AppendUvarint(nil, left), used...), nil
}

// readBytes reads a length and that number of bytes.
func readBytes(r *bytes.Reader) ([]byte, error) {
	length, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	if length > uint64(r.Len()) {
		return nil, io.ErrUnexpectedEOF
	}
	content := make([]byte, length)
	_, err = io.ReadFull(r, content)
	return content, err
}

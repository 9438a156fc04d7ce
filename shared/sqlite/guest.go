//go:build tinygo

package sqlite

import "unsafe"

// The host's functions, with the memory layout of wit-bindgen 0.2: a pointer and a length for each
// string or list, and the address of the result last.

//go:wasmimport sqlite open
func hostOpen(name unsafe.Pointer, nameLen uint32, result unsafe.Pointer)

//go:wasmimport sqlite execute
func hostExecute(connection uint32, statement unsafe.Pointer, statementLen uint32,
	parameters unsafe.Pointer, parametersLen uint32, result unsafe.Pointer)

// area is where the host writes a result: the tag, which is 0 for success, and the payload at
// offset 4.
type area struct {
	failed  uint8
	payload [4]uint32
}

// cell is a value in memory: the tag and, at offset 8, an int64, a float64, or a pointer and a
// length.
type cell struct {
	tag     uint8
	payload uint64
}

// list is a pointer and a length in memory.
type list struct {
	data   uint32
	length uint32
}

// Conn is an open database. It ends with the request, like the whole instance; Spin then rolls back
// a transaction that is still open.
type Conn struct {
	handle uint32
}

// Open opens the database with a label from the component's sqlite_databases in the manifest.
func Open(label string) (*Conn, error) {
	var result area
	hostOpen(unsafe.Pointer(unsafe.StringData(label)), uint32(len(label)), unsafe.Pointer(&result))
	if result.failed != 0 {
		return nil, result.err()
	}
	return &Conn{handle: result.payload[0]}, nil
}

// Execute runs one statement: Spin runs only the first of a string. Parameters are bound by
// position: ?1, ?2, ...
func (c *Conn) Execute(statement string, parameters ...Value) (Result, error) {
	cells := make([]cell, len(parameters)+1)
	for i, p := range parameters {
		cells[i] = p.cell()
	}
	var result area
	hostExecute(c.handle, unsafe.Pointer(unsafe.StringData(statement)), uint32(len(statement)),
		unsafe.Pointer(&cells[0]), uint32(len(parameters)), unsafe.Pointer(&result))
	if result.failed != 0 {
		return Result{}, result.err()
	}
	columns := slice[list](list{result.payload[0], result.payload[1]})
	rows := slice[list](list{result.payload[2], result.payload[3]})
	answer := Result{Columns: make([]string, len(columns)), Rows: make([][]Value, len(rows))}
	for i, c := range columns {
		answer.Columns[i] = c.text()
	}
	for i, r := range rows {
		cells := slice[cell](r)
		answer.Rows[i] = make([]Value, len(cells))
		for j, c := range cells {
			answer.Rows[i][j] = c.value()
		}
	}
	return answer, nil
}

func (a *area) err() error {
	return &Error{
		Code:   Code(a.payload[0]),
		Detail: list{a.payload[1], a.payload[2]}.text(),
	}
}

func (v Value) cell() cell {
	c := cell{tag: uint8(v.kind)}
	switch v.kind {
	case Integer:
		c.payload = uint64(v.integer)
	case Real:
		c.payload = *(*uint64)(unsafe.Pointer(&v.real))
	case Text, Blob:
		data := uintptr(unsafe.Pointer(unsafe.StringData(v.text)))
		c.payload = uint64(data) | uint64(len(v.text))<<32
	}
	return c
}

func (c cell) value() Value {
	switch Kind(c.tag) {
	case Integer:
		return Int(int64(c.payload))
	case Real:
		return Float(*(*float64)(unsafe.Pointer(&c.payload)))
	case Text:
		return String(list{uint32(c.payload), uint32(c.payload >> 32)}.text())
	case Blob:
		return Bytes(list{uint32(c.payload), uint32(c.payload >> 32)}.text())
	}
	return Nil()
}

// text and slice return what the host has put into the guest's memory. The result stays valid,
// since a guest frees nothing before it ends (package heap).
func (l list) text() string {
	if l.length == 0 {
		return ""
	}
	return unsafe.String((*byte)(unsafe.Pointer(uintptr(l.data))), l.length)
}

func slice[T any](l list) []T {
	if l.length == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(uintptr(l.data))), l.length)
}

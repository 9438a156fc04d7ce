package spinhost

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"abacus/spinhost/sqlite"
	"abacus/spinhost/telemetry"
	"abacus/spinhost/wasm"
)

// sqliteModule is the interface of SQLite (spin@unversioned/sqlite.wit).
var sqliteModule = hostModule{"sqlite", []hostFunction{
	{"open", 3, (*execution).openDatabase},
	{"execute", 6, (*execution).executeStatement},
	{"close", 1, (*execution).closeDatabase},
}}

// maxParameters is the length of all parameters of a statement, in bytes (Spin's
// MAX_HOST_BUFFERED_BYTES).
const maxParameters = 128 << 20

// A value in memory is a tag and, at offset 8, its payload: an i64, an f64, or an address and a
// length.
const valueSize = 16

const (
	tagInteger = iota
	tagReal
	tagText
	tagBlob
	tagNull
)

// openedDatabase is a database that an instance has opened.
type openedDatabase struct {
	*sqlite.Conn
	statement *telemetry.Operation
}

func (e *execution) openDatabase(in *wasm.Instance, p []uint32) error {
	label, err := in.String(p[0], p[1])
	if err != nil {
		return err
	}
	result := p[2]
	if !slices.Contains(e.component.manifest.SQLiteDatabases, label) {
		return writeError(in, result, uint8(sqlite.AccessDenied))
	}
	file := e.app.databases[label]
	if file == nil {
		return writeError(in, result, uint8(sqlite.NoSuchDatabase))
	}
	span := e.component.operations.openDatabase[label].Start(e.ctx)
	defer span.End(nil)
	statement := e.component.operations.statement[label]
	connection := file.Connect()
	connection.Waiting = e.request.turn.Pause
	handle, ok := e.databases.add(openedDatabase{connection, statement})
	if !ok {
		return writeErrorText(in, result, uint8(sqlite.IO), "too many connections opened")
	}
	return writeNumber(in, result, handle)
}

func (e *execution) executeStatement(in *wasm.Instance, p []uint32) error {
	statement, err := in.String(p[1], p[2])
	if err != nil {
		return err
	}
	parameters, err := readValues(in, p[3], p[4])
	if err != nil {
		return err
	}
	result := p[5]
	opened, ok := e.databases.open[p[0]]
	if !ok {
		return writeError(in, result, uint8(sqlite.InvalidConnection))
	}
	span := opened.statement.Start(e.ctx)
	span.Set("query", statement)
	rows, err := opened.Execute(e.ctx, statement, parameters...)
	span.End(err)
	if err == nil {
		return writeRows(in, result, rows)
	}
	if failure := new(sqlite.Error); errors.As(err, &failure) {
		if failure.Code == sqlite.IO {
			return writeErrorText(in, result, uint8(failure.Code), failure.Detail)
		}
		return writeError(in, result, uint8(failure.Code))
	}
	return err
}

func (e *execution) closeDatabase(_ *wasm.Instance, p []uint32) error {
	handle := p[0]
	if opened, ok := e.databases.open[handle]; ok {
		opened.Close()
		delete(e.databases.open, handle)
	}
	return nil
}

// readValues reads a list of values. Blobs are views of the memory.
func readValues(in *wasm.Instance, address, count uint32) ([]any, error) {
	list, err := in.List(address, count, valueSize)
	if err != nil {
		return nil, err
	}
	values := make([]any, 0, count)
	total := 0
	for ; len(list) > 0; list = list[valueSize:] {
		payload := binary.LittleEndian.Uint64(list[8:])
		switch tag := list[0]; tag {
		case tagInteger:
			values = append(values, int64(payload))
		case tagReal:
			values = append(values, math.Float64frombits(payload))
		case tagNull:
			values = append(values, nil)
		case tagText, tagBlob:
			data, err := in.Read(wasm.U32(list, 8), wasm.U32(list, 12))
			if err != nil {
				return nil, err
			}
			if total += len(data); total > maxParameters {
				return nil, fmt.Errorf("the parameters are longer than %d bytes", maxParameters)
			}
			if tag == tagBlob {
				values = append(values, data) // SQLite copies it
			} else if utf8.Valid(data) {
				values = append(values, string(data))
			} else {
				return nil, fmt.Errorf("the text of parameter %d is not valid UTF-8", len(values)+1)
			}
		default:
			return nil, fmt.Errorf("parameter %d has the unknown tag %d", len(values)+1, tag)
		}
	}
	return values, nil
}

// writeRows writes columns and rows. Each string, blob and list is a block of its own, because
// the SDK frees them one by one.
func writeRows(in *wasm.Instance, result uint32, data sqlite.Result) error {
	columns, err := newStrings(in, data.Columns)
	if err != nil {
		return err
	}
	rows := make([]byte, 0, 8*len(data.Rows))
	for _, row := range data.Rows {
		values, err := newValues(in, row)
		if err != nil {
			return err
		}
		rows = binary.LittleEndian.AppendUint32(rows, values)
		rows = binary.LittleEndian.AppendUint32(rows, uint32(len(row)))
	}
	list, err := in.NewBlock(rows, 4)
	if err != nil {
		return err
	}
	return in.PutWords(result, tagOK,
		columns, uint32(len(data.Columns)), list, uint32(len(data.Rows)))
}

// newValues copies a row into an instance and returns its address.
func newValues(in *wasm.Instance, row []any) (uint32, error) {
	list := make([]byte, valueSize*len(row))
	for i, value := range row {
		element := list[valueSize*i:]
		var err error
		switch v := value.(type) {
		case nil:
			element[0] = tagNull
		case int64:
			element[0] = tagInteger
			binary.LittleEndian.PutUint64(element[8:], uint64(v))
		case float64:
			element[0] = tagReal
			binary.LittleEndian.PutUint64(element[8:], math.Float64bits(v))
		case string:
			element[0] = tagText
			err = putString(in, element[8:], v)
		case []byte:
			element[0] = tagBlob
			err = putString(in, element[8:], string(v))
		}
		if err != nil {
			return 0, err
		}
	}
	return in.NewBlock(list, 8)
}

// putString copies a string into an instance and its address and length into an element.
func putString(in *wasm.Instance, element []byte, text string) error {
	address, err := in.NewString(text)
	wasm.PutU32(element, 0, address)
	wasm.PutU32(element, 4, uint32(len(text)))
	return err
}

package spinhost

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"abacus/shared/sqlite"
	"abacus/spinhost/wasm"
)

// database is the interface of SQLite (spin@unversioned/sqlite.wit).
var database = family{"sqlite", []function{
	{"open", 3, (*call).openDatabase},
	{"execute", 6, (*call).executeStatement},
	{"close", 1, (*call).closeDatabase},
}}

// maxParameters is how many bytes the parameters of a statement may have
// together: as much as Spin buffers anywhere.
const maxParameters = 128 << 20

// valueSize is that of a value in memory: tag at 0, payload at 8.
const valueSize = 16

func (c *call) openDatabase(in *wasm.Instance, p []uint32) error {
	label, err := in.String(p[0], p[1])
	if err != nil {
		return err
	}
	result := p[2]
	if !slices.Contains(c.component.manifest.SQLiteDatabases, label) {
		return writeError(in, result, uint8(sqlite.AccessDenied))
	}
	opened := c.app.databases[label]
	if opened == nil {
		return writeError(in, result, uint8(sqlite.NoSuchDatabase))
	}
	handle, ok := c.databases.add(opened.Connect())
	if !ok {
		return writeErrorText(in, result, uint8(sqlite.IO), "too many connections opened")
	}
	return writeNumber(in, result, handle)
}

func (c *call) executeStatement(in *wasm.Instance, p []uint32) error {
	statement, err := in.String(p[1], p[2])
	if err != nil {
		return err
	}
	parameters, err := readValues(in, p[3], p[4])
	if err != nil {
		return err
	}
	result := p[5]
	connection := c.databases.open[p[0]]
	if connection == nil {
		return writeError(in, result, uint8(sqlite.InvalidConnection))
	}
	answer, err := connection.Execute(c.ctx, statement, parameters)
	if failure := new(sqlite.Error); errors.As(err, &failure) {
		if failure.Code == sqlite.IO {
			return writeErrorText(in, result, uint8(failure.Code), failure.Detail)
		}
		return writeError(in, result, uint8(failure.Code))
	} else if err != nil {
		return err
	}
	return writeResult(in, result, answer)
}

func (c *call) closeDatabase(_ *wasm.Instance, p []uint32) error {
	handle := p[0]
	if connection := c.databases.open[handle]; connection != nil {
		connection.Close()
		delete(c.databases.open, handle)
	}
	return nil
}

// readValues copies a list of values out of a guest.
func readValues(in *wasm.Instance, address, count uint32) ([]sqlite.Value, error) {
	list, err := in.List(address, count, valueSize)
	if err != nil {
		return nil, err
	}
	values := make([]sqlite.Value, 0, count)
	total := 0
	for ; len(list) > 0; list = list[valueSize:] {
		payload := binary.LittleEndian.Uint64(list[8:])
		switch kind := sqlite.Kind(list[0]); kind {
		case sqlite.Integer:
			values = append(values, sqlite.Int(int64(payload)))
		case sqlite.Real:
			values = append(values, sqlite.Float(math.Float64frombits(payload)))
		case sqlite.Null:
			values = append(values, sqlite.Nil())
		case sqlite.Text, sqlite.Blob:
			data, err := in.Read(wasm.U32(list, 8), wasm.U32(list, 12))
			if err != nil {
				return nil, err
			}
			if total += len(data); total > maxParameters {
				return nil, fmt.Errorf("the parameters are longer than %d bytes", maxParameters)
			}
			if kind == sqlite.Blob {
				values = append(values, sqlite.Bytes(string(data)))
			} else if utf8.Valid(data) {
				values = append(values, sqlite.String(string(data)))
			} else {
				return nil, fmt.Errorf("the text of parameter %d is not valid UTF-8", len(values)+1)
			}
		default:
			return nil, fmt.Errorf("parameter %d has the unknown tag %d", len(values)+1, kind)
		}
	}
	return values, nil
}

// writeResult gives a guest the columns and rows of a result. Each string, each
// blob and each list is a block of its own, because guests free them one by one.
func writeResult(in *wasm.Instance, result uint32, answer sqlite.Result) error {
	columns, err := placeStrings(in, answer.Columns)
	if err != nil {
		return err
	}
	rows := make([]byte, 0, 8*len(answer.Rows))
	for _, row := range answer.Rows {
		values, err := placeValues(in, row)
		if err != nil {
			return err
		}
		rows = binary.LittleEndian.AppendUint32(rows, values)
		rows = binary.LittleEndian.AppendUint32(rows, uint32(len(row)))
	}
	list, err := placeBlock(in, rows, 4)
	if err != nil {
		return err
	}
	data := []byte{tagOK, 0, 0, 0}
	for _, n := range []uint32{columns, uint32(len(answer.Columns)), list, uint32(len(answer.Rows))} {
		data = binary.LittleEndian.AppendUint32(data, n)
	}
	return in.Write(result, data)
}

// placeValues gives a guest one row and returns its address.
func placeValues(in *wasm.Instance, row []sqlite.Value) (uint32, error) {
	list := make([]byte, valueSize*len(row))
	for i, value := range row {
		element := list[valueSize*i:]
		element[0] = uint8(value.Kind())
		switch value.Kind() {
		case sqlite.Integer:
			binary.LittleEndian.PutUint64(element[8:], uint64(value.Int()))
		case sqlite.Real:
			binary.LittleEndian.PutUint64(element[8:], math.Float64bits(value.Float()))
		case sqlite.Text, sqlite.Blob:
			address, err := in.Place(value.Text())
			if err != nil {
				return 0, err
			}
			wasm.PutU32(element, 8, address)
			wasm.PutU32(element, 12, uint32(len(value.Text())))
		}
	}
	return placeBlock(in, list, 8)
}

package sqlite

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Spin's limit of a result and the sizes it adds up, which are those of its Rust types
// (crates/world/src/lib.rs).
const (
	maxResult  = 128 << 20 // bytes
	resultSize = 48
	valueSize  = 24 // plus the bytes of a text or blob
)

// free is sqlite3_free as a C function pointer.
var free = address(lib.Xsqlite3_free)

// compiled is a prepared statement.
type compiled struct {
	handle  uintptr // sqlite3_stmt*; 0 if the text has no statement
	inserts bool
}

// statement prepares the first statement of a text, or returns the one it has prepared before.
// The connection owns it.
func (c *connection) statement(text string) (compiled, error) {
	if prepared, ok := c.statements[text]; ok {
		return prepared, nil
	}
	sql, err := libc.CString(text)
	if err != nil {
		return compiled{}, ioError(err.Error())
	}
	defer libc.Xfree(c.tls, sql)
	c.clearFlag(inserts)
	handle, _, code := c.prepare(sql, len(text), lib.SQLITE_PREPARE_PERSISTENT)
	if code != lib.SQLITE_OK {
		message := c.message(code)
		offset := lib.Xsqlite3_error_offset(c.tls, c.db)
		if code&0xff == lib.SQLITE_ERROR && offset >= 0 {
			message += " in " + text + " at offset " + strconv.Itoa(int(offset))
		}
		return compiled{}, ioError(message)
	}
	prepared := compiled{handle, c.flag(inserts)}
	if handle == 0 {
		return prepared, nil
	}
	if len(c.statements) == maxStatements {
		c.evict()
	}
	c.statements[text] = prepared
	return prepared, nil
}

// evict finalizes an arbitrary kept statement: an exact order would gain nothing.
func (c *connection) evict() {
	for text, prepared := range c.statements {
		lib.Xsqlite3_finalize(c.tls, prepared.handle)
		delete(c.statements, text)
		return
	}
}

// prepare compiles the first statement of a C string and returns its length, too.
func (c *connection) prepare(sql uintptr, length int, flags uint32) (
	statement uintptr, used int, code int32) {
	results := c.pointers(2)
	defer lib.Xsqlite3_free(c.tls, results)
	code = lib.Xsqlite3_prepare_v3(c.tls, c.db, sql, int32(length+1), flags,
		results, results+pointerSize)
	if code != lib.SQLITE_OK {
		return 0, 0, code
	}
	return pointer(results, 0), int(pointer(results, 1) - sql), code
}

// query binds the parameters, runs the statement to its end and resets it.
func (c *connection) query(statement uintptr, parameters []any) (Result, error) {
	if err := c.bind(statement, parameters); err != nil {
		return Result{}, err
	}
	if statement == 0 {
		return Result{}, c.resultError(lib.SQLITE_MISUSE)
	}
	defer lib.Xsqlite3_clear_bindings(c.tls, statement)
	defer lib.Xsqlite3_reset(c.tls, statement)
	var result Result
	size := resultSize
	for {
		code := lib.Xsqlite3_step(c.tls, statement)
		if code != lib.SQLITE_ROW && code != lib.SQLITE_DONE {
			return Result{}, c.resultError(code)
		}
		if result.Columns == nil {
			// After the first step: it recompiles the statement if the schema has changed.
			result.Columns = c.columns(statement)
		}
		if code == lib.SQLITE_DONE {
			return result, nil
		}
		row, err := c.row(statement, result.Columns, &size)
		if err != nil {
			return Result{}, err
		}
		result.Rows = append(result.Rows, row)
	}
}

// bind binds the parameters by position.
func (c *connection) bind(statement uintptr, parameters []any) error {
	needed := int(lib.Xsqlite3_bind_parameter_count(c.tls, statement))
	if got := len(parameters); got != needed {
		if got > needed {
			got = needed + 1 // as rusqlite counts
		}
		return ioError("Wrong number of parameters passed to query. Got " +
			strconv.Itoa(got) + ", needed " + strconv.Itoa(needed))
	}
	for i, value := range parameters {
		if code := c.bindValue(statement, int32(i+1), value); code != lib.SQLITE_OK {
			return c.resultError(code)
		}
	}
	return nil
}

func (c *connection) bindValue(statement uintptr, i int32, value any) (code int32) {
	switch v := value.(type) {
	case nil:
		return lib.Xsqlite3_bind_null(c.tls, statement, i)
	case int64:
		return lib.Xsqlite3_bind_int64(c.tls, statement, i, v)
	case float64:
		return lib.Xsqlite3_bind_double(c.tls, statement, i, v)
	case string:
		memory, size := c.allocate(len(v))
		if memory == 0 {
			return lib.SQLITE_NOMEM
		}
		copy(libc.GoBytes(memory, len(v)), v)
		return lib.Xsqlite3_bind_text64(c.tls, statement, i, memory, size, free, lib.SQLITE_UTF8)
	case []byte:
		memory, size := c.allocate(len(v))
		if memory == 0 {
			return lib.SQLITE_NOMEM
		}
		copy(libc.GoBytes(memory, len(v)), v)
		return lib.Xsqlite3_bind_blob64(c.tls, statement, i, memory, size, free)
	}
	return lib.SQLITE_MISMATCH
}

// allocate returns C memory for a text or blob. It is never empty: SQLite reads that as NULL.
func (c *connection) allocate(length int) (memory uintptr, size uint64) {
	return lib.Xsqlite3_malloc64(c.tls, uint64(length)+1), uint64(length)
}

func (c *connection) columns(statement uintptr) []string {
	columns := make([]string, lib.Xsqlite3_column_count(c.tls, statement))
	for i := range columns {
		columns[i] = libc.GoString(lib.Xsqlite3_column_name(c.tls, statement, int32(i)))
	}
	return columns
}

// row reads the current row and adds its size to size.
func (c *connection) row(statement uintptr, columns []string, size *int) ([]any, error) {
	row := make([]any, len(columns))
	for i := range row {
		value, length := c.value(statement, int32(i))
		if text, ok := value.(string); ok && !utf8.ValidString(text) {
			column := strconv.Quote(columns[i])
			return nil, ioError("the text in column " + column + " is not valid UTF-8")
		}
		if *size += valueSize + length; *size > maxResult {
			limit := strconv.Itoa(maxResult)
			return nil, ioError("query result exceeds limit of " + limit + " bytes")
		}
		row[i] = value
	}
	return row, nil
}

// value reads a column of the current row, and returns the bytes of a text or blob, too.
func (c *connection) value(statement uintptr, i int32) (value any, length int) {
	switch lib.Xsqlite3_column_type(c.tls, statement, i) {
	case lib.SQLITE_INTEGER:
		return lib.Xsqlite3_column_int64(c.tls, statement, i), 0
	case lib.SQLITE_FLOAT:
		return lib.Xsqlite3_column_double(c.tls, statement, i), 0
	case lib.SQLITE_TEXT:
		text := lib.Xsqlite3_column_text(c.tls, statement, i) // before the length: it may convert
		length = int(lib.Xsqlite3_column_bytes(c.tls, statement, i))
		return string(libc.GoBytes(text, length)), length
	case lib.SQLITE_BLOB:
		blob := lib.Xsqlite3_column_blob(c.tls, statement, i)
		length = int(lib.Xsqlite3_column_bytes(c.tls, statement, i))
		return append([]byte{}, libc.GoBytes(blob, length)...), length
	}
	return nil, 0
}

// batch runs the statements of a script in order. Like rusqlite's execute_batch it reads at
// most one row of each.
func (c *connection) batch(ctx context.Context, script string) error {
	sql, err := libc.CString(script)
	if err != nil {
		return ioError(err.Error())
	}
	defer libc.Xfree(c.tls, sql)
	line := 1
	for at, used := 0, 0; at < len(script); at += used {
		rest := script[at:]
		start := len(rest) - len(strings.TrimLeft(rest, " \t\r\n"))
		here := line + strings.Count(rest[:start], "\n")
		if ctx.Err() != nil {
			return lineError(here, "interrupted")
		}
		var statement uintptr
		var code int32
		statement, used, code = c.prepare(sql+uintptr(at), len(rest), 0)
		if code != lib.SQLITE_OK {
			if offset := int(lib.Xsqlite3_error_offset(c.tls, c.db)); offset >= 0 {
				here = line + strings.Count(rest[:offset], "\n")
			}
			return lineError(here, c.message(code))
		}
		if statement != 0 {
			code = lib.Xsqlite3_step(c.tls, statement)
			message := c.message(code)
			lib.Xsqlite3_finalize(c.tls, statement)
			if code != lib.SQLITE_ROW && code != lib.SQLITE_DONE {
				return lineError(here, message)
			}
		}
		if used == 0 {
			return nil // at a NUL, where SQLite stops
		}
		line += strings.Count(rest[:used], "\n")
	}
	return nil
}

// lineError is an error in a line of a script, counted from 1.
func lineError(line int, message string) *Error {
	return ioError("line " + strconv.Itoa(line) + ": " + message)
}

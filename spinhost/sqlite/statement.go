package sqlite

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"abacus/shared/sqlite"
)

// Spin refuses a result larger than this, counted as its Rust types count:
// https://github.com/spinframework/spin, crates/world/src/lib.rs.
const (
	maxResult  = 128 << 20 // bytes
	resultSize = 48
	valueSize  = 24 // and the bytes of a text or blob
)

// free is the address of C's view of sqlite3_free.
var free = address(lib.Xsqlite3_free)

// statement gives the prepared first statement of a text, 0 for a text without
// any. It belongs to the connection.
func (c *connection) statement(text string) (uintptr, error) {
	if statement, ok := c.statements[text]; ok {
		return statement, nil
	}
	sql, err := libc.CString(text)
	if err != nil {
		return 0, failed(err.Error())
	}
	defer libc.Xfree(c.tls, sql)
	statement, _, code := c.prepare(sql, len(text), lib.SQLITE_PREPARE_PERSISTENT)
	if code != lib.SQLITE_OK {
		words := c.words(code)
		if offset := lib.Xsqlite3_error_offset(c.tls, c.db); code&0xff == lib.SQLITE_ERROR && offset >= 0 {
			words += " in " + text + " at offset " + strconv.Itoa(int(offset))
		}
		return 0, failed(words)
	}
	if statement == 0 {
		return 0, nil
	}
	if len(c.statements) == maxStatements {
		c.forgetOne()
	}
	c.statements[text] = statement
	return statement, nil
}

// forgetOne finalizes any one of the kept statements: they are few, and a guest
// that has more of them is not served better by an exact order.
func (c *connection) forgetOne() {
	for text, statement := range c.statements {
		lib.Xsqlite3_finalize(c.tls, statement)
		delete(c.statements, text)
		return
	}
}

// prepare compiles the first statement of a C string and tells how long it is.
func (c *connection) prepare(sql uintptr, length int, flags uint32) (statement uintptr, used int, code int32) {
	slots := c.pointers(2)
	defer lib.Xsqlite3_free(c.tls, slots)
	code = lib.Xsqlite3_prepare_v3(c.tls, c.db, sql, int32(length+1), flags, slots, slots+pointerSize)
	if code != lib.SQLITE_OK {
		return 0, 0, code
	}
	return pointer(slots, 0), int(pointer(slots, 1) - sql), code
}

// query binds, runs to the end and resets.
func (c *connection) query(statement uintptr, parameters []sqlite.Value) (sqlite.Result, error) {
	if err := c.bind(statement, parameters); err != nil {
		return sqlite.Result{}, err
	}
	if statement == 0 {
		return sqlite.Result{}, c.failure(lib.SQLITE_MISUSE)
	}
	defer lib.Xsqlite3_clear_bindings(c.tls, statement)
	defer lib.Xsqlite3_reset(c.tls, statement)
	var result sqlite.Result
	size := resultSize
	for {
		code := lib.Xsqlite3_step(c.tls, statement)
		if code != lib.SQLITE_ROW && code != lib.SQLITE_DONE {
			return sqlite.Result{}, c.failure(code)
		}
		if result.Columns == nil {
			// Not before the first step, which adapts to a changed schema.
			result.Columns = c.columns(statement)
		}
		if code == lib.SQLITE_DONE {
			return result, nil
		}
		row, err := c.row(statement, result.Columns, &size)
		if err != nil {
			return sqlite.Result{}, err
		}
		result.Rows = append(result.Rows, row)
	}
}

// bind gives the statement its parameters, by position.
func (c *connection) bind(statement uintptr, parameters []sqlite.Value) error {
	needed := int(lib.Xsqlite3_bind_parameter_count(c.tls, statement))
	if got := len(parameters); got != needed {
		if got > needed {
			got = needed + 1 // rusqlite stops counting there
		}
		return failed("Wrong number of parameters passed to query. Got " +
			strconv.Itoa(got) + ", needed " + strconv.Itoa(needed))
	}
	for i, value := range parameters {
		if code := c.bindValue(statement, int32(i+1), value); code != lib.SQLITE_OK {
			return c.failure(code)
		}
	}
	return nil
}

func (c *connection) bindValue(statement uintptr, i int32, value sqlite.Value) (code int32) {
	switch value.Kind() {
	case sqlite.Integer:
		return lib.Xsqlite3_bind_int64(c.tls, statement, i, value.Int())
	case sqlite.Real:
		return lib.Xsqlite3_bind_double(c.tls, statement, i, value.Float())
	case sqlite.Text, sqlite.Blob:
		text := value.Text()
		size := uint64(len(text))
		memory := lib.Xsqlite3_malloc64(c.tls, size+1) // never of size 0: that is NULL
		if memory == 0 {
			return lib.SQLITE_NOMEM
		}
		copy(libc.GoBytes(memory, len(text)), text)
		if value.Kind() == sqlite.Blob {
			return lib.Xsqlite3_bind_blob64(c.tls, statement, i, memory, size, free)
		}
		return lib.Xsqlite3_bind_text64(c.tls, statement, i, memory, size, free, lib.SQLITE_UTF8)
	}
	return lib.Xsqlite3_bind_null(c.tls, statement, i)
}

func (c *connection) columns(statement uintptr) []string {
	columns := make([]string, lib.Xsqlite3_column_count(c.tls, statement))
	for i := range columns {
		columns[i] = libc.GoString(lib.Xsqlite3_column_name(c.tls, statement, int32(i)))
	}
	return columns
}

// row reads the present row and adds what it takes to size.
func (c *connection) row(statement uintptr, columns []string, size *int) ([]sqlite.Value, error) {
	row := make([]sqlite.Value, len(columns))
	for i := range row {
		value := c.value(statement, int32(i))
		if value.Kind() == sqlite.Text && !utf8.ValidString(value.Text()) {
			return nil, failed("the text in column " + strconv.Quote(columns[i]) + " is not valid UTF-8")
		}
		if *size += valueSize + len(value.Text()); *size > maxResult {
			return nil, failed("query result exceeds limit of " + strconv.Itoa(maxResult) + " bytes")
		}
		row[i] = value
	}
	return row, nil
}

func (c *connection) value(statement uintptr, i int32) sqlite.Value {
	switch lib.Xsqlite3_column_type(c.tls, statement, i) {
	case lib.SQLITE_INTEGER:
		return sqlite.Int(lib.Xsqlite3_column_int64(c.tls, statement, i))
	case lib.SQLITE_FLOAT:
		return sqlite.Float(lib.Xsqlite3_column_double(c.tls, statement, i))
	case lib.SQLITE_TEXT:
		text := lib.Xsqlite3_column_text(c.tls, statement, i) // before the length: it may convert
		return sqlite.String(string(libc.GoBytes(text, int(lib.Xsqlite3_column_bytes(c.tls, statement, i)))))
	case lib.SQLITE_BLOB:
		blob := lib.Xsqlite3_column_blob(c.tls, statement, i)
		return sqlite.Bytes(string(libc.GoBytes(blob, int(lib.Xsqlite3_column_bytes(c.tls, statement, i)))))
	}
	return sqlite.Nil()
}

// batch runs the statements of a script one after the other. Like rusqlite's
// execute_batch it takes at most one row of each.
func (c *connection) batch(ctx context.Context, script string) error {
	sql, err := libc.CString(script)
	if err != nil {
		return failed(err.Error())
	}
	defer libc.Xfree(c.tls, sql)
	line := 1
	for at, used := 0, 0; at < len(script); at += used {
		rest := script[at:]
		start := len(rest) - len(strings.TrimLeft(rest, " \t\r\n"))
		here := line + strings.Count(rest[:start], "\n")
		if ctx.Err() != nil {
			return inLine(here, "interrupted")
		}
		var statement uintptr
		var code int32
		statement, used, code = c.prepare(sql+uintptr(at), len(rest), 0)
		if code != lib.SQLITE_OK {
			if offset := int(lib.Xsqlite3_error_offset(c.tls, c.db)); offset >= 0 {
				here = line + strings.Count(rest[:offset], "\n")
			}
			return inLine(here, c.words(code))
		}
		if statement != 0 {
			code = lib.Xsqlite3_step(c.tls, statement)
			words := c.words(code)
			lib.Xsqlite3_finalize(c.tls, statement)
			if code != lib.SQLITE_ROW && code != lib.SQLITE_DONE {
				return inLine(here, words)
			}
		}
		if used == 0 {
			return nil // a NUL, at which SQLite stops
		}
		line += strings.Count(rest[:used], "\n")
	}
	return nil
}

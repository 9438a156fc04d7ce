// Package sqlite is Spin's SQLite interface. A guest opens its database with Open (guest.go, which
// only TinyGo compiles). Tests of services use the embedded host's SQLite with the same types
// (package sqlitetest).
//
// It replaces the SDK's database/sql driver, which costs a guest 230 KB and silently binds bool,
// int32 and time.Time as NULL; here a value that SQLite does not know does not compile.
//
// Source: the interfaces fermyon:spin/sqlite of Spin's old core ABI
// (wit/deps/spin@unversioned/sqlite.wit).
package sqlite

// Kind is the type of a value, numbered as the ABI numbers it.
type Kind uint8

// The five types of SQLite.
const (
	Integer Kind = iota
	Real
	Text
	Blob
	Null
)

// Value is one parameter or one field of a row. Its zero value is the integer 0.
type Value struct {
	kind    Kind
	integer int64
	real    float64
	text    string // also the bytes of a blob
}

// Int returns an integer value.
func Int(i int64) Value { return Value{kind: Integer, integer: i} }

// Float returns a real value.
func Float(f float64) Value { return Value{kind: Real, real: f} }

// String returns a text value. The text must be valid UTF-8.
func String(s string) Value { return Value{kind: Text, text: s} }

// Bytes returns a blob with the bytes of a string.
func Bytes(s string) Value { return Value{kind: Blob, text: s} }

// Nil returns NULL.
func Nil() Value { return Value{kind: Null} }

// Kind returns the type of the value.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether the value is NULL.
func (v Value) IsNull() bool { return v.kind == Null }

// Int returns an integer, a real without its fraction, or 0 for anything else.
func (v Value) Int() int64 {
	if v.kind == Real {
		return int64(v.real)
	}
	return v.integer
}

// Float returns a real, an integer as a real, or 0 for anything else.
func (v Value) Float() float64 {
	if v.kind == Integer {
		return float64(v.integer)
	}
	return v.real
}

// Text returns a text, the bytes of a blob, or "" for anything else.
func (v Value) Text() string { return v.text }

// Result is what a statement returns: the names of its columns and its rows, both empty if it
// returns nothing.
type Result struct {
	Columns []string
	Rows    [][]Value
}

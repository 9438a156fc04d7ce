package sqlite

// Result is the columns and rows of a statement, both empty if it returns none.
type Result struct {
	Columns []string
	Rows    [][]any
}

// Code is the reason of an Error, with the number of Spin's interface.
type Code uint8

// The codes of Spin's interface (sqlite.wit). Spin reports nearly everything as IO.
const (
	NoSuchDatabase Code = iota
	AccessDenied
	InvalidConnection
	DatabaseFull
	IO
)

// Error is an error of Spin's interface.
type Error struct {
	Code   Code
	Detail string // SQLite's message; only with IO
}

// Error returns SQLite's message, or the meaning of the code.
func (e *Error) Error() string {
	switch e.Code {
	case NoSuchDatabase:
		return "no such database"
	case AccessDenied:
		return "access to the database denied"
	case InvalidConnection:
		return "invalid database connection"
	case DatabaseFull:
		return "database full"
	}
	return e.Detail
}

func ioError(detail string) *Error { return &Error{Code: IO, Detail: detail} }

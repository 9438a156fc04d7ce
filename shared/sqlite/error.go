package sqlite

// Code is the reason for an Error, numbered as the ABI numbers it.
type Code uint8

// The reasons that the interface has. Spin reports nearly every failure as IO, with SQLite's
// message.
const (
	NoSuchDatabase Code = iota
	AccessDenied
	InvalidConnection
	DatabaseFull
	IO
)

// Error is a failure of the interface.
type Error struct {
	Code   Code
	Detail string // SQLite's message; only for IO
}

// Error returns SQLite's message, or else the name of the reason.
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

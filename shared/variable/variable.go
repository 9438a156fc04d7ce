// Package variable reads the settings of a component. A variable is read where it is needed: each
// read is a call of the host, and most requests need few of them.
package variable

import (
	"os"
	"strconv"
)

// Reader returns the value of a variable, or "" if it cannot be read.
type Reader func(name string) string

// Limit returns a variable that holds a limit on use: a whole number from 1, or `none`, for which
// it returns 0. It returns 0 for anything else, too, and logs that.
func (read Reader) Limit(name string) int64 {
	value := read(name)
	n, err := strconv.ParseInt(value, 10, 64)
	if value != "none" && (err != nil || n < 1) {
		os.Stderr.WriteString("the variable " + name +
			" is neither a number from 1 nor `none`: there is no limit\n")
		return 0
	}
	return n
}

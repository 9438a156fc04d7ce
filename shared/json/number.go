package json

import (
	"math"

	"github.com/tidwall/gjson"
)

// ParseNumber parses a JSON number, surrounded by white space or not, and reports whether the text
// is one and finite.
func ParseNumber(text string) (float64, bool) {
	value := gjson.Parse(text)
	return value.Num, value.Type == gjson.Number && gjson.Valid(text) && isFinite(value.Num)
}

// isFinite reports whether f is finite: gjson reads 1e999 as infinity.
func isFinite(f float64) bool { return !math.IsInf(f, 0) }

// Whole returns a number as an integer, and reports whether it is one from 1 to 2^53.
func Whole(f float64) (int64, bool) {
	n := int64(f)
	return n, 1 <= f && f <= 1<<53 && float64(n) == f
}

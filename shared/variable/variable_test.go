package variable_test

import (
	"testing"

	"abacus/shared/variable"
)

func TestLimit(t *testing.T) {
	for value, want := range map[string]int64{
		"1": 1, "30000": 30000, "none": 0, "": 0, "0": 0, "-1": 0, "many": 0, "1e3": 0,
		"9223372036854775808": 0,
	} {
		read := variable.Reader(func(name string) string {
			if name != "limit_names" {
				t.Errorf("it reads %s", name)
			}
			return value
		})
		if got := read.Limit("limit_names"); got != want {
			t.Errorf("%q: %d, want %d", value, got, want)
		}
	}
}

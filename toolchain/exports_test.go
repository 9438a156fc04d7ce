package toolchain

import "testing"

// TestDropExports drops exports of a module whose only function has three export names.
func TestDropExports(t *testing.T) {
	const (
		start = "\x00asm\x01\x00\x00\x00" + "\x01\x04\x01\x60\x00\x00" + "\x03\x02\x01\x00"
		end   = "\x0a\x04\x01\x02\x00\x0b"
		all   = "\x07\x19\x03" + "\x04free\x00\x00" + "\x03run\x00\x00" + "\x08__wrap_f\x00\x00"
		used  = "\x07\x07\x01" + "\x03run\x00\x00"
	)
	got, err := dropExports([]byte(start + all + end))
	if err != nil || string(got) != start+used+end {
		t.Errorf("got %q and %v, want %q", got, err, start+used+end)
	}
	for length := range len(start + all) {
		module := []byte(start + all)[:length]
		whole := length == 8 || length == 14 || length == len(start)
		if _, err := dropExports(module); (err == nil) != whole {
			t.Errorf("the first %d bytes: error %v, want one: %v", length, err, !whole)
		}
	}
}

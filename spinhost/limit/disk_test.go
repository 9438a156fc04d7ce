package limit

import (
	"bytes"
	"log"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

func TestDisk(t *testing.T) {
	var text bytes.Buffer
	logger := log.New(&text, "", 0)
	folder := t.TempDir()
	for _, c := range []struct {
		name   string
		folder string
		least  int64
		short  bool
	}{
		{"one byte is free", folder, 1, false},
		{"less than 8 EiB are free", folder, math.MaxInt64, true},
		{"nothing is kept free", folder, -1, false},
		{"there is no folder", filepath.Join(folder, "none"), math.MaxInt64, false},
	} {
		if got := NewDisk(c.folder, c.least, logger).Short(); got != c.short {
			t.Errorf("%s: short is %v", c.name, got)
		}
	}
	text.Reset()
	d := NewDisk(folder, math.MaxInt64, logger)
	d.Short()
	d.Short()
	d.least = 1
	d.Short()
	if lines := strings.Split(text.String(), "\n"); len(lines) != 3 ||
		!strings.Contains(lines[0], "nothing new is stored") || !strings.Contains(lines[1], "stored again") {
		t.Errorf("the log is %q", text.String())
	}
}

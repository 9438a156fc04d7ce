package calc

import (
	"strings"
	"testing"
)

// TestHelp checks that the lines of help are those of the builtins, in the same order.
func TestHelp(t *testing.T) {
	lines := strings.Split(help[1:], "\n")
	if len(lines) != len(builtins)-1 {
		t.Fatalf("%d lines of help for %d builtins", len(lines), len(builtins)-1)
	}
	for i, line := range lines {
		if name, _, _ := strings.Cut(line, "\t"); name != builtins[i+1].name {
			t.Errorf("the help of %s is %q", builtins[i+1].name, line)
		}
	}
}

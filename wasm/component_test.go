package wasm_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestComponent runs component.test.mjs if `make component` has built the components.
func TestComponent(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node.js, which calls the components, is not installed")
	}
	if _, err := os.Stat("../bin/component/table/table.js"); err != nil {
		t.Skip("the components are not built: run `make component`")
	}
	if report, err := exec.Command(node, "--test", ".").CombinedOutput(); err != nil {
		t.Errorf("node --test: %v\n%s", err, report)
	}
}

package cli_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestComponent runs the tests of the components, component.test.mjs, where `make component` has made them.
func TestComponent(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node.js here, which calls the components")
	}
	if _, err := os.Stat("../bin/component/table/table.js"); err != nil {
		t.Skip("the components are not made: make component")
	}
	if report, err := exec.Command(node, "--test", ".").CombinedOutput(); err != nil {
		t.Errorf("node --test: %v\n%s", err, report)
	}
}

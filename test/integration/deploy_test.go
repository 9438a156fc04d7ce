package integration

import (
	"path/filepath"
	"strings"
	"testing"

	"abacus/test/harness"
)

// TestDeployLibSQL gives the embedded host a configuration for Spin: it refuses only the part that
// it does not support.
func TestDeployLibSQL(t *testing.T) {
	file := filepath.Join(harness.Root(), "deploy", "libsql.toml")
	text, code := harness.Refuse(t, harness.Options{Flags: []string{"--runtime-config-file", file}})
	if code == 0 || strings.Count(text, "libsql.toml:") != 1 || !strings.Contains(text, "libsql databases are not supported here") {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

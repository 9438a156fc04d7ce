package integration

import (
	"path/filepath"
	"strings"
	"testing"

	"abacus/test/harness"
)

// TestDeployLibSQL gives the embedded host the configuration for Spin: it reads all
// of it and refuses the one thing that it has not.
func TestDeployLibSQL(t *testing.T) {
	file := filepath.Join(harness.Root(), "deploy", "libsql.toml")
	said, code := harness.Refuse(t, harness.Options{Flags: []string{"--runtime-config-file", file}})
	if code == 0 || strings.Count(said, "libsql.toml:") != 1 || !strings.Contains(said, "libsql databases are not supported here") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

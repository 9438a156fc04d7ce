package toolchain

import (
	"testing"
)

func TestInputDigest(t *testing.T) {
	files := map[string]string{
		"guest.mod":         "module example\n\ngo 1.21\n",
		"guest.sum":         "",
		"app/main.go":       "//go:build tinygo\n\npackage main\n\nimport _ \"example/a\"\n\nfunc main() {}\n",
		"app/main_test.go":  "package main\n",
		"a/a.go":            "package a\n\nimport _ \"example/b\"\n",
		"b/b.go":            "package b\n\nimport _ \"embed\"\n\n//go:embed sql/*.sql static\nvar files string\n",
		"b/sql/1.sql":       "SELECT 1",
		"b/sql/note.txt":    "not embedded",
		"b/static/css/main": "embedded, two folders down",
		"c/c.go":            "package c // not imported\n",
	}
	root := t.TempDir()
	for name, content := range files {
		write(t, root, name, content)
	}
	digest := func(toolchainID string) string {
		t.Helper()
		sum, _, err := inputs(root, "app", toolchainID)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	before := digest("tinygo 1")
	if again := digest("tinygo 1"); again != before {
		t.Errorf("two digests of the same tree: %s and %s", before, again)
	}
	if digest("tinygo 2") == before {
		t.Error("the toolchain does not change the digest")
	}
	changes := []struct {
		file    string
		counted bool
	}{
		{"guest.mod", true}, {"guest.sum", true}, {"app/main.go", true}, {"a/a.go", true}, {"b/b.go", true},
		{"b/sql/1.sql", true}, {"b/static/css/main", true}, {"a/added.go", true}, {"b/sql/2.sql", true},
		{"app/main_test.go", false}, {"b/sql/note.txt", false}, {"c/c.go", false}, {"a/a.md", false},
	}
	for _, change := range changes {
		old, existed := files[change.file]
		if !existed {
			old = "package " + change.file[:1] + "\n"
		}
		before := digest("tinygo 1")
		write(t, root, change.file, old+"// changed\n")
		if changed := digest("tinygo 1") != before; changed != change.counted {
			t.Errorf("%s changed: digest changed %v, want %v", change.file, changed, change.counted)
		}
	}
}

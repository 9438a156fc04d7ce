package manifest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"app/a/b", "repository/.git", "repository/c", "app/a/repository/.git"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"app/spin.toml", "app/other.toml", "app/a/x.wasm", "spin.toml"} {
		if err := os.WriteFile(filepath.Join(root, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		dir, from, path string
		distance        int
		err             string
	}{
		{"app", "", "spin.toml", 0, ""},
		{"app/a/b", "", "../../spin.toml", 2, ""},
		{"app/a/repository", "", "../../spin.toml", 2, ""},
		{"repository/c", "", "", 0, "no spin.toml here or above; name the application with --from"},
		{"app", "other.toml", "other.toml", 0, ""},
		{"app/a", "..", "../spin.toml", 0, ""},
		{"app", "a", "", 0, "directory a does not contain a file named 'spin.toml'"},
		{"app/a", "x.wasm", "", 0, "x.wasm is a Wasm module; running one without a spin.toml is not supported here"},
		{"app", "nope.toml", "", 0, "file or directory 'nope.toml' not found"},
		{"app", "example.com/app:v1", "", 0, "file or directory 'example.com/app:v1' not found; applications from a registry are not supported here"},
		{"app", os.DevNull, "", 0, "path /dev/null is neither a file nor a directory"},
	} {
		t.Chdir(filepath.Join(root, c.dir))
		path, distance, err := Find(c.from)
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s from %q: got %v", c.dir, c.from, err)
			}
		} else if path != c.path || distance != c.distance || err != nil {
			t.Errorf("%s from %q: got %s, %d, %v", c.dir, c.from, path, distance, err)
		}
	}
}

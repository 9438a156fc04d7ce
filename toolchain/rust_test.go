package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
)

// TestBuildCrate compiles a crate and calls its export.
func TestBuildCrate(t *testing.T) {
	ctx := t.Context()
	output := filepath.Join(t.TempDir(), "twice.wasm")
	t.Setenv("RUSTFLAGS", "--no-such-flag")
	if err := Build(ctx, Options{Dir: "testdata/twice", Output: output, Log: t.Output()}); err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	instance, err := runtime.Instantiate(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	results, err := instance.ExportedFunction("twice").Call(ctx, 21)
	if err != nil || results[0] != 42 {
		t.Errorf("twice(21) = %v and %v, want 42", results, err)
	}
	if leftover, _ := filepath.Glob("testdata/twice/target"); leftover != nil {
		t.Errorf("the build left %s", leftover)
	}
}

func TestBuildCrateRefuses(t *testing.T) {
	root := t.TempDir()
	write(t, root, "guest.mod", "module broken\n\ngo 1.21\n")
	const crate = "name = \"app\"\nversion = \"0.1.0\"\n"
	write(t, root, "app/Cargo.toml", "[package]\n"+crate+"\n[lib]\ncrate-type = [\"cdylib\"]\n")
	write(t, root, "app/Cargo.lock", "version = 3\n\n[[package]]\n"+crate)
	write(t, root, "app/src/lib.rs", "fn broken() -> i32 { undefined }\n")
	output := filepath.Join(root, "out.wasm")
	err := Build(t.Context(), Options{Dir: filepath.Join(root, "app"), Output: output})
	if err == nil || !strings.Contains(err.Error(), "cannot find value `undefined`") {
		t.Errorf("error %v, want the compiler's", err)
	}
	if _, err := os.Stat(output); err == nil {
		t.Error("a failed build left a file")
	}
}

func TestCrateDigest(t *testing.T) {
	root := t.TempDir()
	for _, file := range []string{"Cargo.toml", "Cargo.lock", ".cargo/config.toml", "src/lib.rs"} {
		write(t, root, "app/"+file, "")
	}
	digest := func(toolchainID string) string {
		t.Helper()
		sum, err := crateInputs(root, "app", toolchainID)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if digest("rust 1") == digest("rust 2") {
		t.Error("the toolchain does not change the digest")
	}
	for _, change := range []struct {
		file    string
		counted bool
	}{
		{"Cargo.toml", true}, {"Cargo.lock", true}, {".cargo/config.toml", true}, {"src/lib.rs", true},
		{"src/added.rs", true}, {"app.wasm", false}, {"target/debug/app", false},
	} {
		before := digest("rust 1")
		write(t, root, "app/"+change.file, "changed")
		if changed := digest("rust 1") != before; changed != change.counted {
			t.Errorf("%s changed: digest changed %v, want %v", change.file, changed, change.counted)
		}
	}
}

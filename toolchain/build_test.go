package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// TestInitialize checks that _initialize, the only function that Spin calls before a request, runs
// the initialisers of a component.
func TestInitialize(t *testing.T) {
	ctx := t.Context()
	output := filepath.Join(t.TempDir(), "initialized.wasm")
	if err := Build(ctx, Options{Dir: "testdata/initialized", Output: output, Log: t.Output()}); err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	compiled, err := runtime.CompileModule(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	for name := range compiled.ExportedFunctions() {
		if isUnused(name) {
			t.Errorf("the component exports %s", name)
		}
	}
	tests := []struct {
		name  string
		start []string
		set   bool
	}{
		{"nothing called", nil, false},
		{"_initialize called", []string{"_initialize"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := wazero.NewModuleConfig().WithName("").WithSysWalltime().WithStartFunctions(test.start...)
			instance, err := runtime.InstantiateWithConfig(ctx, module, config)
			if err != nil {
				t.Fatal(err)
			}
			defer instance.Close(ctx)
			results, err := instance.ExportedFunction("began").Call(ctx)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Unix(int64(results[0]), 0)
			if set := time.Since(began).Abs() < time.Hour; set != test.set {
				t.Errorf("the variable holds %v, set: %v, want %v", began, set, test.set)
			}
		})
	}
}

func TestBuildReplacesOnlyWhatDiffers(t *testing.T) {
	ctx := t.Context()
	output := filepath.Join(t.TempDir(), "initialized.wasm")
	if err := os.WriteFile(output, []byte("an older module"), 0o644); err != nil {
		t.Fatal(err)
	}
	options := Options{Dir: "testdata/initialized", Output: output, Log: t.Output()}
	if err := Build(ctx, options); err != nil {
		t.Fatal(err)
	}
	first, err := os.Stat(output)
	if err != nil {
		t.Fatal(err)
	}
	if first.Size() < 100 {
		t.Fatalf("%s has %d bytes: the older module is still there", output, first.Size())
	}
	var log strings.Builder
	options.Log = &log
	if err := Build(ctx, options); err != nil {
		t.Fatal(err)
	}
	second, err := os.Stat(output)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(first, second) || !second.ModTime().Equal(first.ModTime()) {
		t.Error("a module that was up to date was written again")
	}
	if got, want := log.String(), "initialized.wasm is up to date\n"; got != want {
		t.Errorf("log %q, want %q", got, want)
	}
}

func TestBuildRefuses(t *testing.T) {
	broken := t.TempDir()
	write(t, broken, "guest.mod", "module broken\n\ngo 1.21\n")
	write(t, broken, "guest.sum", "")
	write(t, broken, "go.mod", "module broken\n")
	write(t, broken, "app/main.go", "package main\n\nfunc main() { undefined() }\n")
	tests := []struct{ name, dir, want string }{
		{"outside a module", t.TempDir(), "no guest.mod in"},
		{"no such folder", "testdata/absent", "testdata/absent"},
		{"compile error", filepath.Join(broken, "app"), "undefined: undefined"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "out.wasm")
			err := Build(t.Context(), Options{Dir: test.dir, Output: output})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one that contains %q", err, test.want)
			}
			if _, err := os.Stat(output); err == nil {
				t.Error("a failed build left a file")
			}
		})
	}
}

func TestService(t *testing.T) {
	options, err := Service("eval")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(options.Dir, "/services/eval/wasm") || !strings.HasSuffix(options.Output, "/services/eval/eval.wasm") {
		t.Errorf("Service(eval) = %+v", options)
	}
	_, err = Service("evil")
	if err == nil || !strings.Contains(err.Error(), "eval, history, rates, sessions, web") {
		t.Errorf("Service(evil): error %v, want one that lists the services", err)
	}
}

// write creates a file below dir.
func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

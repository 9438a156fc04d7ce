package wasm_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"abacus/toolchain"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

// TestCommand runs the WASI command as `wazero run calc.wasm ARGUMENTS` does.
func TestCommand(t *testing.T) {
	ctx := context.Background()
	output := filepath.Join(t.TempDir(), "calc.wasm")
	if err := toolchain.Build(ctx, toolchain.Options{Dir: "command", Output: output, Log: t.Output()}); err != nil {
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
	for _, c := range []struct {
		name      string
		arguments []string
		in        string
		out, errs string // regular expressions
		status    uint32
	}{
		{"an expression", []string{"2+3*4"}, "", `14\n`, ``, 0},
		{"names carry over", []string{"a = 2", "f(x) = x^a", "f(5)", "ans + 1"}, "", `25\n26\n`, ``, 0},
		{"a minus sign", []string{"-2^2"}, "", `-4\n`, ``, 0},
		{"standard input", nil, "a = 5\n(a +\n1)\n", `6\n`, ``, 0},
		{"standard input by name", []string{"a = 3", "-", "a"}, "a = a + 1", `4\n`, ``, 0},
		{"units", []string{"5 km in miles", "255 in hex"}, "", `3\.10685596118667 mi\n0xFF\n`, ``, 0},
		{"random numbers", []string{"random()"}, "", `0\.\d{10,17}(e-\d+)?\n`, ``, 0},
		{"a mistake", []string{"1", "1/0", "2"}, "", `1\n`, `1:2: division by zero\n    1/0\n     \^\n`, 1},
		{"nothing", nil, "", ``, `1:1: there is nothing to calculate\n(.*\n)*`, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs strings.Builder
			config := wazero.NewModuleConfig().WithName("").WithArgs(append([]string{"calc.wasm"}, c.arguments...)...).
				WithStdin(strings.NewReader(c.in)).WithStdout(&out).WithStderr(&errs).WithRandSource(rand.Reader).WithSysWalltime()
			status := uint32(0)
			if _, err := runtime.InstantiateModule(ctx, compiled, config); err != nil {
				exit, ok := err.(*sys.ExitError)
				if !ok {
					t.Fatal(err)
				}
				status = exit.ExitCode()
			}
			if !regexp.MustCompile("^" + c.out + "$").MatchString(out.String()) {
				t.Errorf("printed %q, want %s", out.String(), c.out)
			}
			if !regexp.MustCompile("^" + c.errs + "$").MatchString(errs.String()) {
				t.Errorf("standard error is %q, want %s", errs.String(), c.errs)
			}
			if status != c.status {
				t.Errorf("exit status %d, want %d", status, c.status)
			}
		})
	}
}

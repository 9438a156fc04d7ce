//go:build go1.25

package calc_test

import (
	"context"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abacus/shared/calc/testdata/transcript"
	"abacus/toolchain"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// wasm is the calculator compiled to Wasm.
type wasm struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	size     int
}

// newWasm compiles testdata/guest.
func newWasm(t testing.TB) *wasm {
	ctx := context.Background()
	output := filepath.Join(t.TempDir(), "calc.wasm")
	if err := toolchain.Build(ctx, toolchain.Options{Dir: "testdata/guest", Output: output, Log: io.Discard}); err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	runtime := wazero.NewRuntime(ctx)
	t.Cleanup(func() { runtime.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	compiled, err := runtime.CompileModule(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	return &wasm{runtime, compiled, len(module)}
}

// instance returns a calculator with fresh memory.
func (w *wasm) instance(t testing.TB) *instance {
	ctx := context.Background()
	m, err := w.runtime.InstantiateModule(ctx, w.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close(ctx) })
	address, err := m.ExportedFunction("buffer").Call(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return &instance{m, uint32(address[0]), m.ExportedFunction("evaluate")}
}

type instance struct {
	module   api.Module
	buffer   uint32
	function api.Function
}

// evaluate returns the transcript of a source.
func (i *instance) evaluate(t testing.TB, source string) string {
	if !i.module.Memory().WriteString(i.buffer, source) {
		t.Fatal("the buffer is outside the memory")
	}
	length, err := i.function.Call(context.Background(), uint64(len(source)))
	if err != nil {
		t.Fatalf("%.80q: %v", source, err)
	}
	text, _ := i.module.Memory().Read(i.buffer, uint32(length[0]))
	return string(text)
}

// TestWasmIsTheSame compares the Wasm build with the native one, bit by bit, for every case of the
// tables and 100,000 generated sources.
func TestWasmIsTheSame(t *testing.T) {
	w := newWasm(t)
	generated := 100_000
	if testing.Short() {
		generated = 10_000
	}
	g := generator{rand.New(rand.NewSource(1)).Intn}
	sources := allSources(t)
	for i := 0; i < generated; i++ {
		sources = append(sources, g.source())
	}
	var inside *instance
	var native transcript.Calculator
	values := 0
	for n, source := range sources {
		if n%1000 == 0 { // the guest's collector never frees
			if inside != nil {
				inside.module.Close(context.Background())
			}
			inside, native = w.instance(t), transcript.Calculator{}
		}
		got, want := inside.evaluate(t, source), string(native.Append(nil, source))
		if got != want {
			t.Errorf("%q\nwasm:   %s\nnative: %s", source, got, want)
		}
		if strings.Contains(want, "\n= value") {
			values++
		}
	}
	t.Logf("%d sources, %d of them with a value; the module has %d bytes", len(sources), values, w.size)
	if values < len(sources)/3 {
		t.Error("too few of the sources have a value for the comparison to mean much")
	}
}

// memory is how much one evaluation may need in all, in bytes.
const memory = 4 << 20

// TestLimitsInWasm checks the limits in the Wasm build, whose stack has 64 KiB: each is the same
// error as natively, none is a trap, and the memory of every evaluation is bounded.
func TestLimitsInWasm(t *testing.T) {
	w := newWasm(t)
	most, least := uint32(0), w.instance(t).module.Memory().Size()
	for _, l := range limits() {
		inside := w.instance(t)
		var native transcript.Calculator
		for _, source := range append(l.before[:len(l.before):len(l.before)], l.source) {
			before := inside.module.Memory().Size()
			got, want := inside.evaluate(t, source), string(native.Append(nil, source))
			if got != want {
				t.Errorf("%s\nwasm:   %.300s\nnative: %.300s", l.name, got, want)
			}
			size := least + inside.module.Memory().Size() - before
			if size > memory {
				t.Errorf("%s: %d bytes of memory", l.name, size)
			}
			most = max(most, size)
		}
		inside.module.Close(context.Background())
	}
	t.Logf("at most %d bytes of memory, %d before", most, least)
}

// BenchmarkWasm is BenchmarkParseAndEvaluate in Wasm.
func BenchmarkWasm(b *testing.B) {
	inside := newWasm(b).instance(b)
	inside.evaluate(b, "x = 0.4; y = 3.5")
	repeat := inside.module.ExportedFunction("repeat")
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			inside.module.Memory().WriteString(inside.buffer, bench.source)
			if _, err := repeat.Call(context.Background(), uint64(len(bench.source)), uint64(b.N)); err != nil {
				b.Fatal(err)
			}
		})
	}
}

//go:build go1.25

package preview_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abacus/services/web/preview"
	"abacus/shared/calc"
	"abacus/shared/plot"
	"abacus/toolchain"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// The limits of calc.wasm, in bytes.
const (
	maxSize       = 225_200
	maxCompressed = 110_400 // by gzip
)

// build compiles calc.wasm and returns it.
func build(t testing.TB) []byte {
	output := filepath.Join(t.TempDir(), "calc.wasm")
	if err := toolchain.Build(t.Context(), toolchain.Options{Dir: "wasm", Output: output, Log: t.Output()}); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestSize(t *testing.T) {
	content := build(t)
	var compressed bytes.Buffer
	w, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d compressed", len(content), compressed.Len())
	if len(content) > maxSize || compressed.Len() > maxCompressed {
		t.Errorf("calc.wasm has %d bytes, %d compressed: at most %d and %d", len(content), compressed.Len(), maxSize, maxCompressed)
	}
}

// module is an instance of calc.wasm, as a page has it.
type module struct {
	api.Module
	alloc, preview, plot, at api.Function
}

func instantiate(t testing.TB) *module {
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	t.Cleanup(func() { runtime.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	m, err := runtime.InstantiateWithConfig(ctx, build(t), wazero.NewModuleConfig().WithStartFunctions("_initialize"))
	if err != nil {
		t.Fatal(err)
	}
	return &module{m, m.ExportedFunction("alloc"), m.ExportedFunction("preview"), m.ExportedFunction("plot"), m.ExportedFunction("at")}
}

// ask makes a request as worker.js does.
func (m *module) ask(t testing.TB, request string, digits int) string {
	return m.call(t, m.preview, request, uint64(digits))
}

// call puts a request into the memory, and calls a function with its length and further parameters.
func (m *module) call(t testing.TB, function api.Function, request string, more ...uint64) string {
	ctx, memory := context.Background(), m.Memory()
	address, err := m.alloc.Call(ctx, uint64(len(request)))
	if err != nil {
		t.Fatalf("alloc for %.80q: %v", request, err)
	}
	if !memory.WriteString(uint32(address[0]), request) {
		t.Fatalf("%d bytes at %d are not in the memory", len(request), address[0])
	}
	at, err := function.Call(ctx, append([]uint64{uint64(len(request))}, more...)...)
	if err != nil {
		t.Fatalf("%.80q: %v", request, err)
	}
	length, ok := memory.Read(uint32(at[0]), 4)
	if !ok {
		t.Fatalf("no answer at %d", at[0])
	}
	text, ok := memory.Read(uint32(at[0])+4, binary.LittleEndian.Uint32(length))
	if !ok {
		t.Fatalf("the answer at %d is longer than the memory", at[0])
	}
	return string(text)
}

// TestWasmIsTheSame compares the module with the native package, byte by byte: it types every
// source of the language's tables character by character, up to some length, in one instance.
func TestWasmIsTheSame(t *testing.T) {
	m := instantiate(t)
	var native preview.Previewer
	compare := func(request string, digits int) {
		if got, want := m.ask(t, request, digits), string(native.Append(nil, request, digits)); got != want {
			t.Errorf("%q\nwasm   %.300s\nnative %.300s", request, got, want)
		}
	}
	asked := 0
	for _, block := range sessions(t) {
		var s session
		for _, source := range block {
			for end := 1; end < min(len(source), 30); end++ {
				compare(s.request(source[:end]), 1+end%17)
				asked++
			}
			compare(s.request(source), calc.Digits)
			s.check(t, &native, source)
		}
	}
	t.Logf("%d previews of beginnings, then %d bytes of memory", asked, m.Memory().Size())
}

// TestPicturesAreTheSame compares pictures and values of the module with those of the native
// package, byte by byte.
func TestPicturesAreTheSame(t *testing.T) {
	m := instantiate(t)
	var native preview.Previewer
	pictures := 0
	for i, block := range sessions(t) {
		var s session
		if i%10 == 0 { // beside what the block has defined
			block = append(block, "plot(tan(x), 1/x, x^x, x = -5, 3)",
				"plot(sin(1000x), gamma(x), floor(x), ln(x), x = -3, 5)")
		}
		for _, source := range block {
			request := s.request(source)
			s.check(t, &native, source)
			for _, view := range []plot.View{
				automatic, {From: 0.1, To: 0.7, Low: -1, High: 0.3, Width: 333, Height: 200}, {From: 2, To: 1, Low: 5, High: 5, Width: -1, Height: 1 << 20},
			} {
				bits := []uint64{api.EncodeI32(int32(view.Width)), api.EncodeI32(int32(view.Height)),
					api.EncodeF64(view.From), api.EncodeF64(view.To), api.EncodeF64(view.Low), api.EncodeF64(view.High)}
				got, want := m.call(t, m.plot, request, bits...), string(native.AppendPlot(nil, request, view))
				if got != want {
					t.Errorf("%q in %+v\nwasm   %.300s\nnative %.300s", request, view, got, want)
				}
				if strings.Contains(want, `class=\"curve-1\" d=\"M`) {
					pictures++
				}
			}
			if got, want := m.call(t, m.at, request, api.EncodeF64(0.3)), string(native.AppendAt(nil, request, 0.3)); got != want {
				t.Errorf("%q\nwasm   %.300s\nnative %.300s", request, got, want)
			}
			if m.Memory().Size() > 1<<30 { // the page takes a new instance much earlier
				m.Close(context.Background())
				m = instantiate(t)
			}
		}
	}
	t.Logf("%d pictures, then %d bytes of memory", pictures, m.Memory().Size())
	if pictures < 50 {
		t.Error("there are too few pictures for the comparison to mean much")
	}
}

// TestLongRequests checks that no input and no list of names makes the module fail.
func TestLongRequests(t *testing.T) {
	var names strings.Builder
	for i := range calc.MaxNames + 1 {
		names.WriteString("name_" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + " = 1e-300\n")
	}
	for _, request := range []string{
		"", "\n", "x = 1", "x = 1\n\n",
		"\n" + strings.Repeat("(", calc.MaxSource), "\n" + strings.Repeat("1+", calc.MaxSource),
		"\n" + strings.Repeat("-", calc.MaxSource), "f(x) = f(x)\n\nf(1)",
		names.String() + "\nname_a",
	} {
		m := instantiate(t)
		var native preview.Previewer
		if got, want := m.ask(t, request, calc.Digits), string(native.Append(nil, request, calc.Digits)); got != want {
			t.Errorf("%.80q\nwasm   %.300s\nnative %.300s", request, got, want)
		}
	}
}

// line has 100 characters.
const line = "\nsum(1/n!, n = 0, 15) - (1 + 1/10^6)^(10^6) + sin(pi/3)^2 * hypot(3, 4) / ln(2.5) - 17.25e-3 * 100!/98!"

// TestSpeed checks that a preview of 100 characters takes at most a millisecond.
func TestSpeed(t *testing.T) {
	if len(line) < 101 {
		t.Fatalf("the line has %d characters", len(line)-1)
	}
	m := instantiate(t)
	best := time.Hour
	for range 100 {
		begin := time.Now()
		m.ask(t, line, calc.Digits)
		best = min(best, time.Since(begin))
	}
	t.Logf("%s in %v", m.ask(t, line, calc.Digits), best)
	if best > time.Millisecond {
		t.Errorf("a preview takes %v", best)
	}
}

func BenchmarkPreview(b *testing.B) {
	m := instantiate(b)
	for b.Loop() {
		m.ask(b, line, calc.Digits)
	}
}

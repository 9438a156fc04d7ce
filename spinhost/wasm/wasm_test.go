package wasm

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"abacus/spinhost/limit"
)

// moduleSpec describes a module with a memory, a mutable global, the functions of the ABI, and a
// function () -> () with the given body (without locals and end), which is exported under every
// name that is not the ABI's.
type moduleSpec struct {
	imports []string // "module name", () -> () but for WASI's: (i32, i32) -> i32
	body    []byte
	realloc []byte // the body of canonical_abi_realloc; returns 0 unless changed
	exports []string
	memory  string // its export, "memory" unless changed
	globals []byte // contents of the section; one i32 unless changed
}

func discard(context.Context, []byte) {}

func (m moduleSpec) encode() []byte {
	vector := func(elements ...[]byte) []byte {
		return append(binary.AppendUvarint(nil, uint64(len(elements))), bytes.Join(elements, nil)...)
	}
	name := func(s string) []byte { return append(binary.AppendUvarint(nil, uint64(len(s))), s...) }
	out := slices.Clone(magicModule)
	part := func(id byte, contents []byte) {
		out = append(out, id)
		out = binary.AppendUvarint(out, uint64(len(contents)))
		out = append(out, contents...)
	}
	function := func(params, results int) []byte {
		return slices.Concat([]byte{0x60, byte(params)}, bytes.Repeat([]byte{typeI32}, params),
			[]byte{byte(results)}, bytes.Repeat([]byte{typeI32}, results))
	}
	part(1, vector(function(0, 0), function(10, 1), function(4, 1), function(3, 0), function(2, 1)))
	abi := []string{"", exportHandle, exportRealloc, exportFree} // in the order of the types
	var imports, exports, bodies [][]byte
	for _, s := range m.imports {
		family, function, _ := strings.Cut(s, " ")
		kind := byte(0)
		if family == wasiModule {
			kind = 4
		}
		imports = append(imports, slices.Concat(name(family), name(function), []byte{kindFunction, kind}))
	}
	if imports != nil {
		part(sectionImport, vector(imports...))
	}
	if m.realloc == nil {
		m.realloc = []byte{opI32Const, 0}
	}
	for _, body := range [][]byte{m.body, {opI32Const, 0}, m.realloc, {}} {
		body = slices.Concat([]byte{0}, body, []byte{opEnd})
		bodies = append(bodies, append(binary.AppendUvarint(nil, uint64(len(body))), body...))
	}
	part(3, []byte{4, 0, 1, 2, 3})
	part(5, []byte{1, 0, 1})
	if m.globals == nil {
		m.globals = []byte{1, typeI32, globalIsMutable, opI32Const, 7, opEnd}
	}
	part(sectionGlobal, m.globals)
	if m.memory == "" {
		m.memory = exportMemory
	}
	exports = append(exports, append(name(m.memory), kindMemory, 0))
	for _, s := range m.exports {
		exports = append(exports, append(name(s), kindFunction, byte(len(m.imports)+max(0, slices.Index(abi, s)))))
	}
	part(sectionExport, vector(exports...))
	part(sectionCode, vector(bodies...))
	return out
}

// encodeAs also exports the function of type () -> () under the name.
func (m moduleSpec) encodeAs(name string) []byte {
	m.exports = append(m.exports, strings.ToUpper(name))
	return bytes.ReplaceAll(m.encode(), []byte(strings.ToUpper(name)), []byte(name))
}

var allExports = []string{exportInitialize, exportHandle, exportRealloc, exportFree}

// TestLoad checks the errors of invalid modules.
func TestLoad(t *testing.T) {
	for _, c := range []struct {
		name   string
		module []byte
		want   string // "" for no error
	}{
		{"the least that is a guest", moduleSpec{exports: allExports}.encode(), ""},
		{"nothing", nil, "it is not a WebAssembly module"},
		{"a text", []byte("(module)"), "it is not a WebAssembly module"},
		{"a component", []byte("\x00asm\x0d\x00\x01\x00"), "it is a WebAssembly component (Spin SDK v3 or wasi:http), this host runs core modules of the SDK v2 only"},
		{"a version to come", []byte("\x00asm\x02\x00\x00\x00"), "it is WebAssembly of an unknown version (02 00 00 00)"},
		{"the header alone", magicModule, "it is empty"},
		{"a section cut off", append(slices.Clone(magicModule), 1, 9, 0), "it is cut off or damaged"},
		{"a body that is no code", moduleSpec{body: []byte{0xff}, exports: allExports}.encode(), "it is damaged: section 10 cannot be read"},
		{"a body that is not valid", moduleSpec{body: []byte{opDrop}, exports: allExports}.encode(), "it is not valid: "},
		{"_start alone", moduleSpec{exports: []string{"_start", exportHandle, exportRealloc, exportFree}}.encode(),
			"it exports _start but not _initialize: Spin calls only _initialize, so that its package variables would stay zero"},
		{"neither", moduleSpec{exports: allExports[1:]}.encode(), "it exports no _initialize"},
		{"no handler", moduleSpec{exports: []string{exportInitialize, exportRealloc, exportFree}}.encode(),
			"it exports no handle-http-request: "},
		{"a handler of another ABI", moduleSpec{exports: []string{exportInitialize, exportRealloc, exportFree}}.encodeAs(exportHandle),
			"its handle-http-request does not take 10 32-bit integers and return 1"},
		{"no allocator", moduleSpec{exports: []string{exportInitialize, exportHandle, exportFree}}.encode(),
			"it exports no canonical_abi_realloc: "},
		{"no memory", moduleSpec{exports: allExports, memory: "other"}.encode(), "it exports no memory"},
		{"Redis", moduleSpec{imports: []string{"outbound-redis get"}, exports: allExports}.encode(),
			"it imports get of outbound-redis, which this host does not offer (offered, wasi_snapshot_preview1); run it on Spin itself"},
		{"a function that the family has not", moduleSpec{imports: []string{"offered other"}, exports: allExports}.encode(),
			"it imports other of offered, which this host does not offer"},
		{"an import with another signature", moduleSpec{imports: []string{"offered function"}, exports: allExports}.encode(),
			"import func[offered.function]: signature mismatch"},
		{"a trap in _initialize", moduleSpec{body: []byte{opUnreachable}, exports: allExports}.encode(), "_initialize: wasm error: unreachable"},
		{"an endless _initialize", moduleSpec{body: []byte{opLoop, blockEmpty, 0x0c, 0, opEnd}, exports: allExports}.encode(),
			"_initialize: its time was over, it was stopped"},
		{"an endless recursion", moduleSpec{body: []byte{opCall, 0}, exports: allExports}.encode(), "_initialize: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loaded(t, c.module)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func loaded(t testing.TB, module []byte) (*Module, error) {
	t.Helper()
	return loadedWithin(t, module, 3*time.Second, Limits{
		InstanceMemory: 16 << 20,
		Memory:         limit.NewMemory(1 << 30),
		CPU:            limit.NewCPU(2),
	})
}

// newTurn returns the turn of a request that is alone.
func newTurn() *limit.Turn { return limit.NewCPU(1).Turn() }

func loadedWithin(t testing.TB, module []byte, timeout time.Duration, limits Limits) (*Module, error) {
	t.Helper()
	engine, err := NewEngine(t.Context(), limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close(context.Background()) })
	function := HostFunction{Name: "function", Params: 1, Call: func(context.Context, *Instance, []uint32) error { return nil }}
	if err := engine.AddHostModule(t.Context(), "offered", []HostFunction{function}); err != nil {
		t.Fatal(err)
	}
	return engine.Load(t.Context(), module, Config{Stdout: discard, Stderr: discard, Timeout: timeout})
}

// TestRestorable checks which modules can be restored.
func TestRestorable(t *testing.T) {
	table := []byte{4, 4, 1, 0x70, 0, 8} // a table of functions
	for _, c := range []struct {
		name   string
		module moduleSpec
		want   bool
	}{
		{"memory and a global", moduleSpec{body: []byte{0x23, 0, opI32Const, 1, 0x36, 2, 0, opI32Const, 9, opGlobalSet, 0}}, true},
		{"bulk memory", moduleSpec{body: []byte{opI32Const, 0, opI32Const, 8, opI32Const, 8, opPrefixFC, opMemoryCopy, 0, 0}}, true},
		{"constants that look like more", moduleSpec{body: []byte{0x42, 0xfc, 0x8e, 0xfc, 0x8f, 0x26, opDrop}}, true},
		{"the time in _initialize", moduleSpec{imports: []string{wasiModule + " clock_res_get"},
			body: []byte{opI32Const, 0, opI32Const, 8, opCall, 0, opDrop}}, true},
		{"random numbers in _initialize", moduleSpec{imports: []string{wasiModule + " random_get"},
			body: []byte{opI32Const, 0, opI32Const, 8, opCall, 0, opDrop}}, false},
		{"table.copy", moduleSpec{body: []byte{opI32Const, 0, opI32Const, 0, opI32Const, 0, opPrefixFC, opTableCopy, 0, 0}}, false},
		{"table.grow", moduleSpec{body: []byte{0xd0, 0x70, opI32Const, 1, opPrefixFC, opTableGrow, 0, opDrop}}, false},
		{"table.set", moduleSpec{body: []byte{opI32Const, 0, 0xd0, 0x70, opTableSet, 0}}, false},
		{"a global that cannot be set", moduleSpec{globals: []byte{1, 0x6f, globalIsMutable, 0xd0, 0x6f, opEnd}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.module.exports = allExports
			encoded := c.module.encode()
			// The table goes between functions (3) and memory (5).
			if at := bytes.Index(encoded, []byte{5, 3, 1, 0, 1}); c.want == false {
				encoded = slices.Insert(encoded, at, table...)
			}
			guest, err := loaded(t, encoded)
			if err != nil {
				t.Fatal(err)
			}
			if guest.restorable != c.want {
				t.Errorf("restorable: %v, want %v", guest.restorable, c.want)
			}
			for range 2 {
				in, err := guest.Instance(t.Context(), newTurn())
				if err != nil {
					t.Fatal(err)
				}
				in.Release()
			}
			if kept := guest.Idle() == 1; kept != c.want {
				t.Errorf("an instance is kept: %v, want %v", kept, c.want)
			}
		})
	}
}

// TestRestore changes memory and globals and checks that the next request does not see it.
func TestRestore(t *testing.T) {
	guest, err := loaded(t, moduleSpec{exports: allExports}.encode())
	if err != nil {
		t.Fatal(err)
	}
	in, err := guest.Instance(t.Context(), newTurn())
	if err != nil {
		t.Fatal(err)
	}
	first := in
	if err := in.Write(100, []byte("left behind")); err != nil {
		t.Fatal(err)
	}
	in.globals[0].Set(99)
	if _, ok := in.memory.Grow(3); !ok {
		t.Fatal("the memory does not grow")
	}
	if err := in.Write(3*pageSize, []byte("left behind")); err != nil {
		t.Fatal(err)
	}
	in.Release()
	if in, err = guest.Instance(t.Context(), newTurn()); err != nil || in != first {
		t.Fatalf("got another instance (%v)", err)
	}
	if size := in.memory.Size(); size != pageSize {
		t.Errorf("the memory has %d bytes, want %d", size, pageSize)
	}
	if value := in.globals[0].Get(); value != 7 {
		t.Errorf("the global is %d, want 7", value)
	}
	if _, ok := in.memory.Grow(3); !ok {
		t.Fatal("the memory does not grow again")
	}
	if i := bytes.IndexFunc(in.linear.space[:in.linear.size], func(r rune) bool { return r != 0 }); i >= 0 {
		t.Errorf("byte %d of the memory is not zero", i)
	}
	in.Release()
}

// TestAllocate checks the results of canonical_abi_realloc.
func TestAllocate(t *testing.T) {
	for _, c := range []struct {
		name    string
		realloc []byte
		want    string // the error, "" for none
	}{
		{"an address", []byte{opI32Const, 8}, ""},
		{"one that is not aligned", []byte{opI32Const, 6}, "canonical_abi_realloc gave address 6 for an alignment of 4"},
		{"one outside the memory", []byte{opI32Const, 0x7c}, "4 bytes do not fit at address 4294967292 of the memory of 65536 bytes"},
		{"a trap", []byte{opUnreachable}, "canonical_abi_realloc of 4 bytes: wasm error: unreachable\nwasm stack trace:\n\t.$2(i32,i32,i32,i32) i32"},
		{"nothing, ever", []byte{opLoop, blockEmpty, 0x0c, 0, opEnd, opI32Const, 0},
			"canonical_abi_realloc of 4 bytes: its time was over, it was stopped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			guest, err := loaded(t, moduleSpec{realloc: c.realloc, exports: allExports}.encode())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			in, err := guest.Instance(ctx, newTurn())
			if err != nil {
				t.Fatal(err)
			}
			address, err := in.Alloc(4, 4)
			if err == nil {
				err = in.Write(address, []byte("data"))
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			in.Release()
		})
	}
}

// TestCanceledAfterwards checks that a request cancelled after it ran does not affect the next.
func TestCanceledAfterwards(t *testing.T) {
	guest, err := loaded(t, moduleSpec{exports: allExports}.encode())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, err := guest.Instance(ctx, newTurn())
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	in.Release()
	next, err := guest.Instance(t.Context(), newTurn())
	if err != nil || next != in {
		t.Fatalf("got another instance (%v)", err)
	}
	defer next.Release()
	if _, err := next.Alloc(4, 4); err != nil {
		t.Errorf("the next request: %v", err)
	}
}

func FuzzInstrument(f *testing.F) {
	f.Add(moduleSpec{exports: allExports}.encode())
	f.Add(moduleSpec{imports: []string{"a b"}, body: []byte{opLoop, blockEmpty, opCall, 0, 0x0c, 0, opEnd}, exports: allExports}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkHeader(data) != nil {
			return
		}
		p, err := instrument(data)
		if err != nil {
			return
		}
		if _, err := sections(p.binary); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}

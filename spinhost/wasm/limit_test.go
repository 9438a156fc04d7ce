package wasm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"abacus/spinhost/limit"
)

const opBr = 0x0c

// i32 returns i32.const n.
func i32(n int) []byte {
	code := []byte{opI32Const}
	for {
		b := byte(n & 0x7f)
		if n >>= 7; n == 0 && b&0x40 == 0 {
			return append(code, b)
		}
		code = append(code, b|0x80)
	}
}

// grown returns code that grows the memory to this number of pages.
func grown(pages int) []byte {
	return append(i32(pages-1), opMemoryGrow, 0, opDrop)
}

var forever = []byte{opLoop, blockEmpty, opBr, 0, opEnd}

// TestStops checks that an instance is stopped after its time, which is 100 ms.
func TestStops(t *testing.T) {
	const pages = 90 << 20 / pageSize
	length := i32(90<<20 - 1)
	repeat := func(code ...[]byte) []byte {
		return slices.Concat(grown(pages), bytes.Repeat(slices.Concat(code...), 3000))
	}
	for _, c := range []struct {
		name   string
		module moduleSpec
	}{
		{"a loop", moduleSpec{body: forever}},
		{"a loop with all the memory there is", moduleSpec{body: slices.Concat(grown(4096), grown(2048), forever)}},
		{"memory.copy in a straight line",
			moduleSpec{body: repeat(i32(1), i32(0), length, []byte{opPrefixFC, opMemoryCopy, 0, 0})}},
		{"memory.fill in a straight line",
			moduleSpec{body: repeat(i32(1), i32(0), length, []byte{opPrefixFC, opMemoryFill, 0})}},
		{"random_get of 90 MB", moduleSpec{imports: []string{wasiModule + " random_get"},
			body: repeat(i32(1), length, []byte{opCall, 0, opDrop})}},
		{"a loop of calls of the host", moduleSpec{imports: []string{wasiModule + " clock_res_get"},
			body: slices.Concat([]byte{opLoop, blockEmpty}, i32(0), i32(8), []byte{opCall, 0, opDrop, opBr, 0, opEnd})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.module.exports = allExports
			limits := Limits{128 << 20, limit.NewMemory(1 << 30), limit.NewCPU(2)}
			module := c.module.encode()
			start := time.Now()
			_, err := loadedWithin(t, module, 100*time.Millisecond, limits)
			if took := time.Since(start); !errors.Is(err, ErrTimeout) || took > 30*time.Second {
				t.Errorf("got %v after %v, want %v after 100 ms", err, took, ErrTimeout)
			}
		})
	}
}

// TestGrow checks memory.grow at the limits of the engine and of the module.
func TestGrow(t *testing.T) {
	for _, c := range []struct{ declared, pages, want int }{
		{0, 256, 1},  // 16 MB, all that an instance may have
		{0, 257, -1}, // one page more
		{20, 20, 1},
		{20, 21, -1},
	} {
		// Stores the result of memory.grow at 0.
		body := slices.Concat(i32(0), i32(c.pages-1), []byte{opMemoryGrow, 0, 0x36, 2, 0})
		encoded := moduleSpec{body: body, exports: allExports}.encode()
		if c.declared > 0 {
			memory := []byte{5, 3, 1, 0, 1}
			at := bytes.Index(encoded, memory)
			encoded = slices.Replace(encoded, at, at+len(memory), 5, 4, 1, 1, 1, byte(c.declared))
		}
		module, err := loaded(t, encoded)
		if err != nil {
			t.Fatal(err)
		}
		if got := int(int32(binary.LittleEndian.Uint32(module.memory))); got != c.want {
			t.Errorf("to %d pages of %d: %d, want %d", c.pages, c.declared, got, c.want)
		}
	}
}

// TestBusy checks instances that need more memory than there is.
func TestBusy(t *testing.T) {
	memory := limit.NewMemory(96 * pageSize)
	limits := Limits{64 * pageSize, memory, limit.NewCPU(2)}
	// canonical_abi_realloc grows the memory by 30 pages.
	realloc := slices.Concat(i32(30), []byte{opMemoryGrow, 0, opDrop}, i32(8))
	module, err := loadedWithin(t, moduleSpec{realloc: realloc, exports: allExports}.encode(), time.Minute, limits)
	if err != nil {
		t.Fatal(err)
	}
	first, err := module.Instance(t.Context(), newTurn())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Alloc(4, 4); err != nil {
		t.Fatal(err)
	}
	second, err := module.Instance(t.Context(), newTurn())
	if err != nil {
		t.Fatal("there is no memory for a small instance: ", err)
	}
	if _, err := second.Alloc(4, 4); !errors.Is(err, limit.ErrBusy) {
		t.Errorf("got %v, want %v", err, limit.ErrBusy)
	}
	second.Release()
	first.Release()
	if second, err = module.Instance(t.Context(), newTurn()); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Alloc(4, 4); err != nil {
		t.Errorf("after the first: %v", err)
	}
	second.Release()
	for memory.Reclaim() {
	}
	if used := memory.Used(); used != 0 {
		t.Errorf("%d bytes are still reserved", used)
	}
}

package main

import (
	"reflect"
	"testing"

	"github.com/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font/sfnt"
)

// TestFont compares the page's font with the one it is part of: the same outlines and widths for
// its characters, and nothing for others.
func TestFont(t *testing.T) {
	content, err := font()
	if err != nil {
		t.Fatal(err)
	}
	if compressed := len(compressBrotli(content)); compressed > 20_000 {
		t.Errorf("%d bytes, compressed", compressed)
	}
	part, err := sfnt.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := sfnt.Parse(dejavusansmono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	var buffer sfnt.Buffer
	glyph := func(face *sfnt.Font, r rune) sfnt.Segments {
		index, err := face.GlyphIndex(&buffer, r)
		if err != nil {
			t.Fatal(err)
		}
		segments, err := face.LoadGlyph(&buffer, index, 2048<<6, nil)
		if err != nil {
			t.Fatalf("%q: %v", r, err)
		}
		return append(sfnt.Segments{}, segments...)
	}
	for _, r := range characters {
		if got, want := glyph(part, r), glyph(whole, r); !reflect.DeepEqual(got, want) {
			t.Errorf("%q has %d segments, want %d", r, len(got), len(want))
		}
	}
	if len(glyph(whole, 'я')) == 0 || len(glyph(part, 'я')) > 0 {
		t.Error("the part has an outline for я, or the whole has none")
	}
}

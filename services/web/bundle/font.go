package main

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font/sfnt"
)

// characters are those of the page's own font. It is for systems without a font whose 0 and O, and
// 1, l and I, are clearly different.
const characters = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`" +
	"abcdefghijklmnopqrstuvwxyz{|}~ °±²³µ·¹⁰⁴⁵⁶⁷⁸⁹⁻¼½¾×÷−–…′″√∛πτφλμθσωΩΔΣ∞≈≠≤≥→€£¥₹"

// big is the byte order of a font (https://learn.microsoft.com/typography/opentype/spec/otff).
var big = binary.BigEndian

// tables are the parts of a font by tag.
type tables map[string][]byte

// font returns DejaVu Sans Mono with the outlines of the characters alone, without instructions for
// coarse screens. Glyphs keep their numbers, so other tables stay as they are.
func font() ([]byte, error) {
	face, err := sfnt.Parse(dejavusansmono.TTF)
	if err != nil {
		return nil, fmt.Errorf("parse the font: %w", err)
	}
	from := readTables(dejavusansmono.TTF)
	var buffer sfnt.Buffer
	kept := map[int]bool{0: true}
	for _, r := range characters {
		glyph, err := face.GlyphIndex(&buffer, r)
		if err != nil || glyph == 0 {
			return nil, fmt.Errorf("the font has no %q", r)
		}
		from.keep(int(glyph), kept)
	}
	to := tables{"head": slices.Clone(from["head"]), "post": slices.Clone(from["post"][:32])}
	to["name"] = []byte{0, 0, 0, 0, 0, 6} // none, but browsers want the table
	for _, tag := range []string{"OS/2", "cmap", "hhea", "hmtx", "maxp"} {
		to[tag] = from[tag]
	}
	for glyph := range face.NumGlyphs() {
		to["loca"] = big.AppendUint32(to["loca"], uint32(len(to["glyf"])))
		if kept[glyph] {
			outline := withoutInstructions(from.outline(glyph))
			to["glyf"] = append(to["glyf"], padded(outline)...)
		}
	}
	to["loca"] = big.AppendUint32(to["loca"], uint32(len(to["glyf"])))
	big.PutUint16(to["head"][50:], 1)     // loca has four bytes a glyph
	big.PutUint32(to["post"], 0x00030000) // no names of glyphs
	return to.write(), nil
}

func readTables(file []byte) tables {
	read := tables{}
	for i := range int(big.Uint16(file[4:])) {
		record := file[12+16*i:]
		offset, length := big.Uint32(record[8:]), big.Uint32(record[12:])
		read[string(record[:4])] = file[offset : offset+length]
	}
	return read
}

// outline returns a glyph's entry in the table glyf, which is empty for a space.
func (t tables) outline(glyph int) []byte {
	if big.Uint16(t["head"][50:]) == 0 {
		loca := t["loca"][2*glyph:]
		return t["glyf"][2*int(big.Uint16(loca)) : 2*int(big.Uint16(loca[2:]))]
	}
	loca := t["loca"][4*glyph:]
	return t["glyf"][big.Uint32(loca):big.Uint32(loca[4:])]
}

// isComposite reports whether an outline is made of other glyphs.
func isComposite(outline []byte) bool {
	return len(outline) > 0 && int16(big.Uint16(outline)) < 0
}

// keep marks a glyph and those that it is made of.
func (t tables) keep(glyph int, kept map[int]bool) {
	kept[glyph] = true
	outline := t.outline(glyph)
	if !isComposite(outline) {
		return
	}
	const words, scale, more, scales, matrix = 1, 8, 0x20, 0x40, 0x80
	for i, flags := 10, uint16(more); flags&more != 0; {
		flags = big.Uint16(outline[i:])
		t.keep(int(big.Uint16(outline[i+2:])), kept)
		i += 6
		for flag, length := range map[uint16]int{words: 2, scale: 2, scales: 4, matrix: 8} {
			if flags&flag != 0 {
				i += length
			}
		}
	}
}

// withoutInstructions returns an outline without the program that fits it to pixels.
func withoutInstructions(outline []byte) []byte {
	if len(outline) == 0 || isComposite(outline) {
		return outline
	}
	at := 10 + 2*int(big.Uint16(outline)) // after the ends of the contours
	rest := outline[at+2+int(big.Uint16(outline[at:])):]
	return slices.Concat(outline[:at], []byte{0, 0}, rest)
}

// padded returns data with zeros up to a multiple of four bytes.
func padded(data []byte) []byte {
	return append(slices.Clip(data), make([]byte, -len(data)&3)...)
}

// write returns the file with the tables.
func (t tables) write() []byte {
	file := []byte{0, 1, 0, 0, 0, byte(len(t)), 0, 0x80, 0, 3, 0, byte(16 * (len(t) - 8))}
	offset := len(file) + 16*len(t)
	var body []byte
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		data := padded(t[tag])
		sum := uint32(0)
		for i := 0; i < len(data); i += 4 {
			sum += big.Uint32(data[i:])
		}
		file = append(file, tag...)
		for _, n := range []int{int(sum), offset + len(body), len(t[tag])} {
			file = big.AppendUint32(file, uint32(n))
		}
		body = append(body, data...)
	}
	return append(file, body...)
}

package calc

import (
	"unicode"
	"unicode/utf8"
)

// letters has the letters beyond ASCII in a quarter of the memory of unicode.Letter. For each range
// of letters it has two varints: the number of code points since the last range, and the number in
// this range. 0 ends the table. TinyGo computes it at compile time and leaves out unicode.Letter.
var letters = func() [1536]byte {
	p := packer{next: utf8.RuneSelf}
	for i := range unicode.Letter.R16 {
		r := &unicode.Letter.R16[i]
		p.add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for i := range unicode.Letter.R32 {
		r := &unicode.Letter.R32[i]
		p.add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	p.finish()
	return p.table
}()

// packer makes the table letters.
type packer struct {
	table      [1536]byte
	size       int
	next       rune // the code point after the last range of the table
	begin, end rune // the range that may still grow, if end is not 0
}

// add adds every letter from lo to hi whose distance from lo is a multiple of stride.
func (p *packer) add(lo, hi, stride rune) {
	for ; lo <= hi; lo += stride {
		end := lo + 1
		if stride == 1 {
			end = hi + 1
		}
		if lo >= utf8.RuneSelf && lo != p.end {
			p.finish()
			p.begin = lo
		}
		if p.begin != 0 {
			p.end = end
		}
		if stride == 1 {
			return
		}
	}
}

// finish adds the range that may still grow to the table.
func (p *packer) finish() {
	if p.end == 0 {
		return
	}
	for _, x := range [...]rune{p.begin - p.next, p.end - p.begin} {
		for ; x >= 0x80; x >>= 7 {
			p.table[p.size] = byte(x) | 0x80
			p.size++
		}
		p.table[p.size] = byte(x)
		p.size++
	}
	p.next = p.end
}

// isLetter reports whether a rune is a letter.
func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	if 0x4E00 <= r && r <= 0x9FFF || 0xAC00 <= r && r <= 0xD7A3 { // most of Chinese and Korean
		return true
	}
	end := rune(utf8.RuneSelf)
	for i := 0; letters[i] > 0; {
		var before, length rune
		before, i = letter(i)
		length, i = letter(i)
		begin := end + before
		if end = begin + length; r < end {
			return begin <= r
		}
	}
	return false
}

// letter reads the varint in letters at i, and returns the place after it.
func letter(i int) (x rune, after int) {
	for shift := 0; ; shift += 7 {
		b := letters[i]
		i++
		if x |= rune(b&0x7F) << shift; b < 0x80 {
			return x, i
		}
	}
}

package plot

import (
	"math"

	"abacus/shared/calc"
)

// The room around the curves for the labels of ticks, and the width of a character in a label, in
// pixels: the font is monospaced.
const (
	top, right, bottom = 8, 14, 24
	digit              = 7.2
)

// AppendSVG appends the picture as an SVG element with its size and the given attributes, which are
// escaped already. The curves are in an inner element, which clips them. Colours are left to a
// style sheet; the classes are grid, axis, tick, points, and curve-1, curve-2, ...
func (p *Picture) AppendSVG(b []byte, attributes string) []byte {
	width, height := float64(p.Width), float64(p.Height)
	left := min(8+digit*longest(p.Up), width/3)
	w := svg{b, p, left, max(width-left-right, 1), max(height-top-bottom, 1)}
	w.write(`<svg width="%" height="%" viewBox="0 0 % %" `, width, height)
	w.text(attributes)
	w.write(`><svg x="%" y="%"`, left, top)
	w.write(` width="%" height="%"><g>`, w.width, w.height)
	w.grid()
	for i, lines := range p.Curves {
		w.write(`<path class="curve-%" d="`, float64(i+1), 0)
		for _, line := range lines {
			w.line(line)
		}
		w.text(`"/>`)
	}
	w.text(`</g><g class="points">`)
	w.points()
	w.text("</g></svg>")
	w.ticks()
	w.text("</svg>")
	return w.bytes
}

// svg is a picture that is being written.
type svg struct {
	bytes               []byte
	picture             *Picture
	left, width, height float64 // of the inner element
}

func (w *svg) text(text string) { w.bytes = append(w.bytes, text...) }

// write writes a text with coordinates, rounded to a hundredth, in place of its % signs: x and y in
// turn.
func (w *svg) write(text string, x, y float64) {
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			w.bytes = append(w.bytes, text[i])
			continue
		}
		w.bytes = calc.AppendFormat(w.bytes, math.Floor(x*100+0.5)/100, 7)
		x, y = y, x
	}
}

// x returns a coordinate in the inner element.
func (w *svg) x(x float64) float64 {
	p := w.picture
	return nearby((x-p.From)/(p.To-p.From)) * w.width
}

// y returns a coordinate in the inner element.
func (w *svg) y(y float64) float64 {
	p := w.picture
	return nearby((p.High-y)/(p.High-p.Low)) * w.height
}

// nearby keeps a point that is far outside the picture close to it.
func nearby(part float64) float64 { return min(max(part, -2), 3) }

// grid draws a line at each tick, and the axes: each at an edge where 0 is outside the picture.
func (w *svg) grid() {
	w.text(`<path class="grid" d="`)
	for _, tick := range w.picture.Across {
		w.write("M% 0V%", w.x(tick.At), w.height)
	}
	for _, tick := range w.picture.Up {
		w.write("M0 %H%", w.y(tick.At), w.width)
	}
	w.write(`"/><path class="axis" d="M% 0V%`, min(max(w.x(0), 0), w.width), w.height)
	w.write(`M0 %H%"/>`, min(max(w.y(0), 0), w.height), w.width)
}

// line writes an unbroken part of a curve; a single point is a dot.
func (w *svg) line(line []Point) {
	command := "M% %"
	for _, point := range line {
		w.write(command, w.x(point.X), w.y(point.Y))
		command = "L% %"
	}
	if len(line) == 1 {
		w.text("h0")
	}
}

// ticks labels the axes with numbers, fewer where there is no room for all, and with units.
func (w *svg) ticks() {
	p := w.picture
	room := digit * (longest(p.Across) + 2) * float64(len(p.Across))
	every := max(int(math.Ceil(room/w.width)), 1)
	for i := 0; i < len(p.Across); i += every {
		tick := p.Across[i]
		half := digit / 2 * float64(len(tick.Text))
		x := min(max(w.left+w.x(tick.At), half), float64(p.Width)-half)
		w.label(x, top+w.height+17, "middle", tick.Text)
	}
	for _, tick := range p.Up {
		w.label(w.left-6, top+w.y(tick.At)+4, "end", tick.Text)
	}
	w.label(w.left+w.width-4, top+w.height-6, "end", p.UnitAcross)
	w.label(w.left+6, top+12, "start", p.UnitUp)
}

// longest returns the length of the longest tick.
func longest(ticks []Tick) float64 {
	length := 1
	for _, tick := range ticks {
		length = max(length, len(tick.Text))
	}
	return float64(length)
}

// label writes a text, or nothing if it is empty. Neither numbers nor units need escapes.
func (w *svg) label(x, y float64, anchor, text string) {
	if text == "" {
		return
	}
	w.write(`<text class="tick" x="%" y="%" text-anchor="`, x, y)
	w.text(anchor)
	w.text(`">`)
	w.text(text)
	w.text("</text>")
}

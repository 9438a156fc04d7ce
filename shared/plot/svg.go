package plot

import (
	"strconv"
	"strings"

	"abacus/shared/calc"
)

// The size of an SVG picture in CSS pixels, and the room that the labels of ticks need around the
// curves.
const (
	SVGWidth, SVGHeight         = 400, 250
	top, right, bottom          = 8, 14, 24
	digit                       = 7.2 // the width of a character in the label of a tick
	insideHeight        float64 = SVGHeight - top - bottom
)

// AppendSVG appends the picture as an SVG element. The label describes the picture to those who
// cannot see it, and is escaped for an attribute. Styles are left to the page; the classes are
// grid, axis, tick, and curve-1, curve-2, ...
func (p *Picture) AppendSVG(b []byte, label string) []byte {
	longest := 1
	for _, tick := range p.Up {
		longest = max(longest, len(tick.Text))
	}
	left := 8 + digit*float64(longest)
	w := svg{b, p, SVGWidth - right - left}
	w.text(`<svg role="img" viewBox="0 0 `, strconv.Itoa(SVGWidth), " ", strconv.Itoa(SVGHeight),
		`" aria-label="`, label, `">`)
	// The inner element clips the curves.
	w.text(`<svg x="`).number(left).text(`" y="`).number(top)
	w.text(`" width="`).number(w.width).text(`" height="`).number(insideHeight)
	w.text(`">`).grid().axes()
	for i, lines := range p.Curves {
		w.text(`<path class="curve-`, strconv.Itoa(i+1), `" d="`)
		for _, line := range lines {
			w.line(line)
		}
		w.text(`"/>`)
	}
	w.text("</svg>")
	for _, tick := range p.Across {
		half := digit / 2 * float64(len(tick.Text))
		x := min(max(left+w.x(tick.At), half), SVGWidth-half)
		w.tick(x, top+insideHeight+17, "middle", tick.Text)
	}
	for _, tick := range p.Up {
		w.tick(left-6, top+w.y(tick.At)+4, "end", tick.Text)
	}
	if p.UnitAcross != "" {
		w.tick(left+w.width-4, top+insideHeight-6, "end", p.UnitAcross)
	}
	if p.UnitUp != "" {
		w.tick(left+6, top+12, "start", p.UnitUp)
	}
	return w.text("</svg>").bytes
}

// svg is a picture that is being written. Its methods return it, so that calls can be chained.
type svg struct {
	bytes   []byte
	picture *Picture
	width   float64 // of the part inside the ticks
}

func (w *svg) text(parts ...string) *svg {
	for _, part := range parts {
		w.bytes = append(w.bytes, part...)
	}
	return w
}

// number writes a coordinate, rounded to a hundredth.
func (w *svg) number(f float64) *svg {
	b := w.bytes
	if f < 0 {
		b, f = append(b, '-'), -f
	}
	n := int64(f*100 + 0.5)
	b = strconv.AppendInt(b, n/100, 10)
	if n %= 100; n > 0 {
		b = append(b, '.', byte('0'+n/10))
		if n%10 > 0 {
			b = append(b, byte('0'+n%10))
		}
	}
	w.bytes = b
	return w
}

func (w *svg) x(x float64) float64 {
	p := w.picture
	return nearby((x-p.From)/(p.To-p.From)) * w.width
}

func (w *svg) y(y float64) float64 {
	p := w.picture
	return nearby((p.High-y)/(p.High-p.Low)) * insideHeight
}

// nearby keeps a point that is far outside the picture close to it.
func nearby(part float64) float64 { return min(max(part, -2), 3) }

func (w *svg) grid() *svg {
	w.text(`<path class="grid" d="`)
	for _, tick := range w.picture.Across {
		w.text("M").number(w.x(tick.At)).text(" 0V").number(insideHeight)
	}
	for _, tick := range w.picture.Up {
		w.text("M0 ").number(w.y(tick.At)).text("H").number(w.width)
	}
	return w.text(`"/>`)
}

func (w *svg) axes() *svg {
	w.text(`<path class="axis" d="M`).number(min(max(w.x(0), 0), w.width))
	w.text(" 0V").number(insideHeight)
	w.text("M0 ").number(min(max(w.y(0), 0), insideHeight)).text("H").number(w.width)
	return w.text(`"/>`)
}

// line writes an unbroken part of a curve; a single point is a dot.
func (w *svg) line(line []Point) {
	for i, point := range line {
		command := "L"
		if i == 0 {
			command = "M"
		}
		w.text(command).number(w.x(point.X)).text(" ").number(w.y(point.Y))
	}
	if len(line) == 1 {
		w.text("h0")
	}
}

func (w *svg) tick(x, y float64, anchor, text string) {
	w.text(`<text class="tick" x="`).number(x).text(`" y="`).number(y)
	w.text(`" text-anchor="`, anchor, `">`, text, "</text>")
}

// Describe describes the picture of a plot in words.
func (p *Picture) Describe(s *Statement) string {
	width := p.To - p.From
	text := "Plot for " + s.Variable + " from " + rounded(p.From, width) +
		" to " + WithUnit(rounded(p.To, width), p.UnitAcross) + ": "
	for i, expression := range s.Expressions {
		if i > 0 {
			text += "; "
		}
		text += expression + " " + p.DescribeCurve(i)
	}
	return text + "."
}

// DescribeCurve describes the values of a curve that the picture shows.
func (p *Picture) DescribeCurve(curve int) string {
	if len(p.Curves[curve]) == 0 {
		return "is not visible there"
	}
	first := p.Curves[curve][0][0].Y
	least, most := first, first
	for _, line := range p.Curves[curve] {
		for _, point := range line {
			least, most = min(least, point.Y), max(most, point.Y)
		}
	}
	text, above := "has values from ", ""
	if least < p.Low {
		text, least = text+"below ", p.Low
	}
	if most > p.High {
		above, most = "above ", p.High
	}
	height := p.High - p.Low // samples find the lowest point of a curve only approximately
	return text + rounded(least, height) + " to " + above +
		WithUnit(rounded(most, height), p.UnitUp)
}

// WithUnit returns a number of a plot with its unit. Plots count percent in hundreds.
func WithUnit(number, unit string) string {
	return number + strings.TrimPrefix(calc.Display(1, unit, 1), "1")
}

// rounded formats a number to about a thousandth of the width of its range.
func rounded(value, width float64) string {
	digits, size := 3, max(value, -value)
	if size < width/2000 {
		return "0"
	}
	for ; size > width && digits < calc.Digits; size /= 10 {
		digits++
	}
	return calc.Format(value, digits)
}

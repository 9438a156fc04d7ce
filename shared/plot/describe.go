package plot

import (
	"strings"

	"abacus/shared/calc"
)

// Describe describes a picture in words: the range, the visible values of each curve, and the
// points of interest.
func (p *Picture) Describe(s *Statement) string {
	text := "Plot for " + p.DescribeRange(s.Variable) + ": "
	for i, expression := range s.Expressions {
		if i > 0 {
			text += "; "
		}
		text += expression + " " + p.DescribeCurve(i)
	}
	for i := range p.Points {
		text += "; " + p.Points[i].String()
	}
	return text + "."
}

// DescribeRange describes the x range, such as "x from 0 to 3 s".
func (p *Picture) DescribeRange(variable string) string {
	width := p.To - p.From
	return variable + " from " + rounded(p.From, width) + " to " +
		WithUnit(rounded(p.To, width), p.UnitAcross)
}

// Domain describes where a curve has values, such as "x ≥ 0", or "" if that is the whole range.
func (p *Picture) Domain(curve int, variable string) string {
	lines, width := p.Curves[curve], p.To-p.From
	if len(lines) == 0 {
		return "no values here"
	}
	text, last := "", lines[len(lines)-1]
	if first := lines[0][0].X; first > p.From+width/200 {
		text = variable + " ≥ " + rounded(first, width)
	}
	if end := last[len(last)-1].X; end < p.To-width/200 {
		if text != "" {
			text += ", "
		}
		text += variable + " ≤ " + rounded(end, width)
	}
	return text
}

// DescribeCurve describes the values of a curve that the picture shows.
func (p *Picture) DescribeCurve(curve int) string {
	if len(p.Curves[curve]) == 0 {
		return "is not visible there"
	}
	least, most := p.High, p.Low
	below, above := "", ""
	for _, line := range p.Curves[curve] {
		for _, point := range line {
			least, most = min(least, point.Y), max(most, point.Y)
		}
	}
	if least < p.Low {
		least, below = p.Low, "below "
	}
	if most > p.High {
		most, above = p.High, "above "
	}
	height := p.High - p.Low // samples find the lowest point of a curve only approximately
	return "has values from " + below + rounded(least, height) + " to " + above +
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
	for ; size < width/10 && digits > 1; size *= 10 {
		digits--
	}
	return calc.Format(value, digits)
}

package main

import (
	"strings"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

// The size of a drawing in characters, each a Braille pattern of two by four dots.
const (
	drawingWidth  = 60
	drawingHeight = 15
)

// dots are the bits of a Braille pattern by column and row (Unicode, block U+2800).
var dots = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// draw returns a plot as text, without a newline at the end. The curves may use the bindings.
func draw(s *plot.Statement, bindings []calc.Binding) string {
	var calculator calc.Calculator
	var scope calc.Scope
	scope.Load(bindings)
	program, _, err := calculator.Eval(s.Source(), &scope)
	if err != nil {
		return "this cannot be drawn: " + err.Message
	}
	steps := 100 * calc.MaxSteps
	curves := plot.Curves(&calculator, program, &scope, len(s.Expressions), &steps)
	picture := plot.Draw(curves, plot.View{
		From: s.From, To: s.To, Low: plot.Auto, High: plot.Auto,
		Width: 2 * drawingWidth, Height: 4 * drawingHeight,
	})
	picture.UnitAcross, picture.UnitUp = program.PlotUnits()
	if steps <= 0 { // the gaps in the picture may be points that were never reached
		return "this cannot be drawn: its curves take too many steps"
	}
	var c canvas
	for _, curve := range picture.Curves {
		for _, line := range curve {
			c.line(picture, line)
		}
	}
	return c.frame(picture, s)
}

// canvas holds the dots of a drawing, row by row from the top, each rune an offset from U+2800.
type canvas [drawingHeight][drawingWidth]rune

// line sets the dots along a line, stepping by a quarter of a dot.
func (c *canvas) line(p *plot.Picture, line []plot.Point) {
	for i, b := range line {
		a := line[max(i-1, 0)]
		x0, y0 := dotPosition(p, a)
		x1, y1 := dotPosition(p, b)
		steps := 1 + int(4*max(x1-x0, y1-y0, y0-y1))
		for n := 0; n <= steps; n++ {
			part := float64(n) / float64(steps)
			c.dot(int(x0+part*(x1-x0)), int(y0+part*(y1-y0)+1)-1) // rounds down below 0, too
		}
	}
}

// dotPosition returns the position of a point in dots from the top left.
func dotPosition(p *plot.Picture, point plot.Point) (x, y float64) {
	x = (point.X - p.From) / (p.To - p.From) * (2*drawingWidth - 1)
	y = (p.High - point.Y) / (p.High - p.Low)
	return x, min(max(y, -1), 2)*(4*drawingHeight-1) + 0.5
}

func (c *canvas) dot(x, y int) {
	if 0 <= y && y < 4*drawingHeight {
		c[y/4][x/2] |= dots[x%2][y%4]
	}
}

// frame returns the drawing with its axes: the y range at the left, the x range below.
func (c *canvas) frame(p *plot.Picture, s *plot.Statement) string {
	high := plot.WithUnit(calc.Format(p.High, 3), p.UnitUp)
	low := plot.WithUnit(calc.Format(p.Low, 3), p.UnitUp)
	width := max(utf8.RuneCountInString(high), utf8.RuneCountInString(low))
	var text strings.Builder
	for i, row := range c {
		label := ""
		switch i {
		case 0:
			label = high
		case drawingHeight - 1:
			label = low
		}
		text.WriteString(strings.Repeat(" ", width-utf8.RuneCountInString(label)) + label + " │")
		for _, r := range row {
			text.WriteRune(0x2800 + r)
		}
		text.WriteString("\n")
	}
	from := s.Variable + " = " + plot.WithUnit(calc.Format(s.From, 6), s.Unit)
	to := plot.WithUnit(calc.Format(s.To, 6), s.Unit)
	space := max(1, drawingWidth-utf8.RuneCountInString(from)-utf8.RuneCountInString(to))
	text.WriteString(strings.Repeat(" ", width+1) + "└" + strings.Repeat("─", drawingWidth) + "\n")
	text.WriteString(strings.Repeat(" ", width+2) + from + strings.Repeat(" ", space) + to)
	return text.String()
}

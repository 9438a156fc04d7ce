package console

import (
	"strings"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

// How large a drawing is, in characters, each of which has two by four dots: the Braille patterns of Unicode.
const (
	drawingWidth  = 60
	drawingHeight = 15
)

// dots are the bits of a Braille pattern, from the left and the top (Unicode, U+2800).
var dots = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// drawing is a plot in text, with the names that its curves use. It ends without a newline.
func drawing(s *plot.Statement, names []calc.Change) string {
	var calculator calc.Calculator
	var scope calc.Scope
	for _, name := range names {
		if name.Definition {
			scope.Define(name.Source)
		} else {
			scope.SetVariable(name.Name, name.Value)
		}
	}
	program, err := calculator.Parse(s.Source())
	if err == nil {
		_, err = calculator.Evaluate(program, &scope)
	}
	if err != nil {
		return "this cannot be drawn: " + err.Message
	}
	left := 100 * calc.MaxSteps
	curves := plot.Curves(&calculator, program, &scope, len(s.Expressions), &left)
	picture := plot.Draw(curves, plot.View{From: s.From, To: s.To, Low: plot.Chosen, High: plot.Chosen,
		Width: 2 * drawingWidth, Height: 4 * drawingHeight})
	if left <= 0 { // what has no value in the picture may have one
		return "this cannot be drawn: its curves take too many steps"
	}
	var c canvas
	for _, lines := range picture.Curves {
		for _, line := range lines {
			c.line(picture, line)
		}
	}
	return c.framed(picture, s)
}

// canvas is the characters of a drawing, from the top.
type canvas [drawingHeight][drawingWidth]rune

// line sets the dots of a line, a quarter of a dot from one to the next.
func (c *canvas) line(p plot.Picture, line []plot.Point) {
	for i, b := range line {
		a := line[max(i-1, 0)]
		x0, y0 := place(p, a)
		x1, y1 := place(p, b)
		steps := 1 + int(4*max(x1-x0, y1-y0, y0-y1))
		for n := 0; n <= steps; n++ {
			part := float64(n) / float64(steps)
			c.dot(int(x0+part*(x1-x0)), int(y0+part*(y1-y0)+1)-1) // rounded down, also below 0
		}
	}
}

// place is where a point is, in dots.
func place(p plot.Picture, point plot.Point) (x, y float64) {
	x = (point.X - p.From) / (p.To - p.From) * (2*drawingWidth - 1)
	y = (p.High - point.Y) / (p.High - p.Low)
	return x, min(max(y, -1), 2)*(4*drawingHeight-1) + 0.5
}

func (c *canvas) dot(x, y int) {
	if 0 <= y && y < 4*drawingHeight {
		c[y/4][x/2] |= dots[x%2][y%4]
	}
}

// framed is the drawing between its ends: the highest and lowest value at the left, the range below.
func (c *canvas) framed(p plot.Picture, s *plot.Statement) string {
	high, low := calc.Format(p.High, 3), calc.Format(p.Low, 3)
	wide := max(len(high), len(low))
	var text strings.Builder
	for i, row := range c {
		label := ""
		switch i {
		case 0:
			label = high
		case drawingHeight - 1:
			label = low
		}
		text.WriteString(strings.Repeat(" ", wide-len(label)) + label + " │")
		for _, r := range row {
			text.WriteRune(0x2800 + r)
		}
		text.WriteString("\n")
	}
	from, to := s.Variable+" = "+calc.Format(s.From, 6), calc.Format(s.To, 6)
	space := max(1, drawingWidth-len([]rune(from))-len(to))
	text.WriteString(strings.Repeat(" ", wide+1) + "└" + strings.Repeat("─", drawingWidth) + "\n")
	text.WriteString(strings.Repeat(" ", wide+2) + from + strings.Repeat(" ", space) + to)
	return text.String()
}

package web

import (
	"strconv"

	"abacus/shared/calc"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// What one page of a share draws at most. Whoever shares chooses the expressions, so the steps are
// counted over all of them, and none takes more than its part.
const (
	mostPlots    = 20
	mostValues   = 1000 // of each curve
	leastValues  = 100  // if the steps do not suffice for so many, the plot is not drawn
	plotSteps    = calc.MaxSteps
	allPlotSteps = 6 * calc.MaxSteps
)

// The picture in units of SVG, which are CSS pixels where it is as wide as that, and the room in it
// for the texts of ticks. static/app/picture.js draws the same.
const (
	plotWidth, plotHeight                  = 400, 250
	plotTop, plotRight, plotBottom         = 8, 14, 24
	plotDigit                              = 7.2 // the width of a character of a tick
	plotInside                     float64 = plotHeight - plotTop - plotBottom
)

// drawer draws the plots of a share, with the names that it holds.
type drawer struct {
	calculator calc.Calculator
	scope      calc.Scope
	plots      int // drawn so far
	steps      int // taken so far
}

// newDrawer loads the bindings of a share.
func newDrawer(names []wire.Record) *drawer {
	bindings := make([]calc.Binding, len(names))
	for i, name := range names {
		bindings[i].Name = name.Field(1)
		if name.Name() == "variable" {
			bindings[i].Value, _ = name.Float(2)
		} else {
			bindings[i].Source = name.Field(2)
		}
	}
	d := &drawer{}
	d.scope.Load(bindings)
	return d
}

// figure draws a plot, or says why it does not.
func (d *drawer) figure(p *page, s *plot.Statement) {
	p.html("\n        <figure class=\"plot\">")
	if picture, why := d.picture(s); why != "" {
		p.html("<p class=\"caption\">Not drawn here: ").text(why).html("</p>")
	} else if p.picture(s, picture); d.scope.Len() > 0 {
		p.html("<p class=\"caption\">Drawn with the names as they were when it was shared.</p>")
	}
	p.html("</figure>")
}

// picture samples the curves of a plot.
func (d *drawer) picture(s *plot.Statement) (picture plot.Picture, why string) {
	if d.plots == mostPlots || d.steps >= allPlotSteps {
		return picture, "there are many plots on this page"
	}
	d.plots++
	program, _, err := d.calculator.Eval(s.Source(), &d.scope)
	d.steps += d.scope.Steps
	if err != nil {
		return picture, err.Message
	}
	values := plot.Affordable(&d.scope, plotSteps)
	if values < leastValues {
		return picture, "its curves take too many steps"
	}
	left := plotSteps
	curves := plot.Curves(&d.calculator, program, &d.scope, len(s.Expressions), &left)
	picture = plot.Draw(curves, plot.View{From: s.From, To: s.To, Low: plot.Chosen, High: plot.Chosen,
		Width: plotWidth, Height: plotHeight, Evaluations: min(values, mostValues)})
	d.steps += plotSteps - left
	if left <= 0 { // what has no value in it may have one
		return picture, "its curves take too many steps"
	}
	return picture, ""
}

// picture writes a picture as SVG with its legend. The policy of the page allows no styles in it:
// the classes are those of static/style/plot.css.
func (p *page) picture(s *plot.Statement, picture plot.Picture) {
	longest := 1
	for _, tick := range picture.Up {
		longest = max(longest, len(tick.Text))
	}
	c := canvas{picture, 8 + plotDigit*float64(longest)}
	width, height := c.width(), plotInside
	p.html(`<svg role="img" viewBox="0 0 `, strconv.Itoa(plotWidth), " ", strconv.Itoa(plotHeight), `" aria-label="`).text(label(s, picture)).html(`">`)
	p.html("<svg x=\"").number(c.left).html("\" y=\"").number(plotTop).html("\" width=\"").number(width).html("\" height=\"").number(height)
	p.html("\"><path class=\"grid\" d=\"")
	for _, tick := range picture.Across {
		p.html("M").number(c.x(tick.At)).html(" 0V").number(height)
	}
	for _, tick := range picture.Up {
		p.html("M0 ").number(c.y(tick.At)).html("H").number(width)
	}
	p.html("\"/><path class=\"axis\" d=\"M").number(min(max(c.x(0), 0), width)).html(" 0V").number(height)
	p.html("M0 ").number(min(max(c.y(0), 0), height)).html("H").number(width).html("\"/>")
	for i, lines := range picture.Curves {
		p.html(`<path class="curve-`, strconv.Itoa(i+1), `" d="`)
		for _, line := range lines {
			p.line(c, line)
		}
		p.html("\"/>")
	}
	p.html("</svg>")
	for _, tick := range picture.Across {
		half := plotDigit / 2 * float64(len(tick.Text))
		p.tick(min(max(c.left+c.x(tick.At), half), plotWidth-half), plotTop+height+17, "middle", tick.Text)
	}
	for _, tick := range picture.Up {
		p.tick(c.left-6, plotTop+c.y(tick.At)+4, "end", tick.Text)
	}
	p.html("</svg><dl class=\"legend\">")
	for i, expression := range s.Expressions {
		p.html(`<div><dt><svg width="32" height="12" aria-hidden="true"><path class="curve-`, strconv.Itoa(i+1), `" d="M0 6H32"/></svg><code><bdi>`).
			text(expression).html("</bdi></code></dt><dd>").text(heights(picture, i)).html("</dd></div>")
	}
	p.html("</dl>")
}

// line writes a piece of a curve as part of a path; one of a single point is a dot.
func (p *page) line(c canvas, line []plot.Point) {
	for i, point := range line {
		command := "L"
		if i == 0 {
			command = "M"
		}
		p.html(command).number(c.x(point.X)).html(" ").number(c.y(point.Y))
	}
	if len(line) == 1 {
		p.html("h0")
	}
}

// tick writes a text beside an axis.
func (p *page) tick(x, y float64, anchor, text string) {
	p.html(`<text class="tick" x="`).number(x).html(`" y="`).number(y).html(`" text-anchor="`, anchor, `">`, text, "</text>")
}

// number writes a coordinate, to a hundredth.
func (p *page) number(f float64) *page {
	if f < 0 {
		p.html("-")
		f = -f
	}
	n := int64(f*100 + 0.5)
	*p = strconv.AppendInt(*p, n/100, 10)
	if n %= 100; n > 0 {
		*p = append(*p, '.', byte('0'+n/10))
		if n%10 > 0 {
			*p = append(*p, byte('0'+n%10))
		}
	}
	return p
}

// canvas tells where a point of a picture is, inside of the room for the ticks.
type canvas struct {
	plot.Picture
	left float64
}

func (c canvas) width() float64 { return plotWidth - plotRight - c.left }

func (c canvas) x(x float64) float64 { return clipped((x-c.From)/(c.To-c.From)) * c.width() }

func (c canvas) y(y float64) float64 { return clipped((c.High-y)/(c.High-c.Low)) * plotInside }

// clipped keeps what is far outside of the picture near it.
func clipped(part float64) float64 { return min(max(part, -2), 3) }

// label says what is seen, for who does not see it.
func label(s *plot.Statement, picture plot.Picture) string {
	across := picture.To - picture.From
	text := "Plot for " + s.Variable + " from " + rounded(picture.From, across) + " to " + rounded(picture.To, across) + ": "
	for i, expression := range s.Expressions {
		if i > 0 {
			text += "; "
		}
		text += expression + " " + heights(picture, i)
	}
	return text + "."
}

// heights says which values of a curve are seen.
func heights(picture plot.Picture, curve int) string {
	if len(picture.Curves[curve]) == 0 {
		return "is not to be seen there"
	}
	first := picture.Curves[curve][0][0].Y
	least, most := first, first
	for _, line := range picture.Curves[curve] {
		for _, point := range line {
			least, most = min(least, point.Y), max(most, point.Y)
		}
	}
	text, above := "has values from ", ""
	if least < picture.Low {
		text, least = text+"below ", picture.Low
	}
	if most > picture.High {
		above, most = "above ", picture.High
	}
	size := picture.High - picture.Low // a curve's own lowest point is known to a part of it
	return text + rounded(least, size) + " to " + above + rounded(most, size)
}

// rounded writes a number to about a thousandth of a range that it is in.
func rounded(value, size float64) string {
	digits := 3
	for part := max(value, -value); part > size && digits < calc.Digits; part /= 10 {
		digits++
	}
	if abs := max(value, -value); abs < size/2000 {
		return "0"
	}
	return calc.Format(value, digits)
}

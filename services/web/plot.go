package web

import (
	"strconv"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

// What the page of a share draws at most. Anyone can share any expression, so the steps are
// limited, for each plot and in total.
const (
	maxPlots     = 20
	maxValues    = 1000 // of each curve
	minValues    = 100  // a plot that cannot have this many is not drawn
	plotSteps    = calc.MaxSteps
	allPlotSteps = 6 * calc.MaxSteps
)

// The size of a picture in pixels of its own: the page scales it.
const plotWidth, plotHeight = 400, 250

// drawer draws the plots of a share with its bindings.
type drawer struct {
	calculator calc.Calculator
	scope      calc.Scope
	plots      int // drawn so far
	steps      int // taken so far
}

// newDrawer loads the bindings of a share.
func newDrawer(bindings []calc.Binding) *drawer {
	d := &drawer{}
	d.scope.Load(bindings)
	return d
}

// figure writes a plot, or the reason why it is not drawn.
func (d *drawer) figure(p *page, s *plot.Statement) {
	p.html("\n        <figure class=\"plot\">")
	if picture, why := d.picture(s); why != "" {
		p.html("<p class=\"caption\">Not drawn here: ").text(why).html("</p>")
	} else if p.draw(s, picture); d.scope.Len() > 0 {
		p.html("<p class=\"caption\">Drawn with the names as they were when it was shared.</p>")
	}
	p.html("</figure>")
}

// picture samples the curves of a plot.
func (d *drawer) picture(s *plot.Statement) (picture *plot.Picture, why string) {
	if d.plots == maxPlots || d.steps >= allPlotSteps {
		return picture, "there are many plots on this page"
	}
	d.plots++
	program, _, err := d.calculator.Eval(s.Source(), &d.scope)
	d.steps += d.scope.Steps
	if err != nil {
		return picture, err.Message
	}
	values := plot.Affordable(&d.scope, plotSteps)
	if values < minValues {
		return picture, "its curves take too many steps"
	}
	left := plotSteps
	curves := plot.Curves(&d.calculator, program, &d.scope, len(s.Expressions), &left)
	picture = plot.Draw(curves, plot.View{From: s.From, To: s.To, Low: plot.Auto, High: plot.Auto,
		Width: plotWidth, Height: plotHeight, Evaluations: min(values, maxValues)})
	picture.UnitAcross, picture.UnitUp = program.PlotUnits()
	d.steps += plotSteps - left
	if left <= 0 { // the curves may have values where the picture shows none
		return picture, "its curves take too many steps"
	}
	return picture, ""
}

// draw writes a picture with its legend. The page's policy forbids inline styles: the classes are
// those of static/style/plot.css.
func (p *page) draw(s *plot.Statement, picture *plot.Picture) {
	var label page
	label.html(`role="img" aria-label="`).text(picture.Describe(s)).html(`"`)
	*p = picture.AppendSVG(*p, string(label))
	p.html("<dl class=\"legend\">")
	for i, expression := range s.Expressions {
		p.html(`<div><dt><svg width="32" height="12" aria-hidden="true">`)
		p.html(`<path class="curve-`, strconv.Itoa(i+1), `" d="M0 6H32"/></svg><code><bdi>`)
		p.text(expression).html("</bdi></code></dt><dd>")
		p.text(picture.DescribeCurve(i)).html("</dd></div>")
	}
	p.html("</dl>")
}

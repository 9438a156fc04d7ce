package plot_test

import (
	"encoding/xml"
	"math"
	"strings"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/plot"
	"abacus/shared/units"
)

// picture samples the curves of a plot statement in a window.
func picture(t *testing.T, source string, view plot.View) *plot.Picture {
	t.Helper()
	var c calc.Calculator
	var scope calc.Scope
	program, result, err := c.Eval(source, &scope)
	if err != nil {
		t.Fatalf("%s: %s", source, err.Message)
	}
	statement, left := plot.Of(program, result), 100*calc.MaxSteps
	view.From, view.To = statement.From, statement.To
	view.Evaluations = plot.Affordable(&scope, left)
	p := plot.Draw(plot.Curves(&c, program, &scope, len(statement.Expressions), &left), view)
	p.UnitAcross, p.UnitUp = program.PlotUnits()
	return p
}

// page is the view of a plot on the page.
var page = plot.View{Low: nan, High: nan, Width: 728, Height: 352}

// TestPoints finds the points of interest of plots: jumps and poles do not count.
func TestPoints(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"plot(x^2 - 4)", "root at (-2, 0); root at (2, 0); minimum at (0, -4)"},
		{"plot(x^2 - 4x + 1)", "root at (0.2679, 0); root at (3.732, 0); minimum at (2, -3)"},
		{"plot(x^3 - 6x^2 + 11x - 6)", "root at (1, 0); root at (2, 0); root at (3, 0); maximum at (1.423, 0.3849); minimum at (2.577, -0.3849)"},
		{"plot(sin(x), x = -3, 3)", "root at (0, 0); minimum at (-1.571, -1); maximum at (1.571, 1)"},
		{"plot(x^3)", "root at (0, 0)"},
		{"plot((x - 1)^3)", "root at (1, 0)"},
		{"plot(x^4)", "minimum at (0, 0)"},
		{"plot(abs(x - 1.5))", "minimum at (1.5, 0)"},
		{"plot(cosh(x))", "minimum at (0, 1)"},
		{"plot(x^3 + x^2 - 1e-5, x = -1, 0.1)", "root at (-1, 0); root at (-0.003167, 0); root at (0.003157, 0); maximum at (-0.6667, 0.1481); minimum at (0, -0.00001)"},
		{"plot(exp(x) - 1000)", "root at (6.908, 0)"},
		{"plot(1e-300 x)", "root at (0, 0)"},
		{"plot(sqrt(x))", ""},
		{"plot(ln(x))", "root at (1, 0)"},
		{"plot(5)", ""},
		{"plot(0)", ""},
		{"plot(1/x)", ""},
		{"plot(1/x^2)", ""},
		{"plot(tan(x), x = -2, 2)", "root at (0, 0)"},
		{"plot(floor(x))", ""},
		{"plot(x < 1)", ""},
		{"plot(sin(1000x))", ""},
		{"plot(sin(x), x = -20, 20)", ""},
		{"plot(sin(x), x = -13, 13)", // nine roots are too many
			"maximum at (-11, 1); minimum at (-7.854, -1); maximum at (-4.712, 1); minimum at (-1.571, -1); maximum at (1.571, 1); minimum at (4.712, -1); maximum at (7.854, 1); minimum at (11, -1)"},
		{"plot(x, -x)", "root at (0, 0); intersection at (0, 0); root at (0, 0)"},
		{"plot(x/4, sin(x), x = 0.5, 4)", "intersection at (2.475, 0.6186); root at (3.142, 0); maximum at (1.571, 1)"},
		{"plot(51x, 1/x, x = -2, 3)", "root at (0, 0); intersection at (-0.14, -7.141); intersection at (0.14, 7.141)"},
		{"plot(x^2, 2 - x)", "minimum at (0, 0); intersection at (-2, 4); intersection at (1, 1); root at (2, 0)"},
		{"plot(x, x)", "root at (0, 0); root at (0, 0)"},
		{"plot(sqrt(x), sqrt(-x))", ""},
		{"plot(3 m - 5 m/s^2 * t^2, t = 0, 3 s)", "root at (0.7746, 0)"},
	} {
		source := c.source
		if !strings.Contains(source, "=") {
			source = strings.TrimSuffix(source, ")") + ", x = -10, 10)"
		}
		var texts []string
		p := picture(t, source, page)
		for i := range p.Points {
			texts = append(texts, p.Points[i].String())
		}
		if got := strings.Join(texts, "; "); got != c.want {
			t.Errorf("%s: %s, want %s", source, got, c.want)
		}
	}
}

// TestPointsPrecisely checks that points of interest are exact to nine digits, at any zoom.
func TestPointsPrecisely(t *testing.T) {
	for zoom := 1e-6; zoom < 1e6; zoom *= 7 {
		f := func(x float64) float64 { return math.Cos(x/zoom - 1) }
		p := plot.Draw([]plot.Function{f}, plot.View{From: 0, To: 3 * zoom, Low: nan, High: nan, Width: 728, Height: 352})
		if len(p.Points) != 2 || p.Points[0].Kind != plot.Root || p.Points[1].Kind != plot.Maximum {
			t.Fatalf("at %g the points are %v", zoom, p.Points)
		}
		root, top := p.Points[0].X/zoom, p.Points[1].X/zoom
		if math.Abs(root-1-math.Pi/2) > 1e-8 || math.Abs(top-1) > 1e-8 || math.Abs(p.Points[1].Y-1) > 1e-12 {
			t.Errorf("at %g there is a root at %v and a maximum at %v", zoom, root, top)
		}
	}
}

// TestDescribe describes pictures, whose rounding depends on their range.
func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		source string
		low    float64
		high   float64
		want   string
	}{
		{"plot(x^2 - 4, x = -10, 10)", nan, nan, "Plot for x from -10 to 10: x^2 - 4 has values from -4 to 96; root at (-2, 0); root at (2, 0); minimum at (0, -4)."},
		{"plot(x^2 - 4, x = -10, 10)", -1, 1, "Plot for x from -10 to 10: x^2 - 4 has values from below -1 to above 1; root at (-2, 0); root at (2, 0)."},
		{"plot(x, ln(-1 - x^2), x = 1000, 1000.5)", nan, nan, "Plot for x from 1000 to 1000.5: x has values from 1000 to 1000.5; ln(-1 - x^2) is not visible there."},
		{"plot(x, x = 0.001, 2)", nan, nan, "Plot for x from 0.001 to 2: x has values from 0 to 2."},
		{"plot(x/3, x = 0.0123, 2)", nan, nan, "Plot for x from 0.01 to 2: x/3 has values from 0.004 to 0.667."},
	} {
		view := page
		view.Low, view.High = c.low, c.high
		p := picture(t, c.source, view)
		var calculator calc.Calculator
		var scope calc.Scope
		program, result, _ := calculator.Eval(c.source, &scope)
		if got := p.Describe(plot.Of(program, result)); got != c.want {
			t.Errorf("%s: %s, want %s", c.source, got, c.want)
		}
	}
}

// TestSVG checks that pictures of all sizes are well-formed, that their labels are inside and apart,
// and that narrow ones have fewer ticks.
func TestSVG(t *testing.T) {
	type label struct {
		X      float64 `xml:"x,attr"`
		Y      float64 `xml:"y,attr"`
		Anchor string  `xml:"text-anchor,attr"`
		Text   string  `xml:",chardata"`
	}
	for _, width := range []int{16, 120, 288, 440, 728, 1000} {
		for _, source := range []string{"plot(x^2 - 4, x = -10, 10)", "plot(x^3 - 6x^2 + 11x - 6, x = 0, 4)", "plot(1e6 x^2 - 2e6, x = -1e5, 1e5)", "plot(sin(x), cos(x), x = -10, 10)"} {
			view := page
			view.Width, view.Height = width, max(16, width/2)
			p := picture(t, source, view)
			var svg struct {
				Width int     `xml:"width,attr"`
				Ticks []label `xml:"text"`
				Area  struct {
					Width  float64 `xml:"width,attr"`
					Points struct {
						Groups []struct {
							Labels []label `xml:"text"`
						} `xml:"g"`
					} `xml:"g"`
				} `xml:"svg"`
			}
			text := p.AppendSVG(nil, `role="img"`)
			if err := xml.Unmarshal(text, &svg); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			if svg.Width != width {
				t.Errorf("%s is %d pixels wide, want %d", source, svg.Width, width)
			}
			end := math.Inf(-1) // of the last tick of the x axis
			for _, tick := range svg.Ticks {
				half := 3.6 * float64(len(tick.Text))
				if tick.Anchor != "middle" {
					continue
				}
				if tick.X-half < end && width > 100 {
					t.Errorf("%s: at %d pixels the tick %s is over another", source, width, tick.Text)
				}
				end = tick.X + half
			}
			var labels []label
			for _, group := range svg.Area.Points.Groups {
				labels = append(labels, group.Labels...)
			}
			if source == "plot(x^2 - 4, x = -10, 10)" && width >= 288 && len(labels) != 3 {
				t.Errorf("%s: at %d pixels there are %d labels: %s", source, width, len(labels), text)
			}
			for i, a := range labels {
				half := 3.6 * float64(len(a.Text))
				if a.X-half < 0 || a.X+half > svg.Area.Width {
					t.Errorf("%s: at %d pixels the label %s is outside", source, width, a.Text)
				}
				for _, b := range labels[:i] {
					if math.Abs(a.Y-b.Y) < 11 && math.Abs(a.X-b.X) < half+3.6*float64(len(b.Text)) {
						t.Errorf("%s: at %d pixels the labels %s and %s overlap", source, width, a.Text, b.Text)
					}
				}
			}
		}
	}
}

// TestUnitsNeedNoEscapes checks that every unit may stand in markup as it is.
func TestUnitsNeedNoEscapes(t *testing.T) {
	for _, unit := range units.List() {
		if strings.ContainsAny(unit.Symbol, "<&") {
			t.Errorf("%s", unit.Symbol)
		}
	}
	units.Names(func(name string) {
		if strings.ContainsAny(name, "<&") {
			t.Errorf("%s", name)
		}
	})
}

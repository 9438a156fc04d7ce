package preview_test

import (
	"encoding/json"
	"encoding/xml"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abacus/services/web/preview"
	"abacus/shared/calc"
	"abacus/shared/plot"
)

// picture is an answer as the page reads it.
type picture struct {
	From, To, Low, High, Step           float64
	Unit, ValueUnit, Range, Description string
	SVG                                 string
	Domains                             []string
	Points                              []struct{ X, Y float64 }
	Error                               *struct{ Code, Detail, Hint string }
}

var (
	area      = regexp.MustCompile(`<svg x="[^"]*" y="[^"]*" width="([^"]*)" height="([^"]*)">`)
	curvePath = regexp.MustCompile(`<path class="curve-\d+" d="([^"]*)"/>`)
	pathPoint = regexp.MustCompile(`([ML])([-\d.e]+) ([-\d.e]+)`)
)

// curves returns the lines of each curve in the units of the functions, read from the SVG, and the
// height of a pixel in these units.
func (p *picture) curves(t *testing.T) (curves [][][]plot.Point, pixel float64) {
	t.Helper()
	number := func(text string) float64 {
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	size := area.FindStringSubmatch(p.SVG)
	if size == nil {
		t.Fatalf("no area in %s", p.SVG)
	}
	width, height := number(size[1]), number(size[2])
	for _, path := range curvePath.FindAllStringSubmatch(p.SVG, -1) {
		var lines [][]plot.Point
		for _, point := range pathPoint.FindAllStringSubmatch(path[1], -1) {
			if point[1] == "M" {
				lines = append(lines, nil)
			}
			last := &lines[len(lines)-1]
			*last = append(*last, plot.Point{
				X: p.From + number(point[2])/width*(p.To-p.From),
				Y: p.High - number(point[3])/height*(p.High-p.Low),
			})
		}
		curves = append(curves, lines)
	}
	return curves, (p.High - p.Low) / height
}

// automatic is a view in which everything is chosen automatically.
var automatic = plot.View{From: math.NaN(), To: math.NaN(), Low: math.NaN(), High: math.NaN(), Width: 640, Height: 400}

// draw returns the picture that a request gets.
func draw(t *testing.T, request string, view plot.View) (got picture) {
	var p preview.Previewer
	text := p.AppendPlot(nil, request, view)
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%q: %s: %v", request, text, err)
	}
	return got
}

func TestPlot(t *testing.T) {
	got := draw(t, "a = 2\nf(x) = a/x\n\nplot(f(t), t, t = -1, 4/2)", automatic)
	if got.From != -1 || got.To != 2 || !(got.Low < -2 && got.High > 2) || got.Step != 0.5 || got.Error != nil {
		t.Errorf("the picture is %+v", got)
	}
	curves, pixel := got.curves(t)
	if len(curves) != 2 || len(curves[0]) != 2 || len(curves[1]) != 1 {
		t.Fatalf("the curves are %+v", curves)
	}
	for _, line := range curves[0] {
		for _, point := range line {
			if slope := 2 / (point.X * point.X); math.Abs(point.Y*point.X-2) > math.Abs(point.X)*(pixel+slope*3/640)/50 {
				t.Errorf("a point is %v", point)
			}
		}
	}
	for _, want := range []string{`>-1</text>`, `>-0.5</text>`, `>2</text>`, `class="curve-2"`} {
		if !strings.Contains(got.SVG, want) {
			t.Errorf("the picture lacks %s: %s", want, got.SVG)
		}
	}
	if got.Range != "t from -1 to 2" || !strings.HasPrefix(got.Description, "Plot for t from -1 to 2: f(t) has values from below -") {
		t.Errorf("%q, %q", got.Range, got.Description)
	}
	if len(got.Points) != 2 || got.Points[0].X != 1.41421356 || got.Points[1] != (struct{ X, Y float64 }{}) {
		t.Errorf("the points are %v", got.Points)
	}
}

// TestPlotDomains checks that the answer says where curves have values, and in which units.
func TestPlotDomains(t *testing.T) {
	got := draw(t, "\nplot(sqrt(x), sqrt(1 - x^2), x, ln(-1 - x^2), x = -3, 4)", automatic)
	if want := []string{"x ≥ 0", "x ≥ -1, x ≤ 1", "", "no values here"}; !slices.Equal(got.Domains, want) {
		t.Errorf("%q, want %q", got.Domains, want)
	}
	got = draw(t, "\nplot(4.9 m/s^2 * t^2, t = 0, 3 s)", automatic)
	if got.Unit != "s" || got.ValueUnit != "m" || got.Range != "t from 0 to 3 s" {
		t.Errorf("%+v", got)
	}
}

// TestPlotWindow checks that the requested window is what is drawn, precisely enough at any zoom.
func TestPlotWindow(t *testing.T) {
	for width := 1.0; width > 1e-12; width /= 10 {
		view := plot.View{From: 1000 - width, To: 1000 + width, Low: -width, High: width, Width: 640, Height: 400}
		got := draw(t, "\nplot(x - 1000, x = 0, 1)", view)
		if got.From != view.From || got.To != view.To || got.Low != -width || got.High != width {
			t.Fatalf("%v: from %v to %v, %v to %v", width, got.From, got.To, got.Low, got.High)
		}
		if width < 1e-10 {
			continue // numbers near 1000 are pixels apart
		}
		curves, pixel := got.curves(t)
		for _, line := range curves[0] {
			for _, point := range line {
				if off := math.Abs(point.Y-(point.X-1000)) / pixel; off > 0.02 {
					t.Errorf("%v: a point is %v pixels off", width, off)
				}
			}
		}
	}
}

func TestAt(t *testing.T) {
	var p preview.Previewer
	for _, c := range []struct {
		request string
		x       float64
		want    string
	}{
		{"\nplot(x^2, sqrt(x), 1/x, x = -1, 1)", 4, `{"values":[16,2,0.25]}`},
		{"\nplot(x^2, sqrt(x), 1/x, x = -1, 1)", -1, `{"values":[1,null,-1]}`},
		{"a = 3\n\nb = 2; plot(a*b*x, x = 0, 1)", 0, `{"values":[0]}`},
		{"a = 3\n\nplot(k*x, x = 0, 1)", 0, `{"error":{"code":"unknown-name","detail":"unknown name ` + "`k`" + `","position":{"offset":5,"line":1,"column":6,"length":1},"hint":"set it first: k = ..."}}`},
		{"\nplot(4.9 m/s^2 * t^2, t = 0, 3 s)", 2, `{"values":[19.6]}`},
		{"\nplot(x km, 5 m, x = 0, 3)", 1, `{"values":[1,0.005]}`},
	} {
		if got := string(p.AppendAt(nil, c.request, c.x)); got != c.want {
			t.Errorf("%q at %v: %s, want %s", c.request, c.x, got, c.want)
		}
	}
}

func TestPlotRefuses(t *testing.T) {
	for request, code := range map[string]string{
		"\n2 + 3":                          "syntax",
		"\n2 +":                            "syntax",
		"":                                 "empty",
		"\nplot(x, x = 2, 1)":              "not-plottable",
		"\nplot(foo(x), x = 1, 2)":         "unknown-name",
		"\nplot(x^2, x = 0, 1); 2":         "syntax",
		"f(x) = y\n\nplot(f(x), x = 0, 1)": "unknown-name",
	} {
		if got := draw(t, request, automatic); got.Error == nil || got.Error.Code != code {
			t.Errorf("%q: %+v, want %s", request, got.Error, code)
		}
	}
}

// FuzzPlot checks that, whatever is drawn in whatever view, the answer is JSON, and a picture has
// its window and its numbers.
func FuzzPlot(f *testing.F) {
	for _, block := range sessions(f) {
		for _, source := range block {
			f.Add(source, math.NaN(), math.NaN(), -1.0, 1.0, 640, 400)
		}
	}
	f.Fuzz(func(t *testing.T, source string, from, to, low, high float64, width, height int) {
		view := plot.View{From: from, To: to, Low: low, High: high, Width: width, Height: height}
		got := draw(t, "a = 2\nf(x) = a/x\n\n"+source, view)
		if got.Error != nil {
			return
		}
		curves, _ := got.curves(t)
		if !(got.From < got.To) || !(got.Low < got.High) || len(curves) == 0 || len(curves) > calc.MaxCurves || len(got.Domains) != len(curves) {
			t.Errorf("%q: the picture is %+v", source, got)
		}
		if err := xml.Unmarshal([]byte(got.SVG), new(struct{})); err != nil {
			t.Errorf("%q: %v in %s", source, err, got.SVG)
		}
		for _, point := range got.Points {
			if point.X < got.From || point.X > got.To || point.Y < got.Low || point.Y > got.High {
				t.Errorf("%q: a point of interest at %v", source, point)
			}
		}
		size := got.High - got.Low
		for _, curve := range curves {
			for _, line := range curve {
				for _, point := range line {
					if point.Y < got.Low-1.01*size || point.Y > got.High+1.01*size {
						t.Fatalf("%q: a point at %v of %v to %v", source, point.Y, got.Low, got.High)
					}
				}
			}
		}
	})
}

// TestWork checks that an expression that takes many steps is drawn with fewer points, and within
// bounds.
func TestWork(t *testing.T) {
	slow := "\nplot(" + strings.Repeat("sum(1/k^2, k = 1, 200) + ", 20) + "x, x = 0, 1)"
	if got := draw(t, slow, automatic); got.Error != nil || !strings.Contains(got.SVG, `<path class="curve-1" d="M`) {
		t.Errorf("the picture is %+v", got)
	}
}

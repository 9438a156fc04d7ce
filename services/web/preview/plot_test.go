package preview_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"abacus/services/web/preview"
	"abacus/shared/calc"
	"abacus/shared/plot"
)

// picture is an answer as the page reads it.
type picture struct {
	Variable            string
	From, To, Low, High float64
	Across, Up          []struct {
		At   float64
		Text string
	}
	Curves []struct {
		Expression string
		Paths      [][]float64
	}
	Error *struct{ Code, Detail, Hint string }
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
	if got.Variable != "t" || got.From != -1 || got.To != 2 || !(got.Low < -2 && got.High > 2) || got.Error != nil {
		t.Errorf("the picture is %+v", got)
	}
	if len(got.Curves) != 2 || got.Curves[0].Expression != "f(t)" || len(got.Curves[0].Paths) != 2 || len(got.Curves[1].Paths) != 1 {
		t.Fatalf("the curves are %+v", got.Curves)
	}
	for _, path := range got.Curves[0].Paths {
		for i := 0; i < len(path); i += 2 {
			if x, y := path[i], path[i+1]; math.Abs(y*x-2) > 1e-3 {
				t.Errorf("a point is (%v, %v)", x, y)
			}
		}
	}
	if len(got.Across) != 7 || got.Across[0].Text != "-1" || got.Across[1].At != -0.5 || len(got.Up) < 3 {
		t.Errorf("the ticks are %v and %v", got.Across, got.Up)
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
		for _, path := range got.Curves[0].Paths {
			for i := 0; i < len(path); i += 2 {
				if off := math.Abs(path[i+1]-(path[i]-1000)) / width * 320; off > 0.02 {
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
		if !(got.From < got.To) || !(got.Low < got.High) || len(got.Curves) == 0 || len(got.Curves) > calc.MaxCurves {
			t.Errorf("%q: the picture is %+v", source, got)
		}
		size := got.High - got.Low
		for _, curve := range got.Curves {
			for _, path := range curve.Paths {
				for i := 0; i < len(path); i += 2 {
					if y := path[i+1]; len(path)%2 != 0 || y < got.Low-1.01*size || y > got.High+1.01*size {
						t.Fatalf("%q: a point at %v of %v to %v", source, y, got.Low, got.High)
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
	if got := draw(t, slow, automatic); got.Error != nil || len(got.Curves[0].Paths) == 0 {
		t.Errorf("the picture is %+v", got)
	}
}

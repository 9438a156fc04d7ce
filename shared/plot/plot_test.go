package plot_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

var nan = math.NaN()

// partial returns a function that has no value where f is not finite.
func partial(f func(x float64) float64) plot.Function {
	return func(x float64) float64 {
		if y := f(x); !math.IsInf(y, 0) {
			return y
		}
		return nan
	}
}

// cases are functions, and what their pictures must show.
var cases = []struct {
	name     string
	f        func(x float64) float64
	from, to float64
	lines    int       // unbroken pieces
	breaks   []float64 // where the curve must have a gap: no line goes over them
	low      float64   // the lowest and highest number that the range must reach at least
	high     float64
	most     float64 // and the one it must not reach, 0: any
	exact    bool    // the lines are compared with the function, point by point
}{
	{"sine", math.Sin, -10, 10, 1, nil, -1, 1, 1.2, true},
	{"parabola", func(x float64) float64 { return x * x }, -10, 10, 1, nil, 0, 100, 120, true},
	{"line", func(x float64) float64 { return 3*x - 1 }, -2, 7, 1, nil, -7, 20, 25, true},
	{"constant", func(x float64) float64 { return 5 }, 0, 1, 1, nil, 4.6, 5.4, 6, true},
	{"zero", func(x float64) float64 { return 0 }, 0, 1, 1, nil, -1, 1, 1.5, true},
	{"one, but for rounding",
		func(x float64) float64 { return math.Sin(x)*math.Sin(x) + math.Cos(x)*math.Cos(x) }, -10,
		10, 1, nil, 0.95, 1.05, 1.2, true},
	{"absolute value", math.Abs, -3, 4, 1, nil, 0, 4, 5, true},
	{"hyperbola", func(x float64) float64 { return 1 / x }, -10, 10, 2, []float64{0}, -1, 1, 5, true},
	{"hyperbola squared", func(x float64) float64 { return 1 / (x * x) }, -10, 10, 2, []float64{0},
		0.02, 2, 20, true},
	{"tangent", math.Tan, -5, 5, 5,
		[]float64{-1.5 * math.Pi, -math.Pi / 2, math.Pi / 2, 1.5 * math.Pi}, -3, 3, 30, true},
	{"floor", math.Floor, -2.5, 2.5, 6, []float64{-2, -1, 0, 1, 2}, -3, 2, 3, true},
	{"sign", func(x float64) float64 { return math.Copysign(1, x) }, -1, 3, 2, []float64{0}, -1, 1,
		1.5, true},
	{"square root", math.Sqrt, -4, 9, 1, []float64{-1}, 0, 3, 4, true},
	{"square root far away", func(x float64) float64 { return math.Sqrt(x - 1000.5031) }, 1000, 1001, 1, []float64{1000.2}, 0, 0.7, 1, true},
	{"logarithm", math.Log, -1, 10, 1, []float64{-0.5}, -2, 2.3, 3, true},
	{"half circle", func(x float64) float64 { return math.Sqrt(1 - x*x) }, -2, 2, 1,
		[]float64{-1.5, 1.5}, 0, 1, 1.5, true},
	{"high power", func(x float64) float64 { return math.Pow(x, 200) }, -1, 1, 1, nil, 0, 1, 1.5,
		true},
	{"exponential", math.Exp, -10, 10, 1, nil, 0, 22026, 25000, true},
	{"steep exponential", func(x float64) float64 { return math.Exp(100 * x) }, 0, 1, 1, nil, 0,
		1e43, 1e44, true},
	{"steep step", func(x float64) float64 { return math.Tanh(1e5 * x) }, -1, 1, 1, nil, -1, 1, 1.5,
		false},
	{"narrow peak", func(x float64) float64 { return math.Exp(-1000 * x * x) }, -10, 10, 1, nil, 0,
		0.99, 1.5, true},
	{"noise", func(x float64) float64 { return math.Sin(1000 * x) }, -10, 10, 0, nil, -0.99, 0.99,
		1.5, false},
	{"chirp", func(x float64) float64 { return math.Sin(1 / x) }, -1, 1, 0, nil, -0.99, 0.99, 1.5,
		false},
	{"period of the grid", func(x float64) float64 { return math.Sin(math.Pi * x) }, -80, 80, 1, nil, -0.7, 0.7, 1.5, false},
	{"nothing", func(x float64) float64 { return nan }, 0, 1, 0, nil, -1, 1, 1.5, false},
	{"nothing but a point", func(x float64) float64 {
		if x == 0 {
			return 3
		}
		return nan
	}, 0, 1, 1, nil, 3, 3, 4, false},
	{"large", func(x float64) float64 { return x * 1e307 }, -15, 15, 1, nil, -1e307, 1e307, 0, false},
	{"small", func(x float64) float64 { return x * 1e-300 }, 0, 1, 1, nil, 0, 1e-300, 2e-300, true},
	{"a narrow range", func(x float64) float64 { return x }, 1, math.Nextafter(1, 2), 1, nil, 1, 1,
		0, false},
	{"a range far away", func(x float64) float64 { return math.Mod(x, 4) }, 1e15, 1e15 + 10, 3, nil,
		0, 3, 5, false},
	{"a wide range", math.Atan, -8e307, 8e307, 2, []float64{0}, -1.5, 1.5, 2, true},
}

const width, height = 640, 400

// TestDraw draws every function of the table.
func TestDraw(t *testing.T) {
	for _, c := range cases {
		evaluations := 0
		f := partial(c.f)
		count := func(x float64) float64 { evaluations++; return f(x) }
		view := plot.View{From: c.from, To: c.to, Low: nan, High: nan, Width: width, Height: height}
		p := plot.Draw([]plot.Function{count}, view)
		lines := p.Curves[0]
		if c.lines > 0 && len(lines) != c.lines {
			t.Errorf("%s: %d lines, want %d", c.name, len(lines), c.lines)
		}
		if evaluations > 24*width/4+200 {
			t.Errorf("%s: %d evaluations", c.name, evaluations)
		}
		if !(p.Low <= c.low && p.High >= c.high) || c.most != 0 && p.High > c.most {
			t.Errorf("%s: from %g to %g, want %g to %g", c.name, p.Low, p.High, c.low, c.high)
		}
		checkLines(t, c.name, p)
		for _, x := range c.breaks {
			for _, line := range lines {
				if line[0].X < x && line[len(line)-1].X > x {
					t.Errorf("%s: the line from %v to %v goes over %v", c.name, line[0].X,
						line[len(line)-1].X, x)
				}
			}
		}
		points := 0
		for _, line := range lines {
			points += len(line)
		}
		off := 0.0
		if c.exact {
			if off = deviation(p, f); off > 0.5 {
				t.Errorf("%s is drawn %.2f pixels off", c.name, off)
			}
		}
		t.Logf("%-22s %5d evaluations, %2d lines of %4d points, %.2f pixels off, from %g to %g",
			c.name, evaluations, len(lines), points, off, p.Low, p.High)
		if again := plot.Draw([]plot.Function{f}, view); !reflect.DeepEqual(again, p) {
			t.Errorf("%s is not the same again", c.name)
		}
	}
}

// checkLines checks what holds for every picture: its lines go from left to right, and stay within
// one height of the picture.
func checkLines(t *testing.T, name string, p *plot.Picture) {
	size := p.High - p.Low
	if !(p.Low < p.High) || math.IsInf(size, 0) {
		t.Errorf("%s: from %g to %g", name, p.Low, p.High)
	}
	for _, lines := range p.Curves {
		last := math.Inf(-1)
		for _, line := range lines {
			if len(line) == 0 {
				t.Errorf("%s: a line without points", name)
			}
			for i, point := range line {
				if point.X < last || i > 0 && point.X == last || point.X < p.From || point.X > p.To {
					t.Errorf("%s: point %d of a line is at %v after %v", name, i, point.X, last)
				}
				if !(point.Y >= p.Low-size*1.000001 && point.Y <= p.High+size*1.000001) {
					t.Errorf("%s: the line goes to %v", name, point)
				}
				last = point.X
			}
		}
	}
}

// deviation returns how far, in pixels, the lines are from the function where it is inside the
// picture.
func deviation(p *plot.Picture, f plot.Function) (worst float64) {
	pixel := func(point plot.Point) (x, y float64) {
		return (point.X - p.From) / (p.To - p.From) * width, (point.Y - p.Low) / (p.High - p.Low) * height
	}
	const samples = 20_011
	for i := 0; i <= samples; i++ {
		x := p.From + (p.To-p.From)*(float64(i)/samples)
		y := f(x)
		if !(y >= p.Low && y <= p.High) {
			continue
		}
		px, py := pixel(plot.Point{X: x, Y: y})
		nearest := math.Inf(1)
		for _, line := range p.Curves[0] {
			for j := 1; j < len(line); j++ {
				if x0, _ := pixel(line[j-1]); x0 > px+2 {
					break
				}
				if x1, _ := pixel(line[j]); x1 < px-2 {
					continue
				}
				ax, ay := pixel(line[j-1])
				bx, by := pixel(line[j])
				nearest = math.Min(nearest, distance(px-ax, py-ay, bx-ax, by-ay))
			}
		}
		worst = math.Max(worst, nearest)
	}
	return worst
}

// distance returns the distance of a point from the line from 0 to (x, y).
func distance(px, py, x, y float64) float64 {
	part := math.Max(0, math.Min(1, (px*x+py*y)/(x*x+y*y)))
	return math.Hypot(px-part*x, py-part*y)
}

// TestWindow checks that the requested range is the one that is drawn.
func TestWindow(t *testing.T) {
	view := plot.View{From: -1, To: 1, Low: -0.5, High: 0.25, Width: width, Height: height}
	p := plot.Draw([]plot.Function{math.Sin, func(x float64) float64 { return 2 * math.Cos(5*x) }},
		view)
	checkLines(t, "a window", p)
	if p.Low != -0.5 || p.High != 0.25 || p.From != -1 || p.To != 1 {
		t.Errorf("the picture is %+v", p)
	}
	if len(p.Curves) != 2 || len(p.Curves[0]) != 1 || len(p.Curves[1]) != 4 {
		t.Errorf("%d and %d lines", len(p.Curves[0]), len(p.Curves[1]))
	}
	if off := deviation(p, math.Sin); off > 0.5 {
		t.Errorf("%.2f pixels off", off)
	}
	for _, w := range [][2]float64{{1, 1}, {2, 1}, {nan, 1}, {0, math.Inf(1)}} {
		view.Low, view.High = w[0], w[1]
		if p := plot.Draw([]plot.Function{math.Sin}, view); p.Low > -0.84 || p.High < 0.84 {
			t.Errorf("for %v the picture goes from %v to %v", w, p.Low, p.High)
		}
	}
	view.Low, view.High = 1e308, 1.1e308
	checkLines(t, "a window far above", plot.Draw([]plot.Function{math.Sin}, view))
}

// TestPoleInWindow checks that no line crosses a pole, at any zoom.
func TestPoleInWindow(t *testing.T) {
	for zoom := 1e-9; zoom < 1e9; zoom *= 7 {
		view := plot.View{From: -3 * zoom, To: 2 * zoom, Low: -1 / zoom, High: 1 / zoom,
			Width: width, Height: height}
		p := plot.Draw([]plot.Function{partial(func(x float64) float64 { return 1 / x })}, view)
		if len(p.Curves[0]) != 2 {
			t.Errorf("at %g there are %d lines", zoom, len(p.Curves[0]))
		}
	}
}

// TestPolesAtAnyWidth checks that poles are cut off, wherever the points of the grid are.
func TestPolesAtAnyWidth(t *testing.T) {
	for width := 200; width < 1000; width++ {
		view := plot.View{From: -10, To: 10, Low: nan, High: nan, Width: width, Height: 200}
		for _, f := range []func(float64) float64{math.Tan, func(x float64) float64 { return 1 / x }} {
			if p := plot.Draw([]plot.Function{partial(f)}, view); p.Low < -100 || p.High > 100 {
				t.Errorf("%d pixels wide: from %g to %g", width, p.Low, p.High)
			}
		}
	}
}

// TestEvaluations checks that a limit on evaluations is kept, and that even few of them give a
// picture.
func TestEvaluations(t *testing.T) {
	for _, most := range []int{1, 20, 100, 1000} {
		for _, c := range cases {
			evaluations := 0
			f := partial(c.f)
			p := plot.Draw([]plot.Function{func(x float64) float64 { evaluations++; return f(x) }},
				plot.View{From: c.from, To: c.to, Low: nan, High: nan, Width: width, Height: height,
					Evaluations: most})
			checkLines(t, c.name, p)
			if evaluations > most+200 {
				t.Errorf("%s: %d evaluations of %d", c.name, evaluations, most)
			}
		}
	}
}

// TestSizes checks that a picture of any size can be drawn.
func TestSizes(t *testing.T) {
	for _, size := range []int{-1, 0, 1, 15, 320, 5000, 1 << 30} {
		p := plot.Draw([]plot.Function{math.Sin},
			plot.View{From: -1, To: 1, Low: nan, High: nan, Width: size, Height: size})
		checkLines(t, "a size", p)
	}
}

func BenchmarkSample(b *testing.B) {
	for _, c := range cases {
		switch c.name {
		case "line", "sine", "tangent", "noise":
			b.Run(c.name, func(b *testing.B) {
				for i := 0; i < b.N; i++ {
					plot.Draw([]plot.Function{partial(c.f)}, plot.View{From: c.from, To: c.to,
						Low: nan, High: nan, Width: width, Height: height})
				}
			})
		}
	}
}

// TestUnits checks that a picture names the units of its axes.
func TestUnits(t *testing.T) {
	var c calc.Calculator
	var scope calc.Scope
	program, result, err := c.Eval("plot(5 m/s^2 * t^2, t = 0, 3 s)", &scope)
	if err != nil {
		t.Fatal(err)
	}
	statement, left := plot.Of(program, result), calc.MaxSteps
	picture := plot.Draw(plot.Curves(&c, program, &scope, 1, &left),
		plot.View{From: 0, To: 3, Low: plot.Auto, High: plot.Auto, Width: 400, Height: 250})
	picture.UnitAcross, picture.UnitUp = program.PlotUnits()
	want := "Plot for t from 0 to 3 s: 5 m/s^2*t^2 has values from 0 to 45 m."
	if got := picture.Describe(statement); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	svg := string(picture.AppendSVG(nil, `role="img"`))
	for _, text := range []string{`text-anchor="end">s</text>`, `text-anchor="start">m</text>`} {
		if !strings.Contains(svg, text) {
			t.Errorf("no %s in %s", text, svg)
		}
	}
	if want := "plot(5 m/s^2*t^2, t = 0 s, 3 s)"; statement.Source() != want {
		t.Errorf("%s, want %s", statement.Source(), want)
	}
}

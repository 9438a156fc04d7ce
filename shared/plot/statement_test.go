package plot_test

import (
	"reflect"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

// statement evaluates a source.
func statement(t *testing.T, source string) *plot.Statement {
	var c calc.Calculator
	p, err := c.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Evaluate(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plot.Of(p, result)
}

// TestStatement checks that a plot can be read back from its text and from its source.
func TestStatement(t *testing.T) {
	for _, source := range []string{"plot(x^2, x = -1/3, 1e300)",
		"a = 2; plot(sin(t), a*t, not t, t = a, pi^a)", "plot(1e-7x, größe, größe = 0.1+0.2, 1)",
		"plot(t^2 * 4.9 m/s^2, t = 0, 1.5 min)", "plot(sin(t), t = -90°, 90°)", "plot(t, t = 0%, 1:30 / 1 h)"} {
		source = "x = 1; " + source
		s := statement(t, source)
		if again := plot.Read(s.Text()); !reflect.DeepEqual(again, s) {
			t.Errorf("%s: %+v is %q, which is %+v", source, s, s.Text(), again)
		}
		if again := statement(t, "a = 2; x = 1; "+s.Source()); !reflect.DeepEqual(again, s) {
			t.Errorf("%s: %+v is %q, which is %+v", source, s, s.Source(), again)
		}
	}
	if s := statement(t, "2 + 3"); s != nil || s.Text() != "" || len(s.AppendJSON(nil)) != 0 {
		t.Errorf("a sum is the plot %+v", s)
	}
	for _, text := range []string{"", "x", "x\n0\n1", "x\n0\none\nx", "x\nzero\n1\nx"} {
		if s := plot.Read(text); s != nil {
			t.Errorf("%q is the plot %+v", text, s)
		}
	}
}

// TestCurves checks that curves have the values that the calculator gives, until the steps are used
// up.
func TestCurves(t *testing.T) {
	var c calc.Calculator
	p, err := c.Parse("plot(x^2, sqrt(x), x = -1, 1)")
	if err != nil {
		t.Fatal(err)
	}
	var scope calc.Scope
	if _, err := c.Evaluate(p, &scope); err != nil {
		t.Fatal(err)
	}
	left := 1000
	curves := plot.Curves(&c, p, &scope, 2, &left)
	if curves[0](3) != 9 || curves[1](9) != 3 || !isNaN(curves[1](-9)) {
		t.Errorf("the curves are at %v, %v and %v", curves[0](3), curves[1](9), curves[1](-9))
	}
	n := 0
	for !isNaN(curves[0](3)) {
		n++
	}
	if n < 30 || n > 100 || !isNaN(curves[1](9)) {
		t.Errorf("there are %d values in 1,000 steps", n)
	}
}

func isNaN(x float64) bool { return x != x }

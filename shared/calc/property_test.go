//go:build go1.25

package calc_test

import (
	"math"
	"strings"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/units"

	"pgregory.net/rapid"
)

// TestGenerated checks generated sources for what holds for every source. rapid shrinks those that
// fail.
func TestGenerated(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := generator{func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "choice") }}
		check(t, g.source())
	})
}

// TestText checks the same for text that need not mean anything.
func TestText(t *testing.T) {
	pieces := rapid.SliceOf(rapid.OneOf(
		rapid.SampledFrom([]string{"1", "x", "(", ")", ",", "+", "-", "*", "^", "!", "%", "=", "==", "<", "?", ":", "sum(", "i", " = ", "sin(", "not ", " and ", ";", "\n", " ", "#", "f(x) = ", "√", "2e", ".5", "\xff", "π"}),
		rapid.String()))
	rapid.Check(t, func(r *rapid.T) {
		source := ""
		for _, piece := range pieces.Draw(r, "pieces") {
			source += piece
		}
		check(t, source)
	})
}

// evaluate returns the value of a source, which must have one.
func evaluate(t *rapid.T, scope *calc.Scope, source string) float64 {
	var c calc.Calculator
	_, result, err := c.Eval(source, scope)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return result.Value
}

// TestLaws checks equations that hold for all numbers.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var s calc.Scope
		moderate := rapid.Float64Range(-1e6, 1e6)
		for _, name := range []string{"x", "y"} {
			s.Load([]calc.Binding{{Name: name, Value: moderate.Draw(r, name)}})
		}
		for _, law := range []string{
			"x + y == y + x",
			"x - y == -(y - x)",
			"x*y == y*x",
			"x^2 == x*x",
			"(x < y) == (not (x >= y))",
			"sum(x, y) == x + y",
			"min(x, y) + max(x, y) == x + y",
			"abs(sin(x)^2 + cos(x)^2 - 1) < 1e-15",
			"y == 0 or 0 <= (x mod y)/y < 1 or (x mod y) == y",
			"floor(x) <= x <= ceil(x)",
			"abs(round(x) - x) <= 0.5",
			"trunc(x) + frac(x) == x",
			"x + 10% == x + x*10/100",
			"abs(exp(ln(1 + abs(x))) - 1 - abs(x)) <= 1e-14*(1 + abs(x))",
			"sinh(x/1e5) == -sinh(-x/1e5)",
			"(not not x) == (x != 0)",
		} {
			if evaluate(r, &s, law) != 1 {
				r.Errorf("%s fails", law)
			}
		}
	})
}

// TestShortestRoundTrip checks that a number in its shortest form is read as the same number.
func TestShortestRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		value := rapid.Float64Range(0, math.MaxFloat64).Draw(r, "value")
		if got := evaluate(r, nil, calc.Format(value, 0)); got != value {
			r.Errorf("%v is read as %v", value, got)
		}
	})
}

// TestTypedBack checks that every unit with every prefix, its square and its inverse are read as
// they are shown. A percentage or a dozen becomes a number.
func TestTypedBack(t *testing.T) {
	prefixes := append(strings.Split("Q R Y Z E P T G M k h da d c m µ n p f a z y r q Ki Mi Gi Ti Pi Ei", " "), "")
	var c calc.Calculator
	units.Names(func(name string) {
		for _, prefix := range prefixes {
			u, ok := units.Lookup(prefix + name)
			if !ok {
				continue
			}
			square, _ := units.Power(u.Difference(), 2)
			inverse, _ := units.Power(u.Difference(), -1)
			for _, unit := range []units.Unit{u, square, inverse} {
				text := calc.Display(2, unit.String(), calc.Digits)
				program, got, err := c.Eval(text, nil)
				if err != nil {
					t.Errorf("%s: %v", text, err)
				} else if shown := program.Display(got, calc.Digits); shown != text && u.Dimension() != 0 {
					t.Errorf("%s is read as %s", text, shown)
				}
			}
		}
	})
}

package calc_test

import (
	"strings"
	"testing"

	"abacus/shared/calc"
)

func TestNames(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"1 + 2", ""},
		{"a", "a"},
		{"a + b*a", "a b"},
		{"2a(b + 1)", "b a"},
		{"sin(x)*pi + ans", "x"},
		{"a = b", "b a"},
		{"a = a + 1", "a"},
		{"a = 1; b = a; a", "a b"},
		{"f(x) = k*x", "f k"},
		{"f(x, y) = g(x) + h(y)*z", "f g h z"},
		{"f(x) = x; x", "f x"},
		{"x = 2; f(x) = x", "x f"},
		{"f(2) + f(3)", "f"},
		{"f()", "f"},
		{"sum(c*i^2, i = n, m)", "c n m"},
		{"sum(i, i = 1, 3) + i", "i"},
		{"p ? q : r", "p q r"},
		{"0 and u or v", "u v"},
		{"1 < w < 2", "w"},
		{"ä = Ω; 2 + 3", "Ω ä"},
		{"0*unused", "unused"},
		{"a # b", "a"},
	} {
		var calculator calc.Calculator
		program, err := calculator.Parse(c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		names := program.Names()
		if _, err := calculator.Parse("other + names"); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: names %q, want %q", c.source, got, c.want)
		}
	}
}

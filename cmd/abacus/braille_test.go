package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

// constantPlot returns the drawing of a constant.
func constantPlot() string {
	blank := strings.Repeat("\u2800", 60) + "\n"
	return "1.1 │" + blank + strings.Repeat("    │"+blank, 6) + "    │" + strings.Repeat("⠤", 60) + "\n" + strings.Repeat("    │"+blank, 6) +
		"0.9 │" + blank + "    └" + strings.Repeat("─", 60) + "\n     größe = 0" + strings.Repeat(" ", 50) + "2"
}

func TestDraw(t *testing.T) {
	if got := draw(&plot.Statement{Variable: "größe", From: 0, To: 2, Expressions: []string{"1"}}, nil); got != constantPlot() {
		t.Errorf("a constant is\n%s\nwant\n%s", got, constantPlot())
	}
	fall := &plot.Statement{Variable: "t", From: 0, To: 3, Unit: "s", Expressions: []string{"5 m/s^2*t^2"}}
	if got := draw(fall, nil); !strings.HasPrefix(got, " 47.2 m │") || !strings.HasSuffix(got, "t = 0 s"+strings.Repeat(" ", 50)+"3 s") {
		t.Errorf("a fall is\n%s", got)
	}
	bindings := []calc.Binding{{Name: "a", Value: 2}, {Name: "f", Source: "f(x) = a/x"}}
	for _, expression := range []string{"f(x)", "a*x", "sin(1000x)", "sqrt(-x)", "floor(5x)", "x*1e300", "1/0", "tan(x)"} {
		got := draw(&plot.Statement{Variable: "x", From: -3, To: 3, Expressions: []string{expression}}, bindings)
		lines := strings.Split(got, "\n")
		if len(lines) != drawingHeight+2 {
			t.Fatalf("%s has %d lines:\n%s", expression, len(lines), got)
		}
		for _, line := range lines[1:] {
			if utf8.RuneCountInString(line) != utf8.RuneCountInString(lines[0]) {
				t.Errorf("the lines of %s differ in width:\n%s", expression, got)
			}
		}
		isDot := func(r rune) bool { return '\u2800' < r && r <= '\u28FF' }
		if drawn := strings.ContainsFunc(got, isDot); drawn != (expression != "1/0") {
			t.Errorf("%s is\n%s", expression, got)
		}
	}
	if got := draw(&plot.Statement{Variable: "x", From: 0, To: 1, Expressions: []string{"g(x)"}}, bindings); got != "this cannot be drawn: unknown function `g`" {
		t.Error(got)
	}
}

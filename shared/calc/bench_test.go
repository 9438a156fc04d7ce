package calc_test

import (
	"strings"
	"testing"

	"abacus/shared/calc"
)

// benchmarks are the expressions with which test/bench/language compares the language with others.
var benchmarks = []struct{ name, source string }{
	{"constant", "3*3-3/3"},
	{"parenthesis", "2 + 3 * (4 - 1)"},
	{"quadratic", "(-y + (y^2 - 4*x*2)^0.5) / (2*x)"},
	{"variables", "x*2 + y"},
	{"trigonometric", "sin(x)^2 + cos(x)^2"},
	{"sum1000", strings.Repeat("x+", 999) + "y"},
	{"interest", "(1+0.05/365)^3650"},
}

func benchmarkScope(b *testing.B) *calc.Scope {
	var s calc.Scope
	s.Load([]calc.Binding{{Name: "x", Value: 0.4}, {Name: "y", Value: 3.5}})
	return &s
}

func BenchmarkParseAndEvaluate(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			var c calc.Calculator
			s := benchmarkScope(b)
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				if _, _, err := c.Eval(bench.source, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			var c calc.Calculator
			s := benchmarkScope(b)
			p, err := c.Parse(bench.source)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				s.Steps = 0
				if _, err = c.Evaluate(p, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSize shows that time grows linearly with the length of the source: the time for a byte
// stays the same.
func BenchmarkSize(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"256", 256}, {"1K", 1 << 10}, {"4K", 4 << 10}, {"16K", 16 << 10}} {
		b.Run(size.name, func(b *testing.B) {
			var c calc.Calculator
			s := benchmarkScope(b)
			source := strings.Repeat("x*1.25+", size.bytes/7-1) + "y"
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				if _, _, err := c.Eval(source, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFormat(b *testing.B) {
	text := make([]byte, 0, 32)
	for i := 0; i < b.N; i++ {
		text = calc.AppendFormat(text[:0], 1234.5678901234567, calc.Digits)
	}
}

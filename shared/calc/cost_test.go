package calc_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/shared/calc"
)

// numbers returns a list of n numbers in no particular order.
func numbers(n int) string {
	text := ""
	for i := 0; i < n; i++ {
		text += strconv.Itoa(i*7919%97) + ", "
	}
	return text
}

// costly are sources that take as much time as their steps allow.
var costly = []struct{ name, source string }{
	{"round", "sum(round(i*1.2345678901234567e-300, 305), i = 1, 1000000)"},
	{"rounds", "0" + strings.Repeat("+round(1e-300, 305)", 800)},
	{"floor near a whole number", "sum(floor(28.999999999999996), i = 1, 1000000)"},
	{"median", "sum(median(" + numbers(3500) + "i), i = 1, 1000)"},
	{"quantile", "sum(quantile(0.5, " + numbers(3500) + "i), i = 1, 1000)"},
	{"geomean", "sum(geomean(" + numbers(3500) + "i), i = 1, 1000)"},
	{"ncr", "sum(ncr(1000, 500), i = 1, 100000)"},
	{"integral", "sum(integral(1/x, x = 1e-9, 1), i = 1, 10000)"},
	{"solve", "sum(solve(x^3 = 2, x = 0, 2), i = 1, 100000)"},
	{"derivative", "sum(derivative(x^3, x = 2), i = 1, 100000)"},
	{"units", "sum(i km/h * 3 min, i = 1, 1000000)"},
	{"conversion", "sum((i mi in km), i = 1, 1000000)"},
	{"fv", "sum(fv(0.01*i, 30, 100), i = 1, 1000000)"},
	{"gamma", "sum(gamma(i mod 100 / 7), i = 1, 1000000)"},
	{"power", "sum(i^1.5, i = 1, 1000000)"},
	{"tan", "sum(tan(i*1e300), i = 1, 1000000)"},
	{"mod", "sum(1e300 mod 3e-300, i = 1, 1000000)"},
	{"factorial", "sum((170 - i mod 2)!, i = 1, 1000000)"},
	{"choose", "sum(choose(1000, 500), i = 1, 100000)"},
	{"variances", "sum(varp(i, 3, 7), i = 1, 1000000)"},
	{"the same function again and again", strings.Repeat("f(x)=x;", 2200) + "1"},
	{"sums in sums", strings.Repeat("sum(", 90) + "1" + strings.Repeat(", i = 1, 2)", 90)},
}

// TestCost checks that no source takes much longer than 50 ms on a quiet machine. The limit here
// leaves room for other work.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	for _, c := range costly {
		best := time.Hour
		var calculator calc.Calculator
		for i := 0; i < 3; i++ {
			var scope calc.Scope
			begin := time.Now()
			calculator.Eval(c.source, &scope)
			best = min(best, time.Since(begin))
		}
		t.Logf("%s: %v", c.name, best)
		if best > time.Second {
			t.Errorf("%s takes %v", c.name, best)
		}
	}
}

// TestNamesCost checks that a foreign name costs at least as many steps as what it stands for, and
// so does a function that a session may replace, in every round of a loop.
func TestNamesCost(t *testing.T) {
	steps := func(source string) int {
		var calculator calc.Calculator
		var scope calc.Scope
		scope.Random = func() float64 { return 0.5 }
		if _, _, err := calculator.Eval(source, &scope); err != nil {
			t.Errorf("%s: %v", source, err)
		}
		return scope.Steps
	}
	for name, means := range map[string]string{
		"choose(9, 4)": "ncr(9, 4)", "COMB(9, 4)": "ncr(9, 4)", "perm(9, 4)": "npr(9, 4)", "pow(i, 1.5)": "i^1.5",
		"modulo(i, 7)": "i mod 7", "idiv(i, 7)": "i // 7", "arctan(i)": "atan(i)", "SQRT(i)": "sqrt(i)", "hcf(i, 6)": "gcd(i, 6)",
		"avg(i, 2)": "mean(i, 2)", "stddev(i, 2)": "std(i, 2)", "percentile(0.5, i, 2, 3)": "median(i, 2, 3)", "rand()": "random()",
	} {
		if got, want := steps("sum("+name+", i = 1, 100)"), steps("sum("+means+", i = 1, 100)"); got < want {
			t.Errorf("%s takes %d steps, and %s %d", name, got, means, want)
		}
	}
	for _, source := range []string{"fv(0.01, i, 7)", "pmt(0.01, i, 7)", "geomean(i, 2)", "quantile(0.5, i, 2)", "varp(i, 2)"} {
		once, often := steps("sum("+source+", i = 1, 1)"), steps("sum("+source+", i = 1, 101)")
		if each := (often - once) / 100; each < once-20 {
			t.Errorf("%s takes %d steps, in a loop %d", source, once, each)
		}
	}
}

func BenchmarkCost(b *testing.B) {
	for _, c := range costly {
		b.Run(c.name, func(b *testing.B) {
			var calculator calc.Calculator
			for i := 0; i < b.N; i++ {
				var scope calc.Scope
				calculator.Eval(c.source, &scope)
			}
		})
	}
}

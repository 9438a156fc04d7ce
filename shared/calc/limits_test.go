package calc_test

import (
	"math/rand"
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/shared/calc"
)

// limit has sources at a limit. They run natively here, and in Wasm in wasm_test.go.
type limit struct {
	name   string
	before []string // to evaluate first
	source string
	code   string // "" if it is within the limit
}

// around returns the cases at limit-1, limit and limit+1.
func around(name, code string, most int, before []string, source func(n int) string) []limit {
	return []limit{
		{name + "-1", before, source(most - 1), ""},
		{name, before, source(most), ""},
		{name + "+1", before, source(most + 1), code},
	}
}

// nested returns n times before, x, and n times after.
func nested(before, x, after string) func(n int) string {
	return func(n int) string { return strings.Repeat(before, n) + x + strings.Repeat(after, n) }
}

// names returns a source that sets n variables.
func names(n int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		b.WriteString("v" + strconv.Itoa(i) + "=1;")
	}
	return b.String()
}

// limits returns sources at all limits, alone and combined.
func limits() (all []limit) {
	add := func(cases []limit) { all = append(all, cases...) }
	add(around("source", calc.CodeLimitSource, calc.MaxSource, nil, func(n int) string { return "1" + strings.Repeat(" ", n-1) }))
	add(around("name", calc.CodeLimitName, 64, nil, func(n int) string { return strings.Repeat("ä", n) + " = 1" }))
	add(around("parentheses", calc.CodeLimitNesting, 200, nil, nested("(", "1", ")")))
	add(around("nested calls", calc.CodeLimitNesting, 200, nil, nested("abs(", "1", ")")))
	add(around("minus signs", calc.CodeLimitNesting, 200, nil, nested("-", "1", "")))
	add(around("roots", calc.CodeLimitNesting, 200, nil, nested("√", "1", "")))
	add(around("nots", calc.CodeLimitNesting, 200, nil, nested("not ", "1", "")))
	add(around("powers", calc.CodeLimitNesting, 200, nil, nested("1^", "1", "")))
	add(around("choices", calc.CodeLimitNesting, 200, nil, nested("0?1:", "1", "")))
	add(around("first choices", calc.CodeLimitNesting, 200, nil, nested("1?", "1", ":0")))
	add(around("series", calc.CodeLimitNesting, 200, nil, nested("sum(", "1", ",i=1,1)")))
	add(around("parentheses and minus signs", calc.CodeLimitNesting, 100, nil, nested("-(", "1", ")")))
	// A sum of n ones has 2n-1 instructions, and the end of the program is one more.
	add(around("nodes", calc.CodeLimitNodes, 5000, nil, func(n int) string { return strings.Repeat("1+", n-1) + "1" }))
	add(around("parameters", calc.CodeLimitParameters, 32, nil, func(n int) string {
		return "f(" + strings.TrimSuffix(parameters(n), ",") + ") = 1"
	}))
	add(around("names", calc.CodeLimitNames, 1000, []string{names(900)}, func(n int) string { return strings.ReplaceAll(names(n-900), "v", "w") }))
	add(around("calls", calc.CodeLimitCalls, 1000, []string{"f(n) = n <= 1 ? 1 : f(n - 1)"}, func(n int) string { return "f(" + strconv.Itoa(n) + ")" }))
	add(around("mutual calls", calc.CodeLimitCalls, 1000, []string{"f(n) = n <= 1 ? 1 : g(n - 1); g(n) = n <= 1 ? 1 : f(n - 1)"}, func(n int) string { return "f(" + strconv.Itoa(n) + ")" }))
	add(around("curves", calc.CodeLimitCurves, calc.MaxCurves, nil, func(n int) string { return "plot(" + strings.Repeat("x,", n) + "x=0,1)" }))
	add(around("calls in a plot", calc.CodeLimitCalls, 1000, []string{"f(n) = n <= 1 ? 1 : f(n - 1)"}, func(n int) string { return "plot(f(x),x=1," + strconv.Itoa(n) + ")" }))
	// 5 points, at which the curve is 11 steps and 2 more a round after the first; the program is
	// 16.
	add(around("steps of a plot", calc.CodeLimitSteps, 99_993, nil, func(n int) string { return "plot(sum(i,i=1," + strconv.Itoa(n) + "),x=0,1)" }))
	// The program is 7 instructions and 4 steps more for the series; a round after the first is 2
	// steps.
	add(around("steps", calc.CodeLimitSteps, 499_995, nil, func(n int) string { return "sum(i,i=1," + strconv.Itoa(n) + ")" }))
	// Each call holds 600 values; the limit is 65,536.
	many := "g(n) = n <= 1 ? 1 : max(" + strings.Repeat("n,", 600) + "g(n - 1))"
	add([]limit{
		{"stack", []string{many}, "g(100)", ""},
		{"stack+1", []string{many}, "g(120)", calc.CodeLimitStack},
		{"loops and calls", []string{"h(n) = n <= 1 ? 1 : sum(h(n - 1), i = 1, 1)"}, "h(1000)", ""},
		{"loops and calls+1", []string{"h(n) = n <= 1 ? 1 : sum(h(n - 1), i = 1, 1)"}, "h(1001)", calc.CodeLimitCalls},
		{"loops", []string{"h(n) = n <= 1 ? 1 : sum(sum(h(n - 1), i = 1, 1), j = 1, 1)"}, "h(999)", calc.CodeLimitCalls},
	})
	// 49 definitions of a little more than 1,000 instructions are allowed, 50 are not.
	var long []string
	for i := 0; i < 49; i++ {
		long = append(long, "d"+strconv.Itoa(i)+"(x) = "+strings.Repeat("x+", 499)+"x")
	}
	add([]limit{
		{"definitions", long, "d(x) = 1", ""},
		{"definitions+1", long, "d(x) = " + strings.Repeat("x+", 499) + "x", calc.CodeLimitDefinitions},
		{"definition made longer by its canonical form", nil, "f(x) = " + strings.Repeat("x+", 4500) + "x", calc.CodeLimitSource},
	})
	for _, hostile := range []string{"(", "-", "!", "√", "1^", "f(", "0?", "1?1:", "x=", "sum(", "not ", "1<", "1,", "\"", ";", "\n", "#", "_", "9", "1e", "0x", ".", "1+", "=", "%", "√-", "((-", "a(", "ä", "1_"} {
		all = append(all, limit{"16 KiB of " + hostile, nil, strings.Repeat(hostile, calc.MaxSource/len(hostile)), "any"})
	}
	for _, slow := range []string{
		"9^9^9^9",
		"sum(sum(sum(sum(i*j*k*l, i=1,100), j=1,100), k=1,100), l=1,100)",
		"sum(i, i = 1, 9007199254740992)",
		"prod(gamma(-170.5), i = 1, 1e9)",
		"sum(ncr(1e6, 500), i = 1, 1e9)",
		"sum(median(9,8,7,6,5,4,3,2,1), i = 1, 1e9)",
		"sum(2.5^3.7 + sin(1e22), i = 1, 1e9)",
		"sum(1e308 mod 3, i = 1, 1e9)",
		"sum(round(pi*i, 3), i = 1, 1e9)",
		"sum(round(9.1 + i/1e15, 14), i = 1, 1e9)",
		"sum(round(9.12345678901234 + i/1e15, 15), i = 1, 1e9)",
		"sum(lcm(i, 12345) + gcd(i, 9007199254740991), i = 1, 1e9)",
		"sum(round(1e-320*i, 322), i = 1, 6200)",
		"sum(ncr(1000, 500), i = 1, 1e9)",
		"sum(gcd(i*5 + 2000000000000001, 5527939700884757), i = 1, 1e9)",
		"sum(1e308 mod (i*1e-300), i = 1, 1e9)",
		strings.Repeat("f(x)=5e-324;", 1365),
		strings.Repeat("7e-310+", 2340) + "1",
		strings.Repeat("1e-300+", 2340) + "1",
		"sum(i km + 3 mile, i = 1, 1e9)",
		"sum(c*i, i = 1, 1e9)",
		"sum((i furlong)/(1 fortnight) in km/h, i = 1, 1e9)",
		"sum(max(i m, 3 km, 5 mile, 6 yard), i = 1, 1e9)",
		"sum(20 °C in °F, i = 1, 1e9)",
		strings.Repeat("5 ft 3 in+", 1600) + "1 m",
		"1" + strings.Repeat(" in", 5400),
		"1 " + strings.Repeat("m/", 8000) + "s",
		"f(n) = f(n - 1) + f(n - 2); f(30)",
		"f(n) = n < 2 ? n : f(n - 1) + f(n - 2); f(40)",
		"a(x) = b(x); b(x) = a(x); a(1)",
		"median(" + strings.Repeat("1,2,", 2000) + "3)",
		strings.Repeat("1.5^2.5+", 2000) + "1",
		strings.Repeat("sum(", 190) + "i" + strings.Repeat(",i=1,1)", 190),
		strings.Repeat("sum(", 150) + strings.Repeat("i+", 3000) + "i" + strings.Repeat(",i=1,1)", 150),
		strings.Repeat("gamma(.5)+", 1500) + "1",
	} {
		all = append(all, limit{slow[:min(len(slow), 60)], nil, slow, "any"})
	}
	return all
}

// parameters returns a list of n names.
func parameters(n int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		b.WriteString("p" + strconv.Itoa(i) + ",")
	}
	return b.String()
}

func TestLimits(t *testing.T) {
	for _, l := range limits() {
		s := newSession()
		for _, source := range l.before {
			if _, err := s.evaluate(source); err != nil {
				t.Fatalf("%s: %v", l.name, err)
			}
		}
		_, err := s.evaluate(l.source)
		switch {
		case l.code == "any":
		case l.code == "" && err != nil:
			t.Errorf("%s: %v", l.name, err)
		case l.code != "" && (err == nil || err.Code != l.code):
			t.Errorf("%s: %v, want %s", l.name, err, l.code)
		}
		check(t, l.source)
	}
}

// evaluate evaluates a source as a request of its own.
func (s *session) evaluate(source string) (calc.Result, *calc.Error) {
	_, result, err := s.calculator.Eval(source, &s.scope)
	return result, err
}

// BenchmarkLimits measures the sources at the limits: none may take longer than 50 ms.
func BenchmarkLimits(b *testing.B) {
	worst := time.Duration(0)
	for n := 0; n < b.N; n++ {
		for _, l := range limits() {
			s := newSession()
			for _, source := range l.before {
				s.evaluate(source)
			}
			began := time.Now()
			s.evaluate(l.source)
			worst = max(worst, time.Since(began))
		}
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkWorst searches for sources that take longer than those: random pieces, repeated up to
// the largest source. It reports the slowest.
func BenchmarkWorst(b *testing.B) {
	random := rand.New(rand.NewSource(time.Now().UnixNano()))
	g := generator{random.Intn}
	worst, slowest := time.Duration(0), ""
	for n := 0; n < b.N; n++ {
		piece := g.expression(1+g.pick(3), []string{"i", "ans"})
		source := "sum(" + piece + ", i = 1, 1e9)"
		if g.pick(2) == 0 {
			source = strings.Repeat(piece+g.one("+", ";", "*"), calc.MaxSource/(len(piece)+1))
		}
		s := newSession()
		began := time.Now()
		if program, _, _ := s.calculator.Eval(source, &s.scope); program != nil {
			program.Parsed()
		}
		if took := time.Since(began); took > worst {
			worst, slowest = took, source
		}
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
	b.Logf("%.200s", slowest)
}

// TestStepsAreShared checks that the evaluations of one request share one budget of steps.
func TestStepsAreShared(t *testing.T) {
	s := newSession()
	p, err := s.calculator.Parse("sum(i, i = 1, 300000)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.calculator.Evaluate(p, &s.scope); err != nil {
		t.Fatal(err)
	}
	if _, err := s.calculator.Evaluate(p, &s.scope); err == nil || err.Code != calc.CodeLimitSteps {
		t.Errorf("the second time: %v", err)
	}
	if _, err := s.calculator.Evaluate(p, &s.scope); err == nil || err.Code != calc.CodeLimitSteps {
		t.Errorf("the third time, with no step left: %v", err)
	}
	s.scope.Steps = 0
	if _, err := s.calculator.Evaluate(p, &s.scope); err != nil {
		t.Errorf("in a new request: %v", err)
	}
}

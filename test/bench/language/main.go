// Command language measures the calculator's language against gval, govaluate and expr-lang. It
// prints the time of one evaluation in each, and by how much the fastest of the three is slower.
//
//	cd test/bench/language && go run .
package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"abacus/shared/calc"

	"github.com/Knetic/govaluate"
	"github.com/PaesslerAG/gval"
	"github.com/expr-lang/expr"
)

// cases are written in Abacus's syntax and in that of the others, which write powers as **.
var cases = []struct{ name, ours, peers string }{
	{"3*3-3/3", "3*3-3/3", "3*3-3/3"},
	{"2 + 3 * (4 - 1)", "2 + 3 * (4 - 1)", "2 + 3 * (4 - 1)"},
	{"quadratic formula", "(-y + (y^2 - 4*x*2)^0.5) / (2*x)", "(-y + (y**2 - 4*x*2)**0.5) / (2*x)"},
	{"x*2 + y", "x*2 + y", "x*2 + y"},
	{"sin(x)^2 + cos(x)^2", "sin(x)^2 + cos(x)^2", "sin(x)**2 + cos(x)**2"},
	{"sum of 1,000 terms", strings.Repeat("x+", 999) + "y", strings.Repeat("x+", 999) + "y"},
}

var variables = map[string]any{"x": 0.4, "y": 3.5}

func main() {
	fmt.Printf("%-22s %9s %9s %9s %9s %7s   %9s %9s %7s\n", "parse and evaluate, ns",
		"abacus", "gval", "govaluate", "expr", "ratio", "evaluate:", "expr", "ratio")
	for _, c := range cases {
		ours, oursParsed := abacus(c.ours)
		peer, peerParsed := exprLang(c.peers)
		t := fastest([]func(){
			ours, gvalRun(c.peers), govaluateRun(c.peers), peer,
			oursParsed, peerParsed,
		})
		best := min(t[1], t[2], t[3])
		fmt.Printf("%-22s %9.0f %9.0f %9.0f %9.0f %6.1fx   %9.1f %9.1f %6.1fx\n",
			c.name, t[0], t[1], t[2], t[3], best/t[0], t[4], t[5], t[5]/t[4])
	}
}

// fastest returns the shortest time of each function in nanoseconds. The functions take turns, so
// that other load on the machine affects them all alike.
func fastest(functions []func()) []float64 {
	times := make([]float64, len(functions))
	repeat := make([]int, len(functions))
	for i, f := range functions {
		f()
		start := time.Now()
		f()
		repeat[i] = 1 + int(20*time.Microsecond/(time.Since(start)+1))
		times[i] = math.Inf(1)
	}
	for round := 0; round < 2000; round++ {
		for i, f := range functions {
			start := time.Now()
			for n := 0; n < repeat[i]; n++ {
				f()
			}
			times[i] = min(times[i], float64(time.Since(start).Nanoseconds())/float64(repeat[i]))
		}
	}
	return times
}

// must panics on an error: the benchmark's expressions are all valid.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// abacus returns functions that parse and evaluate, and that only evaluate.
func abacus(source string) (both, evaluate func()) {
	var c, parsed calc.Calculator
	var scope calc.Scope
	for name, value := range variables {
		scope.Load([]calc.Binding{{Name: name, Value: value.(float64)}})
	}
	check := func(_ calc.Result, err *calc.Error) {
		if err != nil {
			panic(err)
		}
	}
	both = func() {
		_, result, err := c.Eval(source, &scope)
		check(result, err)
	}
	p, err := parsed.Parse(source)
	if err != nil {
		panic(err)
	}
	return both, func() {
		scope.Steps = 0
		check(parsed.Evaluate(p, &scope))
	}
}

func gvalRun(source string) func() {
	language := gval.Full(
		gval.Function("sin", func(x float64) float64 { return math.Sin(x) }),
		gval.Function("cos", func(x float64) float64 { return math.Cos(x) }))
	return func() { must(language.Evaluate(source, variables)) }
}

func govaluateRun(source string) func() {
	functions := map[string]govaluate.ExpressionFunction{
		"sin": func(x ...any) (any, error) { return math.Sin(x[0].(float64)), nil },
		"cos": func(x ...any) (any, error) { return math.Cos(x[0].(float64)), nil },
	}
	return func() {
		e := must(govaluate.NewEvaluableExpressionWithFunctions(source, functions))
		must(e.Evaluate(variables))
	}
}

// exprLang returns functions that compile and run, and that only run. They use a typed environment,
// which is the fastest.
func exprLang(source string) (both, run func()) {
	type environment struct {
		X   float64               `expr:"x"`
		Y   float64               `expr:"y"`
		Sin func(float64) float64 `expr:"sin"`
		Cos func(float64) float64 `expr:"cos"`
	}
	values := environment{0.4, 3.5, math.Sin, math.Cos}
	options := expr.Env(environment{})
	program := must(expr.Compile(source, options))
	return func() { must(expr.Run(must(expr.Compile(source, options)), values)) },
		func() { must(expr.Run(program, values)) }
}

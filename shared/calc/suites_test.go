package calc_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/units"
)

// suites are cases of the test suites of other calculators. Each line has the input, its result
// there, a tolerance, the class here, and a reason, separated by tabs. The first lines of a file
// name its source and licence. The classes are
//
//	agree    the same value here
//	differs  another value, because the language differs there, for the reason given
//	refused  an error here, with the code given
const suites = "testdata/suites/*.tsv"

// suiteRates are the exchange rates of the suites.
var suiteRates = map[string]float64{"EUR": 1, "USD": 1.1, "GBP": 0.85, "JPY": 160}

// quantity evaluates a source. The value of 18% is 18 with the unit percent.
func quantity(source string) (q units.Quantity, shown string, err *calc.Error) {
	var c calc.Calculator
	scope := calc.Scope{Rates: &calc.Rates{Date: "2026-11-25", Source: "ECB",
		PerEuro: func(code string) float64 { return suiteRates[code] }}}
	program, result, err := c.Eval(source, &scope)
	if err != nil {
		return q, "", err
	}
	q.Value = result.Value
	q.Unit, _ = units.Parse(result.Unit)
	if q.Unit == units.Percent {
		q.Value *= 100
	}
	return q, program.Display(result, calc.Digits), nil
}

// near reports whether two values are the same within a tolerance, which is a quantity or, if it is
// a number, relative. Some suites show values without their units.
func near(got, want units.Quantity, tolerance string) bool {
	if want.Unit.None() {
		want.Unit = got.Unit
	}
	got, problem := units.Convert(got, want.Unit, nil)
	if problem != units.OK {
		return false
	}
	allowed, _, err := quantity(tolerance)
	if err != nil {
		return false
	}
	if allowed.Unit.None() {
		size := math.Max(math.Abs(got.Value), math.Abs(want.Value))
		return math.Abs(got.Value-want.Value) <= allowed.Value*math.Max(size, 0.1)
	}
	allowed, problem = units.Convert(allowed, want.Unit.Difference(), nil)
	return problem == units.OK && math.Abs(got.Value-want.Value) <= allowed.Value
}

// classOf returns the class of a case and, for an error, its code.
func classOf(input, expected, tolerance string) (class, code string) {
	got, shown, err := quantity(input)
	if err != nil {
		return "refused", err.Code
	}
	want, _, err := quantity(expected)
	if shown == expected || err == nil && near(got, want, tolerance) {
		return "agree", ""
	}
	return "differs", ""
}

// TestSuites checks that every case has its class.
func TestSuites(t *testing.T) {
	files, err := filepath.Glob(suites)
	if err != nil || len(files) == 0 {
		t.Fatalf("no suites: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, fields := range rowsOf(string(content)) {
			if len(fields) != 5 {
				t.Fatalf("%s: %q has %d fields", file, fields, len(fields))
			}
			class, code := classOf(fields[0], fields[1], fields[2])
			count[class]++
			switch {
			case class != fields[3], class == "refused" && code != fields[4]:
				t.Errorf("%s: %s is %s %s, want %s %s (%s)",
					file, fields[0], class, code, fields[3], fields[4], fields[1])
			case class == "differs" && fields[4] == "":
				t.Errorf("%s: %s differs without a reason", file, fields[0])
			}
		}
		t.Logf("%s: %d agree, %d differ, %d are refused",
			filepath.Base(file), count["agree"], count["differs"], count["refused"])
	}
}

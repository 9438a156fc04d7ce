package calc_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
)

// shown returns the names of a scope, or its changes.
func shown(bindings ...calc.Binding) string {
	var texts []string
	for _, c := range bindings {
		if c.IsDefinition() {
			texts = append(texts, c.Source)
		} else {
			texts = append(texts, c.Name+" = "+calc.Format(c.Value, 0))
		}
	}
	return strings.Join(texts, "; ")
}

func all(s *calc.Scope) string {
	var bindings []calc.Binding
	for i := 0; i < s.Len(); i++ {
		bindings = append(bindings, s.At(i))
	}
	return shown(bindings...)
}

func TestScope(t *testing.T) {
	s := newSession()
	s.scope.Load([]calc.Binding{{Name: "loaded", Value: 1}, {Name: "double", Source: "double(x) = 2*x"}})
	if changes := s.scope.Changes(); changes != nil {
		t.Errorf("loading is a change: %v", changes)
	}
	for _, step := range []struct{ source, changes, names string }{
		{"loaded", "", "loaded = 1; double(x) = 2*x"},
		{"a = double(loaded)", "a = 2", "loaded = 1; double(x) = 2*x; a = 2"},
		{"loaded = 5; f(x) = x/a", "loaded = 5; f(x) = x/a", "loaded = 5; double(x) = 2*x; a = 2; f(x) = x/a"},
		{"a = 7; f(1); b = 3; f = 4; g(x) = x; double = 9; 1/0", "", "loaded = 5; double(x) = 2*x; a = 2; f(x) = x/a"},
		{"double = 3; double(x) = x; double = 4", "double = 4", "loaded = 5; double = 4; a = 2; f(x) = x/a"},
		{"a(x) = x; a(3)", "a(x) = x", "loaded = 5; double = 4; a(x) = x; f(x) = x/a"},
	} {
		s.evaluate(step.source)
		if got := shown(s.scope.Changes()...); got != step.changes {
			t.Errorf("%s changes %q, want %q", step.source, got, step.changes)
		}
		if got := all(&s.scope); got != step.names {
			t.Errorf("after %s: %q, want %q", step.source, got, step.names)
		}
	}
	if c, found := s.scope.Lookup("loaded"); !found || c.Value != 5 {
		t.Errorf("loaded is %v, %v", c, found)
	}
	if _, found := s.scope.Lookup("missing"); found {
		t.Error("missing is found")
	}
	if !s.scope.Delete("double") || s.scope.Delete("double") {
		t.Error("double is deleted once")
	}
	if got := all(&s.scope); got != "loaded = 5; a(x) = x; f(x) = x/a" {
		t.Errorf("after deleting: %q", got)
	}
	if result, err := s.evaluate("a(loaded)"); err != nil || result.Value != 5 {
		t.Errorf("after deleting: %v, %v", result, err)
	}
	s.scope.Reset()
	if s.scope.Len() != 0 || s.scope.Random == nil {
		t.Error("Reset forgets the names and keeps Random")
	}
	if _, err := s.evaluate("a"); err == nil {
		t.Error("after Reset there is an a")
	}
}

// TestDeletedNames checks that programs and definitions, which remember where a name was, notice
// that it was deleted.
func TestDeletedNames(t *testing.T) {
	s := newSession()
	if _, err := s.evaluate("a = 1; b = 2; third = 3; f(x) = third + x"); err != nil {
		t.Fatal(err)
	}
	p, err := s.calculator.Parse("third + f(b)")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		delete string
		want   float64
	}{{"none", 8}, {"a", 8}} {
		s.scope.Delete(step.delete)
		if result, err := s.calculator.Evaluate(p, &s.scope); err != nil || result.Value != step.want {
			t.Errorf("without %s: %v, %v", step.delete, result, err)
		}
	}
	s.scope.Delete("third")
	if _, err := s.calculator.Evaluate(p, &s.scope); err == nil || err.Code != calc.CodeUnknown {
		t.Errorf("without third: %v", err)
	}
}

// TestManyNames fills a scope to its limit, finds every name, and empties it.
func TestManyNames(t *testing.T) {
	var s calc.Scope
	for i := 0; i < calc.MaxNames; i++ {
		s.Load([]calc.Binding{{Name: "n" + strconv.Itoa(i), Value: float64(i)}})
	}
	var c calc.Calculator
	if _, _, err := c.Eval("n7 = 7", &s); err != nil {
		t.Errorf("setting a name again: %v", err)
	}
	for _, source := range []string{"more = 1", "more(x) = x"} {
		if _, _, err := c.Eval(source, &s); err == nil || err.Code != calc.CodeLimitNames {
			t.Errorf("%s: %v", source, err)
		}
	}
	s.Load([]calc.Binding{{Name: "more", Value: 1}})
	if _, found := s.Lookup("more"); found {
		t.Error("one more is loaded")
	}
	for i := calc.MaxNames - 1; i >= 0; i-- {
		name := "n" + strconv.Itoa(i)
		if c, found := s.Lookup(name); !found || c.Value != float64(i) {
			t.Fatalf("%s is %v, %v", name, c, found)
		}
		if i%10 == 0 && !s.Delete(name) {
			t.Fatalf("%s is not deleted", name)
		}
	}
	if s.Len() != calc.MaxNames*9/10 {
		t.Errorf("%d names stay", s.Len())
	}
}

// TestRoomOfDefinitions checks that a definition that is replaced or deleted no longer counts
// towards the limit of all definitions.
func TestRoomOfDefinitions(t *testing.T) {
	s := newSession()
	long := strings.Repeat("x+", 2000) + "x"
	for i := 0; i < 40; i++ {
		for _, source := range []string{"f(x) = " + long, "f = 1", "f(x) = " + long + "; 1/0", "g(x) = " + long + "; h(x) = " + long + "; 1/0"} {
			_, err := s.evaluate(source)
			if failed := strings.HasSuffix(source, "1/0"); (err != nil) != failed || failed && err.Code != calc.CodeDivision {
				t.Fatalf("round %d: %v", i, err)
			}
		}
		s.scope.Load([]calc.Binding{{Name: "d", Source: "d(x) = " + long}})
		if _, err := s.evaluate("d(1)"); err != nil {
			t.Fatal(err)
		}
		s.scope.Delete("d")
	}
}

func TestLoadingRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		value float64
		code  string
	}{
		{"pi", 1, calc.CodeReserved},
		{"sin", 1, calc.CodeReserved},
		{"ans", 1, calc.CodeReserved},
		{"and", 1, calc.CodeReserved},
		{"2", 1, calc.CodeReserved},
		{"a b", 1, calc.CodeReserved},
		{" a", 1, calc.CodeReserved},
		{"", 1, calc.CodeReserved},
		{"$", 1, calc.CodeSyntax},
		{strings.Repeat("a", 65), 1, calc.CodeLimitName},
		{"a", math.Inf(1), calc.CodeOverflow},
		{"a", math.NaN(), calc.CodeOverflow},
	} {
		if err := (calc.Binding{Name: c.name, Value: c.value}).Check(); err == nil || err.Code != c.code {
			t.Errorf("%q = %v: %v, want %s", c.name, c.value, err, c.code)
		}
	}
	for _, source := range []string{
		"f(x) = ", "a = 1", "1 + 1", "f(x) = x; 1", "sin(x) = x", "f(x) = x + ans", "(",
	} {
		var s calc.Scope
		var c calc.Calculator
		s.Load([]calc.Binding{{Name: "f", Source: source}, {Name: "g", Source: "g(x) = 2*x"}})
		_, _, err := c.Eval("f(1)", &s)
		if err == nil || err.Code != calc.CodeUnknown || !strings.Contains(err.Message, "`f` is no longer valid") {
			t.Errorf("%q: %v", source, err)
		}
		if _, result, err := c.Eval("g(1)", &s); err != nil || result.Value != 2 {
			t.Errorf("beside %q: %v, %v", source, result, err)
		}
	}
}

func TestProgram(t *testing.T) {
	for _, c := range []struct {
		source               string
		ans, random, assigns bool
		kind                 string
	}{
		{"1 + 2", false, false, false, "value"},
		{"ans + 2", true, false, false, "value"},
		{"* 2", true, false, false, "value"},
		{"a = random()", false, true, true, "assignment"},
		{"f(x) = randint(1, x)", false, true, true, "definition"},
		{"a = 1; a", false, false, true, "value"},
		{"a; a = 1", false, false, true, "assignment"},
		{"plot(x, x = 0, 1)", false, false, false, "plot"},
		{"a = 2; plot(a*x, x = ans, random())", true, true, true, "plot"},
	} {
		var calculator calc.Calculator
		p, err := calculator.Parse(c.source)
		if err != nil {
			t.Fatal(err)
		}
		if p.UsesAns() != c.ans || p.UsesRandom() != c.random || p.Assigns() != c.assigns || p.Kind().String() != c.kind ||
			p.Kind().HasValue() != (c.kind == "value" || c.kind == "assignment") {
			t.Errorf("%s: ans %v, random %v, assigns %v, %v", c.source, p.UsesAns(), p.UsesRandom(), p.Assigns(), p.Kind())
		}
	}
}

// TestWithoutScope checks that an evaluation without a scope knows only its own names, and no
// random numbers.
func TestWithoutScope(t *testing.T) {
	var c calc.Calculator
	for _, step := range []struct {
		source, code string
		want         float64
	}{
		{"a = 2; a^2", "", 4},
		{"a", calc.CodeUnknown, 0},
		{"ans", calc.CodeNoAnswer, 0},
		{"random()", calc.CodeNoRandom, 0},
		{"randint(1, 6)", calc.CodeNoRandom, 0},
	} {
		_, result, err := c.Eval(step.source, nil)
		switch {
		case step.code == "" && (err != nil || result.Value != step.want):
			t.Errorf("%s: %v, %v", step.source, result, err)
		case step.code != "" && (err == nil || err.Code != step.code || err.Syntax()):
			t.Errorf("%s: %v, want %s", step.source, err, step.code)
		}
	}
}

func TestErrorIsOneLine(t *testing.T) {
	var c calc.Calculator
	_, err := c.Parse("a = 1\nb = (2; 3")
	if err == nil || !err.Syntax() || err.Error() != "2:7: expected `)` for the `(` at line 2, column 5, but found `;`" {
		t.Errorf("%v", err)
	}
}

// TestNoAllocation checks that parsing and evaluating again does not allocate.
func TestNoAllocation(t *testing.T) {
	for _, source := range []string{
		"3*3-3/3", "sin(x)^2 + cos(x)^2", "(-y + (y^2 - 4*x*2)^0.5) / (2*x)", "y = x + 1", "f(x, 2)*f(1, 1)",
		"sum(i^2, i = 1, 10) + max(1, 2, 3) + median(3, 1, 2)", "x > 0 and y < 9 ? 1 : 2", "plot(x^2, f(x, 2), x = 0, y)", "100 + 10%", "1_000*0x1F", "größe",
	} {
		s := newSession()
		if _, err := s.evaluate("x = 0.4; y = 3.5; größe = 1; f(x, y) = x^y + y"); err != nil {
			t.Fatal(err)
		}
		run := func() {
			if _, err := s.evaluate(source); err != nil {
				t.Fatal(err)
			}
		}
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", source, n)
		}
	}
}

func TestDiffers(t *testing.T) {
	for _, c := range []struct {
		source, parsed string
		want           bool
	}{
		{"2*3 # six", "2*3", false},
		{"1_000×2 ÷ 3 − 1", "1000*2/3 - 1", false},
		{"((2))+(3)", "2 + 3", false},
		{"2**3", "2^3", false},
		{"a = 1\nb = 2", "a = 1; b = 2", false},
		{"2 pi", "2*pi", true},
		{"1/2pi", "1/(2*pi)", true},
		{"0x10", "16", true},
		{"* 2", "ans*2", true},
	} {
		if got := calc.Differs(c.source, c.parsed); got != c.want {
			t.Errorf("%q and %q: %v", c.source, c.parsed, got)
		}
	}
}

// TestRates converts money with given rates.
func TestRates(t *testing.T) {
	s := newSession()
	s.scope.Rates = &calc.Rates{Date: "2026-11-25", Source: "ECB", PerEuro: func(code string) float64 {
		return map[string]float64{"EUR": 1, "USD": 1.25, "GBP": 0.8}[code]
	}}
	for _, c := range []struct{ source, display, notice string }{
		{"10 USD in EUR", "8 EUR", "rates of 2026-11-25, ECB"},
		{"10 EUR in USD", "12.5 USD", "rates of 2026-11-25, ECB"},
		{"10 USD in GBP", "6.4 GBP", "rates of 2026-11-25, ECB"},
		{"5 EUR + 3 EUR", "8 EUR", ""},
		{"(10 USD in EUR) + 1 EUR", "9 EUR", "rates of 2026-11-25, ECB"},
	} {
		program, result, err := s.calculator.Eval(c.source, &s.scope)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		notice := ""
		for _, n := range program.Notices() {
			notice += n.Message
		}
		if got := program.Display(result, calc.Digits); got != c.display || notice != c.notice {
			t.Errorf("%s is %s (%s), want %s (%s)", c.source, got, notice, c.display, c.notice)
		}
	}
	if _, _, err := s.calculator.Eval("10 CHF in EUR", &s.scope); err == nil || err.Code != calc.CodeNoRates {
		t.Errorf("without a rate: %v", err)
	}
}

// TestUnknownStoredUnit checks that a stored value with an unknown unit is an error where it is
// used, and stays as it is.
func TestUnknownStoredUnit(t *testing.T) {
	stored := calc.Binding{Name: "x", Value: 5, Unit: "smoot"}
	var c calc.Calculator
	var scope calc.Scope
	scope.Load([]calc.Binding{stored, {Name: "y", Value: 2}})
	for _, source := range []string{"x", "x + 1", "2 x in m", "y = x"} {
		_, _, err := c.Eval(source, &scope)
		want := "`x` has the unit `smoot`, which is not known"
		if err == nil || err.Code != calc.CodeUnit || err.Message != want ||
			err.Hint != "set it again: x = 5 ..." {
			t.Errorf("%s: %+v", source, err)
		}
	}
	if _, result, err := c.Eval("y = 3; y + 1", &scope); err != nil || result.Value != 4 {
		t.Errorf("y = 3; y + 1: %v, %v", result, err)
	}
	if got, found := scope.Lookup("x"); !found || got != stored {
		t.Errorf("x is %+v, want %+v", got, stored)
	}
	scope.Ans, scope.AnsUnit, scope.HasAns = 5, "smoot", true
	if _, _, err := c.Eval("ans + 1", &scope); err == nil || err.Code != calc.CodeUnit {
		t.Errorf("ans + 1: %v", err)
	}
	if _, result, err := c.Eval("x = 8 m; x", &scope); err != nil || result.Unit != "m" {
		t.Errorf("x = 8 m; x: %+v, %v", result, err)
	}
}

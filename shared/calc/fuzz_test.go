package calc_test

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"abacus/shared/calc"
)

// check checks what holds for every source: no panic, a finite value, a canonical form with the
// same meaning, errors that point into the source, a scope that a failure leaves unchanged, and an
// end within reasonable time.
func check(t *testing.T, source string) {
	s := newSession()
	s.scope.Load([]calc.Binding{{Name: "x", Value: 0.5}})
	began := time.Now()
	program, err := s.calculator.Parse(source)
	if err != nil {
		checkError(t, source, err)
		return
	}
	result, err := s.calculator.Evaluate(program, &s.scope)
	parsed := program.Parsed()
	if took := time.Since(began); took > 2*time.Second { // the bound without other load is 50 ms, see TestTime
		t.Errorf("%.200q took %v", source, took)
	}
	if err != nil {
		checkError(t, source, err)
		if s.scope.Len() != 1 {
			t.Errorf("%q failed and left %d names", source, s.scope.Len())
		}
	} else if result.Kind == calc.Plot {
		checkPlot(t, s, source, program, result)
	} else if math.IsNaN(result.Value) || math.IsInf(result.Value, 0) {
		t.Errorf("%q gives %v", source, result.Value)
	}
	if len(parsed) > calc.MaxSource {
		return
	}
	again := newSession()
	again.scope.Load([]calc.Binding{{Name: "x", Value: 0.5}})
	program, failed := again.calculator.Parse(parsed)
	if failed != nil {
		t.Fatalf("%q is %q: %v", source, parsed, failed)
	}
	if twice := program.Parsed(); twice != parsed {
		t.Errorf("%q is %q, which is %q", source, parsed, twice)
	}
	second, failed := again.calculator.Evaluate(program, &again.scope)
	switch {
	case err == nil && (failed != nil || second != result):
		t.Errorf("%q = %v, but %q = %v, %v", source, result, parsed, second, failed)
	case err != nil && (failed == nil || failed.Code != err.Code):
		t.Errorf("%q: %v, but %q: %v", source, err, parsed, failed)
	}
}

// checkPlot checks that the curves of a plot can be drawn.
func checkPlot(t *testing.T, s *session, source string, program *calc.Program, result calc.Result) {
	variable, expressions := program.Plot()
	from, to := program.Range()
	if !(from < to) || result.Value != 0 || variable == "" || len(expressions) == 0 || len(expressions) > calc.MaxCurves {
		t.Errorf("a plot of %q and %q: %v", variable, expressions, result)
	}
	for curve := range expressions {
		for i := 0.0; i <= 1; i += 0.125 {
			s.scope.Steps = 0
			y, err := s.calculator.Curve(program, &s.scope, curve, from+i*(to-from))
			if err != nil {
				checkError(t, source, err)
			} else if y-y != 0 {
				t.Errorf("curve %s gives %v", expressions[curve], y)
			}
		}
	}
	if s.scope.Random == nil {
		t.Error("the scope lost its random numbers")
	}
}

// checkError checks that an error can be shown.
func checkError(t *testing.T, source string, e *calc.Error) {
	if e.Offset < 0 || e.Length < 0 || e.Offset+e.Length > len(source) {
		t.Fatalf("%q: the place is %d+%d", source, e.Offset, e.Length)
	}
	line := 1 + strings.Count(source[:e.Offset], "\n")
	column := 1 + utf8.RuneCountInString(source[strings.LastIndexByte(source[:e.Offset], '\n')+1:e.Offset])
	if e.Line != line || e.Column != column {
		t.Errorf("%q: offset %d is %d:%d, want %d:%d", source, e.Offset, e.Line, e.Column, line, column)
	}
	for _, text := range []string{e.Message, e.Hint, e.Caret(source)} {
		if !utf8.ValidString(text) || strings.ContainsAny(strings.ReplaceAll(text, "\n", ""), "\x00\x01\x1b\r\u202e") {
			t.Errorf("%q: %q", source, text)
		}
	}
	if e.Message == "" || e.Code == "" || strings.HasSuffix(e.Message, ".") {
		t.Errorf("%q: message %q, code %q", source, e.Message, e.Code)
	}
}

func FuzzEvaluate(f *testing.F) {
	for _, source := range allSources(f) {
		f.Add(source)
	}
	f.Fuzz(check)
}

// FuzzGenerated turns the bytes of the fuzzer into valid sources.
func FuzzGenerated(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz"))
	f.Fuzz(func(t *testing.T, bytes []byte) {
		g := generator{func(n int) int {
			if len(bytes) == 0 {
				return 0
			}
			b := int(bytes[0])
			bytes = bytes[1:]
			return b % n
		}}
		check(t, g.source())
	})
}

func FuzzFormat(f *testing.F) {
	f.Add(0.1, 15)
	f.Add(-1e21, 17)
	f.Add(9.999999999999999e20, 15)
	f.Fuzz(func(t *testing.T, value float64, precision int) {
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return
		}
		checkFormat(t, value, 1+int(uint(precision)%17))
	})
}

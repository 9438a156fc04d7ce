package preview_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"abacus/services/web/preview"
	"abacus/shared/calc"
	"abacus/shared/plot"
)

func TestAppend(t *testing.T) {
	for _, c := range []struct{ request, want string }{
		{"\n2pi", `{"kind":"value","parsed":"2*pi","names":[],"value":6.283185307179586,"display":"6.28318530717959"}`},
		{"\n0.1+0.2", `{"kind":"value","parsed":"0.1 + 0.2","names":[],"value":0.30000000000000004,"display":"0.3"}`},
		{"\n1e21", `{"kind":"value","parsed":"1e21","names":[],"value":1e21,"display":"1e21"}`},
		{"\n-0", `{"kind":"value","parsed":"-0","names":[],"value":0,"display":"0"}`},
		{"\na = 5", `{"kind":"assignment","parsed":"a = 5","names":["a"],"value":5,"display":"5"}`},
		{"\nf(x) = x^2", `{"kind":"definition","parsed":"f(x) = x^2","names":["f"],"value":null,"display":""}`},
		{"\nb = 2; a = b; a", `{"kind":"value","parsed":"b = 2; a = b; a","names":["b","a"],"value":2,"display":"2",` +
			`"notices":[{"code":"hides-unit","message":"` + "`b`" + ` is a variable now and hides the unit bit",` +
			`"position":{"offset":0,"line":1,"column":1,"length":1}}]}`},
		{"x = 5 km\nans = 18%\n\nx + 300 m", `{"kind":"value","parsed":"x + 300 m","names":[],"value":5.3,"display":"5.3 km","unit":"km"}`},
		{"x = 5 km\nans = 18%\n\nans", `{"kind":"value","parsed":"ans","names":[],"value":0.18,"display":"18%","unit":"%"}`},
		{"\n6random()", `{"kind":"value","parsed":"6*random()","names":[],"value":null,"display":"","random":true}`},
		{"\n0 ? random() : 7", `{"kind":"value","parsed":"0 ? random() : 7","names":[],"value":7,"display":"7"}`},
		{"\n1/0", `{"kind":"value","parsed":"1/0","error":{"code":"division-by-zero","detail":"division by zero",` +
			`"position":{"offset":1,"line":1,"column":2,"length":1}}}`},
		{"\n\"", "{\"error\":{\"code\":\"syntax\",\"detail\":\"`\\\"` is not part of the language\"," +
			`"position":{"offset":0,"line":1,"column":1,"length":1},"hint":"leave out the quotes: there is no text, only numbers"}}`},

		{"\nplot(2x,x=-1/2,1)", `{"kind":"plot","parsed":"plot(2*x, x = -1/2, 1)","names":[],"value":null,"display":"",` +
			`"plot":{"variable":"x","from":-0.5,"to":1,"expressions":["2*x"]}}`},
		{"\na = 2; plot(a*x, x, x = 0, a)", `{"kind":"plot","parsed":"a = 2; plot(a*x, x, x = 0, a)","names":["a"],"value":null,"display":"",` +
			`"plot":{"variable":"x","from":0,"to":2,"expressions":["a*x","x"]}}`},
		{"\nplot(x, x = 0, random())", `{"kind":"plot","parsed":"plot(x, x = 0, random())","names":[],"value":null,"display":"","random":true}`},
		{"\nplot(x + random(), x = 0, 1)", `{"kind":"plot","parsed":"plot(x + random(), x = 0, 1)","error":{"code":"not-plottable",` +
			`"detail":"random numbers cannot be drawn: a plot looks the same each time","position":{"offset":9,"line":1,"column":10,"length":8},` +
			`"hint":"give one a name first: a = random()"}}`},

		{"x = 2\n\nx^2", `{"kind":"value","parsed":"x^2","names":[],"value":4,"display":"4"}`},
		{"x = -1e-9\nd(t) = random() + t\n\nd(x)", `{"kind":"value","parsed":"d(x)","names":[],"value":null,"display":"","random":true}`},
		{"f(x, y) = x - y\nx = 7\n\nf(x, 2)", `{"kind":"value","parsed":"f(x, 2)","names":[],"value":5,"display":"5"}`},
		{"x = 7.5 l/100km\n\nx", `{"kind":"value","parsed":"x","names":[],"value":7.5,"display":"7.5 l/100km","unit":"l/100km"}`},
		{"ans = 14\n\n*2", `{"kind":"value","parsed":"ans*2","names":[],"value":28,"display":"28"}`},
		{"a = 5\nans = 1\n> b = a*3; a = 7\n> nothing + 1\n> ans + b\n\nans*10 + a", `{"kind":"value","parsed":"ans*10 + a","names":[],"value":227,"display":"227"}`},
		{"ans = 14\nx = 1\n\nx = ans\n\nx + 1", `{"kind":"value","parsed":"x = ans; x + 1","names":["x"],"value":15,"display":"15"}`},
		{"rates 2026-11-25 ECB USD 1.25 JPY 150\n\n100 USD in JPY", `{"kind":"value","parsed":"100 USD in JPY","names":[],"value":12000,"display":"12000 JPY","unit":"JPY",` +
			`"notices":[{"code":"rates","message":"rates of 2026-11-25, ECB","position":{"offset":0,"line":1,"column":1,"length":14}}]}`},
		{"rates 2026-11-25 ECB USD 1.25\nx = 5 USD\n\nx in EUR", `{"kind":"value","parsed":"x in EUR","names":[],"value":4,"display":"4 EUR","unit":"EUR",` +
			`"notices":[{"code":"rates","message":"rates of 2026-11-25, ECB","position":{"offset":0,"line":1,"column":1,"length":8}}]}`},
		{"pi = 3\nx = 1e999\ny = \n = 4\n\n2", `{"kind":"value","parsed":"2","names":[],"value":2,"display":"2"}`},
	} {
		var p preview.Previewer
		if got := string(p.Append(nil, c.request, calc.Digits)); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.request, got, c.want)
		}
	}
}

// session is a calculator with what a page knows about it.
type session struct {
	calculator calc.Calculator
	scope      calc.Scope
}

// request returns the request that the page makes when a source is typed into the session.
func (s *session) request(source string) string {
	var b strings.Builder
	for i := 0; i < s.scope.Len(); i++ {
		if name := s.scope.At(i); name.IsDefinition() {
			b.WriteString(name.Source + "\n")
		} else {
			b.WriteString(name.Name + " = " + calc.Display(name.Value, name.Unit, 17) + "\n")
		}
	}
	if s.scope.HasAns {
		b.WriteString("ans = " + calc.Display(s.scope.Ans, s.scope.AnsUnit, 17) + "\n")
	}
	return b.String() + "\n" + source
}

// reply is an answer as the page reads it.
type reply struct {
	Kind, Parsed, Display, Unit string
	Value                       *float64
	Names                       []string
	Random                      bool
	Plot                        *plot.Statement
	Error                       *struct {
		Code, Detail, Hint string
		Position           struct{ Offset, Line, Column, Length int }
	}
}

// check evaluates a source in the session and compares the result with its preview.
func (s *session) check(t *testing.T, p *preview.Previewer, source string) {
	text := p.Append(nil, s.request(source), calc.Digits)
	var got reply
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%q: %s: %v", source, text, err)
	}
	program, result, err := s.calculator.Eval(source, &s.scope)
	if program != nil {
		if got.Kind != program.Kind().String() || got.Parsed != strings.ToValidUTF8(program.Parsed(), "\uFFFD") {
			t.Errorf("%q: %s: want %v and %s", source, text, program.Kind(), program.Parsed())
		}
	}
	switch {
	case err != nil && err.Code == calc.CodeNoRandom:
		if !got.Random || got.Value != nil || got.Error != nil {
			t.Errorf("%q: %s: want random", source, text)
		}
	case err != nil:
		if got.Error == nil {
			t.Fatalf("%q: %s: want the error %v", source, text, err)
		}
		e := calc.Error{Code: got.Error.Code, Message: got.Error.Detail, Hint: got.Error.Hint, Offset: got.Error.Position.Offset,
			Length: got.Error.Position.Length, Line: got.Error.Position.Line, Column: got.Error.Position.Column}
		if e != *err {
			t.Errorf("%q: %s: want %+v", source, text, *err)
		}
	case got.Error != nil || got.Random || len(got.Names) != len(s.scope.Changes()):
		t.Errorf("%q: %s: want %v and %d names", source, text, result.Value, len(s.scope.Changes()))
	case result.Kind == calc.Plot:
		if got.Value != nil || got.Display != "" || !reflect.DeepEqual(got.Plot, plot.Of(program, result)) {
			t.Errorf("%q: %s: want %v", source, text, plot.Of(program, result))
		}
	case result.Kind == calc.Definition:
		if got.Value != nil || got.Display != "" {
			t.Errorf("%q: %s: a definition has no value", source, text)
		}
	default:
		if got.Value == nil || *got.Value != result.Value || got.Unit != result.Unit || got.Display != program.Display(result, calc.Digits) {
			t.Errorf("%q: %s: want %v", source, text, result.Value)
		}
	}
}

// sessions are the sources of the language's tables, session by session.
func sessions(t testing.TB) (blocks [][]string) {
	files, err := filepath.Glob("../../../shared/calc/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range strings.Split(string(content), "\n\n") {
			var block []string
			for _, line := range strings.Split(text, "\n") {
				switch {
				case line == "" || line[0] == '\t':
					continue
				case line[0] == '@':
					if line, err = strconv.Unquote(line[1:]); err != nil {
						t.Fatal(err)
					}
				}
				block = append(block, line)
			}
			if block != nil {
				blocks = append(blocks, block)
			}
		}
	}
	return blocks
}

// TestPreviewIsEvaluation checks, in every session of the tables, that the preview shows what is
// then calculated.
func TestPreviewIsEvaluation(t *testing.T) {
	var p preview.Previewer
	for _, block := range sessions(t) {
		var s session
		for _, source := range block {
			s.check(t, &p, source)
		}
	}
}

// FuzzPreviewIsEvaluation checks the same for any two inputs, one after the other.
func FuzzPreviewIsEvaluation(f *testing.F) {
	for _, block := range sessions(f) {
		f.Add(block[0], block[len(block)-1])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		var p preview.Previewer
		var s session
		s.check(t, &p, first)
		s.check(t, &p, second)
		s.check(t, &p, first)
	})
}

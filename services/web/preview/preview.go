// Package preview evaluates an input while it is still being typed. Compiled to a core Wasm module
// of its own (package wasm beside it), services/web/static/calc.wasm, it runs in the browser, where
// static/app/worker.js loads it. It calls no service and changes nothing.
//
// # The module
//
//	memory                          the linear memory
//	_initialize()                   call once, before anything else
//	alloc(length i32) i32           the address for a request of that many bytes
//	preview(length, digits i32) i32 answers the request at that address: the address of the answer
//	plot(length, width, height i32, from, to, low, high f64) i32
//	at(length i32, x f64) i32
//
// A request is UTF-8 text: the bindings of the session, one per line, then an empty line, then the
// input. A variable is written `x = 0.5` or `x = 5 km`, a definition `f(x, y) = x + y`, the
// previous result `ans = 14`, exchange rates `rates 2026-11-25 ECB USD 1.08 JPY 171.4`: what one
// euro is worth. Lines such as `> x = 2*x` may follow: inputs whose results are not stored yet,
// which are evaluated in order. The answer is JSON, preceded by its length in bytes as 32 bits in
// little-endian order. It is valid until the next call. Digits, 1 to 17, is the precision of the
// text of a value.
//
// The module imports functions of wasi_snapshot_preview1, but previews do not need them: stubs that
// return 0 will do. Memory is never freed, so the caller takes a new instance once it has grown
// past some megabytes.
//
// # The answer
//
// The members are those of the reply to POST /eval (openapi.json), and an error is its problem:
//
//	{"kind":"value","parsed":"2*3","names":[],"value":6,"display":"6"}
//	{"kind":"value","parsed":"5 km","names":[],"value":5,"display":"5 km","unit":"km"}
//	{"kind":"assignment","parsed":"a = 5","names":["a"],"value":5,"display":"5"}
//	{"kind":"definition","parsed":"f(x) = x^2","names":["f"],"value":null,"display":""}
//	{"kind":"value","parsed":"6*random()","names":[],"value":null,"display":"","random":true}
//	{"kind":"value","parsed":"1/0","error":{"code":"division-by-zero","detail":"division by zero",
//	 "position":{"offset":1,"line":1,"column":2,"length":1}}}
//	{"error":{"code":"syntax","detail":"expected ...","position":{...},"hint":"add `)`"}}
//
// `kind` and `parsed` are present whenever the input is well formed. `random` means that the result
// is random: a value shown now would not be the one calculated later. A plot has the same member as
// in the reply to POST /eval:
//
//	{"kind":"plot","parsed":"plot(x, x = 0, 1)","names":[],"value":null,"display":"",
//	 "plot":{"variable":"x","from":0,"to":1,"expressions":["x"]}}
//
// # Plots
//
// plot and at take the same request, with an input that is a plot. plot draws a picture of width
// times height CSS pixels (package plot); from and to are the part of the range to draw, low and
// high the values to show, each pair NaN for an automatic choice:
//
//	{"from":0,"to":1,"low":-0.05,"high":1.05,"step":0.2,"unit":"","valueUnit":"",
//	 "range":"x from 0 to 1","description":"Plot for x from 0 to 1: x has values from 0 to 1.",
//	 "svg":"<svg width=...","domains":[""],"points":[{"x":0.5,"y":0.25}]}
//
// step is the distance between the ticks of the x axis, unit that of the range, and valueUnit that
// of the values. A domain says where a curve has values, unless that is the whole range. The points
// are those of interest. at answers with the value of every curve at x, null where it has none:
//
//	{"values":[0.5]}
//
// An error of the input is {"error":...} as above.
package preview

import (
	"strings"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/plot"
)

// Previewer answers requests. Its zero value is ready to use. It keeps the bindings of the last
// request, so that another request with the same bindings costs little.
type Previewer struct {
	calculator calc.Calculator
	scope      calc.Scope
	names      string // the bindings that scope holds
	spoilt     bool   // an input has changed scope
	ans        calc.Binding
	hasAns     bool
}

// Append appends the answer to a request in JSON. Digits is the number of significant digits of
// texts. The request may be overwritten afterwards.
func (p *Previewer) Append(b []byte, request string, digits int) []byte {
	names, source := split(request)
	p.load(names)
	program, result, err := p.calculator.Eval(source, &p.scope)
	if program == nil {
		return append(appendError(append(b, '{'), err), '}')
	}
	b = json.AppendText(append(b, '{'), "kind", program.Kind().String())
	b = json.AppendText(b, "parsed", program.Parsed())
	p.spoilt = program.Assigns()
	switch {
	case err == nil:
		b = appendNames(b, p.scope.Changes())
		b = appendResult(b, program, result, digits)
		b = plot.Of(program, result).AppendJSON(b)
	case err.Code == calc.CodeNoRandom:
		b = append(b, `,"names":[],"value":null,"display":"","random":true`...)
	default:
		b = appendError(b, err)
	}
	return append(b, '}')
}

// split splits a request at its first empty line, which is the first line if there are no bindings.
func split(request string) (names, source string) {
	if strings.HasPrefix(request, "\n") {
		return "", request[1:]
	}
	names, source, _ = strings.Cut(request, "\n\n")
	return names, source
}

// load loads the bindings of a request into the scope, unless it holds them already.
func (p *Previewer) load(names string) {
	if names != p.names || p.spoilt {
		p.read(names)
	}
	// The last result is that of the session, not of the request before.
	p.scope.Ans, p.scope.AnsUnit, p.scope.HasAns = p.ans.Value, p.ans.Unit, p.hasAns
}

// read parses the lines of the bindings.
func (p *Previewer) read(names string) {
	p.names, p.spoilt, p.hasAns = strings.Clone(names), false, false
	p.scope.Reset()
	p.scope.Rates = nil
	var bindings []calc.Binding
	var pending []string
	for _, line := range strings.Split(p.names, "\n") {
		if source, found := strings.CutPrefix(line, "> "); found {
			pending = append(pending, source)
			continue
		}
		if text, found := strings.CutPrefix(line, "rates "); found {
			p.scope.Rates = readRates(text)
			continue
		}
		name, text, found := strings.Cut(line, " = ")
		if !found {
			continue
		}
		b := calc.Binding{Name: name}
		number, unit, _ := strings.Cut(text, " ")
		if head, _, isDefinition := strings.Cut(name, "("); isDefinition {
			b.Name, b.Source = head, line
		} else if value, isNumber := calc.ParseNumber(number); isNumber {
			b.Value, b.Unit = value, unit
		} else if _, result, err := p.calculator.Eval(text, nil); err == nil {
			b.Value, b.Unit = result.Value, result.Unit
		} else {
			continue
		}
		if b.Name == "ans" {
			p.ans, p.hasAns = b, true
		} else {
			bindings = append(bindings, b)
		}
	}
	p.scope.Load(bindings)
	p.scope.Ans, p.scope.AnsUnit, p.scope.HasAns = p.ans.Value, p.ans.Unit, p.hasAns
	for _, source := range pending {
		p.calculator.Eval(source, &p.scope) // an input that fails leaves everything as it was
	}
	p.ans = calc.Binding{Value: p.scope.Ans, Unit: p.scope.AnsUnit}
	p.hasAns = p.scope.HasAns
}

// readRates parses exchange rates: their date, their source, and pairs of a currency and a number.
func readRates(text string) *calc.Rates {
	fields := strings.Split(text, " ")
	if len(fields) < 2 {
		return nil
	}
	perEuro := func(currency string) float64 {
		for i := 2; i+1 < len(fields); i += 2 {
			if fields[i] == currency {
				rate, _ := calc.ParseNumber(fields[i+1])
				return rate
			}
		}
		if currency == "EUR" {
			return 1
		}
		return 0
	}
	return &calc.Rates{Date: fields[0], Source: fields[1], PerEuro: perEuro}
}

func appendNames(b []byte, changes []calc.Binding) []byte {
	b = json.AppendName(b, "names")
	return json.AppendArray(b, len(changes), func(b []byte, i int) []byte {
		return json.AppendString(b, changes[i].Name)
	})
}

func appendResult(b []byte, program *calc.Program, result calc.Result, digits int) []byte {
	if !result.Kind.HasValue() {
		return append(b, `,"value":null,"display":""`...)
	}
	b = json.AppendNumber(b, "value", result.Value)
	b = json.AppendText(b, "display", program.Display(result, digits))
	if result.Unit != "" {
		b = json.AppendText(b, "unit", result.Unit)
	}
	return json.AppendNotices(b, program.Notices())
}

func appendError(b []byte, e *calc.Error) []byte {
	b = json.AppendText(append(json.AppendName(b, "error"), '{'), "code", e.Code)
	b = json.AppendText(b, "detail", e.Message)
	b = json.AppendPosition(b, e.Offset, e.Line, e.Column, e.Length)
	if e.Hint != "" {
		b = json.AppendText(b, "hint", e.Hint)
	}
	return append(b, '}')
}

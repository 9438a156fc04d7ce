package preview

import (
	"math"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/plot"
)

// work is the number of steps that one picture may take: some tenths of a second.
const work = 20 * calc.MaxSteps

// tooManySteps is the error for a picture that takes more steps than work.
var tooManySteps = &calc.Error{Code: calc.CodeLimitSteps, Line: 1, Column: 1,
	Message: "the curves take too many steps to be drawn",
	Hint:    "draw fewer of them, or simpler ones"}

// AppendPlot answers a request whose input is a plot with the picture to draw. NaN in the view
// means that Draw chooses.
func (p *Previewer) AppendPlot(b []byte, request string, view plot.View) []byte {
	program, result, err := p.plot(request)
	if err != nil {
		return append(appendError(append(b, '{'), err), '}')
	}
	if !(view.From < view.To) || view.To-view.From > math.MaxFloat64 {
		view.From, view.To = program.Range()
	}
	statement, left := plot.Of(program, result), work
	view.Evaluations = plot.Affordable(&p.scope, work)
	picture := plot.Draw(plot.Curves(&p.calculator, program, &p.scope, len(statement.Expressions),
		&left), view)
	if left <= 0 { // the curves may have values where the picture shows none
		return append(appendError(append(b, '{'), tooManySteps), '}')
	}
	b = json.AppendText(append(b, '{'), "variable", statement.Variable)
	for _, member := range []struct {
		name  string
		value float64
	}{{"from", picture.From}, {"to", picture.To}, {"low", picture.Low}, {"high", picture.High}} {
		b = json.AppendNumber(b, member.name, member.value)
	}
	across, up := program.PlotUnits()
	if across != "" {
		b = json.AppendText(b, "unit", across)
	}
	if up != "" {
		b = json.AppendText(b, "valueUnit", up)
	}
	b = appendTicks(json.AppendName(b, "across"), picture.Across)
	b = appendTicks(json.AppendName(b, "up"), picture.Up)
	b = json.AppendName(b, "curves")
	digitsAcross := digits(picture.From, picture.To)
	digitsUp := digits(picture.Low, picture.High)
	b = json.AppendArray(b, len(picture.Curves), func(b []byte, i int) []byte {
		b = json.AppendText(append(b, '{'), "expression", statement.Expressions[i])
		lines := picture.Curves[i]
		b = json.AppendArray(json.AppendName(b, "paths"), len(lines), func(b []byte, i int) []byte {
			line := lines[i]
			return json.AppendArray(b, len(line), func(b []byte, i int) []byte {
				b = calc.AppendFormat(b, line[i].X, digitsAcross)
				return calc.AppendFormat(append(b, ','), line[i].Y, digitsUp)
			})
		})
		return append(b, '}')
	})
	return append(b, '}')
}

// AppendAt answers a request whose input is a plot with the value of every curve at x.
func (p *Previewer) AppendAt(b []byte, request string, x float64) []byte {
	program, result, err := p.plot(request)
	if err != nil {
		return append(appendError(append(b, '{'), err), '}')
	}
	left := work
	curves := plot.Curves(&p.calculator, program, &p.scope,
		len(plot.Of(program, result).Expressions), &left)
	b = json.AppendArray(append(b, `{"values":`...), len(curves), func(b []byte, i int) []byte {
		if y := curves[i](x); y == y {
			return calc.AppendFormat(b, y, 0)
		}
		return append(b, "null"...)
	})
	return append(b, '}')
}

// plot evaluates the input of a request, which must be a plot.
func (p *Previewer) plot(request string) (*calc.Program, calc.Result, *calc.Error) {
	names, source := split(request)
	p.load(names)
	program, result, err := p.calculator.Eval(source, &p.scope)
	if program == nil {
		return nil, result, err
	}
	p.spoilt = program.Assigns()
	if program.Kind() != calc.Plot {
		return nil, calc.Result{}, &calc.Error{Code: calc.CodeSyntax, Message: "this is not a plot",
			Length: len(source), Line: 1, Column: 1, Hint: "write plot(x^2, x = -10, 10)"}
	}
	return program, result, err
}

// digits returns the number of significant digits that a coordinate between two numbers needs to be
// exact to a hundredth of a pixel of the largest picture.
func digits(low, high float64) int {
	n := 6
	for size := max(math.Abs(low), math.Abs(high)); n < 17 && size > high-low; size /= 10 {
		n++
	}
	return n
}

func appendTicks(b []byte, ticks []plot.Tick) []byte {
	return json.AppendArray(b, len(ticks), func(b []byte, i int) []byte {
		b = json.AppendNumber(append(b, '{'), "at", ticks[i].At)
		return append(append(append(b, `,"text":"`...), ticks[i].Text...), `"}`...)
	})
}

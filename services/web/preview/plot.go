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
	picture.UnitAcross, picture.UnitUp = program.PlotUnits()
	b = json.AppendNumber(append(b, '{'), "from", picture.From)
	b = json.AppendNumber(b, "to", picture.To)
	b = json.AppendNumber(b, "low", picture.Low)
	b = json.AppendNumber(b, "high", picture.High)
	b = json.AppendNumber(b, "step", step(picture))
	b = json.AppendText(b, "unit", picture.UnitAcross)
	b = json.AppendText(b, "valueUnit", picture.UnitUp)
	b = json.AppendText(b, "range", picture.DescribeRange(statement.Variable))
	b = json.AppendText(b, "description", picture.Describe(statement))
	b = json.AppendText(b, "svg", string(picture.AppendSVG(nil, attributes)))
	b = json.AppendArray(json.AppendName(b, "domains"), len(picture.Curves),
		func(b []byte, i int) []byte {
			return json.AppendString(b, picture.Domain(i, statement.Variable))
		})
	b = json.AppendArray(json.AppendName(b, "points"), len(picture.Points),
		func(b []byte, i int) []byte {
			b = json.AppendNumber(append(b, '{'), "x", picture.Points[i].X)
			return append(json.AppendNumber(b, "y", picture.Points[i].Y), '}')
		})
	return append(b, '}')
}

// attributes are those of a picture: a browser reads it as a document of its own, and its
// description is beside it.
const attributes = `xmlns="http://www.w3.org/2000/svg" aria-hidden="true"`

// step returns the distance between the ticks of the x axis, or its length if it has none.
func step(p *plot.Picture) float64 {
	if len(p.Across) < 2 {
		return p.To - p.From
	}
	return p.Across[1].At - p.Across[0].At
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

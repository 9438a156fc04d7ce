// Package transcript writes down all that can be seen of an evaluation, so that two builds can be compared.
package transcript

import (
	"math"
	"strconv"

	"abacus/shared/calc"
)

// Calculator is one that remembers the previous result, as a session does.
type Calculator struct {
	calculator calc.Calculator
	scope      calc.Scope
}

// Append evaluates a source and appends the canonical form and the bits of the result, or all of the error.
func (c *Calculator) Append(text []byte, source string) []byte {
	c.scope.Random = func() float64 { return 0.25 }
	program, result, err := c.calculator.Eval(source, &c.scope)
	if program != nil {
		text = append(append(text, program.Parsed()...), "\n= "...)
	}
	if err != nil {
		return appendError(text, err)
	}
	text = append(append(text, result.Kind.String()...), ' ')
	text = strconv.AppendUint(text, math.Float64bits(result.Value), 16)
	text = append(append(text, ' '), program.Display(result, calc.Digits)...)
	if result.Kind == calc.Plot {
		text = c.appendPlot(text, program, result)
	}
	return strconv.AppendInt(append(text, ' '), int64(c.scope.Steps), 10)
}

// appendPlot appends the range of a plot and the bits of its curves at some points.
func (c *Calculator) appendPlot(text []byte, p *calc.Program, result calc.Result) []byte {
	variable, expressions := p.Plot()
	text = append(append(text, ' '), variable...)
	from, to := p.Range()
	text = calc.AppendFormat(append(text, ' '), from, 0)
	text = calc.AppendFormat(append(text, ' '), to, 0)
	across, up := p.PlotUnits()
	text = append(append(append(append(text, ' '), across...), ' '), up...)
	for curve, expression := range expressions {
		text = append(append(text, '\n'), expression...)
		for i := 0; i < 10; i++ {
			value, err := c.calculator.Curve(p, &c.scope, curve, from+(to-from)*(float64(i)/9))
			text = strconv.AppendUint(append(text, ' '), math.Float64bits(value), 16)
			if err != nil {
				text = append(append(text, ' '), err.Code...)
			}
		}
	}
	return text
}

// Repeat parses and evaluates a source n times.
func (c *Calculator) Repeat(source string, n int) {
	for i := 0; i < n; i++ {
		c.calculator.Eval(source, &c.scope)
	}
}

func appendError(text []byte, e *calc.Error) []byte {
	for _, field := range []string{e.Code, e.Error(), e.Hint} {
		text = append(append(text, field...), '|')
	}
	text = strconv.AppendInt(text, int64(e.Offset), 10)
	return strconv.AppendInt(append(text, '+'), int64(e.Length), 10)
}

package calc

import (
	"strings"

	"abacus/shared/units"
)

// A plot is compiled like a series, but its curves are not run in place:
//
//	opJump, curve, opCurve, curve, opCurve, ..., from, to, opPlot
//
// Evaluate jumps to the ends of the range, and Curve runs one curve up to its opCurve.

// Probes is the number of points at which Evaluate tries every curve: both ends of the range and
// three points between. A plot costs that many evaluations of its expressions.
const Probes = 5

// endCurve ends a curve: an argument of a plot before its range.
//
//	plot  = "plot" "(" expression { "," expression } [ "," range ] ")" .
//	range = name "=" expression "," expression .
func (p *parser) endCurve(f *frame) {
	begin := f.left + 1
	if n := len(p.curves); n > 0 {
		begin = p.curves[n-1] + 1
	}
	p.curves = append(p.curves, uint16(len(p.code)))
	in := p.emit(opCurve, span{f.offset, f.length})
	jump := &p.code[f.left] // its value is the extra steps before the curve
	in.index, in.value = begin, float64(len(p.code)-int(begin)+p.extra)-jump.value
	jump.value = float64(p.extra)
	p.depth--
}

// plotRange continues with the range of a plot, after its curves, a name and "=". Without curves
// the name is that of the first one, as in plot y = x^2, and means nothing.
func (p *parser) plotRange(f *frame) bool {
	if f.count == 0 && p.code[p.left].op == opVariable {
		p.code = p.code[:p.left]
		p.depth--
		return p.more()
	}
	return p.beginRange(f) && p.more()
}

// plotWord reads a word of a plot without parentheses: plot x^2 and x^3 from -5 to 5, plot x^2
// between -5 and 5, plot x^2 for x from -5 to 5, plot x^2 for x = -5, 5.
func (p *parser) plotWord(text string) following {
	if p.open != 1 || len(p.frames) == 0 {
		return readName
	}
	f := &p.frames[0]
	switch {
	case f.id != idPlot || f.jump == 0:
		return readName
	case text == "and":
		p.reduce(powerAnd)
		if f.kind == framePlot || p.last().level() > levelCompare {
			p.token = tokenComma // x^2 and x^3 are no conditions
		}
		return readOperator
	case f.kind == framePlot && text == "to":
		p.token = tokenComma
		return readOperator
	case f.kind == framePlot || !containsWord("from between for", text):
		return readName
	}
	p.reduce(powerBracket)
	variable := p.plotVariable(f)
	p.next()
	if p.token == tokenName && (text == "for" || p.after() == tokenAssign) {
		variable = p.place()
		p.next()
		p.next() // from, between, in or =
	}
	p.openRange(f, variable)
	return readOperand
}

// beginRange makes the name after the curves their variable.
func (p *parser) beginRange(f *frame) bool {
	if f.count > MaxCurves {
		return p.failAt(CodeLimitCurves, span{f.offset, f.length}, "a plot has at most 8 curves",
			"plot the others separately")
	}
	variable, ok := p.index(f)
	if !ok {
		return false
	}
	for i := int(f.left); i < len(p.code); i++ {
		if in := &p.code[i]; in.op == opAnswer {
			return p.failAt(CodeReserved, span{in.offset, in.length},
				"`ans` cannot be drawn: it changes with the next result",
				"give it a name first: a = ans")
		}
	}
	f.kind = framePlot
	p.code[f.left].index = uint16(len(p.code))
	p.current().name = variable
	return true
}

// plotVariable returns the variable of a plot that does not name it: x, or else the first name in
// its curves.
func (p *parser) plotVariable(f *frame) (variable span) {
	for _, in := range p.code[f.left:] {
		name := span{in.offset, in.length}
		if in.op == opVariable && (variable.length == 0 || name.in(p.source) == "x") {
			variable = name
		}
	}
	return variable
}

// openRange ends the curves of a plot and opens the range of the variable.
func (p *parser) openRange(f *frame, variable span) bool {
	if variable.length == 0 {
		return p.failPlotRange(f)
	}
	f.count++
	p.endCurve(f)
	p.push(opVariable, variable)
	return p.beginRange(f)
}

// defaultRange gives a plot without a range the one from -10 to 10.
func (p *parser) defaultRange(f *frame) bool {
	if !p.openRange(f, p.plotVariable(f)) {
		return false
	}
	p.push(opNumber, span{}).value = -10
	p.push(opNumber, span{}).value = 10
	f.count++
	return true
}

// endPlot emits the plot at its closing parenthesis. It returns false because nothing may follow.
func (p *parser) endPlot(f *frame) bool {
	if f.kind == frameCall && !p.defaultRange(f) {
		return false
	}
	s := p.current()
	place := span{s.name.offset, uint16(p.start) - s.name.offset}
	if ends := int(f.count) + 1 - len(p.curves); ends != 2 {
		return p.failAt(CodeArguments, place, "the range of a plot has two ends",
			fill("write % = -10, 10", s.name.in(p.source)))
	}
	p.emit(opPlot, place).index = uint16(len(p.curves) + 2)
	p.depth--
	p.frames = p.frames[:0]
	p.nesting--
	p.open--
	s.kind = Plot
	p.next()
	switch p.token {
	case tokenEnd, tokenBreak:
		return p.finish()
	case tokenAssign:
		return p.failReserved(span{f.offset, f.length})
	}
	return p.failPlotInside(span{f.offset, f.length})
}

// variable returns the variable of the plot, which is the last statement.
func (p *Program) variable() string { return p.current().name.in(p.origin) }

// Plot returns the variable of a program's plot and the canonical forms of its curves. The strings
// outlive the program.
func (p *Program) Plot() (variable string, expressions []string) {
	s := p.current()
	w := printer{program: p}
	w.findStarts(int(s.start), int(s.end))
	for _, curve := range p.curves {
		w.text = w.text[:0]
		w.tree(int(curve))
		expressions = append(expressions, string(w.text))
	}
	return strings.Clone(p.variable()), expressions
}

// Range returns the range of a plot that has been evaluated.
func (p *Program) Range() (from, to float64) { return p.from, p.to }

// Curve evaluates a curve, counted from 0, of the plot that was evaluated last, at x in the unit of
// the range. The value is in the unit of the first value of the plot. The error says why it has
// none at x. Curve counts steps like Evaluate and refuses random numbers, so a plot
// looks the same each time.
func (c *Calculator) Curve(p *Program, scope *Scope, curve int, x float64) (float64, *Error) {
	end := &p.code[p.curves[curve]]
	c.loops, c.searches, c.sums = append(c.loops[:0], loop{index: x}), c.searches[:0], c.sums[:0]
	random := scope.Random
	scope.Random = nil
	c.plotted = p.rangeUnit
	value, err := c.run(p, scope, int(end.index), int(end.value))
	c.plotted = units.Unit{}
	scope.Random = random
	if err != nil || !c.mixed && p.valueUnit.None() && p.valued {
		return value, err
	}
	q := units.Quantity{Value: value}
	if c.mixed {
		q.Unit = c.unit
	}
	if !p.valued {
		p.valueUnit, p.valued = q.Unit, true
	}
	q, problem := units.Convert(q, p.valueUnit, nil)
	if problem != units.OK {
		first := units.Quantity{Value: 1, Unit: p.valueUnit}
		err = unitError("draw", "beside", q, first, problem)
		err.Hint = "plot curves of other dimensions separately"
	} else if q.Value-q.Value != 0 {
		err = overflow()
	}
	if err != nil {
		err.at(p.origin, int(end.offset), int(end.length))
	}
	return q.Value, err
}

// PlotUnits returns the units of the range of a plot that has been evaluated and of the values of
// its curves, "" for numbers.
func (p *Program) PlotUnits() (across, up string) {
	return p.rangeUnit.String(), p.valueUnit.String()
}

// setRange sets the range of the plot.
func (c *Calculator) setRange(from, to float64, variable string) *Error {
	switch {
	case to-from-(to-from) != 0:
		return fault(CodeOverflow, "the range is too wide", "")
	case from == to:
		return fault(CodeNotPlotted,
			"the range is empty: it begins and ends at "+Format(from, Digits), "")
	case from > to:
		low, high := Format(to, Digits), Format(from, Digits)
		return fault(CodeNotPlotted, fill("the range is reversed, from % to %", high, low),
			fill("write % = %, %", variable, low, high))
	}
	c.from, c.to = from, to
	return nil
}

// checkCurves returns an error that a curve has wherever it is drawn, such as an unknown name. A
// curve without a value at some or all of the points is no error.
func (c *Calculator) checkCurves(p *Program, scope *Scope) *Error {
	for curve := range p.curves {
		for i := 0; i < Probes; i++ {
			x := c.from + (c.to-c.from)*(float64(i)/(Probes-1))
			_, err := c.Curve(p, scope, curve, x)
			if err == nil {
				continue
			}
			switch err.Code {
			case CodeDomain, CodeDivision, CodeOverflow:
			case CodeNoRandom:
				err.Code = CodeNotPlotted
				err.Message = "random numbers cannot be drawn: a plot looks the same each time"
				err.Hint = "give one a name first: a = random()"
				return err
			default:
				return err
			}
		}
	}
	return nil
}

// failPlotInside reports a plot that is a part of an expression.
func (p *parser) failPlotInside(place span) bool {
	return p.failAt(CodeSyntax, place, "a plot is a statement by itself, not part of another",
		"write it alone: plot x^2")
}

// failPlotRange reports a plot without a variable.
func (p *parser) failPlotRange(f *frame) bool {
	place := span{f.offset, uint16(p.end) - f.offset}
	return p.failAt(CodeSyntax, place, "a plot needs a variable", "write plot(x^2, x = -10, 10)")
}

package calc

import "strings"

// A plot is compiled like a series, but its curves are not run where they stand:
//
//	opJump, curve, opCurve, curve, opCurve, ..., from, to, opPlot
//
// The machine jumps to the ends of the range, and Calculator.Curve runs one curve from its beginning to its opCurve.

// Probes is the number of points at which Evaluate tries every curve: both ends of the range and those that part it
// evenly. It is what a plot costs: so many evaluations of its expressions, in steps.
const Probes = 5

// endCurve ends an argument of a plot before its range: a curve, if another argument follows.
//
//	plot = "plot" "(" expression { "," expression } "," name "=" expression "," expression ")" .
func (p *parser) endCurve(f *frame) {
	begin := f.left + 1
	if n := len(p.curves); n > 0 {
		begin = p.curves[n-1] + 1
	}
	p.curves = append(p.curves, uint16(len(p.code)))
	in := p.emit(opCurve, span{f.offset, f.length})
	jump := &p.code[f.left] // its value is the extra steps of what stands before the curve
	in.index, in.value = begin, float64(len(p.code)-int(begin)+p.extra)-jump.value
	jump.value = float64(p.extra)
	p.depth--
}

// plotRange goes on to the range of a plot whose curves have been read, and then a name and "=".
func (p *parser) plotRange(f *frame) bool {
	switch {
	case f.count == 0:
		return p.fail(CodeSyntax, "a plot needs an expression before its range", "write plot(x^2, x = -10, 10)")
	case f.count > MaxCurves:
		return p.failAt(CodeLimitCurves, span{f.offset, f.length}, "a plot has at most 8 curves", "draw the others in a plot of their own")
	}
	variable, ok := p.index(f)
	if !ok {
		return false
	}
	for i := int(f.left); i < len(p.code); i++ {
		if in := &p.code[i]; in.op == opAnswer {
			return p.failAt(CodeReserved, span{in.offset, in.length}, "`ans` cannot be drawn: it changes with the next result", "give it a name first: a = ans")
		}
	}
	f.kind = framePlot
	p.code[f.left].index = uint16(len(p.code))
	p.statements[len(p.statements)-1].name = variable
	return p.more()
}

// endPlot emits the plot at its closing parenthesis. It reports false: nothing may follow.
func (p *parser) endPlot(f *frame) bool {
	if f.kind == frameCall {
		return p.failPlotRange(f)
	}
	s := &p.statements[len(p.statements)-1]
	if ends := int(f.count) + 1 - len(p.curves); ends != 2 {
		place := span{s.name.offset, uint16(p.start) - s.name.offset}
		return p.failAt(CodeArguments, place, "the range of a plot has two ends", "write "+s.name.in(p.source)+" = -10, 10")
	}
	p.emit(opPlot, span{s.name.offset, uint16(p.start) - s.name.offset}).index = uint16(len(p.curves) + 2)
	p.depth--
	p.frames = p.frames[:0]
	p.nesting--
	p.open--
	s.kind = Plot
	p.next()
	if p.token != tokenEnd && p.token != tokenBreak {
		return p.failPlotInside(span{f.offset, f.length})
	}
	return p.finish()
}

// variable is that of the plot, the last statement.
func (p *Program) variable() string { return p.statements[len(p.statements)-1].name.in(p.origin) }

// Plot gives the variable of a program's plot and the expressions of its curves, in canonical form. The strings outlive
// the program.
func (p *Program) Plot() (variable string, expressions []string) {
	s := &p.statements[len(p.statements)-1]
	w := writer{program: p}
	w.measure(int(s.start), int(s.end))
	for _, curve := range p.curves {
		w.text = w.text[:0]
		w.tree(int(curve))
		expressions = append(expressions, string(w.text))
	}
	return strings.Clone(p.variable()), expressions
}

// Curve calculates a curve, counted from 0, of the plot that was evaluated last, at x. The error says why there is no
// value there. Steps are counted as by Evaluate; random numbers are refused, so that the same picture is drawn again.
func (c *Calculator) Curve(p *Program, scope *Scope, curve int, x float64) (float64, *Error) {
	end := &p.code[p.curves[curve]]
	c.loops = append(c.loops[:0], loop{index: x})
	random := scope.Random
	scope.Random = nil
	value, err := c.run(p, scope, int(end.index), int(end.value))
	scope.Random = random
	return value, err
}

// setRange takes the ends of a plot's range.
func (c *Calculator) setRange(from, to float64, variable string) *Error {
	switch {
	case to-from-(to-from) != 0:
		return fault(CodeOverflow, "the range is too wide", "")
	case from == to:
		return fault(CodeNotPlotted, "the range is empty: it begins and ends at "+Format(from, Digits), "")
	case from > to:
		return fault(CodeNotPlotted, "the range goes down, from "+Format(from, Digits)+" to "+Format(to, Digits),
			"write "+variable+" = "+Format(to, Digits)+", "+Format(from, Digits))
	}
	c.from, c.to = from, to
	return nil
}

// checkCurves looks for what is wrong with the curves wherever they are drawn, such as an unknown name. That they have no
// value at a point, or at none, is nothing wrong.
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
				err.Code, err.Message, err.Hint = CodeNotPlotted, "random numbers cannot be drawn: a plot looks the same each time", "give one a name first: a = random()"
				return err
			default:
				return err
			}
		}
	}
	return nil
}

// failPlotInside reports a plot that is a part of something.
func (p *parser) failPlotInside(place span) bool {
	return p.failAt(CodeSyntax, place, "a plot is a statement of its own, not a part of one", "write it alone: plot(x^2, x = -10, 10)")
}

// failPlotRange reports a plot without a range.
func (p *parser) failPlotRange(f *frame) bool {
	place := span{f.offset, uint16(p.end) - f.offset}
	p.next()
	if p.token == tokenAssign {
		return p.failReserved(span{f.offset, f.length})
	}
	variable := "x"
	for i := p.begin; i < len(p.code); i++ {
		if in := &p.code[i]; in.op == opVariable {
			variable = span{in.offset, in.length}.in(p.source)
			break
		}
	}
	return p.failAt(CodeSyntax, place, "a plot needs the range of its variable", "write plot(..., "+variable+" = -10, 10)")
}

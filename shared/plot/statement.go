package plot

import (
	"math"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/json"
)

// Statement is a plot as replies, the history and shares store it.
type Statement struct {
	Variable    string
	From, To    float64  // the evaluated ends of the range
	Unit        string   // of the ends, "" for numbers
	Expressions []string // in canonical form
}

// Of returns the plot of a program, or nil if the program is not a plot.
func Of(program *calc.Program, result calc.Result) *Statement {
	if result.Kind != calc.Plot {
		return nil
	}
	variable, expressions := program.Plot()
	from, to := program.Range()
	unit, _ := program.PlotUnits()
	return &Statement{variable, from, to, unit, expressions}
}

// appendEnd appends an end of the range as a quantity: 5 km.
func (s *Statement) appendEnd(text []byte, end float64) []byte {
	text = calc.AppendFormat(text, end, 0)
	if s.Unit != "" {
		text = append(append(text, ' '), s.Unit...)
	}
	return text
}

// Source returns the plot as an expression of the language.
func (s *Statement) Source() string {
	text := []byte("plot(" + strings.Join(s.Expressions, ", ") + ", " + s.Variable + " = ")
	text = s.appendEnd(text, s.From)
	text = s.appendEnd(append(text, ", "...), s.To)
	return string(append(text, ')'))
}

// AppendJSON appends the member "plot" of a reply, or nothing for nil.
func (s *Statement) AppendJSON(b []byte) []byte {
	if s == nil {
		return b
	}
	b = json.AppendText(append(json.AppendName(b, "plot"), '{'), "variable", s.Variable)
	b = json.AppendNumber(b, "from", s.From)
	b = json.AppendNumber(b, "to", s.To)
	if s.Unit != "" {
		b = json.AppendText(b, "unit", s.Unit)
	}
	b = json.AppendStrings(json.AppendName(b, "expressions"), s.Expressions)
	return append(b, '}')
}

// Text returns the plot as services store and send it: the variable, the ends of the range and the
// expressions, one per line. It is empty for nil.
func (s *Statement) Text() string {
	if s == nil {
		return ""
	}
	text := s.appendEnd([]byte(s.Variable+"\n"), s.From)
	text = s.appendEnd(append(text, '\n'), s.To)
	return string(text) + "\n" + strings.Join(s.Expressions, "\n")
}

// Read parses what Text returns. It returns nil if the text is not a plot.
func Read(text string) *Statement {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return nil
	}
	number, unit, _ := strings.Cut(lines[1], " ")
	from, fromOK := calc.ParseNumber(number)
	number, _, _ = strings.Cut(lines[2], " ")
	to, toOK := calc.ParseNumber(number)
	if !fromOK || !toOK {
		return nil
	}
	return &Statement{lines[0], from, to, unit, lines[3:]}
}

// Curves returns the functions of the plot that the calculator evaluated last. They share the given
// steps, use at most MaxSteps for each value, and have no values once the steps are used up.
func Curves(calculator *calc.Calculator, program *calc.Program, scope *calc.Scope, expressions int,
	left *int) []Function {
	functions := make([]Function, expressions)
	for curve := range functions {
		curve := curve
		functions[curve] = func(x float64) float64 {
			if *left <= 0 {
				return math.NaN()
			}
			scope.Steps = 0
			y, err := calculator.Curve(program, scope, curve, x)
			*left -= scope.Steps
			if err != nil {
				return math.NaN()
			}
			return y
		}
	}
	return functions
}

// Affordable returns how many values of each curve the steps pay for, judging by the evaluation of
// the plot.
func Affordable(scope *calc.Scope, steps int) int { return steps / (scope.Steps/calc.Probes + 1) }

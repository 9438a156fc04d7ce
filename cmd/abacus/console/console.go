// Package console is the calculator on a command line: it evaluates expressions that a person gives or types, here or in
// a session of a running app.
package console

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

// session is where expressions are evaluated: Local or Remote.
type session interface {
	// evaluate returns a *Mistake if there is something wrong with the source.
	evaluate(ctx context.Context, source string) (answer, error)
	// names are the variables and definitions of now.
	names(ctx context.Context) ([]calc.Change, error)
	// clear forgets one name, or all of them if it is empty, and reports whether there was one to forget.
	clear(ctx context.Context, name string) (bool, error)
}

// answer is what an expression gives.
type answer struct {
	kind    string // as calc.Kind writes it
	display string // the value, or the drawing of a plot; "" of a definition
	parsed  string // as it was understood
}

// Mistake is an expression that has no value. Its text shows the place with a caret, in several lines, and is shown as it
// is.
type Mistake struct {
	text string
}

// Error returns the text, without the newline at its end.
func (m *Mistake) Error() string { return m.text }

func newMistake(err *calc.Error, source string) *Mistake {
	return &Mistake{strings.TrimSuffix(err.Caret(source), "\n")}
}

func checkPrecision(digits int) error {
	if digits < 1 || digits > 17 {
		return fmt.Errorf("the precision is %d: it is from 1 to 17 digits", digits)
	}
	return nil
}

// local is a session of this process.
type local struct {
	precision  int
	calculator calc.Calculator
	scope      calc.Scope
}

func newLocal(precision int) *local {
	return &local{precision: precision, scope: calc.Scope{Random: rand.Float64}}
}

func (l *local) evaluate(ctx context.Context, source string) (answer, error) {
	program, err := l.calculator.Parse(source)
	if err != nil {
		return answer{}, newMistake(err, source)
	}
	l.scope.Steps = 0
	result, err := l.calculator.Evaluate(program, &l.scope)
	if err != nil {
		return answer{}, newMistake(err, source)
	}
	a := answer{kind: result.Kind.String(), parsed: program.Parsed()}
	if result.Kind.HasValue() {
		l.scope.Ans, l.scope.HasAns = result.Value, true
		a.display = calc.Format(result.Value, l.precision)
	}
	if statement := plot.Of(program, result); statement != nil {
		names, err := l.names(ctx)
		if err != nil {
			return answer{}, err
		}
		a.display = drawing(statement, names)
	}
	return a, nil
}

func (l *local) names(context.Context) ([]calc.Change, error) {
	names := make([]calc.Change, l.scope.Len())
	for i := range names {
		names[i] = l.scope.At(i)
	}
	return names, nil
}

func (l *local) clear(_ context.Context, name string) (bool, error) {
	if name != "" {
		return l.scope.Delete(name), nil
	}
	found := l.scope.Len() > 0
	for l.scope.Len() > 0 {
		l.scope.Delete(l.scope.At(l.scope.Len() - 1).Name)
	}
	return found, nil
}

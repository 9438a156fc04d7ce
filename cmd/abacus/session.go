package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/plot"
)

// session is where expressions are evaluated: a localSession or a remoteSession.
type session interface {
	// evaluate returns an *expressionError if the source is at fault.
	evaluate(ctx context.Context, source string) (result, error)
	// bindings returns the current variables and functions.
	bindings(ctx context.Context) ([]calc.Binding, error)
	// clear deletes one variable or function, or all of them if name is empty. It reports whether
	// there was anything to delete.
	clear(ctx context.Context, name string) (bool, error)
}

// result is the outcome of an evaluation.
type result struct {
	kind      string // as calc.Kind writes it
	display   string // the value or the drawing of a plot; "" for a function definition
	canonical string // the expression in canonical form
}

// expressionError is an error in an expression. Its text has several lines: the message, the
// source, and a caret under the place of the error.
type expressionError struct {
	text string // without a newline at the end
}

func (e *expressionError) Error() string { return e.text }

func newExpressionError(err *calc.Error, source string) *expressionError {
	return &expressionError{strings.TrimSuffix(err.Caret(source), "\n")}
}

func checkPrecision(digits int) error {
	if digits < 1 || digits > 17 {
		return fmt.Errorf("the precision is %d: it is from 1 to 17 digits", digits)
	}
	return nil
}

// localSession evaluates in this process.
type localSession struct {
	precision  int
	calculator calc.Calculator
	scope      calc.Scope
}

func newLocalSession(precision int) *localSession {
	return &localSession{precision: precision, scope: calc.Scope{Random: rand.Float64}}
}

func (s *localSession) evaluate(ctx context.Context, source string) (result, error) {
	program, value, err := s.calculator.Eval(source, &s.scope)
	if err != nil {
		if err.Code == calc.CodeNoRates && s.scope.Rates == nil {
			err.Hint = "give them by --rates FILE|URL, such as the address of an app's /rates"
		}
		return result{}, newExpressionError(err, source)
	}
	r := result{kind: value.Kind.String(), canonical: program.Parsed()}
	if value.Kind.HasValue() {
		r.display = program.Display(value, s.precision)
	}
	if statement := plot.Of(program, value); statement != nil {
		bindings, err := s.bindings(ctx)
		if err != nil {
			return result{}, err
		}
		r.display = draw(statement, bindings)
	}
	return r, nil
}

func (s *localSession) bindings(context.Context) ([]calc.Binding, error) {
	bindings := make([]calc.Binding, s.scope.Len())
	for i := range bindings {
		bindings[i] = s.scope.At(i)
	}
	return bindings, nil
}

func (s *localSession) clear(_ context.Context, name string) (bool, error) {
	if name != "" {
		return s.scope.Delete(name), nil
	}
	found := s.scope.Len() > 0
	for s.scope.Len() > 0 {
		s.scope.Delete(s.scope.At(s.scope.Len() - 1).Name)
	}
	return found, nil
}

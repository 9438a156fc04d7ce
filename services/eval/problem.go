package eval

import (
	"net/http"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/wire"
)

// problem turns an error of the language into one for clients.
func problem(e *calc.Error, source string) *wire.Problem {
	_, pointed, _ := strings.Cut(e.Caret(source), "\n")
	p := &wire.Problem{
		Code: wire.Code(e.Code), Status: http.StatusUnprocessableEntity,
		Title: "The expression has no value", Detail: e.Message, Hint: e.Hint,
		Text: "error: " + e.Message + "\n" + pointed, // and the hint, as in a terminal
		Position: &wire.Position{
			Offset: e.Offset, Line: e.Line, Column: e.Column, Length: e.Length},
	}
	if e.Syntax() {
		p.Status, p.Title = http.StatusBadRequest, "The expression is malformed"
	}
	return p
}

// problem is the function problem for one request. A conversion for which no rates could be fetched
// may succeed later: its problem says why there are none, and has status 503.
func (r *rates) problem(e *calc.Error, source string) *wire.Problem {
	if e.Code != calc.CodeNoRates || r.fault == nil {
		return problem(e, source)
	}
	later := *e
	later.Message, later.Hint = r.fault.Detail, r.fault.Hint
	p := problem(&later, source)
	p.Status, p.Retry = r.fault.Status, r.fault.Retry
	return p
}

// plusHint adds to a syntax error, if it is one, what a bare `+` means in an address.
func plusHint(p *wire.Problem, r *http.Request) *wire.Problem {
	_, raw, _ := strings.Cut(r.RequestURI, "?")
	if p.Status != http.StatusBadRequest || !strings.Contains(raw, "+") {
		return p
	}
	hint := "in an address `+` means a space: write %2B for plus"
	if p.Hint != "" {
		hint = p.Hint + "; " + hint
	}
	return p.WithHint(hint)
}

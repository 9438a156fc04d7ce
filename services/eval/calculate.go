package eval

import (
	"abacus/shared/calc"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// result is what came of one source: an answer, or in an array an error.
type result struct {
	source  string
	parsed  string
	kind    calc.Kind
	value   float64 // also of an assignment
	unit    string  // of the value
	label   string  // beside the last statement
	display string  // of a value, for people
	notices []calc.Notice
	changes []calc.Binding
	plot    *plot.Statement // nil for other kinds
	err     *wire.Problem
}

func newResult(source string, program *calc.Program, of calc.Result, scope *calc.Scope,
	precision int) result {
	r := result{source: source, parsed: program.Parsed(), kind: of.Kind, value: of.Value,
		unit: of.Unit, label: program.Label(), notices: program.Notices(),
		changes: scope.Changes(),
		plot:    plot.Of(program, of)}
	if of.Kind == calc.Value {
		r.display = program.Display(of, precision)
	}
	return r
}

// calculate evaluates the sources in order with the bindings of a session. It returns the result of
// each, and the changes of all. A single source that fails is the request's error; in an array the
// error is a result, and changes nothing.
func (s *service) calculate(req *request, state *wire.State) ([]result, []calc.Binding, error) {
	scope := calc.Scope{Random: s.Random, Rates: req.rates.table}
	scope.Load(state.Bindings)
	results := make([]result, 0, len(req.sources))
	changed := map[string]bool{}
	var changes []calc.Binding
	ans := func() (wire.Ans, error) { return s.ans(req, state.Token) }
	for _, source := range req.sources {
		one, err := s.calculateOne(req, &scope, source, ans)
		if failure, ok := err.(*calc.Error); ok && req.many {
			one = result{source: source, err: req.rates.problem(failure, source)}
		} else if ok {
			return nil, nil, req.rates.problem(failure, source)
		} else if err != nil {
			return nil, nil, err
		}
		results = append(results, one)
		for _, b := range one.changes {
			changed[b.Name] = true
		}
	}
	for i := 0; i < scope.Len() && len(changed) > 0; i++ {
		if b := scope.At(i); changed[b.Name] {
			changes = append(changes, b)
		}
	}
	return results, changes, nil
}

// calculateOne evaluates a source. It asks for the previous result only if the source uses it.
func (s *service) calculateOne(req *request, scope *calc.Scope, source string,
	ans func() (wire.Ans, error)) (result, error) {
	program, failure := req.calculator.Parse(source)
	if failure != nil {
		return result{}, failure
	}
	if program.UsesAns() && !scope.HasAns {
		previous, err := ans()
		if err != nil {
			return result{}, err
		}
		scope.Ans, scope.AnsUnit, scope.HasAns = previous.Value, previous.Unit, previous.Known
	}
	of, failure := req.calculator.Evaluate(program, scope)
	if failure != nil {
		return result{}, failure
	}
	return newResult(source, program, of, scope, req.precision), nil
}

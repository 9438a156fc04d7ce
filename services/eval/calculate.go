package eval

import (
	"abacus/shared/calc"
	"abacus/shared/wire"
)

// calculate evaluates the sources in order with the session's names and returns
// what came of each, and the names that all of them changed. A single source that
// fails is the request's problem; in an array it stands in its place, and changes
// nothing.
func (s *service) calculate(asked *asked, session *session) ([]answer, []calc.Binding, *wire.Problem) {
	scope := calc.Scope{Random: s.Random}
	lend(&scope, session)
	var calculator calc.Calculator
	var changed []calc.Binding
	answers := make([]answer, 0, len(asked.sources))
	for _, source := range asked.sources {
		answer, changes, problem := s.calculateOne(&calculator, &scope, source, asked, session)
		if problem != nil && (!asked.many || problem.Position == nil) {
			return nil, nil, problem
		}
		answer.source, answer.problem = source, problem
		answers = append(answers, answer)
		changed = merge(changed, changes)
	}
	return answers, changed, nil
}

func (s *service) calculateOne(calculator *calc.Calculator, scope *calc.Scope, source string, asked *asked, session *session) (answer, []calc.Binding, *wire.Problem) {
	program, failure := calculator.Parse(source)
	if failure != nil {
		return answer{}, nil, refusal(failure, source, false)
	}
	if program.UsesAns() && !scope.HasAns {
		if problem := s.last(asked, session); problem != nil {
			return answer{}, nil, problem
		}
		if session.ans != nil {
			scope.Ans, scope.HasAns = *session.ans, true
		}
	}
	result, failure := calculator.Evaluate(program, scope)
	if failure != nil {
		return answer{}, nil, refusal(failure, source, false)
	}
	changes := scope.Changes()
	return newAnswer(source, program, result, changes), changes, nil
}

// lend puts a session's names into a scope.
func lend(scope *calc.Scope, session *session) {
	bindings := make([]calc.Binding, len(session.names))
	for i, name := range session.names {
		bindings[i].Name = name.Field(1)
		if name.Name() == "variable" {
			bindings[i].Value, _ = name.Float(2)
		} else {
			bindings[i].Source = name.Field(2)
		}
	}
	scope.Load(bindings)
}

// merge adds changes to those before them; the latest of a name wins.
func merge(changed, changes []calc.Binding) []calc.Binding {
	for _, c := range changes {
		known := false
		for i := range changed {
			if changed[i].Name == c.Name {
				changed[i], known = c, true
			}
		}
		if !known {
			changed = append(changed, c)
		}
	}
	return changed
}

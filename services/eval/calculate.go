package eval

import (
	"net/http"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// result is the result of one source: its entry for the history, and what else the reply says about
// it. In an array it may be an error instead.
type result struct {
	wire.Entry
	label   string // the text next to the last statement
	display string // of a value, for people
	notices []calc.Notice
	changes []calc.Binding
	plot    *plot.Statement // nil for other kinds
	err     *wire.Problem
}

func newResult(source string, program *calc.Program, value calc.Result, scope *calc.Scope,
	precision int) result {
	r := result{label: program.Label(), notices: program.Notices(), changes: scope.Changes(),
		plot: plot.Of(program, value)}
	r.Entry = wire.Entry{Kind: value.Kind.String(), Expression: source, Parsed: program.Parsed(),
		Value: value.Value, Unit: value.Unit, HasValue: value.Kind.HasValue(), Plot: r.plot.Text()}
	if value.Kind == calc.Value {
		r.display = program.Display(value, precision)
	}
	return r
}

// calculate evaluates the sources in order with the bindings of a session. It returns the result of
// each source, and the changes of all. If a single source fails, or one in an array that replaces
// entries, that is the error of the request; in any other array, the error is a result and changes
// nothing. The previous result is fetched only if a source uses it.
func (s *service) calculate(req *request, state *wire.State) ([]result, []calc.Binding, error) {
	scope := calc.Scope{Random: s.Random, Rates: req.rates.table}
	scope.Load(state.Bindings)
	results := make([]result, len(req.sources))
	changed := map[string]bool{}
	for i, source := range req.sources {
		program, failure := req.calculator.Parse(source)
		if failure == nil && program.UsesAns() && !scope.HasAns {
			ans, err := s.ans(req, state.Token)
			if err != nil {
				return nil, nil, err
			}
			scope.Ans, scope.AnsUnit, scope.HasAns = ans.Value, ans.Unit, ans.Known
		}
		var value calc.Result
		if failure == nil {
			value, failure = req.calculator.Evaluate(program, &scope)
		}
		if failure != nil {
			results[i].err = req.rates.problem(failure, source)
			switch {
			case !req.many:
				return nil, nil, results[i].err
			case req.replaces != nil:
				return nil, nil, results[i].err.WithIndex(i + 1)
			}
			continue
		}
		results[i] = newResult(source, program, value, &scope, req.precision)
		if req.replaces != nil {
			results[i].Replaces = req.replaces[i]
		}
		for _, b := range results[i].changes {
			changed[b.Name] = true
		}
	}
	var changes []calc.Binding
	for i := 0; i < scope.Len() && len(changed) > 0; i++ {
		if b := scope.At(i); changed[b.Name] {
			changes = append(changes, b)
		}
	}
	return results, changes, nil
}

// ans fetches the value of the newest entry that has one.
func (s *service) ans(req *request, token string) (wire.Ans, error) {
	if token == "" {
		return wire.Ans{}, nil // there is no session yet
	}
	reply := s.call(s.history, req, "GET", "/internal/ans", nil, wire.OwnerHeader,
		capability.Token(token).Owner())
	if reply.Status != http.StatusOK {
		return wire.Ans{}, s.history.Problem(reply)
	}
	return wire.ParseAns(reply.Message), nil
}

// rates are the exchange rates for one request. They are fetched once, when a program first
// converts money.
type rates struct {
	table   *calc.Rates   // for the scope; nil without a service rates
	fetched bool          // whether successfully or not
	fault   *wire.Problem // why there are none
}

func (s *service) newRates(in *http.Request) *rates {
	r := &rates{}
	if s.rates.Address() == "" {
		return r
	}
	var message *wire.Rates
	r.table = &calc.Rates{}
	r.table.PerEuro = func(currency string) float64 {
		if !r.fetched {
			r.fetched = true
			reply := s.rates.Call(in, "GET", "/internal/rates", nil)
			if reply.Status != http.StatusOK {
				r.fault = s.rates.Problem(reply)
			}
			message = wire.ParseRates(reply.Message)
			r.table.Date, r.table.Source = message.Date, message.Source
		}
		return message.Of(currency)
	}
	return r
}

package eval

import (
	"net/http"
	"strconv"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/units"
	"abacus/shared/wire"
)

// stateless answers GET /eval without a session: it reads and stores nothing.
func (s *service) stateless(w http.ResponseWriter, r *wire.Request) error {
	wire.AllowAnyOrigin(w)
	source, digits, err := decodeQuery(r.Request)
	if err != nil {
		return err
	}
	var calculator calc.Calculator
	exchange := s.newRates(r.Request)
	scope := calc.Scope{Random: s.Random, Rates: exchange.table}
	program, value, failure := calculator.Eval(source, &scope)
	if failure != nil {
		return plusHint(exchange.problem(failure, source), r.Request)
	}
	if !program.UsesRandom() && !exchange.fetched {
		wire.Set(w.Header(), "Cache-Control", "public, max-age=86400")
	}
	wire.Set(w.Header(), "Vary", "Accept")
	answer := newResult(source, program, value, &scope, digits)
	if wire.PrefersText(r.Request) {
		return wire.Reply(w, http.StatusOK, wire.Plain, []byte(answer.display))
	}
	b := answer.appendMembers([]byte{'{'})
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

// functions answers GET /functions from the language's own table.
func (s *service) functions(w http.ResponseWriter, _ *wire.Request) error {
	list := calc.Functions()
	return replyTable(w, "functions", len(list), func(b []byte, i int) []byte {
		b = json.AppendText(append(b, '{'), "name", list[i].Name)
		b = json.AppendText(b, "signature", list[i].Signature)
		b = json.AppendText(b, "kind", list[i].Kind)
		b = json.AppendText(b, "help", list[i].Help)
		return append(b, '}')
	})
}

// units answers GET /units from the table of units. Currencies have no factor, and neither have °C
// and °F, whose zero is not that of the kelvin.
func (s *service) units(w http.ResponseWriter, _ *wire.Request) error {
	list := units.List()
	return replyTable(w, "units", len(list), func(b []byte, i int) []byte {
		u := list[i]
		b = json.AppendText(append(b, '{'), "symbol", u.Symbol)
		b = json.AppendText(b, "name", u.Name)
		b = json.AppendText(b, "plural", u.Plural)
		b = json.AppendText(b, "dimension", u.Dimension)
		if u.Factor != 0 {
			b = json.AppendNumber(b, "factor", u.Factor)
			b = json.AppendText(b, "unit", u.Coherent)
		}
		b = strconv.AppendBool(json.AppendName(b, "prefixes"), u.Prefixes)
		b = json.AppendText(b, "source", u.Source)
		return append(b, '}')
	})
}

// replyTable answers with a table of the language, for pages of every origin. The table only
// changes with the service, so caches may keep it for a day.
func replyTable(w http.ResponseWriter, name string, n int,
	appendRow func(b []byte, i int) []byte) error {
	wire.AllowAnyOrigin(w)
	wire.Set(w.Header(), "Cache-Control", "public, max-age=86400")
	b := json.AppendArray([]byte(`{"`+name+`":`), n, appendRow)
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

// decodeQuery decodes GET /eval?expr=...&precision=...
func decodeQuery(r *http.Request) (source string, digits int, err error) {
	query := wire.Query(r)
	if !query.Has("expr") {
		return "", 0, wire.NewProblem(wire.BadParameter,
			"the parameter expr is missing, or not percent-encoded correctly").
			WithHint("for example /eval?expr=2%2B3; a percent sign is %25")
	}
	source, digits = query.Get("expr"), calc.Digits
	if query.Has("precision") {
		if digits, err = precision(query.Get("precision")); err != nil {
			return "", 0, err
		}
	}
	return source, digits, checkLength(source)
}

package eval

import (
	"net/http"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// preview answers GET /eval without a session: it reads and stores nothing.
func (s *service) preview(w http.ResponseWriter, r *wire.Request) error {
	wire.AllowAnyOrigin(w)
	source, digits, err := decodeQuery(r.Request)
	if err != nil {
		return err
	}
	var calculator calc.Calculator
	scope := calc.Scope{Random: s.Random}
	program, of, failure := calculator.Eval(source, &scope)
	if failure != nil {
		return plusHint(problem(failure, source), r.Request)
	}
	if !program.UsesRandom() {
		w.Header().Set("Cache-Control", "public, max-age=86400")
	}
	w.Header().Set("Vary", "Accept")
	answer := newResult(source, program, of, &scope)
	if wire.PrefersText(r.Request) {
		return wire.Reply(w, http.StatusOK, wire.Plain, []byte(answer.display(digits)))
	}
	b := answer.appendMembers([]byte{'{'}, digits)
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

// functions answers GET /functions from the language's own table.
func (s *service) functions(w http.ResponseWriter, _ *wire.Request) error {
	wire.AllowAnyOrigin(w)
	b := []byte(`{"functions":[`)
	for i, f := range calc.Functions() {
		if i > 0 {
			b = append(b, ',')
		}
		b = json.AppendString(append(b, `{"name":`...), f.Name)
		b = json.AppendString(append(b, `,"signature":`...), f.Signature)
		b = json.AppendString(append(b, `,"kind":`...), f.Kind)
		b = json.AppendString(append(b, `,"help":`...), f.Help)
		b = append(b, '}')
	}
	w.Header().Set("Cache-Control", "public, max-age=86400")
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "]}\n"...))
}

// health answers GET /health with the state of each service.
func (s *service) health(w http.ResponseWriter, r *wire.Request) error {
	status, overall := http.StatusOK, "ok"
	services := []byte(`"eval":"ok"`)
	for _, p := range []peer.Peer{s.Sessions, s.History} {
		state := "ok"
		if p.Call(r.Request, "GET", "/internal/health", nil).Status != http.StatusNoContent {
			status, overall, state = http.StatusServiceUnavailable, "down", "down"
			w.Header().Set("Retry-After", "1")
		}
		services = append(services, `,"`+p.Name+`":"`+state+`"`...)
	}
	body := append([]byte(`{"status":"`+overall+`","services":{`), services...)
	return wire.Reply(w, status, wire.JSON, append(body, "}}\n"...))
}

package eval

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// functions answers GET /functions from the language's own table.
func functions(w http.ResponseWriter) {
	wire.Share(w)
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
	wire.Reply(w, http.StatusOK, wire.JSON, append(b, "]}\n"...))
}

// health answers GET /health with the state of each service.
func (s *service) health(w http.ResponseWriter, r *http.Request) {
	status, overall := http.StatusOK, "ok"
	services := []byte(`"eval":"ok"`)
	for _, p := range []peer.Peer{s.Sessions, s.History} {
		state := "ok"
		if p.Call(r, "GET", "/internal/health", nil).Status != http.StatusNoContent {
			status, overall, state = http.StatusServiceUnavailable, "down", "down"
			w.Header().Set("Retry-After", "1")
		}
		services = append(services, `,"`+p.Name+`":"`+state+`"`...)
	}
	body := append([]byte(`{"status":"`+overall+`","services":{`), services...)
	wire.Reply(w, status, wire.JSON, append(body, "}}\n"...))
}

// random answers GET /random?min=&max= with a whole number that an outside
// service draws. What comes from outside is not trusted: its form and its range
// are checked.
func (s *service) random(w http.ResponseWriter, r *http.Request) *wire.Problem {
	query := capability.Query(r)
	min, minOK := whole(query, "min")
	max, maxOK := whole(query, "max")
	if !minOK || !maxOK {
		return wire.NewProblem(wire.BadParameter, "min and max must be whole numbers").WithHint("for example /random?min=1&max=6")
	}
	if min > max {
		return wire.NewProblem(wire.BadParameter, "min must not be greater than max")
	}
	address := strings.TrimRight(s.Origin, "/") + "/api/v1.0/random?min=" + wire.FormatInt(min) + "&max=" + wire.FormatInt(max)
	out, err := http.NewRequest("GET", address, http.NoBody)
	if err != nil {
		return outside("its address, the variable random_origin, is not valid")
	}
	response, err := s.Outside.RoundTrip(out)
	if err != nil {
		return outside("it cannot be reached")
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err != nil || response.StatusCode != http.StatusOK {
		return outside("it answered with status " + strconv.Itoa(response.StatusCode))
	}
	// The answer is a JSON array of one integer: [42].
	text := strings.TrimSpace(string(body))
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") || len(text) < 3 {
		return outside("its answer is not an array of one number")
	}
	drawn, err := strconv.ParseInt(strings.TrimSpace(text[1:len(text)-1]), 10, 64)
	if err != nil {
		return outside("its answer is not an array of one number")
	}
	if drawn < min || drawn > max {
		return outside("its number is outside of the range")
	}
	wire.Reply(w, http.StatusOK, wire.Plain, []byte(wire.FormatInt(drawn)))
	return nil
}

func outside(why string) *wire.Problem {
	return wire.NewProblem(wire.OutsideFailed, "the service that draws random numbers failed: "+why).
		WithHint("try again later, or use randint(min, max) in an expression").WithRetry(5)
}

func whole(query url.Values, name string) (int64, bool) {
	n, err := strconv.ParseInt(query.Get(name), 10, 64)
	return n, err == nil
}

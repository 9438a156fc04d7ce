package eval

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"abacus/shared/wire"
)

// random answers GET /random?min=&max= with a whole number that an outside service draws. It checks
// the form and the range of the outside service's reply.
func (s *service) random(w http.ResponseWriter, r *wire.Request) error {
	query := wire.Query(r.Request)
	low, lowOK := whole(query, "min")
	high, highOK := whole(query, "max")
	if !lowOK || !highOK {
		return wire.NewProblem(wire.BadParameter, "min and max must be whole numbers").
			WithHint("for example /random?min=1&max=6")
	}
	if low > high {
		return wire.NewProblem(wire.BadParameter, "min must not be greater than max")
	}
	drawn, fault := s.draw(low, high)
	if fault == "" && (drawn < low || drawn > high) {
		fault = "its number is out of range"
	}
	if fault != "" {
		return wire.NewProblem(wire.OutsideFailed,
			"the service that draws random numbers failed: "+fault).
			WithHint("try again later, or use randint(min, max) in an expression").WithRetry(5)
	}
	return wire.Reply(w, http.StatusOK, wire.Plain, []byte(wire.FormatInt(drawn)))
}

// maxDrawn is the largest reply of the outside service, in bytes. A 64-bit integer has at most 20
// digits.
const maxDrawn = 4 << 10

// draw fetches a number from the outside service. If that fails, it returns what is wrong with the
// service.
func (s *service) draw(low, high int64) (drawn int64, fault string) {
	origin := strings.TrimRight(s.Variable("random_origin"), "/")
	address := origin + "/api/v1.0/random?min=" + wire.FormatInt(low) +
		"&max=" + wire.FormatInt(high)
	out, err := http.NewRequest("GET", address, http.NoBody)
	if err != nil {
		return 0, "its address, the variable random_origin, is not valid"
	}
	wire.Set(out.Header, "Accept-Encoding", "identity")
	response, err := s.Transport.RoundTrip(out)
	if err != nil {
		return 0, "it cannot be reached"
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, "it answered with status " + strconv.Itoa(response.StatusCode)
	}
	if coding := response.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return 0, "its answer has a content coding that nobody asked for"
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxDrawn+1))
	if err != nil || len(body) > maxDrawn {
		return 0, "its answer breaks off, or is longer than 4 KiB"
	}
	// A JSON array of one integer, such as [42].
	text, isArray := strings.CutPrefix(strings.TrimSpace(string(body)), "[")
	text, isClosed := strings.CutSuffix(text, "]")
	drawn, err = strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || !isArray || !isClosed {
		return 0, "its answer is not an array of one number"
	}
	return drawn, ""
}

func whole(query url.Values, name string) (int64, bool) {
	n, err := strconv.ParseInt(query.Get(name), 10, 64)
	return n, err == nil
}

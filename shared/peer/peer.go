// Package peer is how services reach each other: by an address that a Spin
// variable gives, which by default is Spin's local service chaining
// (`http://NAME.spin.internal`), where no socket is involved and no one outside
// can take part.
package peer

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"abacus/shared/capability"
	"abacus/shared/wire"
)

// maxHops is how many services a request may come through. Spin has no guard
// against services that call each other in a circle; one request would take the
// whole instance pool.
const maxHops = 4

// Peer is another service.
type Peer struct {
	Name      string            // for messages
	Transport http.RoundTripper // the SDK's, or in tests the peer's handler itself
	Address   string            // http://sessions.spin.internal
	Token     string            // the secret that services share; "" where chaining alone protects
}

// Reply is what a peer answered.
type Reply struct {
	Status  int
	Records []wire.Record
}

// Failed tells that the peer did not do its work, or that nobody knows: it could
// not be reached, it broke off (an empty 500 is what Spin makes of a trap), or it
// asks to come again. What was asked may or may not have happened.
func (r Reply) Failed() bool { return r.Status == 0 || r.Status >= 500 }

// Call sends one request on behalf of the request in: the hop counter, the trace
// context and the request's id go along, nothing else of it does. Header holds
// pairs of name and value.
func (p Peer) Call(in *http.Request, method, path string, body []byte, header ...string) Reply {
	out, err := http.NewRequest(method, strings.TrimRight(p.Address, "/")+path, strings.NewReader(string(body)))
	if err != nil {
		return Reply{}
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] != "" {
			out.Header.Set(header[i], header[i+1])
		}
	}
	for _, name := range []string{"Traceparent", wire.RequestHeader} {
		if value := in.Header.Get(name); value != "" {
			out.Header.Set(name, value)
		}
	}
	out.Header.Set(wire.HopHeader, strconv.Itoa(hops(in)+1))
	if p.Token != "" {
		out.Header.Set(wire.PeerHeader, p.Token)
	}
	response, err := p.Transport.RoundTrip(out)
	if err != nil {
		return Reply{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return Reply{}
	}
	reply := Reply{Status: response.StatusCode}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/tab-separated-values") {
		reply.Records = wire.Records(string(text))
	}
	return reply
}

// Problem is what the client is told of a peer's refusal: the peer's own words
// (wire.Problem.WriteFlat), or that it does not answer.
func (p Peer) Problem(reply Reply) *wire.Problem {
	for _, record := range reply.Records {
		if record.Name() == "problem" {
			return wire.NewProblem(wire.Code(record.Field(1)), record.Field(2)).
				WithHint(record.Field(3)).WithRetry(int(record.Int(4)))
		}
	}
	switch reply.Status {
	case http.StatusUnauthorized:
		return wire.NewProblem(wire.ServiceUnavailable, "the service "+p.Name+" does not accept the peer token of the one that asks").
			WithHint("whoever runs the services must give all of them the same peer_token").WithRetry(30)
	case http.StatusLoopDetected:
		return wire.NewProblem(wire.ServiceUnavailable, "the services call each other in a circle").
			WithHint("whoever runs the services must check the variables that hold their addresses").WithRetry(30)
	}
	return p.Unavailable()
}

// Unavailable is the problem of a peer that failed.
func (p Peer) Unavailable() *wire.Problem {
	return wire.NewProblem(wire.ServiceUnavailable, "the service "+p.Name+" does not answer now").
		WithHint("nothing was lost: try again in a moment").WithRetry(1)
}

func hops(r *http.Request) int {
	n, err := strconv.Atoi(r.Header.Get(wire.HopHeader))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Admit guards an internal route: only another service may ask. Where a peer
// token is set it must be right; where none is, the request must have come by
// service chaining, which Spin shows by the client address 0.0.0.0:0. From
// anyone else the route does not exist.
func Admit(r *http.Request, token string) *wire.Problem {
	if hops(r) > maxHops {
		return wire.NewProblem(wire.LoopDetected, "the request came through more than "+strconv.Itoa(maxHops)+" services").
			WithHint("check the variables that hold the services' addresses")
	}
	if token != "" {
		if !capability.Equal(r.Header.Get(wire.PeerHeader), token) {
			return wire.NewProblem(wire.PeerRequired, "the peer token is missing or wrong")
		}
		return nil
	}
	if wire.Last(r, "Spin-Client-Addr") != "0.0.0.0:0" {
		return wire.NewProblem(wire.NotFound, "there is nothing at this address")
	}
	return nil
}

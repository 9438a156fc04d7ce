// Package peer calls other services. The address of a service comes from a Spin variable; the
// default is Spin's local service chaining (`http://NAME.spin.internal`), which needs no socket and
// cannot be reached from outside.
package peer

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"abacus/shared/capability"
	"abacus/shared/wire"
)

// maxHops is how many services a request may pass through. Spin does not stop services that call
// each other in a circle, and one such request would take up every instance of the host.
const maxHops = 4

// Peer is another service.
type Peer struct {
	Name      string                   // for messages
	Transport http.RoundTripper        // the SDK's, or in tests the peer's handler itself
	Variable  func(name string) string // has the address in NAME_url, and peer_token
}

// Address returns where the service is, such as http://sessions.spin.internal.
func (p Peer) Address() string { return p.Variable(p.Name + "_url") }

// Reply is what a peer answers.
type Reply struct {
	Status  int    // 0 if there was no answer
	Message string // "" if the body is not a message
}

// Failed reports whether the peer failed to do its work, or may have failed: it could not be
// reached, it broke off (Spin turns a trap into an empty 500), or it asks to be called again. A 507
// is an answer: the client has used up its storage.
func (r Reply) Failed() bool {
	return r.Status == 0 || r.Status >= 500 && r.Status != http.StatusInsufficientStorage
}

// Call sends a request on behalf of the request in. It passes on the hop count, the trace context
// and the request id, and nothing else. Header holds pairs of a name and a value; empty values are
// left out.
func (p Peer) Call(in *http.Request, method, path string, body []byte, header ...string) Reply {
	address := strings.TrimRight(p.Address(), "/") + path
	out, err := http.NewRequest(method, address, strings.NewReader(string(body)))
	if err != nil {
		return Reply{}
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] != "" {
			wire.Set(out.Header, header[i], header[i+1])
		}
	}
	for _, name := range []string{"Traceparent", wire.IDHeader} {
		if value := in.Header.Get(name); value != "" {
			wire.Set(out.Header, name, value)
		}
	}
	wire.Set(out.Header, wire.HopHeader, strconv.Itoa(hops(in)+1))
	if first, _, _ := strings.Cut(p.Variable("peer_token"), ","); first != "" {
		wire.Set(out.Header, wire.PeerHeader, first)
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
		reply.Message = string(text)
	}
	return reply
}

// Problem returns what to tell the client when a peer refuses: the peer's own words, or that it
// does not answer.
func (p Peer) Problem(reply Reply) *wire.Problem {
	if problem := wire.ParseProblem(reply.Message); problem != nil {
		return problem
	}
	switch reply.Status {
	case http.StatusUnauthorized:
		return wire.NewProblem(wire.ServiceUnavailable,
			"the service "+p.Name+" does not accept the peer token it was sent").
			WithHint("the operator must give all services the same peer_token").WithRetry(30)
	case http.StatusLoopDetected:
		return wire.NewProblem(wire.ServiceUnavailable, "the services call each other in a circle").
			WithHint("the operator must check the variables that hold the services' " +
				"addresses").WithRetry(30)
	}
	return p.Unavailable()
}

// Unavailable returns the problem of a peer that failed.
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

// Guard returns a check that only lets other services use the internal routes. With a peer_token
// the request must carry it; without one it must have come by service chaining. For anyone else the
// route does not exist.
//
// While a token is being replaced, there are two, separated by a comma: services send the first and
// accept both.
func Guard(read func(name string) string) func(*http.Request) error {
	return func(r *http.Request) error {
		switch token := read("peer_token"); {
		case token != "" && !accepted(r.Header.Get(wire.PeerHeader), token):
			return wire.NewProblem(wire.PeerRequired, "the peer token is missing or wrong")
		case token == "" && !wire.Chained(r):
			return wire.ErrNotFound
		case hops(r) > maxHops:
			return wire.NewProblem(wire.LoopDetected,
				"the request came through more than "+strconv.Itoa(maxHops)+" services").
				WithHint("check the variables that hold the services' addresses")
		}
		return nil
	}
}

// accepted reports whether a token is one of the tokens, which are separated by commas.
func accepted(token, tokens string) bool {
	for _, each := range strings.Split(tokens, ",") {
		if each != "" && capability.Equal(token, each) {
			return true
		}
	}
	return false
}

// Package eval is the service that calculates. It evaluates expressions with the bindings of a
// session, and has the services sessions and history store the changes and the entries.
//
// The path of POST /eval is the method evaluate. This file has its calls of the other services,
// request.go its input, calculate.go the evaluation, and reply.go its reply. stateless.go,
// random.go and health.go have the routes that need no session.
package eval

import (
	"net/http"
	"time"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// Options are the dependencies and settings of the service.
type Options struct {
	Transport http.RoundTripper // reaches the other services, and the one behind GET /random
	Variable  func(name string) string
	Now       func() time.Time
	Sleep     func(time.Duration)
	Random    func() float64 // uniform in [0, 1), from a secure source
}

// New returns the service.
func New(options Options) http.Handler {
	to := func(name string) peer.Peer {
		return peer.Peer{Name: name, Transport: options.Transport, Variable: options.Variable}
	}
	s := &service{options, to("sessions"), to("history"), to("rates")}
	return &wire.Router{
		Service: "eval",
		Routes: []wire.Route{
			wire.Get("/eval", s.stateless),
			wire.Post("/eval", s.evaluate),
			wire.Get("/functions", s.functions),
			wire.Get("/units", s.units),
			wire.Get("/random", s.random),
			wire.Get("/health", s.checkHealth),
		},
	}
}

type service struct {
	Options
	sessions peer.Peer
	history  peer.Peer
	rates    peer.Peer // without an address there are no exchange rates
}

// patience is how long an evaluation keeps trying while others change its session.
const patience = 10 * time.Second

// evaluate answers POST /eval: decode, load the bindings, calculate, commit if something changed or
// the client sent a key, record, reply. An error before the commit means that nothing has changed.
// If another commit came first, it starts over with the bindings that the conflict brought.
//
// Every step can be repeated, because it changes nothing or has a key. Of several requests with the
// same key, one wins the commit, and the others get its reply (state.Stored).
func (s *service) evaluate(w http.ResponseWriter, r *wire.Request) error {
	r.Plain = wire.PrefersText(r.Request)
	req, err := decode(r)
	if err != nil {
		return err
	}
	req.deadline = s.Now().Add(patience)
	req.rates = s.newRates(r.Request)
	state, err := s.load(req)
	if err != nil {
		return err
	}
	for attempt := 0; state.Stored == nil; attempt++ {
		if err := wire.CheckVersion(r.Request, state.Version); err != nil {
			return err
		}
		results, changes, err := s.calculate(req, state)
		if err != nil {
			return err
		}
		if state.Token == "" { // there is an answer now to store in a session
			if state, err = s.newSession(req); err != nil {
				return err
			}
		}
		response := newResponse(req, state, results, changes)
		if state.Token == "" || !req.keyed && !req.changesSession(changes) {
			return s.finish(w, req, state.Token, response) // there is nothing to commit
		}
		conflict, err := s.commit(req, state, response, changes)
		if err != nil {
			return err
		}
		if conflict == nil {
			response.Recording.Committed = true
			return s.finish(w, req, state.Token, response)
		}
		state = conflict
		if state.Stored == nil && !s.backOff(attempt, req.deadline) {
			return wire.ErrContended
		}
	}
	response, err := storedResponse(req, state)
	if err != nil {
		return err
	}
	return s.finish(w, req, state.Token, response)
}

// load fetches the session of a request. If the request has none, the client's key stands for one.
// Without a key, too, the session is made later, once there is an answer to store in it.
func (s *service) load(req *request) (*wire.State, error) {
	switch {
	case req.token == "" && req.keyed:
		return s.newSession(req)
	case req.token == "":
		return &wire.State{}, nil
	case !req.token.Valid():
		return nil, capability.ErrUnknown
	}
	reply := s.call(s.sessions, req, "GET", "/internal/session", nil,
		"Authorization", "Bearer "+string(req.token), wire.KeyHeader, req.key)
	if reply.Status != http.StatusOK {
		return nil, s.sessions.Problem(reply)
	}
	return wire.ParseState(reply.Message), nil
}

// newSession makes a session, the same one for the same key of a client. If too many are being
// made, or the storage is full, it returns a session without a token, so that people still get
// their answers. A request with a key fails if the storage is full, because its reply must stay the
// same.
func (s *service) newSession(req *request) (*wire.State, error) {
	key := ""
	if req.keyed {
		key = req.key
	}
	reply := s.call(s.sessions, req, "POST", "/internal/sessions", nil, wire.KeyHeader, key,
		wire.ClientHeader, wire.Client(req.Request, s.Variable("trusted_proxy_header")))
	if reply.Status == http.StatusOK {
		return wire.ParseState(reply.Message), nil
	}
	problem := s.sessions.Problem(reply)
	if problem.Code == wire.TooManyRequests || problem.Code == wire.StorageFull && !req.keyed {
		return &wire.State{}, nil
	}
	return nil, problem
}

// changesSession reports whether the version of the session grows. It grows with changes, and with
// replaced entries, so that if two requests replace the same entry, the second is refused.
func (req *request) changesSession(changes []calc.Binding) bool {
	return len(changes) > 0 || req.replaces != nil
}

// commit stores the changes if the session still has the version that they were calculated from,
// and a client's key together with the response. If another commit came first, it returns the
// session as it is now.
func (s *service) commit(req *request, state *wire.State, response *wire.Response,
	changes []calc.Binding) (*wire.State, error) {
	c := wire.Commit{Key: req.key, Hash: req.hash, Version: wire.AnyVersion,
		Entries: int64(len(response.Recording.Entries)), Changes: changes}
	if req.changesSession(changes) {
		c.Version = state.Version
	}
	if req.keyed {
		c.Response = string(response.Append(nil))
	}
	reply := s.call(s.sessions, req, "POST", "/internal/commit", c.Append(nil),
		"Authorization", "Bearer "+state.Token)
	switch {
	case reply.Status == http.StatusNoContent:
		return nil, nil
	case reply.Status == http.StatusConflict:
		return wire.ParseState(reply.Message), nil
	}
	return nil, s.sessions.Problem(reply)
}

// The waits between two commits. A conflict brings the bindings as they are now, so the next
// attempt is made at once. If that fails as well, there are many others, and the next attempt
// waits. Waits are random up to a bound that doubles ("full jitter").
//
// Source: Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
const (
	firstWait    = 20 * time.Millisecond
	maxDoublings = 5 // to 640 ms
)

// backOff waits before the next attempt, and reports whether there is time for one.
func (s *service) backOff(attempt int, deadline time.Time) bool {
	if attempt%2 == 1 {
		bound := firstWait << min(attempt/2, maxDoublings)
		s.Sleep(time.Duration(s.Random() * float64(bound)))
	}
	return s.Now().Before(deadline)
}

// finish has the history record the entries of a response, and sends the response. Without a
// session there is nothing to record.
func (s *service) finish(w http.ResponseWriter, req *request, token string,
	response *wire.Response) error {
	stored := recorded{notice: noNewSession}
	if token != "" {
		var err error
		if stored, err = s.record(req, token, &response.Recording); err != nil {
			return err
		}
		if req.token == "" {
			wire.Set(w.Header(), wire.SessionHeader, token)
		}
	}
	body := fill(response.Body, token, stored)
	return wire.Reply(w, http.StatusOK, response.Type, []byte(body))
}

// recorded is what became of the entries of a response in the history.
type recorded struct {
	ok     bool
	first  int64  // id of the first entry
	notice notice // for the client, if they were not recorded
}

// record stores entries in the history. If history cannot be reached, is full, or refuses committed
// entries, clients still get their answers, marked as not recorded. If the session was erased in
// the meantime, they get an error.
func (s *service) record(req *request, token string, m *wire.Recording) (recorded, error) {
	if len(m.Entries) == 0 {
		return recorded{ok: true}, nil
	}
	reply := s.call(s.history, req, "POST", "/internal/entries", m.Append(nil),
		wire.OwnerHeader, capability.Token(token).Owner())
	switch {
	case reply.Status == http.StatusOK:
		return recorded{ok: true, first: wire.ParseRecorded(reply.Message).First}, nil
	case reply.Status == http.StatusInsufficientStorage:
		return recorded{notice: historyFull}, nil
	case reply.Failed(), m.Committed && reply.Status != http.StatusNotFound:
		wire.Log("eval", req.Request, "history did not take an evaluation")
		return recorded{}, nil
	}
	return recorded{}, s.history.Problem(reply)
}

// maxCalls is the most times that a failing peer is called.
const maxCalls = 3

// call calls a peer, and repeats the call if it fails.
func (s *service) call(to peer.Peer, req *request, method, path string, body []byte,
	header ...string) peer.Reply {
	for n := 1; ; n++ {
		reply := to.Call(req.Request, method, path, body, header...)
		if !reply.Failed() || n == maxCalls || s.Now().After(req.deadline) {
			return reply
		}
		s.Sleep(time.Duration((0.5 + s.Random()) * float64(int64(20*time.Millisecond)<<n)))
	}
}

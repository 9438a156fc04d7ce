// Package eval is the service that calculates. It evaluates expressions with the bindings of a
// session, and has the services sessions and history store the changes and the entries.
//
// The path of POST /eval is the method evaluate. Its steps are in request.go (decode), peers.go
// (load, commit, record), calculate.go and reply.go. stateless.go, random.go and health.go have the
// routes that need no session.
package eval

import (
	"math"
	"net/http"
	"time"

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
//
// Every step can be repeated, because it changes nothing or has a key. Of several requests with the
// same key, one wins the commit, and the others get its reply.
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
		if state.Token == "" {
			if state, err = s.newSession(req); err != nil {
				return err
			}
		}
		response := newResponse(req, state, results, changes)
		if !req.changesSession(changes) && !req.keyed || state.Token == "" {
			return s.finish(w, req, state.Token, response)
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
			w.Header().Set(wire.SessionHeader, token)
		}
	}
	body := fill(response.Body, token, stored)
	return wire.Reply(w, http.StatusOK, response.Type, []byte(body))
}

// The waits between two commits. A conflict brings the bindings as they are now, so the next
// attempt is made at once. If that fails as well, there are many others, and the next attempt
// waits. Waits are random up to a bound that doubles ("full jitter").
//
// Source: Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
const (
	firstWait   = 20 * time.Millisecond
	longestWait = 640 * time.Millisecond
)

// backOff waits before the next attempt, and reports whether there is time for one.
func (s *service) backOff(attempt int, deadline time.Time) bool {
	if attempt%2 == 0 {
		return s.Now().Before(deadline)
	}
	bound := math.Min(float64(firstWait)*math.Pow(2, float64(attempt/2)), float64(longestWait))
	s.Sleep(time.Duration(s.Random() * bound))
	return s.Now().Before(deadline)
}

// Package eval is the service that calculates: it takes an expression, lends it
// the names of a session, and has what came of it stored by the services
// sessions and history.
package eval

import (
	"net/http"
	"os"
	"time"

	"abacus/shared/calc"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// Options is what the service is given by what runs it.
type Options struct {
	Sessions peer.Peer
	History  peer.Peer
	Outside  http.RoundTripper // reaches the service behind GET /random
	Origin   string            // of that service, as http://HOST
	Now      func() time.Time
	Sleep    func(time.Duration)
	Random   func() float64 // uniform in [0, 1), from a secure source
}

// New makes the service.
func New(options Options) http.Handler {
	return &service{options}
}

type service struct {
	Options
}

// patience is how long one evaluation goes on trying against others that change
// the same session.
const patience = 10 * time.Second

// ServeHTTP answers a request.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wire.Secure(w, r)
	var problem *wire.Problem
	switch path := wire.Path(r); {
	case path == "eval" && wire.Method(r) == http.MethodGet:
		problem = s.preview(w, r)
	case path == "eval" && r.Method == http.MethodPost:
		s.evaluate(w, r)
	case path == "eval":
		wire.Allow(w, r, "GET", "POST")
	case path != "functions" && path != "random" && path != "health":
		problem = wire.NewProblem(wire.NotFound, "there is nothing at this address")
	case wire.Allow(w, r, "GET"):
	case path == "functions":
		functions(w)
	case path == "random":
		problem = s.random(w, r)
	default:
		s.health(w, r)
	}
	if problem != nil {
		problem.Write(w)
	}
}

// evaluate is the path of POST /eval: decode, load the session, calculate, ask
// whether it may be recorded, commit the names that changed, record the entries, reply. It answers problems
// as text to who prefers text.
func (s *service) evaluate(w http.ResponseWriter, r *http.Request) {
	asked, problem := decode(r)
	if problem == nil {
		var done *evaluation
		if done, problem = s.run(asked); problem == nil {
			reply(w, asked, done)
			return
		}
	}
	if wire.Accepts(r, wire.JSON, "text/plain") == "text/plain" {
		problem.WriteText(w)
		return
	}
	problem.Write(w)
}

// evaluation is a request that has been carried out.
type evaluation struct {
	session   *session
	answers   []answer
	version   int64  // of the session afterwards
	id        string // by which history records it once, however often it is asked to
	committed bool   // its key is claimed, its changes are made
	entries   []int64
	recorded  bool
}

// run carries a request out. Each step is repeatable by the request's
// idempotency key: where nobody knows whether a step happened, it is asked for
// again. A client's key is claimed by the commit, even of a value, which changes
// nothing: of several requests with one key that is the one place where one of them
// wins, and the answer that a repeat gets is kept there.
//
// A commit that lost against another's, or finds others waiting, gets a moment of
// its own from the service sessions, and begins again then with the names of
// then. Random waits would do as well for a few; many waste most of their tries.
func (s *service) run(asked *asked) (*evaluation, *wire.Problem) {
	asked.deadline = s.Now().Add(patience)
	session, problem := s.load(asked)
	if problem != nil {
		return nil, problem
	}
	for try := 0; session.done == nil; try++ {
		answers, changes, problem := s.calculate(asked, session)
		if problem != nil {
			return nil, problem
		}
		if session.token == "" {
			if problem := s.make(asked, session); problem != nil {
				return nil, problem
			}
		}
		done := &evaluation{session: session, answers: answers, version: session.version, id: asked.id}
		if len(changes) == 0 && !asked.keyed {
			return s.record(asked, done)
		}
		if problem := s.admit(asked, done); problem != nil {
			return nil, problem
		}
		var slot *slot
		if try == 0 && session.busy && len(changes) > 0 {
			slot, problem = s.queue(asked, session)
		} else {
			slot, problem = s.commit(asked, done, changes, pace(try))
		}
		if problem != nil {
			return nil, problem
		}
		if slot == nil {
			return s.record(asked, done)
		}
		if s.Now().Add(slot.wait).After(asked.deadline) {
			return nil, wire.NewProblem(wire.Conflict, "too many others are changing this session").
				WithHint("nothing was changed: try again").WithRetry(1)
		}
		s.Sleep(slot.wait)
		if problem := s.reload(asked, session); problem != nil {
			return nil, problem
		}
	}
	// A request with this key was committed before: answer as it was answered then.
	if session.done.hash != asked.hash {
		return nil, wire.Reused()
	}
	return s.record(asked, readOutcome(asked, session))
}

// preview calculates without a session: nothing is read, nothing is stored.
func (s *service) preview(w http.ResponseWriter, r *http.Request) *wire.Problem {
	wire.Share(w)
	asked, problem := decodeQuery(r)
	if problem != nil {
		return problem
	}
	var calculator calc.Calculator
	scope := calc.Scope{Random: s.Random}
	program, result, failure := calculator.Eval(asked.sources[0], &scope)
	if failure != nil {
		return refusal(failure, asked.sources[0], asked.plus)
	}
	if !program.UsesRandom() {
		w.Header().Set("Cache-Control", "public, max-age=86400")
	}
	w.Header().Set("Vary", "Accept")
	a := newAnswer(asked.sources[0], program, result, scope.Changes())
	if wire.Accepts(r, wire.JSON, "text/plain") == "text/plain" {
		wire.Reply(w, http.StatusOK, wire.Plain, []byte(a.display(asked.precision)))
		return nil
	}
	wire.Reply(w, http.StatusOK, wire.JSON, append(a.appendMembers([]byte{'{'}, asked.precision), "}\n"...))
	return nil
}

// note tells the operator what a client is not told.
func note(text string) {
	os.Stderr.WriteString("eval: " + text + "\n")
}

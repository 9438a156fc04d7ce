// Package history is the service that keeps what was calculated: the entries of
// every session, and what of them is shared.
//
// It asks nobody who a session is: rows are keyed by the SHA-256 of the
// session's token, so whoever holds the token finds them and nobody else can.
// A share is a snapshot under a token of its own: the index of the shares is in
// the database, the snapshots are in the key-value store.
package history

import (
	"net/http"
	"strings"
	"time"

	"abacus/shared/capability"
	"abacus/shared/peer"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// Options is what the service is given by what runs it.
type Options struct {
	Open      func() (storage.Database, error) // the database of this request
	Snapshots Snapshots                        // of the shares
	Sessions  peer.Peer                        // asked for the names that a share holds, and for the session of a fork
	Token     string                           // the secret that services share; "" where chaining alone protects
	Now       func() time.Time
	Limits    Limits
}

// Snapshots is a key-value store.
type Snapshots interface {
	Get(key string) (value []byte, found bool, err error)
	Set(key string, value []byte) error // the value is not empty
	Delete(key string) error            // that there is none is no error
}

// Limits are the limits on use; 0 is none.
type Limits struct {
	Entries int64 // a minute, in one session
	Shares  int64 // of one session at a time
}

// New makes the service.
func New(options Options) http.Handler {
	return &service{options}
}

type service struct {
	Options
}

// request is a request under way: who asks and what for.
type request struct {
	*http.Request
	store *store
	token capability.Token // of the session; "" between services, and for who follows a link
	owner string           // hex SHA-256 of the session's token
	share capability.Token // that the address names, "" in the addresses that name none
}

// route is what an address is for.
type route struct {
	handle  func(http.ResponseWriter, request) *wire.Problem
	methods []string
	share   capability.Token
}

// ServeHTTP answers a request: this function is its path.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wire.Secure(w, r)
	path := wire.Path(r)
	internal := strings.HasPrefix(path, "internal/")
	if internal {
		if problem := peer.Admit(r, s.Token); problem != nil {
			problem.Write(w)
			return
		}
	}
	route := s.route(path)
	if route.handle == nil {
		wire.NewProblem(wire.NotFound, "there is nothing at this address").Write(w)
		return
	}
	if wire.Allow(w, r, route.methods...) {
		return
	}
	switch problem := s.answer(w, r, route, internal); {
	case problem == nil:
	case internal:
		problem.WriteFlat(w)
	default:
		problem.Write(w)
	}
}

func (s *service) route(path string) route {
	head, rest, _ := strings.Cut(path, "/")
	switch {
	case path == "history":
		return route{handle: s.list, methods: []string{"GET", "DELETE"}}
	case head == "history":
		return route{handle: s.entry, methods: []string{"DELETE"}}
	case path == "shares":
		return route{handle: s.shares, methods: []string{"GET", "POST"}}
	case head == "shares":
		token, rest, more := strings.Cut(rest, "/")
		if !more {
			return route{handle: s.share, methods: []string{"GET", "DELETE"}, share: capability.Token(token)}
		}
		if rest == "fork" {
			return route{handle: s.fork, methods: []string{"POST"}, share: capability.Token(token)}
		}
	case path == "internal/entries":
		return route{handle: s.append, methods: []string{"POST"}}
	case path == "internal/ans":
		return route{handle: s.ans, methods: []string{"GET"}}
	case path == "internal/erase":
		return route{handle: s.erase, methods: []string{"POST"}}
	case path == "internal/health":
		return route{handle: s.health, methods: []string{"GET"}}
	case strings.HasPrefix(path, "internal/shares/"):
		return route{handle: s.shared, methods: []string{"GET"}, share: capability.Token(strings.TrimPrefix(rest, "shares/"))}
	}
	return route{}
}

func (s *service) answer(w http.ResponseWriter, r *http.Request, route route, internal bool) *wire.Problem {
	asked := request{Request: r, owner: r.Header.Get(wire.OwnerHeader), share: route.share}
	// A link needs no session, only revoking it does.
	if !internal && (route.share == "" || r.Method == http.MethodDelete) {
		if problem := asked.identify(); problem != nil {
			return problem
		}
	}
	db, err := s.Open()
	if err != nil {
		return fail(err)
	}
	asked.store = &store{db, s.Now().UnixMilli(), s.Limits}
	return route.handle(w, asked)
}

// identify tells by the capability whose history it is.
func (r *request) identify() (problem *wire.Problem) {
	r.token, problem = capability.Of(r.Request)
	switch {
	case problem != nil:
		return problem
	case r.token == "":
		return capability.Missing()
	case !r.token.Valid():
		return errUnknown
	}
	r.owner = r.token.Owner()
	return nil
}

// list answers with a page of entries, or erases them all.
func (s *service) list(w http.ResponseWriter, r request) *wire.Problem {
	if r.Method == http.MethodDelete {
		if err := r.store.clear(r.owner); err != nil {
			return fail(err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	filter, problem := r.filter()
	if problem != nil {
		return problem
	}
	page, err := r.store.page(r.owner, filter)
	if err != nil {
		return fail(err)
	}
	page.write(w, r, filter)
	return nil
}

// entry erases one entry.
func (s *service) entry(w http.ResponseWriter, r request) *wire.Problem {
	id, ok := number(strings.TrimPrefix(wire.Path(r.Request), "history/"))
	if !ok {
		return errNoEntry
	}
	if err := r.store.remove(r.owner, id); err != nil {
		return fail(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

var (
	errUnknown = capability.Unknown()
	errNoEntry = wire.NewProblem(wire.UnknownEntry, "the history has no entry of this id").
			WithHint("GET /history lists the entries with their ids")
)

func fail(err error) *wire.Problem { return storage.Problem("history", err) }

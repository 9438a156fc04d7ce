// Package history is the service that keeps what was calculated: the entries of
// every session, and what of them is shared.
//
// It asks nobody who a session is: rows are keyed by the SHA-256 of the
// session's token, so whoever holds the token finds them and nobody else can.
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
	Open   func() (storage.Database, error) // the database of this request
	Token  string                           // the secret that services share; "" where chaining alone protects
	Now    func() time.Time
	Limits Limits
}

// Limits are the limits on use; 0 is none.
type Limits struct {
	Entries int64 // a minute, in one session
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
	owner string // hex SHA-256 of the session's token
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
	var handle func(http.ResponseWriter, request) *wire.Problem
	var methods []string
	switch {
	case path == "history":
		handle, methods = s.list, []string{"GET", "DELETE"}
	case strings.HasPrefix(path, "history/"):
		handle, methods = s.entry, []string{"DELETE"}
	case path == "internal/entries":
		handle, methods = s.append, []string{"POST"}
	case path == "internal/append":
		handle, methods = s.appended, []string{"GET"}
	case path == "internal/ans":
		handle, methods = s.ans, []string{"GET"}
	case path == "internal/erase":
		handle, methods = s.erase, []string{"POST"}
	case path == "internal/health":
		handle, methods = s.health, []string{"GET"}
	default:
		wire.NewProblem(wire.NotFound, "there is nothing at this address").Write(w)
		return
	}
	if wire.Allow(w, r, methods...) {
		return
	}
	switch problem := s.answer(w, r, internal, handle); {
	case problem == nil:
	case internal:
		problem.WriteFlat(w)
	default:
		problem.Write(w)
	}
}

func (s *service) answer(w http.ResponseWriter, r *http.Request, internal bool, handle func(http.ResponseWriter, request) *wire.Problem) *wire.Problem {
	owner, problem := ownerOf(r, internal)
	if problem != nil {
		return problem
	}
	db, err := s.Open()
	if err != nil {
		return fail(err)
	}
	return handle(w, request{r, &store{db, s.Now().UnixMilli(), s.Limits}, owner})
}

// ownerOf tells whose history it is: outside by the capability, between services
// by its hash.
func ownerOf(r *http.Request, internal bool) (string, *wire.Problem) {
	if internal {
		return r.Header.Get(wire.OwnerHeader), nil
	}
	token, problem := capability.Of(r)
	if problem != nil {
		return "", problem
	}
	if token == "" {
		return "", capability.Missing()
	}
	if !token.Valid() {
		return "", errUnknown
	}
	return token.Owner(), nil
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

// Package sessions is the service that keeps what people name: the variables and
// definitions of a session, under a version that grows with every change.
//
// A session is a capability: whoever holds its token may use it (package
// capability). Public routes read and change a session; the internal ones, for
// the other services alone, load and commit it.
package sessions

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/peer"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// Options is what the service is given by what runs it.
type Options struct {
	Open    func() (storage.Database, error) // the database of this request
	History peer.Peer                        // told when a session is erased
	Token   string                           // the secret that services share; "" where chaining alone protects
	Now     func() time.Time
	Limits  Limits
}

// Limits are the limits on use; 0 is none.
type Limits struct {
	Sessions int64 // new ones a minute, all clients together
	Names    int64 // variables and definitions in a session
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
	token capability.Token
}

// ServeHTTP answers a request: this function is its path.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wire.Secure(w, r)
	path := wire.Path(r)
	var handle func(http.ResponseWriter, request) *wire.Problem
	var methods []string
	switch {
	case path == "sessions":
		handle, methods = s.create, []string{"POST"}
	case path == "session":
		handle, methods = s.session, []string{"GET", "DELETE"}
	case strings.HasPrefix(path, "session/variables/"):
		handle, methods = s.put, []string{"PUT"}
	case path == "clear" || strings.HasPrefix(path, "clear/"):
		handle, methods = s.clear, []string{"DELETE"}
	case strings.HasPrefix(path, "internal/"):
		if problem := peer.Admit(r, s.Token); problem != nil {
			problem.Write(w)
			return
		}
		switch path {
		case "internal/sessions":
			handle, methods = s.open, []string{"POST"}
		case "internal/session":
			handle, methods = s.load, []string{"GET"}
		case "internal/commit":
			handle, methods = s.commit, []string{"POST"}
		case "internal/slot":
			handle, methods = s.slot, []string{"POST"}
		case "internal/health":
			handle, methods = s.health, []string{"GET"}
		}
	}
	if handle == nil {
		wire.NewProblem(wire.NotFound, "there is nothing at this address").Write(w)
		return
	}
	if wire.Allow(w, r, methods...) {
		return
	}
	switch problem := s.answer(w, r, handle); {
	case problem == nil:
	case strings.HasPrefix(path, "internal/"):
		problem.WriteFlat(w)
	default:
		problem.Write(w)
	}
}

func (s *service) answer(w http.ResponseWriter, r *http.Request, handle func(http.ResponseWriter, request) *wire.Problem) *wire.Problem {
	token, problem := capability.Of(r)
	if problem != nil && wire.Path(r) != "sessions" { // who makes a session need not have one
		return problem
	}
	db, err := s.Open()
	if err != nil {
		return fail(err)
	}
	return handle(w, request{r, &store{db, s.Now().UnixMilli(), s.Limits}, token})
}

// create makes an empty session.
func (s *service) create(w http.ResponseWriter, r request) *wire.Problem {
	token, problem := s.make(r, "sessions")
	if problem != nil {
		return problem
	}
	w.Header().Set(wire.SessionHeader, string(token))
	body := json.AppendString([]byte(`{"session":`), string(token))
	wire.Reply(w, http.StatusCreated, wire.JSON, append(body, "}\n"...))
	return nil
}

// make makes a session. One that is asked for by an idempotency key is made once:
// the key then stands for the session, so it must be as hard to guess as a token.
// The purpose tells apart the sessions that one key makes at different routes.
func (s *service) make(r request, purpose string) (capability.Token, *wire.Problem) {
	key, problem := wire.Key(r.Request)
	if problem != nil {
		return "", problem
	}
	var token capability.Token
	var err error
	switch {
	case key == "":
		token, err = capability.New()
	case len(key) < wire.MinKey:
		return "", wire.NewProblem(wire.BadKey, "without a session the key stands for the session that it makes, so it needs at least 22 characters that nobody can guess").
			WithHint("use a random UUID, or make a session first: POST /sessions")
	default:
		token, err = r.store.derive(strings.TrimSpace(purpose + " " + key))
	}
	if err == nil {
		err = r.store.create(token.Owner())
	}
	if err != nil {
		return "", fail(err)
	}
	return token, nil
}

// session answers with the names of a session, or erases it.
func (s *service) session(w http.ResponseWriter, r request) *wire.Problem {
	if r.Method == http.MethodDelete {
		return s.erase(w, r)
	}
	state, problem := r.state("")
	if problem != nil {
		return problem
	}
	w.Header().Set("ETag", state.etag())
	// Weak comparison (RFC 9110, 13.1.2): a proxy that compresses marks the tag as weak.
	if wire.Matches(strings.ReplaceAll(r.Header.Get("If-None-Match"), "W/", ""), state.etag()) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	wire.Reply(w, http.StatusOK, wire.JSON, state.json())
	return nil
}

// erase leaves a tombstone here, then tells history to do the same; only when
// both are done is the session erased, and until then it can be asked again.
func (s *service) erase(w http.ResponseWriter, r request) *wire.Problem {
	if problem := r.need(); problem != nil {
		return problem
	}
	if err := r.store.erase(r.token.Owner()); err != nil {
		return fail(err)
	}
	reply := s.History.Call(r.Request, "POST", "/internal/erase", nil, wire.OwnerHeader, r.token.Owner())
	if reply.Status != http.StatusNoContent {
		return s.History.Unavailable().WithHint("the names are erased; ask again to erase the history as well")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// put sets one variable.
func (s *service) put(w http.ResponseWriter, r request) *wire.Problem {
	name, problem := r.name("session/variables/")
	if problem != nil {
		return problem
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, wire.MaxBody+1))
	if err != nil || len(body) > wire.MaxBody {
		return wire.NewProblem(wire.TooLarge, "the body is larger than 64 KiB")
	}
	value, ok := json.ParseNumber(string(body))
	if !ok {
		return wire.NewProblem(wire.BadJSON, "the body must be one finite JSON number").WithHint("for example 51 or 2.5e-3")
	}
	return s.change(w, r, change{Name: name, Value: value}, valid(name, value))
}

// clear removes all names, or one.
func (s *service) clear(w http.ResponseWriter, r request) *wire.Problem {
	name, problem := r.name("clear")
	if problem != nil {
		return problem
	}
	if name == "" {
		path, _, _ := strings.Cut(r.RequestURI, "?")
		if strings.HasSuffix(path, "/") {
			// More likely a name that got lost than a wish to remove them all.
			return wire.NewProblem(wire.UnknownName, "the name to remove is empty").WithHint("DELETE /clear removes all names")
		}
		return s.change(w, r, change{Remove: true}, nil)
	}
	return s.change(w, r, change{Name: strings.TrimPrefix(name, "/"), Remove: true}, nil)
}

// change commits one change that the client asked for by a route of its own.
func (s *service) change(w http.ResponseWriter, r request, c change, problem *wire.Problem) *wire.Problem {
	if missing := r.need(); missing != nil {
		return missing
	}
	if problem != nil {
		return problem
	}
	version, err := r.store.change(r.token.Owner(), c, r.Header.Get("If-Match"))
	if err != nil {
		problem := fail(err)
		if problem.Code == wire.VersionMismatch {
			w.Header().Set("ETag", etag(version))
		}
		return problem
	}
	w.Header().Set("ETag", etag(version))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// need asks for a capability where the route needs one.
func (r request) need() *wire.Problem {
	if r.token == "" {
		return capability.Missing()
	}
	return nil
}

// state loads the session that the request names.
func (r request) state(key string) (*state, *wire.Problem) {
	if problem := r.need(); problem != nil {
		return nil, problem
	}
	state, err := r.store.load(r.token, key)
	if err != nil {
		return nil, fail(err)
	}
	return state, nil
}

// name returns what follows the prefix in the path, percent-decoded.
func (r request) name(prefix string) (string, *wire.Problem) {
	name, err := url.PathUnescape(strings.TrimPrefix(wire.Path(r.Request), prefix))
	if err != nil || !utf8.ValidString(name) {
		return "", wire.NewProblem(wire.BadParameter, "the name in the address is not percent-encoded right").
			WithHint("write UTF-8 bytes as %XX")
	}
	return name, nil
}

func fail(err error) *wire.Problem { return storage.Problem("sessions", err) }

// Package sessions is the service that keeps the bindings of each session: its variables and
// functions, under a version that grows with every change.
//
// A session is a capability: whoever holds its token may use it (package capability). The public
// routes read and change a session; the internal ones load and commit it for the other services.
package sessions

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"abacus/migrations"
	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/peer"
	"abacus/shared/quota"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// Options is what the service needs from its surroundings.
type Options struct {
	Open    func() (storage.Database, error) // the database of one request
	History peer.Peer                        // told when a session is erased
	Token   string                           // of the services; "" if chaining alone protects
	Now     func() time.Time
	// ProxyHeader is the header in which a trusted proxy gives the address of the client; ""
	// without a proxy.
	ProxyHeader string
	Limits      Limits
}

// Limits are the limits on use; 0 means no limit.
type Limits struct {
	Sessions       quota.Rate  // new ones, of all clients together
	ClientSessions quota.Rate  // new ones, of one client
	Names          int64       // variables and functions in a session
	Entries        quota.Rate  // committed in a session
	Replies        quota.Daily // bytes of replies that a session keeps for repeats
}

// New returns the service.
func New(options Options) http.Handler {
	s := &service{options}
	return &wire.Router{
		Service: "sessions",
		Admit:   peer.Guard(s.Token),
		Explain: storage.Explain,
		Routes: []wire.Route{
			wire.Post("/sessions", s.anyone(s.create)),
			wire.Get("/session", s.holder(s.read)),
			wire.Delete("/session", s.holder(s.erase)),
			wire.Put("/session/variables/:name", s.holder(s.put)),
			wire.Delete("/clear", s.holder(s.clear)),
			wire.Delete("/clear/:name", s.holder(s.remove)),

			wire.Post("/internal/sessions", s.anyone(s.open)),
			wire.Get("/internal/session", s.holder(s.load)),
			wire.Post("/internal/commit", s.holder(s.commit)),
			wire.Get("/internal/health", s.anyone(s.health)),
		},
	}
}

type service struct {
	Options
}

// request is a request with the tables, and the token of the session that it is about.
type request struct {
	*http.Request
	param string
	store *store
	token capability.Token
}

// anyone wraps a handler of a route that needs no session.
func (s *service) anyone(handle func(http.ResponseWriter, request) error) wire.Handler {
	return func(w http.ResponseWriter, r *wire.Request) error {
		db, err := s.Open()
		if err == nil {
			err = migrations.Sessions.Apply(db)
		}
		if err != nil {
			return err
		}
		return handle(w, request{r.Request, r.Param, &store{db, s.Now().UnixMilli(), s.Limits}, ""})
	}
}

// holder wraps a handler of a route for whoever holds a session's token.
func (s *service) holder(handle func(http.ResponseWriter, request) error) wire.Handler {
	return func(w http.ResponseWriter, r *wire.Request) error {
		token, err := capability.Required(r.Request)
		if err != nil {
			return err
		}
		return s.anyone(func(w http.ResponseWriter, r request) error {
			r.token = token
			return handle(w, r)
		})(w, r)
	}
}

// create makes an empty session.
func (s *service) create(w http.ResponseWriter, r request) error {
	token, err := r.newSession("sessions", wire.Client(r.Request, s.ProxyHeader))
	if err != nil {
		return err
	}
	w.Header().Set(wire.SessionHeader, string(token))
	body := json.AppendString([]byte(`{"session":`), string(token))
	return wire.Reply(w, http.StatusCreated, wire.JSON, append(body, "}\n"...))
}

// newSession makes a session. For an idempotency key it is made once: the key then stands for the
// session, so it must be as hard to guess as a token. The purpose tells apart the sessions that one
// key makes by several routes.
func (r request) newSession(purpose, client string) (token capability.Token, err error) {
	key, err := wire.Key(r.Request)
	switch {
	case err != nil:
		return "", err
	case key == "":
		token, err = capability.New()
	case !wire.IsRandomKey(key):
		return "", wire.NewProblem(wire.BadKey,
			"without a session the key stands for the session that it makes, so nobody must be "+
				"able to guess it").
			WithHint("use a random UUID or 32 random hex digits, or make a session first: " +
				"POST /sessions")
	default:
		token, err = r.store.derive(strings.TrimSpace(purpose + " " + key))
	}
	if err != nil {
		return "", err
	}
	return token, r.store.create(token.Owner(), client)
}

// read answers with the bindings of a session.
func (s *service) read(w http.ResponseWriter, r request) error {
	state, err := r.store.load(r.token, "")
	if err != nil {
		return err
	}
	tag := etag(state.Version)
	w.Header().Set("ETag", tag)
	// Weak comparison (RFC 9110, 13.1.2): a proxy that compresses marks the tag as weak.
	if wire.Matches(strings.ReplaceAll(r.Header.Get("If-None-Match"), "W/", ""), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	b := append([]byte(`{"version":`), wire.FormatInt(state.Version)...)
	b = wire.AppendBindingsJSON(append(b, ','), state.Bindings)
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

func etag(version int64) string { return `"` + wire.FormatInt(version) + `"` }

// erase leaves a tombstone here, then tells history to do the same. The session is erased only when
// both are done, and until then the request can be repeated.
func (s *service) erase(w http.ResponseWriter, r request) error {
	if err := r.store.erase(r.token.Owner()); err != nil {
		return err
	}
	reply := s.History.Call(r.Request, "POST", "/internal/erase", nil, wire.OwnerHeader,
		r.token.Owner())
	if reply.Status != http.StatusNoContent {
		return s.History.Unavailable().
			WithHint("the variables and functions are erased; repeat the request to erase the " +
				"history as well")
	}
	return wire.NoContent(w)
}

// put sets one variable.
func (s *service) put(w http.ResponseWriter, r request) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	body, err := wire.Body(r.Request)
	if err != nil {
		return err
	}
	variable, ok := parseVariable(body)
	if !ok {
		return wire.NewProblem(wire.BadJSON, "the body must be one finite JSON number").
			WithHint(`for example 51 or 2.5e-3; with a unit {"value": 5, "unit": "km"}`)
	}
	variable.Name = name
	if err := variable.Check(); err != nil {
		return wire.NewProblem(wire.BadParameter, err.Message).WithHint(err.Hint)
	}
	return r.change(w, func(id int64) error { return r.store.setAll(id, []calc.Binding{variable}) })
}

// parseVariable reads the value of a variable: 5, or {"value": 5, "unit": "km"}.
func parseVariable(body string) (b calc.Binding, ok bool) {
	if b.Value, ok = json.ParseNumber(body); ok {
		return b, true
	}
	members, err := json.ParseObject(body)
	if err != nil {
		return b, false
	}
	for _, m := range members {
		switch {
		case m.Name == "value" && m.Kind == json.Number:
			b.Value = m.Number
		case m.Name == "unit" && m.Kind == json.Text:
			b.Unit = m.Text
		default:
			return b, false
		}
	}
	return b, len(members) == 2 && b.Unit != ""
}

// clear removes all bindings.
func (s *service) clear(w http.ResponseWriter, r request) error {
	if path, _, _ := strings.Cut(r.RequestURI, "?"); strings.HasSuffix(path, "/") {
		// More likely a name that got lost than the wish to remove them all.
		return wire.NewProblem(wire.UnknownName, "the name to remove is empty").
			WithHint("DELETE /clear removes all names")
	}
	return r.change(w, r.store.removeAll)
}

// remove removes one binding.
func (s *service) remove(w http.ResponseWriter, r request) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	return r.change(w, func(id int64) error { return r.store.remove(id, name) })
}

// name returns the name in the address.
func (r request) name() (string, error) {
	name, err := url.PathUnescape(r.param)
	if err != nil || !utf8.ValidString(name) {
		return "", wire.NewProblem(wire.BadParameter,
			"the name in the address is not percent-encoded correctly").
			WithHint("write UTF-8 bytes as %XX")
	}
	return name, nil
}

// change makes a change that the client asked for directly, and answers with the new version.
func (r request) change(w http.ResponseWriter, apply func(id int64) error) error {
	version, err := r.store.change(r.token.Owner(), r.Header.Get("If-Match"), apply)
	if err == nil || errors.Is(err, errMismatch) {
		w.Header().Set("ETag", etag(version))
	}
	if err != nil {
		return err
	}
	return wire.NoContent(w)
}

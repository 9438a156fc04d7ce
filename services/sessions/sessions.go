// Package sessions is the service that stores the bindings of each session: its variables and
// functions, with a version that grows with every change.
//
// A session is a capability: anyone who has its token may use it (package capability). The public
// routes read and change a session; the internal ones load and commit it for the other services.
//
// This file has the routes and the handlers for evaluations, store.go their statements; changes.go
// has the changes that clients make themselves, and lifetime.go the beginning and end of sessions.
package sessions

import (
	"errors"
	"net/http"
	"time"

	"abacus/migrations"
	"abacus/shared/capability"
	"abacus/shared/peer"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// Options are the dependencies and settings of the service.
type Options struct {
	Open      func() (storage.Database, error) // the database of one request
	Transport http.RoundTripper                // reaches the service history
	Variable  func(name string) string
	Now       func() time.Time
}

// New returns the service.
func New(options Options) http.Handler {
	s := &service{options,
		peer.Peer{Name: "history", Transport: options.Transport, Variable: options.Variable}}
	return &wire.Router{
		Service: "sessions",
		Guard:   peer.Guard(s.Variable),
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
	history peer.Peer // told when a session is erased
}

// request is a request with the tables, and with the token of the session that it is for.
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
		if err != nil {
			return err
		}
		tables := storage.Open(db, migrations.Sessions)
		return handle(w,
			request{r.Request, r.Param, &store{tables, s.Now().UnixMilli(), s.Variable}, ""})
	}
}

// holder wraps a handler of a route that needs the token of a session.
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

// read answers with the bindings of a session.
func (s *service) read(w http.ResponseWriter, r request) error {
	mine, err := r.store.load(r.token.Owner(), "")
	if err != nil {
		return err
	}
	if wire.NotModified(w, r.Request, wire.ETag(mine.Version)) {
		return nil
	}
	b := append([]byte(`{"version":`), wire.FormatInt(mine.Version)...)
	b = wire.AppendBindingsJSON(append(b, ','), mine.Bindings)
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

// load answers a service with a session, and with what was committed under the request's
// idempotency key.
func (s *service) load(w http.ResponseWriter, r request) error {
	key, err := wire.Key(r.Request)
	if err != nil {
		return err
	}
	mine, err := r.store.load(r.token.Owner(), key)
	if err != nil {
		return err
	}
	return r.replyState(w, http.StatusOK, mine)
}

// replyState answers a service with a session.
func (r request) replyState(w http.ResponseWriter, status int, mine *session) error {
	mine.Token = string(r.token)
	return wire.Reply(w, status, wire.Message, mine.Append(nil))
}

// commit changes bindings, once for each key. If the session has changed since they were
// calculated, or the key is known, it answers 409 with the session as it is now.
func (s *service) commit(w http.ResponseWriter, r request) error {
	body, err := wire.MessageBody(r.Request)
	if err != nil {
		return err
	}
	c := wire.ParseCommit(body)
	mine, err := r.store.commit(r.token.Owner(), c)
	switch {
	case errors.Is(err, errConflict) && (mine.Stored == nil || c.Response != ""):
		return r.replyState(w, http.StatusConflict, mine)
	case errors.Is(err, errConflict):
		// Only this request knows its key, so it has committed before, and the reply got lost.
	case err != nil:
		return err
	}
	return wire.NoContent(w)
}

// health answers 204 if the database can be read and written.
func (s *service) health(w http.ResponseWriter, r request) error {
	if err := r.store.db.CheckHealth("sessions", "variables"); err != nil {
		return err
	}
	return wire.NoContent(w)
}

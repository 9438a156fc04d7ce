// Package history is the service that stores what was calculated: the entries of each session, and
// shares of them.
//
// It needs no other service to find out who owns an entry: the key of a row contains the SHA-256 of
// the session's token, so only someone with the token can find it. A share is a snapshot with a
// token of its own. The index of shares is in the database, the snapshots are in the key-value
// store.
//
// This file has the routes and the handlers for evaluations. store.go records entries, page.go and
// csv.go read them, erase.go erases and sweeps, and shares.go, sharerequest.go, sharestore.go and
// snapshot.go are about shares.
package history

import (
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
	Snapshots Snapshots                        // of the shares
	Transport http.RoundTripper                // reaches the service sessions
	Variable  func(name string) string
	Now       func() time.Time
}

// Snapshots is a key-value store.
type Snapshots interface {
	Get(key string) (value []byte, found bool, err error)
	Set(key string, value []byte) error // the value is not empty
	Delete(key string) error            // does nothing if there is no value
}

// New returns the service.
func New(options Options) http.Handler {
	s := &service{options,
		peer.Peer{Name: "sessions", Transport: options.Transport, Variable: options.Variable}}
	return &wire.Router{
		Service: "history",
		Guard:   peer.Guard(s.Variable),
		Explain: storage.Explain,
		Routes: []wire.Route{
			wire.Get("/history", s.holder(s.list)),
			wire.Delete("/history", s.holder(s.clear)),
			wire.Delete("/history/:id", s.holder(s.remove)),
			wire.Get("/shares", s.holder(s.shares)),
			wire.Post("/shares", s.holder(s.share)),
			wire.Get("/shares/:token", s.anyone(s.show)),
			wire.Delete("/shares/:token", s.holder(s.revoke)),
			wire.Post("/shares/:token/fork", s.anyone(s.fork)),

			wire.Post("/internal/entries", s.forOwner(s.record)),
			wire.Get("/internal/ans", s.forOwner(s.ans)),
			wire.Post("/internal/erase", s.forOwner(s.erase)),
			wire.Get("/internal/shares/:token", s.anyone(s.shared)),
			wire.Get("/internal/health", s.anyone(s.health)),
		},
	}
}

type service struct {
	Options
	sessions peer.Peer // has the bindings of a share
}

// request is a request with the tables, and with the owner of the history that it is for.
type request struct {
	*http.Request
	param string
	store *store
	token capability.Token // of the session; "" for services, and for readers of a share
	owner string           // hex SHA-256 of the session's token; "" for readers of a share
}

// anyone wraps a handler of a route that needs no session.
func (s *service) anyone(handle func(http.ResponseWriter, request) error) wire.Handler {
	return func(w http.ResponseWriter, r *wire.Request) error {
		db, err := s.Open()
		if err != nil {
			return err
		}
		return handle(w, request{Request: r.Request, param: r.Param,
			store: &store{storage.Open(db, migrations.History), s.Now().UnixMilli(), s.Variable}})
	}
}

// forOwner wraps a handler of an internal route, for which the calling service names the owner in a
// header.
func (s *service) forOwner(handle func(http.ResponseWriter, request) error) wire.Handler {
	return s.anyone(func(w http.ResponseWriter, r request) error {
		r.owner = r.Header.Get(wire.OwnerHeader)
		return handle(w, r)
	})
}

// holder wraps a handler of a route that needs the token of a session.
func (s *service) holder(handle func(http.ResponseWriter, request) error) wire.Handler {
	return func(w http.ResponseWriter, r *wire.Request) error {
		token, err := capability.Required(r.Request)
		if err != nil {
			return err
		}
		return s.anyone(func(w http.ResponseWriter, r request) error {
			r.token, r.owner = token, token.Owner()
			return handle(w, r)
		})(w, r)
	}
}

// record stores the entries of an evaluation, once for its id.
func (s *service) record(w http.ResponseWriter, r request) error {
	body, err := wire.MessageBody(r.Request)
	if err != nil {
		return err
	}
	first, err := r.store.record(r.owner, wire.ParseRecording(body))
	if err != nil {
		return err
	}
	return wire.Reply(w, http.StatusOK, wire.Message, wire.Recorded{First: first}.Append(nil))
}

// ans answers with the value of the newest entry that has one.
func (s *service) ans(w http.ResponseWriter, r request) error {
	ans, err := r.store.ans(r.owner)
	if err != nil {
		return err
	}
	return wire.Reply(w, http.StatusOK, wire.Message, ans.Append(nil))
}

// health answers 204 if the database can be read and written.
func (s *service) health(w http.ResponseWriter, r request) error {
	if err := r.store.db.CheckHealth("owners", "entries"); err != nil {
		return err
	}
	return wire.NoContent(w)
}

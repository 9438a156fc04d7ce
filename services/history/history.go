// Package history is the service that stores what was calculated: the entries of each session, and
// shares of them.
//
// It needs no other service to find out who owns an entry: the key of a row contains the SHA-256 of
// the session's token, so only someone with the token can find it. A share is a snapshot with a
// token of its own. The index of shares is in the database, the snapshots are in the key-value
// store.
//
// This file has the routes, and what all of them need. record.go records the entries of
// evaluations, page.go and csv.go read them, and erase.go erases them. shares.go, sharerequest.go,
// sharestore.go and snapshot.go are about shares.
package history

import (
	"net/http"
	"time"

	"abacus/migrations"
	"abacus/shared/capability"
	"abacus/shared/peer"
	"abacus/shared/quota"
	"abacus/shared/sqlite"
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

// health answers 204 if the database can be read and written.
func (s *service) health(w http.ResponseWriter, r request) error {
	if err := r.store.db.CheckHealth("owners", "entries"); err != nil {
		return err
	}
	return wire.NoContent(w)
}

// store is the tables of this service during one request.
type store struct {
	db       *storage.Tables // brings older tables up to date at the first statement
	now      int64           // UTC milliseconds
	variable func(name string) string
}

// The limits on use; 0 means no limit.

func (s *store) maxBytes() int64 { return quota.Limit(s.variable, "limit_bytes") }

func (s *store) rate() quota.Rate {
	return quota.PerMinute(quota.Limit(s.variable, "limit_entries"))
}

// isFull reports whether a session may not store this many bytes.
func (s *store) isFull(bytes int64) bool {
	limit := s.maxBytes()
	return limit > 0 && bytes > limit
}

var errFull = wire.NewProblem(wire.HistoryFull,
	"the entries and the shares of this session are at their limit").
	WithHint("erase entries: DELETE /history; or begin a new session")

// ownerRow is one row of the table of owners.
type ownerRow struct {
	usedAt  int64 // UTC milliseconds; 0 for an unknown owner
	quotaAt int64 // UTC microseconds: the entries of a minute are used up until then
	bytes   int64 // of the entries
}

// findOwner reads the row of an owner. It is an error if the owner was erased.
func (s *store) findOwner(owner string) (ownerRow, error) {
	result, err := s.db.Execute(`
		SELECT used_at, quota_at, bytes, erased_at FROM owners, history_v10 WHERE owner = ?1`,
		sqlite.String(owner))
	if err != nil || len(result.Rows) == 0 {
		return ownerRow{}, err
	}
	row := result.Rows[0]
	if !row[3].IsNull() {
		return ownerRow{}, capability.ErrUnknown
	}
	return ownerRow{row[0].Int(), row[1].Int(), row[2].Int()}, nil
}

const hour = 60 * 60 * 1000 // milliseconds

// touch marks an owner as used.
func (s *store) touch(owner string) {
	s.db.Write("UPDATE owners SET used_at = ?2, unused_at = NULL WHERE owner = ?1",
		sqlite.String(owner), sqlite.Int(s.now))
}

// Package history is the service that stores what was calculated: the entries of each session, and
// shares of them.
//
// It needs no other service to find out who owns an entry: the key of a row contains the SHA-256 of
// the session's token, so only someone with the token can find it. A share is a snapshot with a
// token of its own. The index of shares is in the database, the snapshots are in the key-value
// store.
//
// This file has the routes, and records the entries of evaluations. page.go and csv.go read them,
// and erase.go erases them. shares.go, sharerequest.go, sharestore.go and snapshot.go are about
// shares.
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

// record stores entries under the next ids, all or none, unless the same evaluation was recorded
// before. It returns the first id. Entries that were committed count, but are not refused.
//
// It is one statement, which updates the state of the rate as package quota does.
func (s *store) record(owner string, m *wire.Recording) (first int64, err error) {
	if len(m.Entries) == 0 {
		return 0, nil
	}
	count, size, committed := int64(len(m.Entries)), int64(0), int64(0)
	for _, e := range m.Entries {
		size += entrySize(e)
	}
	if m.Committed {
		committed = 1
	}
	parameters := []sqlite.Value{sqlite.String(owner), sqlite.String(m.ID),
		sqlite.Int(s.now), sqlite.Int(s.now * 1000), sqlite.Int(s.rate().Cost(count)),
		sqlite.Int(committed), sqlite.Int(size), sqlite.Int(s.maxBytes()), sqlite.Int(count),
		sqlite.Int(s.now - ownerLife)}
	rows := storage.Rows(len(parameters)+1, 9, len(m.Entries))
	for i, e := range m.Entries {
		parameters = s.appendEntry(parameters, i, e)
	}
	result, err := s.db.Write("WITH new ("+newColumns+") AS (VALUES "+rows+"),"+insertRecording,
		parameters...)
	switch {
	case err != nil:
		return 0, err
	case len(result.Rows) == 0:
		return s.refused(owner, m, size)
	}
	row := result.Rows[0]
	first = row[0].Int()
	// Only now and then, since it changes an index. If it fails, the next evaluation tries again.
	if usedAt := row[1].Int(); s.now-usedAt > hour || usedAt-s.now > hour {
		s.touch(owner)
	}
	if row[2].Int() != 0 {
		s.sweep(owner)
	}
	return first, nil
}

const newColumns = "n, written_at, kind, expression, parsed, result, plot, unit, replaces"

// insertRecording is the end of a statement that begins with the entries. It returns their ids, the
// time of the owner's last use, and for every eighth whether there may be something to sweep.
const insertRecording = `
	next AS (SELECT coalesce(last, 0) AS last, coalesce(bytes, 0) + ?7 AS bytes,
			coalesce(used_at, ?3) AS used_at,
			iif(quota_at <= ?4 + 120000000, max(quota_at, ?4), ?4) + ?5 AS until
		FROM history_v10 LEFT JOIN owners ON owner = ?1 WHERE erased_at IS NULL)
INSERT INTO recordings (owner, last, quota_at, bytes, used_at, at, key, id, ` + newColumns + `)
SELECT ?1, last + ?9, min(until, ?4 + 60000000), bytes, used_at, ?3, ?2, last + n + 1,
	` + newColumns + `
FROM next, new
WHERE (until <= ?4 + 60000000 OR ?5 = 0 OR ?6) AND (bytes <= ?8 OR ?8 = 0)
	AND NOT EXISTS (SELECT 1 FROM appends WHERE owner = ?1 AND key = ?2)
RETURNING id, used_at, id % 8 = 1 AND (EXISTS (SELECT 1 FROM owners WHERE used_at < ?10)
	OR (SELECT at FROM appends WHERE id = (SELECT min(id) FROM appends)) < ?3 - 172800000)`

// appendEntry appends the parameters of an entry. Its time is the one that it has in a share, or
// else now.
func (s *store) appendEntry(to []sqlite.Value, n int, e wire.Entry) []sqlite.Value {
	value, replaces := sqlite.Nil(), sqlite.Nil()
	at := s.now
	if e.At != 0 {
		at = e.At
	}
	if e.HasValue {
		value = sqlite.Float(e.Value)
	}
	if e.Replaces != 0 {
		replaces = sqlite.Int(e.Replaces)
	}
	return append(to, sqlite.Int(int64(n)), sqlite.Int(at), sqlite.String(e.Kind),
		sqlite.String(e.Expression), sqlite.String(storedParsed(e)), value,
		storage.TextOrNull(e.Plot), storage.TextOrNull(e.Unit), replaces)
}

// refused finds out why entries were not stored. If they were stored before, it returns the first
// id; otherwise they are too many or too large.
func (s *store) refused(owner string, m *wire.Recording, size int64) (first int64, err error) {
	before, err := s.db.Execute("SELECT first FROM appends WHERE owner = ?1 AND key = ?2",
		sqlite.String(owner), sqlite.String(m.ID))
	if err != nil {
		return 0, err
	}
	if len(before.Rows) > 0 {
		return before.Rows[0][0].Int(), nil
	}
	known, err := s.findOwner(owner)
	if err != nil {
		return 0, err
	}
	rate := s.rate()
	_, wait := rate.Take(known.quotaAt, s.now*1000, int64(len(m.Entries)))
	switch {
	case wait > 0 && !m.Committed:
		return 0, wire.TooManyEntries(rate.Limit, wait)
	case s.isFull(known.bytes + size):
		return 0, errFull
	}
	return 0, wire.NewProblem(wire.StorageBusy, "others are writing to this history").
		WithHint("nothing was changed: try again").WithRetry(1)
}

// isFull reports whether a session may not store this many bytes.
func (s *store) isFull(bytes int64) bool {
	limit := s.maxBytes()
	return limit > 0 && bytes > limit
}

var errFull = wire.NewProblem(wire.HistoryFull,
	"the entries and the shares of this session are at their limit").
	WithHint("erase entries: DELETE /history; or begin a new session")

// entryBytes is what an entry costs besides its texts: rows, keys and indexes.
const entryBytes = 200

// entrySize returns the bytes that an entry counts for. The migrations have the same sum.
func entrySize(e wire.Entry) int64 {
	return int64(entryBytes + len(e.Expression) + len(storedParsed(e)) + len(e.Plot))
}

// storedParsed returns the canonical form of an entry, or "" if that is the expression itself.
func storedParsed(e wire.Entry) string {
	if e.Parsed == e.Expression {
		return ""
	}
	return e.Parsed
}

// Package sessions is the service that stores the bindings of each session: its variables and
// functions, with a version that grows with every change.
//
// A session is a capability: anyone who has its token may use it (package capability). The public
// routes read and change a session; the internal ones load and commit it for the other services.
//
// This file has the routes, and what an evaluation loads and commits: first the handlers, then
// their statements. changes.go has what clients read and change themselves, and lifetime.go the
// beginning and end of sessions.
package sessions

import (
	"net/http"
	"time"

	"abacus/migrations"
	"abacus/shared/calc"
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

// health answers 204 if the database can be read and written.
func (s *service) health(w http.ResponseWriter, r request) error {
	if err := r.store.db.CheckHealth("sessions", "variables"); err != nil {
		return err
	}
	return wire.NoContent(w)
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
	mine, committed, err := r.store.commit(r.token.Owner(), c)
	if err != nil {
		return err
	}
	if !committed && (mine.Stored == nil || c.Response != "") {
		return r.replyState(w, http.StatusConflict, mine)
	}
	// A known key without a response is one that only this request has: it has committed before,
	// and the reply got lost.
	return wire.NoContent(w)
}

// store is the tables of this service during one request.
type store struct {
	db       *storage.Tables // brings older tables up to date at the first statement
	now      int64           // UTC milliseconds
	variable func(name string) string
}

const (
	keyLife  = storage.Day // how long the key of a commit is kept
	rowBytes = 200         // what a commit costs besides its reply
	maxBytes = 256 << 10   // of the names and sources, which every evaluation loads
)

// session is a session with its bindings, and with the state of its limits.
type session struct {
	wire.State
	owner     string
	quotaAt   int64 // UTC microseconds: the entries of a minute are used up until then
	repliesAt int64 // the same for the bytes of a day
}

// load reads a session, its bindings and what was committed under the key, in one statement, so
// that all are of the same version.
func (s *store) load(owner, key string) (*session, error) {
	result, err := s.db.Execute(`
SELECT NULL, version, used_at, quota_at, replies_at, hash, response
	FROM sessions_v7, sessions LEFT JOIN commits
		ON commits.session_id = sessions.session_id AND key = ?2 AND at > ?3
	WHERE token_hash = ?1 AND erased_at IS NULL
UNION ALL SELECT key, value, unit, NULL, NULL, NULL, NULL
	FROM sessions JOIN variables USING (session_id) WHERE token_hash = ?1 AND erased_at IS NULL
UNION ALL SELECT name, NULL, NULL, source, NULL, NULL, NULL
	FROM sessions JOIN definitions USING (session_id) WHERE token_hash = ?1 AND erased_at IS NULL`,
		sqlite.String(owner), sqlite.String(key), sqlite.Int(s.now-keyLife))
	if err != nil {
		return nil, err
	}
	if len(result.Rows) == 0 {
		return nil, capability.ErrUnknown
	}
	mine := &session{owner: owner}
	usedAt := int64(0)
	for _, row := range result.Rows {
		if !row[0].IsNull() {
			mine.Bindings = append(mine.Bindings, calc.Binding{Name: row[0].Text(),
				Value: row[1].Float(), Unit: row[2].Text(), Source: row[3].Text()})
			continue
		}
		mine.Version, usedAt = row[1].Int(), row[2].Int()
		mine.quotaAt, mine.repliesAt = row[3].Int(), row[4].Int()
		if !row[5].IsNull() {
			mine.Stored = &wire.Stored{Hash: row[5].Text(), Response: row[6].Text()}
		}
	}
	if s.now-usedAt > storage.Day {
		// Best effort: reading a session is use, too.
		s.db.Write("UPDATE sessions SET used_at = ?2, unused_at = NULL WHERE token_hash = ?1",
			sqlite.String(owner), sqlite.Int(s.now))
	}
	return mine, nil
}

// commit makes the changes of an evaluation, all or none, and increments the version. At
// wire.AnyVersion it only claims the key. If the session has another version, or the key is known,
// nothing is committed. It returns the session as it was read, but with its new version.
func (s *store) commit(owner string, c *wire.Commit) (mine *session, committed bool, err error) {
	mine, err = s.change(owner, c.Key, func(mine *session) (done bool, err error) {
		if mine.Stored != nil || c.Version != wire.AnyVersion && c.Version != mine.Version {
			return true, nil
		}
		committed, err = s.write(mine, c)
		return committed, err
	})
	return mine, committed, err
}

// maxTries is the most times that a change is tried while others change the session.
const maxTries = 100

// change reads a session and calls attempt to change it. If attempt is not done, because the
// session has changed since it was read, change starts over. It returns the session as it was read
// but with its new version, or with the error of attempt.
func (s *store) change(
	owner, key string, attempt func(*session) (done bool, err error),
) (*session, error) {
	for n := 0; n < maxTries; n++ {
		mine, err := s.load(owner, key)
		if err != nil {
			return nil, err
		}
		if done, err := attempt(mine); err != nil || done {
			return mine, err
		}
	}
	return nil, wire.ErrContended
}

// write writes a commit in one statement, unless the session has changed since it was read. A
// commit without a key keeps no response.
func (s *store) write(mine *session, c *wire.Commit) (done bool, err error) {
	if err := s.checkSize(mine.Bindings, c.Changes); err != nil {
		return false, err
	}
	rate := quota.PerMinute(quota.Limit(s.variable, "limit_entries"))
	quotaAt, wait := rate.Take(mine.quotaAt, s.now*1000, c.Entries)
	if wait > 0 {
		return false, wire.TooManyEntries(rate.Limit, wait)
	}
	repliesAt, response := mine.repliesAt, c.Response
	if c.Key != "" {
		if repliesAt, response, err = s.keep(mine.repliesAt, c.Response); err != nil {
			return false, err
		}
	}
	version := mine.Version
	if c.Version != wire.AnyVersion {
		version++
	}
	parameters := []sqlite.Value{sqlite.String(mine.owner),
		sqlite.Int(mine.Version), sqlite.Int(mine.quotaAt), sqlite.Int(mine.repliesAt),
		sqlite.Int(version), sqlite.Int(quotaAt), sqlite.Int(repliesAt), sqlite.Int(s.now),
		storage.TextOrNull(c.Key), sqlite.String(c.Hash), sqlite.String(response),
		sqlite.Int(s.now - keyLife)}
	first := len(parameters) + 1
	for _, b := range c.Changes {
		value := sqlite.Nil()
		if !b.IsDefinition() {
			value = sqlite.Float(b.Value)
		}
		parameters = append(parameters, sqlite.String(b.Name), value, storage.TextOrNull(b.Unit),
			storage.TextOrNull(b.Source))
	}
	rows := "(NULL, NULL, NULL, NULL)"
	if n := len(c.Changes); n > 0 {
		rows = storage.Rows(first, 4, n)
	}
	result, err := s.db.Write(`
WITH new (name, value, unit, source) AS (VALUES `+rows+`)
INSERT INTO session_changes
	(session_id, version, quota_at, replies_at, at, key, hash, response, name, value, unit, source)
SELECT session_id, ?5, ?6, ?7, ?8, ?9, ?10, ?11, name, value, unit, source
FROM sessions, new
WHERE token_hash = ?1 AND erased_at IS NULL
	AND version = ?2 AND quota_at = ?3 AND replies_at = ?4
	AND NOT EXISTS (SELECT 1 FROM commits
		WHERE commits.session_id = sessions.session_id AND key = ?9 AND at > ?12)
RETURNING 1`, parameters...)
	if err != nil || len(result.Rows) == 0 {
		return false, err
	}
	mine.Version = version
	return true, nil
}

// keep counts a commit against what a session may store in a day. If that leaves no room for the
// response, the response is not kept, and a repeat only learns that it was carried out before.
func (s *store) keep(repliesAt int64, response string) (next int64, kept string, err error) {
	bytes := quota.PerDay(quota.Limit(s.variable, "limit_bytes"))
	next, wait := bytes.Take(repliesAt, s.now*1000, rowBytes+int64(len(response)))
	if wait == 0 {
		return next, response, nil
	}
	if next, wait = bytes.Take(repliesAt, s.now*1000, rowBytes); wait == 0 {
		return next, "", nil
	}
	return 0, "", wire.NewProblem(wire.TooManyRequests,
		"this session has stored as much as it may in a day").
		WithHint("nothing was changed: try again later").WithRetry(wait)
}

// checkSize checks that a session is not too large after the changes. A session that already is may
// still change the names that it has.
func (s *store) checkSize(bindings, changes []calc.Binding) error {
	names, bytes := len(bindings)+len(changes), size(bindings)+size(changes)
	for _, c := range changes {
		for _, b := range bindings {
			if b.Name == c.Name {
				names--
				bytes -= size([]calc.Binding{b})
			}
		}
	}
	fault := ""
	switch {
	case names > len(bindings) && int64(names) > s.maxNames():
		fault = "a session holds at most " + wire.FormatInt(s.maxNames()) + " names"
	case bytes > size(bindings) && bytes > maxBytes:
		fault = "the names and functions of a session have at most 256 KiB together"
	default:
		return nil
	}
	return wire.NewProblem(wire.TooManyNames, fault).WithHint("remove some: DELETE /clear/NAME")
}

// size returns the bytes of the names and sources.
func size(bindings []calc.Binding) int {
	n := 0
	for _, b := range bindings {
		n += len(b.Name) + len(b.Source)
	}
	return n
}

// maxNames returns how many bindings a session may have: never more than the language allows.
func (s *store) maxNames() int64 {
	limit := quota.Limit(s.variable, "limit_names")
	if limit == 0 || limit > calc.MaxNames {
		return calc.MaxNames
	}
	return limit
}

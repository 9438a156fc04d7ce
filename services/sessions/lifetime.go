package sessions

import (
	"errors"
	"net/http"
	"strings"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// How a session begins and ends: the handlers, then their part of the store.

const life = 90 * storage.Day // how long a session is kept unused

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

// open makes a session, and for a fork commits the share's bindings to it.
func (s *service) open(w http.ResponseWriter, r request) error {
	body, err := wire.MessageBody(r.Request)
	if err != nil {
		return err
	}
	c := wire.ParseCommit(body)
	if r.token, err = r.newSession(c.Key, r.Header.Get(wire.ClientHeader)); err != nil {
		return err
	}
	if c.Key == "" {
		return s.load(w, r)
	}
	state, err := r.store.load(r.token, c.Key)
	if err == nil && state.Stored == nil && state.Version == 0 {
		if err = r.store.commit(r.token.Owner(), c); err == nil || errors.Is(err, errConflict) {
			state, err = r.store.load(r.token, c.Key)
		}
	}
	if err != nil {
		return err
	}
	// Another request has used the key, or nobody knows any more.
	if state.Stored == nil || state.Stored.Hash != c.Hash {
		return wire.ReusedKey()
	}
	return wire.Reply(w, http.StatusOK, wire.Message, state.Append(nil))
}

// derive returns the token that belongs to an idempotency key.
func (s *store) derive(key string) (capability.Token, error) {
	result, err := s.db.Execute("SELECT value FROM secrets, sessions_v6")
	if err != nil {
		return "", err
	}
	return capability.Derive(result.Rows[0][0].Text(), key), nil
}

// create stores a new session, unless it is there, and counts it against the limits of its client
// and of all clients. Clients are kept as keyed hashes of their addresses, for a minute. The states
// of the rates become what they become in package quota.
func (s *store) create(owner, client string) error {
	hash := ""
	if client != "" {
		derived, err := s.derive("client " + client)
		if err != nil {
			return err
		}
		hash = string(derived)
	}
	result, err := s.db.Write(`
		WITH states AS (SELECT
				coalesce((SELECT quota_at FROM clients WHERE client = ?2), 0) AS own,
				coalesce((SELECT quota_at FROM clients WHERE client = ''), 0) AS every),
			next AS (SELECT
				iif(own > ?4 + 120000000, ?4, max(own, ?4)) + ?5 AS own,
				iif(every > ?4 + 120000000, ?4, max(every, ?4)) + ?6 AS every
				FROM states)
		INSERT INTO new_sessions (token_hash, at, client, client_quota_at, quota_at)
		SELECT ?1, ?3, ?2, own, every FROM next, sessions_v6
		WHERE (own <= ?4 + 60000000 OR ?5 = 0) AND (every <= ?4 + 60000000 OR ?6 = 0)
			AND NOT EXISTS (SELECT 1 FROM sessions WHERE token_hash = ?1)
		RETURNING 1`, sqlite.String(owner), sqlite.String(hash), sqlite.Int(s.now),
		sqlite.Int(s.now*1000), sqlite.Int(s.limits.ClientSessions.Cost(1)),
		sqlite.Int(s.limits.Sessions.Cost(1)))
	if err != nil {
		return err
	}
	if len(result.Rows) == 0 {
		return s.refused(owner, hash)
	}
	s.sweep(owner) // what fails is tried again with the next
	return nil
}

// refused explains why a session was not made: it is there, or others are too many.
func (s *store) refused(owner, hash string) error {
	if _, err := s.find(owner); err != capability.ErrUnknown {
		return err
	}
	result, err := s.db.Execute("SELECT client, quota_at FROM clients WHERE client IN ('', ?1)",
		sqlite.String(hash))
	if err != nil {
		return err
	}
	longest := 1 // if the reason is gone by now
	for _, row := range result.Rows {
		rate := s.limits.Sessions
		if row[0].Text() != "" {
			rate = s.limits.ClientSessions
		}
		if _, wait := rate.Take(row[1].Int(), s.now*1000, 1); wait > longest {
			longest = wait
		}
	}
	return wire.NewProblem(wire.TooManyRequests, "too many sessions are being made").
		WithHint("use the session you have, or try again later").WithRetry(longest)
}

// erase leaves a tombstone and nothing else of a session, so that an evaluation under way cannot
// bring anything back. A trigger deletes what it held; history empties the files after that.
func (s *store) erase(owner string) error {
	result, err := s.db.Write(`
		UPDATE sessions SET erased_at = coalesce(erased_at, ?2)
		WHERE token_hash = ?1 AND EXISTS (SELECT 1 FROM sessions_v6) RETURNING 1`,
		sqlite.String(owner), sqlite.Int(s.now))
	if err == nil && len(result.Rows) == 0 {
		err = capability.ErrUnknown
	}
	return err
}

// sweep removes a few sessions after 90 days without use, whenever one is made. The oldest tables
// had no time of use: their sessions stay.
//
// A clock that is wrong must not erase what people keep. So nothing is swept unless the time is
// plausible, and a session only if an earlier sweep, more than a day ago, found it unused for 90
// days as well.
func (s *store) sweep(made string) error {
	const unused = "SELECT session_id FROM sessions WHERE used_at > 0 AND used_at < ?1"
	unusedSince, foundBefore := sqlite.Int(s.now-life), sqlite.Int(s.now-storage.Day)
	found, err := s.db.Execute(unused+" LIMIT 1", unusedSince)
	if err != nil || len(found.Rows) == 0 {
		return err
	}
	plausible, err := storage.IsPlausible(s.db, "sessions", "token_hash", made, s.now)
	if err != nil || !plausible {
		return err
	}
	if _, err := s.db.Write("DELETE FROM sessions WHERE session_id IN ("+unused+
		" AND unused_at < ?2 LIMIT 5)", unusedSince, foundBefore); err != nil {
		return err
	}
	_, err = s.db.Write("UPDATE sessions SET unused_at = ?2 WHERE session_id IN ("+unused+
		" AND unused_at IS NULL LIMIT 5)", unusedSince, sqlite.Int(s.now))
	return err
}

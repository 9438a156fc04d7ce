package sessions

import (
	"errors"
	"net/http"
	"strings"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/quota"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// How a session begins and ends: the handlers, then their part of the store.

const (
	life      = 90 * storage.Day // how long a session is kept unused
	sweepSize = 5                // sessions
)

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
	result, err := s.db.Execute("SELECT value FROM secrets")
	if err != nil {
		return "", err
	}
	return capability.Derive(result.Rows[0][0].Text(), key), nil
}

// create stores a new session, or finds the one that is there.
func (s *store) create(owner, client string) error {
	if _, err := s.find(owner); err != capability.ErrUnknown {
		return err
	}
	return storage.Immediate(s.db, func() error {
		if err := s.countSession(client); err != nil {
			return err
		}
		if err := s.sweep(); err != nil {
			return err
		}
		// Another request with the same key may have been faster.
		_, err := s.db.Execute(`
			INSERT INTO sessions (token_hash, created_at, used_at) VALUES (?1, ?2, ?2)
			ON CONFLICT (token_hash) DO NOTHING`, sqlite.String(owner), sqlite.Int(s.now))
		return err
	})
}

// countSession counts a new session against the limits of its client and of all clients. Clients
// are kept as keyed hashes of their addresses, for a minute.
func (s *store) countSession(client string) error {
	rates := map[string]quota.Rate{"": s.limits.Sessions}
	if client != "" {
		hash, err := s.derive("client " + client)
		if err != nil {
			return err
		}
		rates[string(hash)] = s.limits.ClientSessions
	}
	for name, rate := range rates {
		result, err := s.db.Execute("SELECT quota_at FROM clients WHERE client = ?1",
			sqlite.String(name))
		if err != nil {
			return err
		}
		state := int64(0)
		if len(result.Rows) > 0 {
			state = result.Rows[0][0].Int()
		}
		next, wait := rate.Take(state, s.now*1000, 1)
		if wait > 0 {
			return wire.NewProblem(wire.TooManyRequests, "too many sessions are being made").
				WithHint("use the session you have, or try again later").WithRetry(wait)
		}
		if _, err := s.db.Execute(`
			INSERT INTO clients (client, quota_at) VALUES (?1, ?2)
			ON CONFLICT (client) DO UPDATE SET quota_at = ?2`,
			sqlite.String(name), sqlite.Int(next)); err != nil {
			return err
		}
	}
	return nil
}

// erase leaves a tombstone and nothing else of a session, so that an evaluation under way cannot
// bring anything back. Nothing of it stays in the files.
func (s *store) erase(owner string) error {
	err := storage.Immediate(s.db, func() error {
		result, err := s.db.Execute(`
			UPDATE sessions SET erased_at = coalesce(erased_at, ?2) WHERE token_hash = ?1
			RETURNING session_id`, sqlite.String(owner), sqlite.Int(s.now))
		if err != nil {
			return err
		}
		if len(result.Rows) == 0 {
			return capability.ErrUnknown
		}
		return s.empty(result.Rows[0][0].Int(), "variables", "definitions", "commits")
	})
	if err == nil {
		storage.Shrink(s.db)
	}
	return err
}

// sweep removes a few rows that have outlived their use, with every new session: commits after a
// day, and sessions after 90 days without use.
//
// A clock that is wrong must not erase what people keep. So nothing is swept unless the time is
// plausible, and a session only if an earlier sweep, more than a day ago, found it unused for 90
// days as well.
func (s *store) sweep() error {
	if plausible, err := storage.IsPlausible(s.db, "sessions", s.now); err != nil || !plausible {
		return err
	}
	if err := s.sweepCommits(); err != nil {
		return err
	}
	if _, err := s.db.Execute(`
		DELETE FROM clients WHERE client IN (SELECT client FROM clients WHERE quota_at < ?1
		LIMIT 8)`,
		sqlite.Int(s.now*1000)); err != nil {
		return err
	}
	old, err := s.db.Execute(`
		SELECT session_id FROM sessions WHERE unused_at < ?1 AND used_at < ?2 LIMIT ?3`,
		sqlite.Int(s.now-storage.Day), sqlite.Int(s.now-life), sqlite.Int(sweepSize))
	if err != nil {
		return err
	}
	for _, row := range old.Rows {
		err := s.empty(row[0].Int(), "variables", "definitions", "commits", "sessions")
		if err != nil {
			return err
		}
	}
	// The oldest tables had no time of use: their sessions stay.
	_, err = s.db.Execute(`
		UPDATE sessions SET unused_at = ?1 WHERE session_id IN (SELECT session_id FROM sessions
			WHERE used_at > 0 AND used_at < ?2 AND unused_at IS NULL LIMIT ?3)`,
		sqlite.Int(s.now), sqlite.Int(s.now-life), sqlite.Int(sweepSize))
	return err
}

// sweepCommits removes some of the commits that are older than a day.
func (s *store) sweepCommits() error {
	_, err := s.db.Execute(`
		DELETE FROM commits WHERE id IN (SELECT id FROM commits ORDER BY id LIMIT 32) AND at < ?1`,
		sqlite.Int(s.now-keyLife))
	return err
}

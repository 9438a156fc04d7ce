package sessions

import (
	"net/http"
	"strings"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/quota"
	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

// The beginning and the end of a session: first the handlers, then their statements.

const life = 90 * storage.Day // how long an unused session is kept

// create makes an empty session.
func (s *service) create(w http.ResponseWriter, r request) error {
	client := wire.Client(r.Request, s.Variable("trusted_proxy_header"))
	token, err := r.newSession("sessions", client)
	if err != nil {
		return err
	}
	wire.Set(w.Header(), wire.SessionHeader, string(token))
	body := json.AppendString([]byte(`{"session":`), string(token))
	return wire.Reply(w, http.StatusCreated, wire.JSON, append(body, "}\n"...))
}

// newSession makes a session, only once for an idempotency key: the key then stands for the
// session, so it must be as hard to guess as a token. The purpose distinguishes the sessions that
// one key makes by different routes.
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
// both are done; until then the request can be repeated.
func (s *service) erase(w http.ResponseWriter, r request) error {
	if err := r.store.erase(r.token.Owner()); err != nil {
		return err
	}
	reply := s.history.Call(r.Request, "POST", "/internal/erase", nil, wire.OwnerHeader,
		r.token.Owner())
	if reply.Status != http.StatusNoContent {
		return s.history.Unavailable().
			WithHint("the variables and functions are erased; repeat the request to erase the " +
				"history as well")
	}
	return wire.NoContent(w)
}

// open makes a session for another service, and for a fork commits the share's bindings to it.
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
	mine, committed, err := r.store.commit(r.token.Owner(), c)
	if committed {
		mine, err = r.store.load(r.token.Owner(), c.Key)
	}
	if err != nil {
		return err
	}
	// Another request has used the key, or that is no longer known.
	if mine.Stored == nil || mine.Stored.Hash != c.Hash {
		return wire.ReusedKey()
	}
	return r.replyState(w, http.StatusOK, mine)
}

// derive returns the token of an idempotency key.
func (s *store) derive(key string) (capability.Token, error) {
	result, err := s.db.Execute("SELECT value FROM secrets, sessions_v7")
	if err != nil {
		return "", err
	}
	return capability.Derive(result.Rows[0][0].Text(), key), nil
}

// create stores a new session unless it exists, and counts it against the limits of its client and
// of all clients. Clients are kept as keyed hashes of their addresses, for a minute.
func (s *store) create(owner, client string) error {
	hash := ""
	if client != "" {
		derived, err := s.derive("client " + client)
		if err != nil {
			return err
		}
		hash = string(derived)
	}
	counted, err := s.count(owner, hash)
	if err != nil {
		return err
	}
	if !counted {
		return s.refused(owner, hash)
	}
	result, err := s.db.Write(`
		INSERT INTO sessions (token_hash, created_at, used_at)
		SELECT ?1, ?2, ?2 FROM sessions_v7
		WHERE NOT EXISTS (SELECT 1 FROM sessions WHERE token_hash = ?1)
		RETURNING EXISTS (`+unused+`?3)
			OR EXISTS (SELECT 1 FROM clients WHERE quota_at < ?2 * 1000 LIMIT 1 OFFSET 8)`,
		sqlite.String(owner), sqlite.Int(s.now), sqlite.Int(s.now-life))
	if err == nil && len(result.Rows) > 0 && result.Rows[0][0].Int() != 0 {
		s.sweep(owner) // if it fails, the next new session tries again
	}
	return err
}

// count counts a new session unless it exists, and reports whether it may be made. It updates the
// states of the rates as package quota does.
func (s *store) count(owner, hash string) (bool, error) {
	parameters := []sqlite.Value{sqlite.String(owner), sqlite.Int(s.now * 1000)}
	first := len(parameters) + 1
	if rate := s.rate(""); rate.Limit > 0 {
		parameters = append(parameters, sqlite.String(""), sqlite.Int(rate.Cost(1)))
	}
	if hash != "" {
		if rate := s.rate(hash); rate.Limit > 0 {
			parameters = append(parameters, sqlite.String(hash), sqlite.Int(rate.Cost(1)))
		}
	}
	limits := (len(parameters) + 1 - first) / 2
	if limits == 0 {
		return true, nil
	}
	result, err := s.db.Write(`
		WITH used (client, cost) AS (VALUES `+storage.Rows(first, 2, limits)+`),
			next AS (SELECT client,
				iif(quota_at <= ?2 + 120000000, max(quota_at, ?2), ?2) + cost AS quota_at
				FROM used LEFT JOIN clients USING (client))
		INSERT INTO clients (client, quota_at)
		SELECT client, quota_at FROM next, sessions_v7
		WHERE NOT EXISTS (SELECT 1 FROM next WHERE quota_at > ?2 + 60000000)
			AND NOT EXISTS (SELECT 1 FROM sessions WHERE token_hash = ?1)
		ON CONFLICT (client) DO UPDATE SET quota_at = excluded.quota_at
		RETURNING 1`, parameters...)
	return err == nil && len(result.Rows) > 0, err
}

// rate returns how many sessions a client may make, or all clients together for the client "".
func (s *store) rate(client string) quota.Rate {
	name := "limit_client_sessions"
	if client == "" {
		name = "limit_sessions"
	}
	return quota.PerMinute(quota.Limit(s.variable, name))
}

// refused finds out why a session was not made: it exists, or there are too many others.
func (s *store) refused(owner, hash string) error {
	if _, err := s.load(owner, ""); err != capability.ErrUnknown {
		return err
	}
	result, err := s.db.Execute("SELECT client, quota_at FROM clients WHERE client IN ('', ?1)",
		sqlite.String(hash))
	if err != nil {
		return err
	}
	longest := 1 // if there is no reason any more
	for _, row := range result.Rows {
		if _, wait := s.rate(row[0].Text()).Take(row[1].Int(), s.now*1000, 1); wait > longest {
			longest = wait
		}
	}
	return wire.NewProblem(wire.TooManyRequests, "too many sessions are being made").
		WithHint("use the session you have, or try again later").WithRetry(longest)
}

// erase erases everything of a session except a tombstone, so that an evaluation under way cannot
// bring anything back. A trigger deletes the bindings; history shrinks the files afterwards.
func (s *store) erase(owner string) error {
	result, err := s.db.Write(`
		UPDATE sessions SET erased_at = coalesce(erased_at, ?2)
		WHERE token_hash = ?1 AND EXISTS (SELECT 1 FROM sessions_v7) RETURNING 1`,
		sqlite.String(owner), sqlite.Int(s.now))
	if err == nil && len(result.Rows) == 0 {
		err = capability.ErrUnknown
	}
	return err
}

// unused is a query for the sessions that have not been used since a time. The oldest tables had no
// time of use, and their sessions stay.
const unused = "SELECT session_id FROM sessions WHERE used_at > 0 AND used_at < "

// sweep removes a few sessions after 90 days without use, and clients after a minute. A session
// first becomes a tombstone, and is then deleted.
//
// A wrong clock must not erase what people keep. So nothing is swept unless the time is plausible,
// and a session only if an earlier sweep, more than a day ago, also found it unused for 90 days.
func (s *store) sweep(made string) error {
	if _, err := s.db.Write("DELETE FROM clients WHERE client IN "+
		"(SELECT client FROM clients WHERE quota_at < ?1 LIMIT 64)",
		sqlite.Int(s.now*1000)); err != nil {
		return err
	}
	plausible, err := s.db.IsPlausible("sessions", "token_hash", made, s.now)
	if err != nil || !plausible {
		return err
	}
	for _, change := range []string{
		"DELETE FROM sessions WHERE erased_at <= ?3 AND session_id IN (" + unused +
			"?1 AND unused_at < ?2 LIMIT 5)",
		"UPDATE sessions SET erased_at = ?3 WHERE erased_at IS NULL AND session_id IN (" + unused +
			"?1 AND unused_at < ?2 LIMIT 5)",
		"UPDATE sessions SET unused_at = ?3 WHERE session_id IN (" + unused +
			"?1 AND unused_at IS NULL LIMIT 5)",
	} {
		if _, err := s.db.Write(change, sqlite.Int(s.now-life), sqlite.Int(s.now-storage.Day),
			sqlite.Int(s.now)); err != nil {
			return err
		}
	}
	return nil
}

package sessions

import (
	"errors"
	"net/http"

	"abacus/shared/wire"
)

// The routes for the other services. docs/protocol.md has them all; the messages are in package
// wire.

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
	// or it was so long ago that nobody knows
	if state.Stored == nil || state.Stored.Hash != c.Hash {
		return wire.ReusedKey()
	}
	return wire.Reply(w, http.StatusOK, wire.Message, state.Append(nil))
}

// load answers with a session, and with what was committed under the request's idempotency key.
func (s *service) load(w http.ResponseWriter, r request) error {
	key, err := wire.Key(r.Request)
	if err != nil {
		return err
	}
	state, err := r.store.load(r.token, key)
	if err != nil {
		return err
	}
	return wire.Reply(w, http.StatusOK, wire.Message, state.Append(nil))
}

// commit changes bindings, once for each key. If the session has changed since they were
// calculated, or the key is known, it answers 409 with the session as it is now.
func (s *service) commit(w http.ResponseWriter, r request) error {
	body, err := wire.MessageBody(r.Request)
	if err != nil {
		return err
	}
	c := wire.ParseCommit(body)
	err = r.store.commit(r.token.Owner(), c)
	if errors.Is(err, errConflict) {
		state, err := r.store.load(r.token, c.Key)
		if err != nil {
			return err
		}
		if state.Stored == nil || c.Response != "" {
			return wire.Reply(w, http.StatusConflict, wire.Message, state.Append(nil))
		}
		// Only this request knows its key, so it was committed by the same request before, and the
		// reply got lost.
	} else if err != nil {
		return err
	}
	return wire.NoContent(w)
}

// health answers if the database does.
func (s *service) health(w http.ResponseWriter, r request) error { return wire.NoContent(w) }

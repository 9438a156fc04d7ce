package history

import (
	"errors"
	"net/http"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/wire"
)

// Snapshots is a key-value store.
type Snapshots interface {
	Get(key string) (value []byte, found bool, err error)
	Set(key string, value []byte) error // the value is not empty
	Delete(key string) error            // does nothing if there is no value
}

// shares lists the shares of the owner.
func (s *service) shares(w http.ResponseWriter, r request) error {
	list, err := r.store.sharesOf(r.owner)
	if err != nil {
		return err
	}
	b := json.AppendArray([]byte(`{"shares":`), len(list), func(b []byte, i int) []byte {
		a := list[i]
		a.token = shareToken(r.token, a.key)
		return append(json.AppendInt(a.appendJSON(b), "opens", a.opens), '}')
	})
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

// share answers POST /shares: decode, choose the entries, fetch the bindings that they use, store
// the snapshot, open the share, reply. A repeat with the same idempotency key gets the same share.
func (s *service) share(w http.ResponseWriter, r request) error {
	req, err := decodeShare(r.Request)
	if err != nil {
		return err
	}
	made, err := r.findOrBegin(req)
	if err != nil {
		return err
	}
	if made.state != open {
		if made, err = s.storeShare(r, req, made); err != nil {
			return err
		}
	}
	b := json.AppendInt(made.appendJSON(nil), "names", made.names)
	wire.Set(w.Header(), "Location", made.address())
	return wire.Reply(w, http.StatusCreated, wire.JSON, append(b, "}\n"...))
}

// findOrBegin returns the share that an earlier request with the same key made, or a new one.
func (r request) findOrBegin(req *shareRequest) (*share, error) {
	key, err := wire.Key(r.Request)
	if err != nil {
		return nil, err
	}
	if key == "" {
		random, err := capability.New()
		return r.newShare(req, string(random)), err
	}
	found, err := r.store.find(shareToken(r.token, key))
	switch {
	case errors.Is(err, errNoShare):
		return r.newShare(req, key), nil
	case err != nil:
		return nil, err
	case found.request != req.hash:
		return nil, wire.ReusedKey()
	case found.state >= ended:
		return nil, errGone
	}
	return found, nil
}

func (r request) newShare(req *shareRequest, key string) *share {
	token := shareToken(r.token, key)
	return &share{token: token, hash: token.Owner(), owner: r.owner, key: key, request: req.hash,
		title: req.title}
}

// shareToken returns the token of a share. It can be derived again from what is stored, but only
// with the session's token.
func shareToken(session capability.Token, key string) capability.Token {
	return capability.Derive(string(session)+"\nshare", key)
}

// storeShare stores a new share and its snapshot. If another request with the same key was faster,
// it returns that request's share.
func (s *service) storeShare(r request, req *shareRequest, made *share) (*share, error) {
	entries, err := r.store.chosen(r.owner, req)
	if err != nil {
		return nil, err
	}
	bindings, err := s.closure(r, entries)
	if err != nil {
		return nil, err
	}
	m := wire.Snapshot{Bindings: bindings}
	for _, e := range entries {
		e.Replaces = 0 // which is an id in the owner's history
		m.Entries = append(m.Entries, e.Entry)
	}
	snapshot := m.Append(nil)
	if len(snapshot) > maxSnapshot {
		return nil, errLargeShared
	}
	made.entries, made.names = int64(len(entries)), int64(len(bindings))
	made.createdAt, made.size = r.store.now, int64(len(snapshot))
	abandoned := *made // by a request that broke off
	made.snapshot = snapshotName(snapshot)
	if req.life > 0 {
		made.expiresAt = made.createdAt + req.life*1000
	}
	if err := r.store.prepare(made); errors.Is(err, errMade) {
		first, err := r.store.follow(made.token)
		if errors.Is(err, errNoShare) {
			err = wire.NewProblem(wire.StorageBusy, "the same request is being carried out").
				WithHint("try again in a moment").WithRetry(1)
		}
		return first, err
	} else if err != nil {
		return nil, err
	}
	err = s.Snapshots.Set(made.snapshot, snapshot)
	if err == nil && abandoned.snapshot != "" && abandoned.snapshot != made.snapshot {
		err = s.deleteSnapshot(r, &abandoned)
	}
	if err != nil {
		r.store.release(made)
		return nil, noSnapshots(r, err)
	}
	others, err := r.store.publish(made)
	if err != nil {
		s.discard(r, made)
		return nil, err
	}
	if others {
		s.sweepShares(r)
	}
	return made, nil
}

// show answers with a share.
func (s *service) show(w http.ResponseWriter, r request) error {
	wire.AllowAnyOrigin(w)
	found, snapshot, err := s.follow(r)
	if err != nil {
		return err
	}
	r.countOpening(found)
	b := appendSnapshotJSON(found.appendState([]byte{'{'}),
		wire.ParseSnapshot(string(snapshot)))
	return wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

// revoke ends a share.
func (s *service) revoke(w http.ResponseWriter, r request) error {
	revoked, err := r.store.revoke(r.owner, capability.Token(r.param))
	if err != nil {
		return err
	}
	// if this fails, the share has still ended, and is swept later
	s.discard(r, revoked)
	return wire.NoContent(w)
}

// follow reads the share with the token in the path, and its snapshot.
func (s *service) follow(r request) (*share, []byte, error) {
	found, err := r.store.follow(capability.Token(r.param))
	if err != nil {
		return nil, nil, err
	}
	snapshot, there, err := s.Snapshots.Get(found.snapshot)
	switch {
	case err != nil:
		return nil, nil, noSnapshots(r, err)
	case !there: // it has just ended, or the store has lost it
		return nil, nil, errGone
	}
	return found, snapshot, nil
}

// countOpening counts a reading of a share.
func (r request) countOpening(a *share) {
	if r.Method == http.MethodGet {
		r.store.opened(a)
	}
}

// forkKey is the key under which a fork commits the bindings to its session and records its
// entries. A client's key cannot contain a space.
const forkKey = "the fork"

// fork makes a session that has the bindings and the entries of a share. A repeat with the same
// idempotency key gets the same session.
func (s *service) fork(w http.ResponseWriter, r request) error {
	key, err := wire.Key(r.Request)
	if err != nil {
		return err
	}
	found, snapshot, err := s.follow(r)
	if err != nil {
		return err
	}
	content := wire.ParseSnapshot(string(snapshot))
	c := wire.Commit{Key: forkKey, Hash: found.hash, Changes: content.Bindings}
	reply := s.sessions.Call(r.Request, "POST", "/internal/sessions", c.Append(nil),
		wire.KeyHeader, key,
		wire.ClientHeader, wire.Client(r.Request, s.Variable("trusted_proxy_header")))
	if reply.Status != http.StatusOK {
		return s.sessions.Problem(reply)
	}
	token := wire.ParseState(reply.Message).Token
	entries := wire.Recording{ID: forkKey, Committed: true, Entries: content.Entries}
	_, err = r.store.record(capability.Token(token).Owner(), &entries)
	if err != nil && !errors.Is(err, errFull) { // names without entries are better than nothing
		return err
	}
	wire.Set(w.Header(), wire.SessionHeader, token)
	b := json.AppendString([]byte(`{"session":`), token)
	return wire.Reply(w, http.StatusCreated, wire.JSON, append(b, "}\n"...))
}

// discard deletes the snapshot of an ended share.
func (s *service) discard(r request, a *share) error {
	if err := s.deleteSnapshot(r, a); err != nil {
		return err
	}
	return r.store.finish(a.hash)
}

// deleteSnapshot deletes the snapshot of a share, unless another share has the same. It is
// overwritten first, since a key-value store may leave what it deletes in its file. If a share with
// the same content was made in the meantime, the snapshot is restored.
func (s *service) deleteSnapshot(r request, a *share) error {
	shared, err := r.store.sharesSnapshot(a.snapshot, a.hash)
	if err != nil || shared {
		return err
	}
	snapshot, found, err := s.Snapshots.Get(a.snapshot)
	if err == nil && found {
		err = s.Snapshots.Set(a.snapshot, make([]byte, len(snapshot)))
	}
	if err == nil {
		err = s.Snapshots.Delete(a.snapshot)
	}
	if err != nil {
		return err
	}
	if shared, err = r.store.sharesSnapshot(a.snapshot, a.hash); err == nil && shared && found {
		err = s.Snapshots.Set(a.snapshot, snapshot)
	}
	return err
}

// sweepShares discards some of the shares that have ended. It is called when a share is made, so
// what fails is tried again with the next one.
func (s *service) sweepShares(r request) {
	list, err := r.store.end()
	for _, a := range list {
		if err = s.discard(r, a); err != nil {
			break
		}
	}
	if err != nil {
		note(r, err)
	}
}

// noSnapshots logs an error of the key-value store, and returns the one for the client.
func noSnapshots(r request, err error) error {
	note(r, err)
	return wire.NewProblem(wire.ServiceUnavailable, "the store of the shares does not answer now").
		WithHint("try again in a moment").WithRetry(1)
}

// note logs an error that the client does not see.
func note(r request, err error) { wire.Log("history", r.Request, err.Error()) }

// shared answers with a share for the service web.
func (s *service) shared(w http.ResponseWriter, r request) error {
	found, snapshot, err := s.follow(r)
	if err != nil {
		return err
	}
	r.countOpening(found)
	m := wire.Share{Title: found.title, CreatedAt: found.createdAt, ExpiresAt: found.expiresAt,
		Snapshot: string(snapshot)}
	return wire.Reply(w, http.StatusOK, wire.Message, m.Append(nil))
}

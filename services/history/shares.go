package history

import (
	"net/http"
	"os"
	"strconv"

	"abacus/shared/capability"
	"abacus/shared/json"
	"abacus/shared/wire"
)

// shares makes a share, or lists those of the owner.
func (s *service) shares(w http.ResponseWriter, r request) *wire.Problem {
	if r.Method == http.MethodPost {
		return s.makeShare(w, r)
	}
	list, err := r.store.links(r.owner)
	if err != nil {
		return fail(err)
	}
	b := []byte(`{"shares":[`)
	for i, a := range list {
		if i > 0 {
			b = append(b, ',')
		}
		a.token = shareToken(r.token, a.key)
		b = append(a.appendJSON(b), `,"opens":`...)
		b = append(strconv.AppendInt(b, a.opens, 10), '}')
	}
	wire.Reply(w, http.StatusOK, wire.JSON, append(b, "]}\n"...))
	return nil
}

// makeShare answers POST /shares: decode, choose the entries, fetch the names that
// they use, store the snapshot, open the link, reply. A repeat with the same
// idempotency key is answered with the same share.
func (s *service) makeShare(w http.ResponseWriter, r request) *wire.Problem {
	wanted, problem := decodeWant(r.Request)
	if problem != nil {
		return problem
	}
	if _, _, err := r.store.owner(r.owner); err != nil {
		return fail(err)
	}
	made, problem := r.repeated(wanted)
	if problem != nil {
		return problem
	}
	if made.state != open {
		if problem := s.storeShare(r, wanted, made); problem != nil {
			return problem
		}
	}
	b := append(made.appendJSON(nil), `,"names":`...)
	b = strconv.AppendInt(b, made.names, 10)
	w.Header().Set("Location", made.address())
	wire.Reply(w, http.StatusCreated, wire.JSON, append(b, "}\n"...))
	s.sweep(r)
	return nil
}

// repeated finds the share that an earlier request with the same key made, or
// begins a new one.
func (r request) repeated(wanted *want) (*share, *wire.Problem) {
	key, problem := wire.Key(r.Request)
	if problem != nil {
		return nil, problem
	}
	if key == "" {
		random, err := capability.New()
		if err != nil {
			return nil, fail(err)
		}
		key = string(random)
	}
	token := shareToken(r.token, key)
	found, err := r.store.find(token)
	switch {
	case err == error(errNoShare):
		return &share{token: token, hash: token.Owner(), owner: r.owner, key: key, request: wanted.hash, title: wanted.title}, nil
	case err != nil:
		return nil, fail(err)
	case found.request != wanted.hash:
		return nil, wire.Reused()
	case found.state >= ended:
		return nil, errGone
	}
	return found, nil
}

// shareToken makes the token of a share. Whoever holds the session's token can
// make it again from what is stored, and nobody else can.
func shareToken(session capability.Token, key string) capability.Token {
	return capability.Derive(string(session)+"\nshare", key)
}

// storeShare stores a new share and its snapshot.
func (s *service) storeShare(r request, wanted *want, made *share) *wire.Problem {
	entries, err := r.store.chosen(r.owner, wanted)
	if err != nil {
		return fail(err)
	}
	names, problem := s.closure(r, entries)
	if problem != nil {
		return problem
	}
	snapshot := appendSnapshot(nil, entries, names)
	if len(snapshot) > maxSnapshot {
		return tooLargeShared()
	}
	made.entries, made.names, made.createdAt = int64(len(entries)), int64(len(names)), r.store.now
	if wanted.life > 0 {
		made.expiresAt = made.createdAt + wanted.life*1000
	}
	switch err := r.store.prepare(made); {
	case err == errMade:
		first, err := r.store.follow(made.token)
		if err == error(errNoShare) {
			return wire.NewProblem(wire.StorageBusy, "the same request is being carried out").
				WithHint("ask again in a moment").WithRetry(1)
		}
		if err != nil {
			return fail(err)
		}
		*made = *first
		return nil
	case err != nil:
		return fail(err)
	}
	if err := s.Snapshots.Set(snapshotKey(made.hash), snapshot); err != nil {
		r.store.release(made)
		return noSnapshots(err)
	}
	if err := r.store.publish(made); err != nil {
		s.discard(r, made.hash)
		return fail(err)
	}
	return nil
}

// share answers with a share, or revokes it.
func (s *service) share(w http.ResponseWriter, r request) *wire.Problem {
	if r.Method == http.MethodDelete {
		revoked, err := r.store.revoke(r.owner, r.share)
		if err != nil {
			return fail(err)
		}
		s.discard(r, revoked.hash) // if this fails, the link is dead all the same, and it is swept later
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	wire.Share(w)
	found, snapshot, problem := s.follow(r)
	if problem != nil {
		return problem
	}
	r.count(found)
	b := append(found.appendState([]byte{'{'}), ',')
	b = appendSnapshotJSON(b, wire.Records(string(snapshot)))
	wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
	return nil
}

// follow reads the share of the address with its snapshot.
func (s *service) follow(r request) (*share, []byte, *wire.Problem) {
	found, err := r.store.follow(r.share)
	if err != nil {
		return nil, nil, fail(err)
	}
	snapshot, there, err := s.Snapshots.Get(snapshotKey(found.hash))
	switch {
	case err != nil:
		return nil, nil, noSnapshots(err)
	case !there: // it has ended since, or the store has lost it
		return nil, nil, errGone
	}
	return found, snapshot, nil
}

// count counts that somebody has read a share.
func (r request) count(a *share) {
	if r.Method == http.MethodGet {
		r.store.opened(a)
	}
}

// forkKey is the key by which a fork puts the names into its session: with a space
// in it, no client's.
const forkKey = "the fork"

// fork makes a session that has the names of a share. A repeat with the same
// idempotency key is answered with the same session.
func (s *service) fork(w http.ResponseWriter, r request) *wire.Problem {
	key, problem := wire.Key(r.Request)
	if problem != nil {
		return problem
	}
	found, snapshot, problem := s.follow(r)
	if problem != nil {
		return problem
	}
	body := wire.AppendRecord(nil, "commit", forkKey, found.hash)
	reply := s.Sessions.Call(r.Request, "POST", "/internal/sessions",
		append(body, names(wire.Records(string(snapshot)))...), wire.KeyHeader, key)
	for _, record := range reply.Records {
		if record.Name() == "session" {
			w.Header().Set(wire.SessionHeader, record.Field(2))
			b := json.AppendString([]byte(`{"session":`), record.Field(2))
			wire.Reply(w, http.StatusCreated, wire.JSON, append(b, "}\n"...))
			return nil
		}
	}
	return s.Sessions.Problem(reply)
}

// discard deletes the snapshot of an ended share.
func (s *service) discard(r request, hash string) error {
	if err := s.Snapshots.Delete(snapshotKey(hash)); err != nil {
		return err
	}
	return r.store.finish(hash)
}

// sweep discards some of the shares that have ended, whenever one is made. What
// fails is tried again with another.
func (s *service) sweep(r request) {
	hashes, err := r.store.unfinished("")
	for _, hash := range hashes {
		if err = s.discard(r, hash); err != nil {
			break
		}
	}
	if err != nil {
		note(err)
	}
}

// noSnapshots is the problem of a key-value store that does not answer.
func noSnapshots(err error) *wire.Problem {
	note(err)
	return wire.NewProblem(wire.ServiceUnavailable, "the store of the shares does not answer now").
		WithHint("try again in a moment").WithRetry(1)
}

// note tells the operator what a client is not told.
func note(err error) { os.Stderr.WriteString("history: " + err.Error() + "\n") }

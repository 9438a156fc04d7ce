package history

import (
	"net/http"

	"abacus/shared/wire"
)

// The routes for the other services, all but the share for the owner in a header. docs/protocol.md
// has them all; the messages are in package wire.

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

// erase leaves tombstones and nothing else of an owner.
func (s *service) erase(w http.ResponseWriter, r request) error {
	if err := r.store.erase(r.owner); err != nil {
		return err
	}
	for {
		list, err := r.store.unfinished(r.owner)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return wire.NoContent(w)
		}
		for _, a := range list {
			if err := s.discard(r, a); err != nil {
				return noSnapshots(err)
			}
		}
	}
}

// shared answers with a share for its page.
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

// health answers if the database does.
func (s *service) health(w http.ResponseWriter, r request) error { return wire.NoContent(w) }

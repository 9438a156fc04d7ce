package history

import (
	"net/http"

	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

var errNoEntry = wire.NewProblem(wire.UnknownEntry, "the history has no entry with this id").
	WithHint("GET /history lists the entries with their ids")

// storedSize is entrySize of a row.
const storedSize = `200 + octet_length(expression) + octet_length(parsed)
	+ coalesce(octet_length(plot), 0)`

// clear erases all entries.
func (s *service) clear(w http.ResponseWriter, r request) error {
	if err := r.store.clear(r.owner); err != nil {
		return err
	}
	return wire.NoContent(w)
}

// remove erases one entry, together with those that it has replaced.
func (s *service) remove(w http.ResponseWriter, r request) error {
	id, ok := number(r.param)
	if !ok {
		return errNoEntry
	}
	if err := r.store.remove(r.owner, id); err != nil {
		return err
	}
	return wire.NoContent(w)
}

// erase erases everything of an owner except tombstones.
func (s *service) erase(w http.ResponseWriter, r request) error {
	shares, err := r.store.erase(r.owner)
	for err == nil && shares > 0 {
		var list []*share
		if list, err = r.store.unfinishedOf(r.owner); err != nil {
			return err
		}
		for _, a := range list {
			if err := s.discard(r, a); err != nil {
				return noSnapshots(r, err)
			}
		}
		shares = int64(len(list))
	}
	if err != nil {
		return err
	}
	return wire.NoContent(w)
}

// remove erases one entry, and all others in the same place.
func (s *store) remove(owner string, id int64) error {
	result, err := s.db.Write(`
		WITH this AS (SELECT coalesce(place, id) AS place FROM entries, history_v10
			WHERE owner = ?1 AND id = ?2)
		DELETE FROM entries WHERE owner = ?1 AND id IN (SELECT place FROM this UNION ALL
			SELECT id FROM this CROSS JOIN entries USING (place) WHERE owner = ?1)
		RETURNING `+storedSize, sqlite.String(owner), sqlite.Int(id))
	if err != nil {
		return err
	}
	size := int64(0)
	for _, row := range result.Rows {
		size += row[0].Int()
	}
	if size > 0 {
		_, err = s.db.Write("UPDATE owners SET bytes = max(0, bytes - ?2) WHERE owner = ?1",
			sqlite.String(owner), sqlite.Int(size))
		return err
	}
	if _, err := s.findOwner(owner); err != nil {
		return err
	}
	return errNoEntry
}

// clear erases the entries of an owner. Their ids are not reused, and the ids of evaluations stay,
// so that a repeat does not bring an entry back.
func (s *store) clear(owner string) error {
	if _, err := s.findOwner(owner); err != nil {
		return err
	}
	if _, err := s.db.Write("DELETE FROM entries WHERE owner = ?1",
		sqlite.String(owner)); err != nil {
		return err
	}
	// Others may have recorded entries in the meantime.
	if _, err := s.db.Write(`
		UPDATE owners SET bytes = (SELECT total(`+storedSize+`) FROM entries WHERE owner = ?1)
		WHERE owner = ?1`, sqlite.String(owner)); err != nil {
		return err
	}
	s.db.Shrink()
	return nil
}

// erase erases everything of an owner except tombstones, so that an evaluation under way cannot
// bring anything back. It returns how many snapshots of shares are still to be deleted.
//
// An owner without a row gets one. If the storage is too full for that, nothing can be brought back
// either.
func (s *store) erase(owner string) (shares int64, err error) {
	result, err := s.db.Write(`
		UPDATE owners SET erased_at = coalesce(erased_at, ?2)
		WHERE owner = ?1 AND EXISTS (SELECT 1 FROM history_v10)
		RETURNING (SELECT count(*) FROM shares WHERE owner = ?1 AND state <= 2)`,
		sqlite.String(owner), sqlite.Int(s.now))
	if err != nil {
		return 0, err
	}
	if len(result.Rows) == 0 {
		_, err = s.db.Write("INSERT INTO owners (owner, used_at, erased_at) VALUES (?1, ?2, ?2)",
			sqlite.String(owner), sqlite.Int(s.now))
		if err != nil && storage.Explain(err).Code != wire.StorageFull {
			return 0, err
		}
		result, err = s.db.Write(`
			UPDATE shares SET state = 2, title = '' WHERE owner = ?1 AND state <= 2
			RETURNING (SELECT count(*) FROM shares WHERE owner = ?1 AND state <= 2)`,
			sqlite.String(owner))
		if err != nil {
			return 0, err
		}
	}
	s.db.Shrink()
	if len(result.Rows) > 0 {
		shares = result.Rows[0][0].Int()
	}
	return shares, nil
}

const (
	ownerLife = 90 * storage.Day // how long the entries of an owner are kept unused
	maxSwept  = 200              // entries in a sweep
)

// sweep removes some entries of an owner after 90 days without use, and keys of appends after two
// days. It is called now and then, when another owner records entries.
//
// A wrong clock must not erase what people keep. So nothing is swept unless the time is plausible,
// and an owner only if an earlier sweep, more than a day ago, also found it unused for 90 days.
func (s *store) sweep(recorded string) error {
	plausible, err := s.db.IsPlausible("owners", "owner", recorded, s.now)
	if err != nil || !plausible {
		return err
	}
	if _, err := s.db.Write("DELETE FROM appends WHERE at < ?1 AND id IN "+
		"(SELECT id FROM appends ORDER BY id LIMIT 32)",
		sqlite.Int(s.now-2*storage.Day)); err != nil {
		return err
	}
	unusedSince, foundBefore := sqlite.Int(s.now-ownerLife), sqlite.Int(s.now-storage.Day)
	if _, err := s.db.Write(`
		UPDATE owners SET unused_at = ?2 WHERE owner IN (SELECT owner FROM owners
			WHERE used_at < ?1 AND unused_at IS NULL ORDER BY used_at LIMIT 8)`,
		unusedSince, sqlite.Int(s.now)); err != nil {
		return err
	}
	const old = "used_at < ?1 AND unused_at < ?2"
	found, err := s.db.Execute("SELECT owner FROM owners WHERE "+old+" LIMIT 1", unusedSince,
		foundBefore)
	if err != nil || len(found.Rows) == 0 {
		return err
	}
	owner := found.Rows[0][0]
	gone, err := s.db.Write(`
		DELETE FROM entries WHERE owner = (SELECT owner FROM owners WHERE owner = ?3 AND `+old+`)
			AND id IN (SELECT id FROM entries WHERE owner = ?3 ORDER BY id LIMIT ?4)
		RETURNING 1`, unusedSince, foundBefore, owner, sqlite.Int(maxSwept))
	if err != nil || len(gone.Rows) == maxSwept {
		return err
	}
	for _, table := range []string{"appends", "owners"} {
		if _, err := s.db.Write("DELETE FROM "+table+" WHERE owner = (SELECT owner FROM owners "+
			"WHERE owner = ?3 AND "+old+")", unusedSince, foundBefore, owner); err != nil {
			return err
		}
	}
	return nil
}

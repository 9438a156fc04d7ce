package history

import (
	"net/http"

	"abacus/shared/sqlite"
	"abacus/shared/storage"
	"abacus/shared/wire"
)

var errNoEntry = wire.NewProblem(wire.UnknownEntry, "the history has no entry with this id").
	WithHint("GET /history lists the entries with their ids")

// clear erases all entries.
func (s *service) clear(w http.ResponseWriter, r request) error {
	if err := r.store.clear(r.owner); err != nil {
		return err
	}
	return wire.NoContent(w)
}

// remove erases one entry, with those that it has replaced.
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
				return noSnapshots(r, err)
			}
		}
	}
}

// remove erases one entry, and all that have been in its place.
func (s *store) remove(owner string, id int64) error {
	if _, err := s.findOwner(owner); err != nil {
		return err
	}
	return storage.Immediate(s.db, func() error {
		result, err := s.db.Execute(`
			WITH this AS (SELECT coalesce(place, id) AS place FROM entries
				WHERE owner = ?1 AND id = ?2)
			DELETE FROM entries WHERE owner = ?1 AND id IN (SELECT place FROM this UNION ALL
				SELECT id FROM this CROSS JOIN entries USING (place) WHERE owner = ?1)
			RETURNING octet_length(expression) + octet_length(parsed)
				+ coalesce(octet_length(plot), 0)`, sqlite.String(owner), sqlite.Int(id))
		if err != nil {
			return err
		}
		if len(result.Rows) == 0 {
			return errNoEntry
		}
		bytes := int64(0)
		for _, row := range result.Rows {
			bytes += entryBytes + row[0].Int()
		}
		_, err = s.db.Execute("UPDATE owners SET bytes = max(0, bytes - ?2) WHERE owner = ?1",
			sqlite.String(owner), sqlite.Int(bytes))
		return err
	})
}

// clear erases the entries of an owner. Their ids are not used again, and the ids of evaluations
// stay, so that a repeat does not bring one back.
func (s *store) clear(owner string) error {
	if _, err := s.findOwner(owner); err != nil {
		return err
	}
	err := storage.Immediate(s.db, func() error {
		if _, err := s.db.Execute("DELETE FROM entries WHERE owner = ?1",
			sqlite.String(owner)); err != nil {
			return err
		}
		_, err := s.db.Execute("UPDATE owners SET bytes = 0 WHERE owner = ?1", sqlite.String(owner))
		return err
	})
	if err == nil {
		storage.Shrink(s.db)
	}
	return err
}

// strip deletes the rows of an owner that erase leaves no trace of.
func (s *store) strip(owner string) error {
	for _, table := range []string{"entries", "appends"} {
		if _, err := s.db.Execute("DELETE FROM "+table+" WHERE owner = ?1",
			sqlite.String(owner)); err != nil {
			return err
		}
	}
	return nil
}

// erase leaves tombstones and nothing else of an owner, so that an evaluation under way cannot
// bring anything back. The snapshots of the shares are still to be deleted.
func (s *store) erase(owner string) error {
	err := storage.Immediate(s.db, func() error {
		if err := s.bury(owner); err != nil {
			return err
		}
		if _, err := s.db.Execute(`
			UPDATE shares SET state = 2, title = '' WHERE owner = ?1 AND state <= 1`,
			sqlite.String(owner)); err != nil {
			return err
		}
		return s.strip(owner)
	})
	if err == nil {
		storage.Shrink(s.db)
	}
	return err
}

// bury makes the row of an owner a tombstone, and adds one for an owner who has no row. It does
// without the latter if the storage is full: then nothing can be brought back either.
func (s *store) bury(owner string) error {
	known, err := s.db.Execute(`
		UPDATE owners SET erased_at = coalesce(erased_at, ?2) WHERE owner = ?1 RETURNING 1`,
		sqlite.String(owner), sqlite.Int(s.now))
	if err != nil || len(known.Rows) > 0 {
		return err
	}
	_, err = s.db.Execute("INSERT INTO owners (owner, used_at, erased_at) VALUES (?1, ?2, ?2)",
		sqlite.String(owner), sqlite.Int(s.now))
	if err != nil && storage.Explain(err).Code == wire.StorageFull {
		return nil
	}
	return err
}

// sweep removes some rows that have outlived their use, with an owner's first entry and now and
// then: the ids of evaluations after two days, the entries of an owner after 90 days without use.
//
// A clock that is wrong must not erase what people keep. So nothing is swept unless the time is
// plausible, and an owner only if an earlier sweep, more than a day ago, found it unused for 90
// days as well. The caller has not written the time of its own use yet.
func (s *store) sweep() error {
	if plausible, err := storage.IsPlausible(s.db, "owners", s.now); err != nil || !plausible {
		return err
	}
	if _, err := s.db.Execute(`
		DELETE FROM appends WHERE id IN (SELECT id FROM appends ORDER BY id LIMIT 32) AND at < ?1`,
		sqlite.Int(s.now-idLife)); err != nil {
		return err
	}
	if _, err := s.db.Execute(`
		UPDATE owners SET unused_at = ?1 WHERE owner IN (SELECT owner FROM owners
			WHERE used_at < ?2 AND unused_at IS NULL ORDER BY used_at LIMIT 8)`,
		sqlite.Int(s.now), sqlite.Int(s.now-ownerLife)); err != nil {
		return err
	}
	old, err := s.db.Execute(`
		SELECT owner FROM owners WHERE unused_at < ?1 AND used_at < ?2 LIMIT 1`,
		sqlite.Int(s.now-storage.Day), sqlite.Int(s.now-ownerLife))
	if err != nil || len(old.Rows) == 0 {
		return err
	}
	owner := old.Rows[0][0]
	gone, err := s.db.Execute(`
		DELETE FROM entries WHERE owner = ?1 AND id IN
			(SELECT id FROM entries WHERE owner = ?1 ORDER BY id LIMIT `+wire.FormatInt(maxSwept)+`)
		RETURNING id`, owner)
	if err != nil || len(gone.Rows) == maxSwept {
		return err
	}
	if err := s.strip(owner.Text()); err != nil {
		return err
	}
	_, err = s.db.Execute("DELETE FROM owners WHERE owner = ?1", owner)
	return err
}

package history

import (
	"io"
	"net/http"

	"abacus/shared/wire"
)

// The routes for the other services, all but the last for the owner of the header:
//
//	append    POST /internal/entries  append KEY HASH OUTCOME, [entry KIND EXPRESSION PARSED VALUE]*
//	          ->  first ID, and where the key is known: append HASH OUTCOME
//	appended  GET  /internal/append   ->  where the request's key is known: append HASH OUTCOME, first ID
//	ans       GET  /internal/ans      ->  where there is one: ans VALUE
//	erase     POST /internal/erase
//	shared    GET  /internal/shares/TOKEN  ->  share TITLE CREATED EXPIRES (0: never), and the snapshot

// appended is what an append stored, by its idempotency key.
type appended struct {
	key     string
	hash    string // of the request that the key belongs to
	outcome string // what was answered
	first   int64  // the id of the first entry
}

func (a *appended) records(known bool) []byte {
	var b []byte
	if known {
		b = wire.AppendRecord(b, "append", a.hash, a.outcome)
	}
	return wire.AppendRecord(b, "first", wire.FormatInt(a.first))
}

// append stores entries, once for each key.
func (s *service) append(w http.ResponseWriter, r request) *wire.Problem {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return wire.NewProblem(wire.BadRequest, "the body breaks off")
	}
	var what appended
	var entries []entry
	for _, record := range wire.Records(string(body)) {
		switch record.Name() {
		case "append":
			what = appended{key: record.Field(1), hash: record.Field(2), outcome: record.Field(3)}
		case "entry":
			e := entry{kind: record.Field(1), expression: record.Field(2), parsed: record.Field(3)}
			e.result, e.hasResult = record.Float(4)
			entries = append(entries, e)
		default:
			return wire.NewProblem(wire.BadRequest, "there is no record "+record.Name())
		}
	}
	known, err := r.store.append(r.owner, &what, entries)
	if err != nil {
		return fail(err)
	}
	wire.Reply(w, http.StatusOK, wire.Flat, what.records(known))
	return nil
}

// appended tells what an append with the request's key stored.
func (s *service) appended(w http.ResponseWriter, r request) *wire.Problem {
	key, problem := wire.Key(r.Request)
	if problem != nil {
		return problem
	}
	if _, err := r.store.owner(r.owner); err != nil {
		return fail(err)
	}
	what, err := r.store.appended(r.owner, key)
	if err != nil {
		return fail(err)
	}
	var body []byte
	if what != nil {
		body = what.records(true)
	}
	wire.Reply(w, http.StatusOK, wire.Flat, body)
	return nil
}

// ans answers with the value of the newest entry that has one.
func (s *service) ans(w http.ResponseWriter, r request) *wire.Problem {
	value, ok, err := r.store.ans(r.owner)
	if err != nil {
		return fail(err)
	}
	var body []byte
	if ok {
		body = wire.AppendRecord(nil, "ans", wire.FormatFloat(value))
	}
	wire.Reply(w, http.StatusOK, wire.Flat, body)
	return nil
}

// erase leaves of an owner nothing but tombstones.
func (s *service) erase(w http.ResponseWriter, r request) *wire.Problem {
	if err := r.store.erase(r.owner); err != nil {
		return fail(err)
	}
	for {
		hashes, err := r.store.unfinished(r.owner)
		if err != nil {
			return fail(err)
		}
		if len(hashes) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		for _, hash := range hashes {
			if err := s.discard(r, hash); err != nil {
				return noSnapshots(err)
			}
		}
	}
}

// shared answers with a share, as it is stored.
func (s *service) shared(w http.ResponseWriter, r request) *wire.Problem {
	found, snapshot, problem := s.follow(r)
	if problem != nil {
		return problem
	}
	r.count(found)
	b := wire.AppendRecord(nil, "share", found.title, wire.FormatInt(found.createdAt), wire.FormatInt(found.expiresAt))
	wire.Reply(w, http.StatusOK, wire.Flat, append(b, snapshot...))
	return nil
}

// health answers if the database does.
func (s *service) health(w http.ResponseWriter, r request) *wire.Problem {
	if _, err := r.store.owner(""); err != nil {
		return fail(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

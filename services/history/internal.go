package history

import (
	"io"
	"net/http"

	"abacus/shared/capability"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// The routes for the other services, all but the last for the owner of the header:
//
//	append  POST /internal/entries         append KEY [committed], [entry KIND EXPRESSION PARSED VALUE PLOT]*
//	        ->  first ID
//	ans     GET  /internal/ans?entries=N   ->  where there is one: ans VALUE
//	        429 where so many entries are more than the owner may store now
//	erase   POST /internal/erase
//	shared  GET  /internal/shares/TOKEN    ->  share TITLE CREATED EXPIRES (0: never), and the snapshot

// appended is an append as it is asked for. What is committed changed names
// already: it is recorded, however many entries the owner has stored in the minute.
type appended struct {
	key       string // the idempotency key, that eval makes for every evaluation
	committed bool
	entries   []entry
}

// append stores entries, once for each key.
func (s *service) append(w http.ResponseWriter, r request) *wire.Problem {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return wire.NewProblem(wire.BadRequest, "the body breaks off")
	}
	var what appended
	for _, record := range wire.Records(string(body)) {
		switch record.Name() {
		case "append":
			what.key, what.committed = record.Field(1), record.Field(2) == "committed"
		case "entry":
			e := entry{kind: record.Field(1), expression: record.Field(2), parsed: record.Field(3), plot: plot.Read(record.Field(5))}
			e.result, e.hasResult = record.Float(4)
			what.entries = append(what.entries, e)
		default:
			return wire.NewProblem(wire.BadRequest, "there is no record "+record.Name())
		}
	}
	first, err := r.store.append(r.owner, what)
	if err != nil {
		return fail(err)
	}
	wire.Reply(w, http.StatusOK, wire.Flat, wire.AppendRecord(nil, "first", wire.FormatInt(first)))
	return nil
}

// ans answers with the value of the newest entry that has one.
func (s *service) ans(w http.ResponseWriter, r request) *wire.Problem {
	entries, _ := number(capability.Query(r.Request).Get("entries"))
	value, ok, err := r.store.ans(r.owner, entries)
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
	if _, _, err := r.store.owner(""); err != nil {
		return fail(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

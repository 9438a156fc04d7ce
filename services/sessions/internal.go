package sessions

import (
	"io"
	"net/http"

	"abacus/shared/wire"
)

// The routes for the other services. What goes over them:
//
//	open    POST /internal/sessions   nothing, or  commit KEY HASH, [variable NAME VALUE | definition NAME SOURCE]*
//	        ->  the state
//	load    GET  /internal/session    ->  the state
//	commit  POST /internal/commit     commit KEY HASH VERSION OUTCOME PACE, [variable ... | definition ...]*
//	        ->  200, or 409 with a slot; without names it claims the key, at whatever version
//	slot    POST /internal/slot       slot PACE  ->  409 with a slot
//
// The state is
//
//	session VERSION TOKEN
//	variable NAME VALUE
//	definition NAME SOURCE
//	commit HASH VERSION OUTCOME     (where the request's idempotency key is known)
//	busy                            (where others wait for their slots)
//
// A slot, `slot WAIT`, is the moment, in so many milliseconds, at which the asker
// may try to commit and nobody else is to. PACE is how many it needs.

// open makes a session, with names in it if a share is forked.
func (s *service) open(w http.ResponseWriter, r request) *wire.Problem {
	changes, c, problem := r.changes()
	if problem != nil {
		return problem
	}
	if r.token, problem = s.make(r, c.Key); problem != nil {
		return problem
	}
	if c.Key == "" {
		return s.load(w, r)
	}
	c.Changes = changes
	state, problem := r.state(c.Key)
	if problem == nil && state.done == nil && state.version == 0 {
		if _, err := r.store.commit(r.token.Owner(), c); err != nil && err != errStale && err != errDone {
			return fail(err)
		}
		state, problem = r.state(c.Key)
	}
	if problem != nil {
		return problem
	}
	if state.done == nil || state.done.Hash != c.Hash { // or it was so long ago that nobody knows
		return wire.Reused()
	}
	wire.Reply(w, http.StatusOK, wire.Flat, state.records())
	return nil
}

// load answers with the state of a session.
func (s *service) load(w http.ResponseWriter, r request) *wire.Problem {
	key, problem := wire.Key(r.Request)
	if problem != nil {
		return problem
	}
	state, problem := r.state(key)
	if problem != nil {
		return problem
	}
	wire.Reply(w, http.StatusOK, wire.Flat, state.records())
	return nil
}

// commit changes names if the session still has the version that the change was
// calculated from, once for each key.
func (s *service) commit(w http.ResponseWriter, r request) *wire.Problem {
	if problem := r.need(); problem != nil {
		return problem
	}
	changes, c, problem := r.changes()
	if problem != nil {
		return problem
	}
	c.Changes = changes
	switch _, err := r.store.commit(r.token.Owner(), c); err {
	case nil:
		wire.Reply(w, http.StatusOK, wire.Flat, nil)
		return nil
	case errDone: // the asker finds it when it loads the session again
		wire.Reply(w, http.StatusConflict, wire.Flat, wire.AppendRecord(nil, "slot", "15"))
		return nil
	case errStale:
		return r.slot(w, c.Pace)
	default:
		return fail(err)
	}
}

// slot gives the asker a moment for a commit.
func (s *service) slot(w http.ResponseWriter, r request) *wire.Problem {
	if problem := r.need(); problem != nil {
		return problem
	}
	_, c, problem := r.changes()
	if problem != nil {
		return problem
	}
	return r.slot(w, c.Pace)
}

func (r request) slot(w http.ResponseWriter, pace int64) *wire.Problem {
	wait, err := r.store.slot(r.token.Owner(), pace)
	if err != nil {
		return fail(err)
	}
	wire.Reply(w, http.StatusConflict, wire.Flat, wire.AppendRecord(nil, "slot", wire.FormatInt(wait)))
	return nil
}

// health answers if the database does.
func (s *service) health(w http.ResponseWriter, r request) *wire.Problem {
	if err := r.store.ready(); err != nil {
		return fail(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// changes reads the records of a body.
func (r request) changes() ([]change, commit, *wire.Problem) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, commit{}, wire.NewProblem(wire.BadRequest, "the body breaks off")
	}
	var changes []change
	var c commit
	for _, record := range wire.Records(string(body)) {
		switch record.Name() {
		case "commit":
			c = commit{Key: record.Field(1), Hash: record.Field(2), Version: record.Int(3), Outcome: record.Field(4), Pace: record.Int(5)}
		case "slot":
			c.Pace = record.Int(1)
		case "variable":
			value, ok := record.Float(2)
			if !ok {
				return nil, c, wire.NewProblem(wire.BadRequest, "the value of "+record.Field(1)+" is not a number")
			}
			changes = append(changes, change{Name: record.Field(1), Value: value})
		case "definition":
			changes = append(changes, change{Name: record.Field(1), Source: record.Field(2)})
		default:
			return nil, c, wire.NewProblem(wire.BadRequest, "there is no record "+record.Name())
		}
	}
	return changes, c, nil
}

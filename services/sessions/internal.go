package sessions

import (
	"io"
	"net/http"

	"abacus/shared/wire"
)

// The routes for the other services. What goes over them:
//
//	open    POST /internal/sessions   [variable NAME VALUE | definition NAME SOURCE]*  ->  the state
//	load    GET  /internal/session    ->  the state
//	commit  POST /internal/commit     commit KEY HASH VERSION OUTCOME, [variable ... | definition ...]*
//	        ->  200 the state's version, 200 with `commit` where the key is known, 409 with the state of now
//
// The state is
//
//	session VERSION TOKEN
//	variable NAME VALUE
//	definition NAME SOURCE
//	commit HASH VERSION OUTCOME     (where the request's idempotency key is known)

// open makes a session, with names in it if a share is forked.
func (s *service) open(w http.ResponseWriter, r request) *wire.Problem {
	changes, _, problem := r.changes()
	if problem != nil {
		return problem
	}
	token, problem := s.make(r)
	if problem != nil {
		return problem
	}
	if len(changes) > 0 {
		if _, err := r.store.commit(token.Owner(), commit{Key: "fork", Changes: changes}); err != nil && err != errStale && err != errDone {
			return fail(err)
		}
	}
	r.token = token
	return s.load(w, r)
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
	version, err := r.store.commit(r.token.Owner(), c)
	if err == nil {
		wire.Reply(w, http.StatusOK, wire.Flat, (&state{version: version, token: r.token}).records())
		return nil
	}
	if err != errStale && err != errDone {
		return fail(err)
	}
	state, problem := r.state(c.Key)
	if problem != nil {
		return problem
	}
	status := http.StatusConflict
	if state.done != nil {
		status = http.StatusOK
	}
	wire.Reply(w, status, wire.Flat, state.records())
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
			c = commit{Key: record.Field(1), Hash: record.Field(2), Version: record.Int(3), Outcome: record.Field(4)}
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

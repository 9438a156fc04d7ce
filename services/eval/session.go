package eval

import (
	"net/http"
	"time"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// session is what eval knows of the session of a request.
type session struct {
	token   capability.Token
	made    bool // by this request
	version int64
	names   []wire.Record // as sessions sent them
	done    *commit       // what was committed by this request's key before
	busy    bool          // others wait for a moment to commit
	ans     *float64      // the newest value of the history, once it was asked for
}

type commit struct {
	hash    string
	version int64
	outcome string
}

// read takes over what the service sessions answered.
func (s *session) read(records []wire.Record) {
	s.names, s.done, s.busy = nil, nil, false
	for _, record := range records {
		switch record.Name() {
		case "session":
			s.version = record.Int(1)
			s.token = capability.Token(record.Field(2))
		case "variable", "definition":
			s.names = append(s.names, record)
		case "busy":
			s.busy = true
		case "commit":
			s.done = &commit{hash: record.Field(1), version: record.Int(2), outcome: record.Field(3)}
		}
	}
}

// load fetches the session's names. Where the request names no session, its key
// stands for one; without a key the session is made later, when there is an answer
// worth one.
func (s *service) load(asked *asked) (*session, *wire.Problem) {
	if asked.token != "" {
		loaded := &session{token: asked.token}
		if !asked.token.Valid() {
			return nil, capability.Unknown()
		}
		return loaded, s.reload(asked, loaded)
	}
	made := &session{made: true}
	if !asked.keyed {
		return made, nil
	}
	return made, s.make(asked, made)
}

// make makes a session, the same one for the same key of a client.
func (s *service) make(asked *asked, made *session) *wire.Problem {
	key := asked.key
	if !asked.keyed {
		key = "" // nobody can repeat this request: any new token will do
	}
	reply := s.ask(s.Sessions, asked, "POST", "/internal/sessions", nil, wire.KeyHeader, key)
	if reply.Status != http.StatusOK {
		return s.Sessions.Problem(reply)
	}
	made.read(reply.Records)
	return nil
}

// reload fetches the session's names of now.
func (s *service) reload(asked *asked, session *session) *wire.Problem {
	reply := s.ask(s.Sessions, asked, "GET", "/internal/session", nil,
		"Authorization", bearer(session.token), wire.KeyHeader, asked.key)
	if reply.Status != http.StatusOK {
		return s.Sessions.Problem(reply)
	}
	session.read(reply.Records)
	return nil
}

// slot is a moment at which nobody else is to commit to the session.
type slot struct {
	wait time.Duration
}

// queue asks for a slot.
func (s *service) queue(asked *asked, session *session) (*slot, *wire.Problem) {
	body := wire.AppendRecord(nil, "slot", pace(0))
	reply := s.ask(s.Sessions, asked, "POST", "/internal/slot", body, "Authorization", bearer(session.token))
	return s.slot(reply)
}

// pace is how many milliseconds the slot should last that is asked for if a try
// is lost: what it takes from reading a session to committing it, measured on Spin
// with 50 clients, and twice as long for each lost try, since then it takes longer
// here.
func pace(try int) string {
	if try > 2 {
		try = 2
	}
	return wire.FormatInt(15 << try)
}

func (s *service) slot(reply peer.Reply) (*slot, *wire.Problem) {
	for _, record := range reply.Records {
		if record.Name() == "slot" {
			return &slot{wait: time.Duration(record.Int(1)) * time.Millisecond}, nil
		}
	}
	return nil, s.Sessions.Problem(reply)
}

// commit has the changes stored if the session still has the version that they
// were calculated from. Otherwise it returns the slot for another try.
func (s *service) commit(asked *asked, session *session, answers []answer, changes []calc.Change, pace string) (*slot, *wire.Problem) {
	body := wire.AppendRecord(nil, "commit", asked.key, asked.hash, wire.FormatInt(session.version), outcome(answers, session.version+1), pace)
	for _, c := range changes {
		if c.Definition {
			body = wire.AppendRecord(body, "definition", c.Name, c.Source)
		} else {
			body = wire.AppendRecord(body, "variable", c.Name, wire.FormatFloat(c.Value))
		}
	}
	reply := s.ask(s.Sessions, asked, "POST", "/internal/commit", body, "Authorization", bearer(session.token))
	if reply.Status == http.StatusOK {
		return nil, nil
	}
	return s.slot(reply)
}

// last fetches `ans`: the value of the newest entry that has one.
func (s *service) last(asked *asked, session *session) *wire.Problem {
	if session.ans != nil || session.made {
		return nil
	}
	reply := s.ask(s.History, asked, "GET", "/internal/ans", nil, wire.OwnerHeader, session.token.Owner())
	if reply.Status != http.StatusOK {
		return s.History.Problem(reply)
	}
	for _, record := range reply.Records {
		if value, ok := record.Float(1); ok && record.Name() == "ans" {
			session.ans = &value
		}
	}
	return nil
}

// repeated asks history for what was recorded by the client's key, before anything
// is calculated: a request that was answered before is answered the same again,
// whatever the session's names are now, and another one by its key is refused.
// While history cannot be reached, nobody knows, and what is committed is still
// committed once.
func (s *service) repeated(asked *asked, session *session) (*evaluation, *wire.Problem) {
	reply := s.ask(s.History, asked, "GET", "/internal/append", nil,
		wire.OwnerHeader, session.token.Owner(), wire.KeyHeader, asked.key)
	before := &evaluation{session: session}
	if problem := before.read(reply.Records, asked.hash); problem != nil || !before.recorded {
		return nil, problem
	}
	return before, nil
}

// read takes over what history has recorded. Where it knew the request's key
// before, the answers are those of then.
func (e *evaluation) read(records []wire.Record, hash string) *wire.Problem {
	first := int64(0)
	for _, record := range records {
		switch record.Name() {
		case "append":
			if record.Field(1) != hash {
				return wire.Reused()
			}
			e.answers, e.version = readOutcome(record.Field(2))
		case "first":
			first, e.recorded = record.Int(1), true
		}
	}
	e.entries = make([]int64, len(e.answers))
	for i, a := range e.answers {
		if a.problem == nil {
			e.entries[i] = first
			first++
		}
	}
	return nil
}

// record has the answers stored in the history. While history cannot be reached,
// people still get their answers, and are told that they were not recorded.
func (s *service) record(asked *asked, session *session, answers []answer, version int64) (*evaluation, *wire.Problem) {
	body := wire.AppendRecord(nil, "append", asked.key, asked.hash, outcome(answers, version))
	for i, a := range answers {
		if a.problem != nil {
			continue
		}
		value := ""
		if a.kind != calc.Definition {
			value = wire.FormatFloat(a.value)
		}
		body = wire.AppendRecord(body, "entry", a.kind.String(), asked.sources[i], a.parsed, value)
	}
	reply := s.ask(s.History, asked, "POST", "/internal/entries", body, wire.OwnerHeader, session.token.Owner())
	done := &evaluation{session: session, answers: answers, version: version}
	if reply.Failed() || reply.Status == http.StatusTooManyRequests && version != session.version {
		note("history did not take an evaluation")
		return done, nil
	}
	if reply.Status != http.StatusOK {
		return nil, s.History.Problem(reply)
	}
	return done, done.read(reply.Records, asked.hash)
}

// tries is how often a peer that fails is asked the same again. Every question is
// repeatable: it changes nothing, or carries an idempotency key.
const tries = 3

func (s *service) ask(to peer.Peer, asked *asked, method, path string, body []byte, header ...string) peer.Reply {
	for try := 1; ; try++ {
		reply := to.Call(asked.Request, method, path, body, header...)
		if !reply.Failed() || try == tries || s.Now().After(asked.deadline) {
			return reply
		}
		s.Sleep(time.Duration((0.5 + s.Random()) * float64(int64(20*time.Millisecond)<<try)))
	}
}

func bearer(token capability.Token) string {
	if token == "" {
		return ""
	}
	return "Bearer " + string(token)
}

package eval

import (
	"net/http"
	"strconv"
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
	asked   bool          // history was, and takes the entries
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

// after is the session's version once the changes are committed.
func (s *session) after(changes []calc.Change) int64 {
	if len(changes) == 0 {
		return s.version
	}
	return s.version + 1
}

// commit has the answers kept by the request's key, and the changes stored if the
// session still has the version that they were calculated from. Otherwise it
// returns the slot for another try.
func (s *service) commit(asked *asked, session *session, answers []answer, changes []calc.Change, pace string) (*slot, *wire.Problem) {
	body := wire.AppendRecord(nil, "commit", asked.key, asked.hash, wire.FormatInt(session.version),
		outcome(answers, session.after(changes)), pace)
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
	if session.asked || session.made {
		return nil
	}
	reply := s.ask(s.History, asked, "GET", lastPath(asked), nil, wire.OwnerHeader, session.token.Owner())
	if reply.Status != http.StatusOK {
		return s.History.Problem(reply)
	}
	session.asked = true
	for _, record := range reply.Records {
		if value, ok := record.Float(1); ok && record.Name() == "ans" {
			session.ans = &value
		}
	}
	return nil
}

// admit asks history whether it takes the entries, before anything is committed:
// a change that is refused must not have happened. While history cannot be reached,
// people still get their answers.
func (s *service) admit(asked *asked, session *session) *wire.Problem {
	if session.asked || session.made {
		return nil
	}
	session.asked = true
	reply := s.History.Call(asked.Request, "GET", lastPath(asked), nil, wire.OwnerHeader, session.token.Owner())
	if reply.Status == http.StatusTooManyRequests {
		return s.History.Problem(reply)
	}
	return nil
}

// lastPath is the address of `ans` for who is about to record so many entries.
func lastPath(asked *asked) string {
	return "/internal/ans?entries=" + strconv.Itoa(len(asked.sources))
}

// record has the answers stored in the history. While history cannot be reached,
// people still get their answers, and are told that they were not recorded.
func (s *service) record(asked *asked, session *session, answers []answer, version int64) (*evaluation, *wire.Problem) {
	committed := ""
	var entries []byte
	for i, a := range answers {
		if a.problem != nil {
			continue
		}
		if len(a.names) > 0 {
			committed = "committed"
		}
		value := ""
		if a.kind.HasValue() {
			value = wire.FormatFloat(a.value)
		}
		entries = wire.AppendRecord(entries, "entry", a.kind.String(), asked.sources[i], a.parsed, value, a.plot.Text())
	}
	body := append(wire.AppendRecord(nil, "append", asked.key, asked.hash, committed), entries...)
	reply := s.ask(s.History, asked, "POST", "/internal/entries", body, wire.OwnerHeader, session.token.Owner())
	done := &evaluation{session: session, answers: answers, version: version}
	if reply.Failed() {
		note("history did not take an evaluation")
		return done, nil
	}
	if reply.Status != http.StatusOK {
		return nil, s.History.Problem(reply)
	}
	done.read(reply.Records)
	return done, nil
}

// read takes over the ids of the entries that history has recorded.
func (e *evaluation) read(records []wire.Record) {
	next := int64(0)
	for _, record := range records {
		if record.Name() == "first" {
			next, e.recorded = record.Int(1), true
		}
	}
	e.entries = make([]int64, len(e.answers))
	for i, a := range e.answers {
		if a.problem == nil {
			e.entries[i] = next
			next++
		}
	}
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

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
	made    bool // by this request, or one before with its key
	fresh   bool // made just now: it has no history
	version int64
	names   []wire.Record // as sessions sent them
	done    *commit       // what was committed by this request's key before
	busy    bool          // others wait for a moment to commit
	ans     *float64      // the newest value of the history, nil if there is none

	ansKnown bool // history was asked for it
	admitted int  // so many entries, by history
}

type commit struct {
	hash    string
	outcome string
}

// read takes over what the service sessions answered.
func (s *session) read(records []wire.Record) {
	s.names, s.done, s.busy, s.ansKnown, s.ans = nil, nil, false, false, nil
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
			s.done = &commit{hash: record.Field(1), outcome: record.Field(3)}
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
	made.fresh = !asked.keyed
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

// commit has the answers kept by the request's key, and the changes stored if the
// session still has the version that they were calculated from. Otherwise it
// returns the slot for another try.
func (s *service) commit(asked *asked, done *evaluation, changes []calc.Binding, pace string) (*slot, *wire.Problem) {
	before := done.version
	if len(changes) > 0 {
		done.version++
	}
	body := wire.AppendRecord(nil, "commit", asked.key, asked.hash, wire.FormatInt(before), done.outcome(), pace)
	for _, c := range changes {
		if c.IsDefinition() {
			body = wire.AppendRecord(body, "definition", c.Name, c.Source)
		} else {
			body = wire.AppendRecord(body, "variable", c.Name, wire.FormatFloat(c.Value))
		}
	}
	reply := s.ask(s.Sessions, asked, "POST", "/internal/commit", body, "Authorization", bearer(done.session.token))
	if reply.Status == http.StatusOK {
		done.committed = true
		return nil, nil
	}
	return s.slot(reply)
}

// last fetches `ans`: the value of the newest entry that has one.
func (s *service) last(asked *asked, session *session) *wire.Problem {
	if session.ansKnown || session.fresh || session.token == "" {
		return nil
	}
	reply := s.ask(s.History, asked, "GET", lastPath(1), nil, wire.OwnerHeader, session.token.Owner())
	if reply.Status != http.StatusOK {
		return s.History.Problem(reply)
	}
	session.ansKnown, session.admitted = true, 1
	for _, record := range reply.Records {
		if value, ok := record.Float(1); ok && record.Name() == "ans" {
			session.ans = &value
		}
	}
	return nil
}

// admit asks history whether it takes the entries, before anything is committed:
// what is refused must not have happened. While history cannot be reached, people
// still get their answers.
func (s *service) admit(asked *asked, done *evaluation) *wire.Problem {
	count := 0
	for _, a := range done.answers {
		if a.problem == nil {
			count++
		}
	}
	session := done.session
	if count <= session.admitted || session.fresh {
		return nil
	}
	session.admitted = count // or nobody knows, and it is not asked again with every try
	reply := s.History.Call(asked.Request, "GET", lastPath(count), nil, wire.OwnerHeader, session.token.Owner())
	if reply.Status == http.StatusTooManyRequests {
		return s.History.Problem(reply)
	}
	return nil
}

// lastPath is the address of `ans` for who is about to record so many entries.
func lastPath(entries int) string { return "/internal/ans?entries=" + strconv.Itoa(entries) }

// record has the answers stored in the history. While history cannot be reached,
// or refuses what is committed, people still get their answers, and are told that
// they were not recorded. Of a session that was erased meanwhile they get none.
func (s *service) record(asked *asked, done *evaluation) (*evaluation, *wire.Problem) {
	committed := ""
	if done.committed {
		committed = "committed"
	}
	body := wire.AppendRecord(nil, "append", done.id, committed)
	empty := len(body)
	for i, a := range done.answers {
		if a.problem != nil {
			continue
		}
		value := ""
		if a.kind.HasValue() {
			value = wire.FormatFloat(a.value)
		}
		body = wire.AppendRecord(body, "entry", a.kind.String(), asked.sources[i], a.parsed, value, a.plot.Text())
	}
	if len(body) == empty { // an array of which nothing has an answer
		done.entries, done.recorded = make([]int64, len(done.answers)), true
		return done, nil
	}
	reply := s.ask(s.History, asked, "POST", "/internal/entries", body, wire.OwnerHeader, done.session.token.Owner())
	if reply.Failed() || done.committed && reply.Status != http.StatusOK && reply.Status != http.StatusNotFound {
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

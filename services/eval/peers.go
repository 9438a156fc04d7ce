package eval

import (
	"net/http"
	"time"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// load fetches the session of a request. If the request has none, the client's key stands for one.
// Without a key, too, the session is made later, once there is an answer to store in it.
func (s *service) load(req *request) (*wire.State, error) {
	switch {
	case req.token == "" && req.keyed:
		return s.newSession(req)
	case req.token == "":
		return &wire.State{}, nil
	case !req.token.Valid():
		return nil, capability.ErrUnknown
	}
	reply := s.call(s.sessions, req, "GET", "/internal/session", nil,
		"Authorization", "Bearer "+string(req.token), wire.KeyHeader, req.key)
	if reply.Status != http.StatusOK {
		return nil, s.sessions.Problem(reply)
	}
	return wire.ParseState(reply.Message), nil
}

// newSession makes a session, the same one for the same key of a client. If too many are being
// made, or the storage is full, it returns a session without a token, so that people still get
// their answers. A request with a key fails if the storage is full, because its reply must stay the
// same.
func (s *service) newSession(req *request) (*wire.State, error) {
	key := ""
	if req.keyed {
		key = req.key
	}
	reply := s.call(s.sessions, req, "POST", "/internal/sessions", nil, wire.KeyHeader, key,
		wire.ClientHeader, wire.Client(req.Request.Request, s.Variable("trusted_proxy_header")))
	if reply.Status == http.StatusOK {
		return wire.ParseState(reply.Message), nil
	}
	problem := s.sessions.Problem(reply)
	if problem.Code == wire.TooManyRequests || problem.Code == wire.StorageFull && !req.keyed {
		return &wire.State{}, nil
	}
	return nil, problem
}

// changesSession reports whether the version of the session grows. It grows with changes, and with
// replaced entries, so that if two requests replace the same entry, the second is refused.
func (req *request) changesSession(changes []calc.Binding) bool {
	return len(changes) > 0 || req.replaces != nil
}

// commit stores the changes if the session still has the version that they were calculated from,
// and a client's key together with the response. If another commit came first, it returns the
// session as it is now.
func (s *service) commit(req *request, state *wire.State, response *wire.Response,
	changes []calc.Binding) (*wire.State, error) {
	c := wire.Commit{Key: req.key, Hash: req.hash, Version: wire.AnyVersion,
		Entries: int64(len(response.Recording.Entries)), Changes: changes}
	if req.changesSession(changes) {
		c.Version = state.Version
	}
	if req.keyed {
		c.Response = string(response.Append(nil))
	}
	reply := s.call(s.sessions, req, "POST", "/internal/commit", c.Append(nil),
		"Authorization", "Bearer "+state.Token)
	switch {
	case reply.Status == http.StatusNoContent:
		return nil, nil
	case reply.Status == http.StatusConflict:
		return wire.ParseState(reply.Message), nil
	}
	return nil, s.sessions.Problem(reply)
}

// ans fetches the value of the newest entry that has one.
func (s *service) ans(req *request, token string) (wire.Ans, error) {
	if token == "" {
		return wire.Ans{}, nil // there is no session yet
	}
	reply := s.call(s.history, req, "GET", "/internal/ans", nil, wire.OwnerHeader,
		capability.Token(token).Owner())
	if reply.Status != http.StatusOK {
		return wire.Ans{}, s.history.Problem(reply)
	}
	return wire.ParseAns(reply.Message), nil
}

// recorded is what became of the entries of a response in the history.
type recorded struct {
	ok     bool
	first  int64  // id of the first entry
	notice notice // for the client, if they were not recorded
}

// record stores entries in the history. If history cannot be reached, is full, or refuses committed
// entries, clients still get their answers, marked as not recorded. If the session was erased in
// the meantime, they get an error.
func (s *service) record(req *request, token string, m *wire.Recording) (recorded, error) {
	if len(m.Entries) == 0 {
		return recorded{ok: true}, nil
	}
	reply := s.call(s.history, req, "POST", "/internal/entries", m.Append(nil),
		wire.OwnerHeader, capability.Token(token).Owner())
	switch {
	case reply.Status == http.StatusOK:
		return recorded{ok: true, first: wire.ParseRecorded(reply.Message).First}, nil
	case reply.Status == http.StatusInsufficientStorage:
		return recorded{notice: historyFull}, nil
	case reply.Failed(), m.Committed && reply.Status != http.StatusNotFound:
		wire.Log("eval", req.Request.Request, "history did not take an evaluation")
		return recorded{}, nil
	}
	return recorded{}, s.history.Problem(reply)
}

// maxCalls is the most times that a failing peer is called.
const maxCalls = 3

// call calls a peer, and repeats the call if it fails.
func (s *service) call(to peer.Peer, req *request, method, path string, body []byte,
	header ...string) peer.Reply {
	for n := 1; ; n++ {
		reply := to.Call(req.Request.Request, method, path, body, header...)
		if !reply.Failed() || n == maxCalls || s.Now().After(req.deadline) {
			return reply
		}
		s.Sleep(time.Duration((0.5 + s.Random()) * float64(int64(20*time.Millisecond)<<n)))
	}
}

// rates are the exchange rates for one request. They are fetched once, when a program first
// converts money.
type rates struct {
	table   *calc.Rates   // for the scope; nil without a service rates
	fetched bool          // whether successfully or not
	fault   *wire.Problem // why there are none
}

func (s *service) newRates(in *http.Request) *rates {
	r := &rates{}
	if s.rates.Address() == "" {
		return r
	}
	var message *wire.Rates
	r.table = &calc.Rates{}
	r.table.PerEuro = func(currency string) float64 {
		if !r.fetched {
			r.fetched = true
			reply := s.rates.Call(in, "GET", "/internal/rates", nil)
			if reply.Status != http.StatusOK {
				r.fault = s.rates.Problem(reply)
			}
			message = wire.ParseRates(reply.Message)
			r.table.Date, r.table.Source = message.Date, message.Source
		}
		return message.Of(currency)
	}
	return r
}

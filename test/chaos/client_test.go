package chaos

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"abacus/test/contract"

	"github.com/anishathalye/porcupine"
)

// session is one of the sessions that the clients share, with what they have seen in it.
type session struct {
	token string

	mutex       sync.Mutex
	operations  []porcupine.Operation
	expressions map[int]string // by entry
}

// add records an operation. It fails the test if its entry was acknowledged for another expression.
func (s *session) add(t *testing.T, o porcupine.Operation, entry int, expression string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.operations = append(s.operations, o)
	if entry == 0 {
		return
	}
	if other, taken := s.expressions[entry]; taken {
		t.Errorf("entry %d is acknowledged for %q and for %q", entry, other, expression)
	}
	s.expressions[entry] = expression
}

// client sends operations to the sessions, one after the other.
type client struct {
	id       int
	run      *run
	sent     int
	versions map[*session]int // the last seen, for compareAndSet
}

// patience is how long a client goes on repeating one operation.
const patience = 90 * time.Second

func (c *client) loop(t *testing.T) {
	c.versions = map[*session]int{}
	for {
		select {
		case <-c.run.stop:
			return
		default:
		}
		s := c.run.sessions[rand.IntN(len(c.run.sessions))]
		c.sent++
		op := operation{kind: kind(rand.IntN(4)), value: float64(c.id*1_000_000 + c.sent)}
		if op.kind == compareAndSet {
			op.version = c.versions[s]
		}
		c.run.calm.RLock()
		answered := c.apply(t, s, op)
		c.run.calm.RUnlock()
		if !answered {
			return
		}
	}
}

// apply sends an operation, repeats it until its result is known, and records it. It reports
// whether the client can go on.
func (c *client) apply(t *testing.T, s *session, op operation) bool {
	request, expression := c.request(s, op)
	start := time.Now()
	for attempt := 0; ; attempt++ {
		got, known := c.send(t, request, op)
		if known || op.kind == compareAndSet {
			o := porcupine.Operation{ClientId: c.id, Input: op, Output: got,
				Call: start.UnixNano(), Return: time.Now().UnixNano()}
			if got.unknown {
				o.Return = c.run.end.UnixNano()
			}
			if got.version > 0 {
				c.versions[s] = got.version
			}
			s.add(t, o, got.entry, expression)
			if known {
				c.run.succeeded()
			}
			return true
		}
		if time.Since(start) > patience {
			t.Errorf("client %d: no reply to %q within %v", c.id, expression, patience)
			return false
		}
		time.Sleep(min(time.Duration(10<<min(attempt, 5))*time.Millisecond, 200*time.Millisecond))
	}
}

// request returns the request for an operation. Evaluations have a key, so they can be repeated.
func (c *client) request(s *session, op operation) (r contract.Request, expression string) {
	if op.kind == compareAndSet {
		return contract.Request{
			Method: http.MethodPut,
			Target: "/session/variables/x",
			Header: append(contract.Bearer(s.token),
				contract.Field{Name: "If-Match", Value: fmt.Sprintf(`"%d"`, op.version)}),
			Body: strconv.FormatFloat(op.value, 'f', -1, 64),
		}, ""
	}
	switch op.kind {
	case write:
		expression = fmt.Sprintf("x = %.0f", op.value)
	case increment:
		expression = fmt.Sprintf("x = x + 1 # %d.%d", c.id, c.sent)
	case read:
		expression = fmt.Sprintf("x # %d.%d", c.id, c.sent)
	}
	r = contract.Evaluation(s.token, expression)
	key := fmt.Sprintf("%s-%d-%d", s.token, c.id, c.sent)
	r.Header = append(r.Header, contract.Field{Name: "Idempotency-Key", Value: key})
	return r, expression
}

// send sends a request once. The result is known once the reply says what has happened, and the
// history has recorded it.
func (c *client) send(t *testing.T, r contract.Request, op operation) (got result, known bool) {
	suite := c.run.suites[c.id%len(c.run.suites)]
	reply, err := suite.Try(r)
	c.run.count(err, reply.Status)
	if err != nil {
		return result{unknown: true}, false
	}
	suite.Check(t, r, reply)
	switch {
	case reply.Status == http.StatusPreconditionFailed:
		return result{refused: true}, true
	case reply.Status == http.StatusNoContent:
		version, err := strconv.Atoi(strings.Trim(reply.Header.Get("ETag"), `"`))
		if err != nil {
			t.Errorf("%sETag: %v\n%s", r, err, reply)
		}
		return result{register: register{version, op.value}}, true
	case reply.Status == http.StatusOK:
		var body struct {
			Value    float64
			Version  int
			Entry    int
			Recorded bool
		}
		if err := json.Unmarshal([]byte(reply.Body), &body); err != nil {
			t.Errorf("%s%v\n%s", r, err, reply)
		}
		got = result{register: register{body.Version, body.Value}, entry: body.Entry}
		return got, body.Recorded
	case reply.Header.Get("Retry-After") == "":
		t.Errorf("%swas refused without Retry-After:\n%s", r, reply)
	}
	return result{unknown: true}, false
}

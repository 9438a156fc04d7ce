package eval

import (
	"net/http"
	"time"

	"abacus/shared/json"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// The states of a service, and of the app.
const (
	well     = "ok"
	readOnly = "read-only" // it can store nothing new
	degraded = "degraded"  // something does not work
	down     = "down"
)

// oldRates is the age in seconds from which rates count as old: they are published every working
// day and fetched several times a day.
const oldRates = 3 * 24 * 60 * 60

// written is a time before any build of this code: a clock that shows less is wrong.
var written = time.Unix(1793491200, 0) // 2026-11-01

// health is the state of the app: of each service, and the reasons if anything is wrong.
type health struct {
	status   string
	services []byte // members of a JSON object
	reasons  []string
}

// checkHealth answers GET /health. Without sessions or history the app is down, and the status is
// 503. Without rates everything but money works.
func (s *service) checkHealth(w http.ResponseWriter, r *wire.Request) error {
	h := &health{status: well, services: []byte(`"eval":"ok"`)}
	h.check(r, s.sessions, down)
	h.check(r, s.history, down)
	var confirmed []byte
	if s.rates.Address() != "" {
		age := wire.ParseAge(h.check(r, s.rates, degraded).Message)
		if age.Date != "" {
			confirmed = json.AppendString([]byte(`,"rates":{"date":`), age.Date)
			confirmed = append(confirmed, `,"age":`+wire.FormatInt(age.Seconds)+`}`...)
		}
		if age.Seconds > oldRates {
			h.degrade(degraded, "the exchange rates of "+age.Date+" have not been confirmed for "+
				"days: their source is away, or what it sends is refused")
		}
	}
	if s.Now().Before(written) {
		h.degrade(degraded, "the clock is wrong: it is before the day this version was written")
	}
	status := http.StatusOK
	if h.status == down {
		status = http.StatusServiceUnavailable
		wire.Set(w.Header(), "Retry-After", "1")
	}
	body := append(h.appendJSON(nil), confirmed...)
	return wire.Reply(w, status, wire.JSON, append(body, "}\n"...))
}

// check calls the health route of a service. If the service fails, the app is in the given state,
// or degraded if the service merely cannot store anything new.
func (h *health) check(r *wire.Request, p peer.Peer, state string) peer.Reply {
	reply, found := p.Call(r.Request, "GET", "/internal/health", nil), well
	if reply.Status != http.StatusNoContent && reply.Status != http.StatusOK {
		problem := p.Problem(reply)
		found = down
		if problem.Code == wire.StorageFull {
			found, state = readOnly, degraded
		}
		h.degrade(state, p.Name+": "+problem.Detail)
	}
	h.services = append(h.services, `,"`+p.Name+`":"`+found+`"`...)
	return reply
}

// degrade adds a reason why the app is not ok.
func (h *health) degrade(state, reason string) {
	if h.status != down {
		h.status = state
	}
	h.reasons = append(h.reasons, reason)
}

// appendJSON writes the health as an object without its closing brace.
func (h *health) appendJSON(b []byte) []byte {
	b = append(b, `{"status":"`+h.status+`","services":{`...)
	b = append(append(b, h.services...), '}')
	if h.reasons != nil {
		b = json.AppendStrings(json.AppendName(b, "reasons"), h.reasons)
	}
	return b
}

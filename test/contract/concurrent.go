package contract

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// testConcurrent has 50 clients count in one session: every acknowledged step counts exactly once,
// and on a quiet machine nearly all steps are acknowledged. The service gives up a step after ten
// seconds, which a busy machine may exceed.
func (s *Suite) testConcurrent(t *testing.T) {
	const clients, steps, within = 50, 20, 60 * time.Second
	token := s.NewSession(t)
	s.Eval(t, token, "n = 0")
	var wait sync.WaitGroup
	var mutex sync.Mutex
	statuses := map[int]int{}
	start := time.Now()
	for range clients {
		wait.Go(func() {
			for range steps {
				r := Evaluation(token, "n = n + 1")
				reply, err := s.Try(r)
				if err != nil {
					t.Errorf("%s%v", r, err)
					return
				}
				s.Check(t, r, reply)
				mutex.Lock()
				statuses[reply.Status]++
				mutex.Unlock()
			}
		})
	}
	wait.Wait()
	took := time.Since(start)
	t.Logf("%d evaluations by %d clients in %v: %v",
		clients*steps, clients, took.Round(time.Millisecond), statuses)
	if s.Quiet && took > within {
		t.Errorf("it took %v, longer than %v", took, within)
	}
	succeeded := statuses[http.StatusOK]
	switch {
	case s.Quiet && succeeded*100 < clients*steps*99:
		t.Errorf("%d of %d succeeded, fewer than 99 %%", succeeded, clients*steps)
	case succeeded == 0:
		t.Error("no step succeeded, although one of the competing steps always can")
	}
	refused := statuses[http.StatusConflict] + statuses[http.StatusServiceUnavailable]
	if succeeded+refused != clients*steps {
		t.Errorf("some steps neither succeeded nor were refused with 409 or 503: %v", statuses)
	}
	var state struct{ Variables map[string]float64 }
	decodeInto(t, s.Get(t, token, "/session"), http.StatusOK, &state)
	if got := state.Variables["n"]; got != float64(succeeded) {
		t.Errorf("n is %v after %d successes", got, succeeded)
	}
	var p page
	decodeInto(t, s.Get(t, token, "/history?limit=1"), http.StatusOK, &p)
	if len(p.Entries) != 1 || p.Entries[0].ID < succeeded {
		t.Errorf("the newest entry is %s after %d successes", fmt.Sprint(p.Entries), succeeded)
	}
}

package integration

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"abacus/test/contract"
	"abacus/test/harness"
)

// TestKillRepeatedly kills the host ten times during 10,000 evaluations by 64 clients. Those that
// were acknowledged are in the history once, the others at most once.
func TestKillRepeatedly(t *testing.T) {
	const clients, evaluations, kills = 64, 10_000, 10
	options := harness.Options{StateDir: t.TempDir(), Listen: freeAddress(t)}
	host := harness.Start(t, options)
	suite := open(t, host.URL)
	tokens := make([]string, clients)
	acked := make([]map[string]bool, clients) // by expression; false: unknown
	var answered atomic.Int64
	var running sync.WaitGroup
	for i := range clients {
		tokens[i], acked[i] = suite.NewSession(t), map[string]bool{}
		running.Go(func() {
			for n := range evaluations / clients {
				expression := fmt.Sprintf("%d + %d", i, n)
				reply, err := suite.Try(contract.Evaluation(tokens[i], expression))
				acked[i][expression] = err == nil && reply.Status == http.StatusOK
				answered.Add(1)
				if err != nil {
					time.Sleep(10 * time.Millisecond) // the host is restarting
				}
			}
		})
	}
	for kill := range kills {
		for answered.Load() < int64((kill+1)*evaluations/(kills+1)) {
			time.Sleep(time.Millisecond)
		}
		host.Kill()
		host = harness.Start(t, options)
	}
	running.Wait()
	lost := 0
	for i, token := range tokens {
		times := map[string]int{}
		for _, expression := range expressions(t, suite, token) {
			times[expression]++
		}
		for expression, known := range acked[i] {
			switch n := times[expression]; {
			case known && n != 1:
				t.Errorf("client %d: %q was acknowledged, but is %d times in the history", i, expression, n)
			case n > 1:
				t.Errorf("client %d: %q is %d times in the history", i, expression, n)
			}
			if !known {
				lost++
			}
		}
	}
	t.Logf("%d of %d evaluations were not acknowledged", lost, evaluations)
	if lost == 0 || lost > evaluations/2 {
		t.Errorf("%d evaluations were not acknowledged: the kills did not meet the load", lost)
	}
	host.Stop(t)
	checkIntegrity(t, options.StateDir)
}

// freeAddress returns an address on which nobody listened a moment ago.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// Package chaos disrupts hosts while clients use them, and checks that the clients do not notice:
// what was acknowledged is kept, what was repeated happened once, and every session behaves as if
// its requests had been made one after the other.
//
//	make chaos        100 kills, a few minutes
//	go test ./test/chaos -v -kills=1000
package chaos

import (
	"flag"
	"math/rand/v2"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"abacus/test/contract"
	"abacus/test/harness"
)

var kills = flag.Int("kills", 5, "how often to kill the host; there is one other disruption for every ten kills")

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// rounds returns how often to cause a disruption that takes seconds.
func rounds() int { return max(1, *kills/10) }

// TestKill kills the host and starts it again.
func TestKill(t *testing.T) {
	r := startRun(t, t.TempDir(), 1, noLimits)
	for range *kills {
		time.Sleep(time.Duration(50+rand.IntN(400)) * time.Millisecond)
		r.hosts[0].Kill()
		checkIntegrity(t, r.stateDir)
		r.restart(t, 0)
		r.disruptions++
	}
	r.finish(t)
}

// TestTwoHosts kills two hosts that share a state directory, in turn.
func TestTwoHosts(t *testing.T) {
	r := startRun(t, t.TempDir(), 2, noLimits)
	for i := range 2 * rounds() {
		time.Sleep(time.Duration(200+rand.IntN(400)) * time.Millisecond)
		r.hosts[i%2].Kill()
		r.restart(t, i%2)
		r.disruptions++
	}
	r.finish(t)
}

// TestPause stops the host for a while, as a debugger or a suspended machine does.
func TestPause(t *testing.T) {
	r := startRun(t, t.TempDir(), 1, noLimits)
	for range rounds() {
		time.Sleep(500 * time.Millisecond)
		r.hosts[0].Signal(syscall.SIGSTOP)
		time.Sleep(2 * time.Second)
		r.hosts[0].Signal(syscall.SIGCONT)
		r.disruptions++
	}
	time.Sleep(500 * time.Millisecond)
	r.finish(t)
}

// TestForeignLock has another process hold the database's write lock, as a backup does.
func TestForeignLock(t *testing.T) {
	r := startRun(t, t.TempDir(), 1, noLimits)
	db, closeAll := database(t, r.stateDir)
	defer closeAll()
	for range rounds() {
		time.Sleep(500 * time.Millisecond)
		for start := time.Now(); ; time.Sleep(time.Millisecond) {
			_, err := db.Execute("BEGIN IMMEDIATE")
			if err == nil {
				break
			}
			if time.Since(start) > 30*time.Second {
				t.Fatalf("take the write lock: %v", err)
			}
		}
		time.Sleep(3 * time.Second)
		if _, err := db.Execute("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		r.disruptions++
	}
	time.Sleep(500 * time.Millisecond)
	r.finish(t)
}

// TestClock restarts the host with a clock that is wrong, in both directions: by less than the
// window of a rate limit, by a day, and by more than the time after which unused sessions are
// deleted. Keys expire after a day, so no operation is under way when that much time seems to pass.
func TestClock(t *testing.T) {
	r := startRun(t, t.TempDir(), 1, nil)
	set := func(offset time.Duration) {
		r.hosts[0].Kill()
		r.options[0].Env = []string{"SPINHOST_CLOCK=" + offset.String()}
		r.restart(t, 0)
		reply := r.suites[0].Send(t, contract.Request{Method: "POST", Target: "/sessions"})
		if reply.Status != http.StatusCreated {
			t.Errorf("no session is created with the clock off by %v:\n%s", offset, reply)
		}
		r.disruptions++
	}
	const day = 24 * time.Hour
	for range rounds() {
		for _, offset := range []time.Duration{30 * time.Second, -30 * time.Second, 0} {
			time.Sleep(300 * time.Millisecond)
			set(offset)
		}
		for _, offset := range []time.Duration{day + time.Hour, -day, 92 * day, 0, -92 * day, 0} {
			time.Sleep(300 * time.Millisecond)
			r.calm.Lock()
			set(offset)
			r.calm.Unlock()
		}
	}
	r.finish(t)
}

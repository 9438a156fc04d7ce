package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"abacus/shared/sqlite/sqlitetest"
	"abacus/test/contract"
	"abacus/test/harness"
)

const (
	clientCount  = 8
	sessionCount = 6
)

// run is one test: hosts on one state directory, clients that share sessions, and counts of what
// happened to them.
type run struct {
	stateDir string
	options  []harness.Options
	hosts    []*harness.App
	suites   []*contract.Suite
	sessions []*session
	clients  []*client
	stop     chan struct{}
	working  sync.WaitGroup
	calm     sync.RWMutex // held for reading during an operation, for writing while no operation may run
	start    time.Time
	end      time.Time // after every reply

	mutex       sync.Mutex
	statuses    map[string]int
	lastReply   time.Time
	completed   int
	longestGap  time.Duration // between the ends of two operations, of whichever clients
	disruptions int
}

// noLimits are variables that switch off the limits on use.
var noLimits = []string{"limit_sessions=none", "limit_client_sessions=none", "limit_entries=none"}

// startRun starts the hosts, with variables of the app, and the clients.
func startRun(t *testing.T, stateDir string, hosts int, variables []string) *run {
	t.Helper()
	r := &run{
		stateDir: stateDir,
		stop:     make(chan struct{}),
		statuses: map[string]int{},
		start:    time.Now(),
		end:      time.Now().Add(time.Hour),
	}
	flags := []string{"--quiet", "--min-free-disk=-1"}
	for _, v := range variables {
		flags = append(flags, "--variable", v)
	}
	for range hosts {
		r.options = append(r.options, harness.Options{
			StateDir: stateDir,
			Listen:   harness.FreeAddress(t),
			Faulty:   true,
			Flags:    flags,
		})
	}
	r.hosts = make([]*harness.App, hosts)
	for i := range r.hosts {
		r.restart(t, i)
		r.suites = append(r.suites, contract.Open(t, r.hosts[i].URL))
	}
	for range sessionCount {
		reply := r.suites[0].Eval(t, "", "x = 0")
		if reply.Status != http.StatusOK {
			t.Fatalf("no session was created:\n%s", reply)
		}
		r.sessions = append(r.sessions, &session{
			token:       reply.Header.Get("Abacus-Session"),
			expressions: map[int]string{1: "x = 0"},
		})
	}
	r.lastReply = time.Now()
	for id := range clientCount {
		c := &client{id: id, run: r}
		r.clients = append(r.clients, c)
		r.working.Go(func() { c.loop(t) })
	}
	return r
}

// restart starts a host at its address, with further flags.
func (r *run) restart(t *testing.T, host int, flags ...string) {
	t.Helper()
	o := r.options[host]
	o.Flags = slices.Concat(o.Flags, flags)
	r.hosts[host] = harness.Start(t, o)
}

// count counts the outcome of one attempt.
func (r *run) count(err error, status int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	name := fmt.Sprint(status)
	if err != nil {
		name = "no reply"
	}
	r.statuses[name]++
}

// succeeded records that an operation is complete.
func (r *run) succeeded() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	now := time.Now()
	r.completed++
	r.longestGap = max(r.longestGap, now.Sub(r.lastReply))
	r.lastReply = now
}

// minOperations is the number of operations without which a run proves nothing.
const minOperations = 100

// done returns how many operations are complete.
func (r *run) done() int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.completed
}

// finish stops the clients, once they have done enough, and the hosts, and checks everything that
// the clients saw.
func (r *run) finish(t *testing.T) {
	t.Helper()
	for until := time.Now().Add(time.Minute); r.done() < minOperations && time.Now().Before(until); {
		time.Sleep(100 * time.Millisecond)
	}
	close(r.stop)
	r.working.Wait()
	operations := 0
	for i, s := range r.sessions {
		checkModels(t, s.operations)
		operations += len(s.operations)
		stored := history(t, r.suites[0], s.token)
		for entry, expression := range s.expressions {
			if stored[entry] != expression {
				t.Errorf("session %d: entry %d is %q, but %q was acknowledged",
					i, entry, stored[entry], expression)
			}
		}
		seen := map[string]int{}
		for entry, expression := range stored {
			if other, twice := seen[expression]; twice {
				t.Errorf("session %d: %q is entry %d and entry %d", i, expression, other, entry)
			}
			seen[expression] = entry
		}
	}
	for _, host := range r.hosts {
		if code := host.Stop(t); code != 0 {
			t.Errorf("the exit code is %d:\n%s", code, host.Output())
		}
	}
	checkIntegrity(t, r.stateDir)
	var counts []string
	for _, name := range slices.Sorted(maps.Keys(r.statuses)) {
		counts = append(counts, fmt.Sprintf("%s: %d", name, r.statuses[name]))
	}
	t.Logf("%d disruptions, %d operations in %.0f s, longest gap %.2f s; %s",
		r.disruptions, operations, time.Since(r.start).Seconds(), r.longestGap.Seconds(),
		strings.Join(counts, ", "))
	if operations < minOperations {
		t.Errorf("only %d operations: the test proves nothing", operations)
	}
}

// history returns the whole history of a session, expressions by entry.
func history(t *testing.T, suite *contract.Suite, token string) map[int]string {
	t.Helper()
	stored := map[int]string{}
	for target := "/history?limit=200"; target != ""; {
		reply := suite.Get(t, token, target)
		var page struct {
			Entries []struct {
				ID         int
				Expression string
			}
			Next string
		}
		if err := json.Unmarshal([]byte(reply.Body), &page); err != nil || reply.Status != 200 {
			t.Fatalf("read the history: %v\n%s", err, reply)
		}
		for _, e := range page.Entries {
			stored[e.ID] = e.Expression
		}
		target = ""
		if page.Next != "" {
			target = "/history?limit=200&cursor=" + page.Next
		}
	}
	return stored
}

// database opens the app's database directly.
func database(t *testing.T, stateDir string) (db sqlitetest.Bound, closeAll func()) {
	t.Helper()
	file := sqlitetest.Open(filepath.Join(stateDir, "sqlite_db.db"))
	conn := file.Connect()
	return conn.Bind(context.Background()), func() {
		conn.Close()
		file.Close()
	}
}

func checkIntegrity(t *testing.T, stateDir string) {
	t.Helper()
	db, closeAll := database(t, stateDir)
	defer closeAll()
	reply, err := db.Execute("PRAGMA integrity_check")
	if err != nil || len(reply.Rows) != 1 || reply.Rows[0][0].Text() != "ok" {
		t.Errorf("PRAGMA integrity_check: %v, %v", reply.Rows, err)
	}
}

package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"abacus/shared/sqlite/sqlitetest"
	"abacus/test/contract"
	"abacus/test/harness"
)

// acknowledgement is an assignment that the host reported as stored.
type acknowledgement struct {
	name  string
	value float64
	entry int
}

// client sends assignments to its own session and remembers the replies.
type client struct {
	token string
	sent  int
	acked []acknowledgement
}

// run sends assignments until the host no longer answers.
func (c *client) run(t *testing.T, suite *contract.Suite, evaluations int, acked func()) {
	for range evaluations {
		c.sent++
		name, value := fmt.Sprintf("v%d", c.sent), float64(c.sent)/7
		reply, err := suite.Try(contract.Evaluation(c.token, fmt.Sprintf("%s = %d/7", name, c.sent)))
		if err != nil {
			return // the host is dead, and whether this assignment happened is unknown
		}
		var got struct{ Entry int }
		if err := json.Unmarshal([]byte(reply.Body), &got); err != nil || reply.Status != http.StatusOK {
			t.Errorf("an assignment was refused: %v\n%s", err, reply)
			return
		}
		c.acked = append(c.acked, acknowledgement{name, value, got.Entry})
		acked()
	}
}

// TestKill kills the host in the middle of 1,000 evaluations. After a restart, acknowledged
// evaluations are stored once, and the others at most once.
func TestKill(t *testing.T) {
	const clients, evaluations, killAfter = 8, 125, 400
	host := harness.Start(t, harness.Options{})
	suite := open(t, host.URL)
	all := make([]*client, clients)
	for i := range all {
		all[i] = &client{token: suite.NewSession(t)}
	}
	var running sync.WaitGroup
	var count sync.Mutex
	total := 0
	for _, c := range all {
		running.Go(func() {
			c.run(t, suite, evaluations, func() {
				count.Lock()
				defer count.Unlock()
				if total++; total == killAfter {
					go host.Kill()
				}
			})
		})
	}
	running.Wait()
	host.Kill()
	if total < killAfter || total == clients*evaluations {
		t.Fatalf("%d evaluations were acknowledged: the host was not killed in the middle", total)
	}

	host = harness.Start(t, harness.Options{StateDir: host.StateDir})
	suite = open(t, host.URL)
	for i, c := range all {
		c.check(t, suite, i)
	}
	t.Logf("killed after %d of %d evaluations", total, clients*evaluations)
	if code := host.Stop(t); code != 0 {
		t.Errorf("the exit code is %d", code)
	}
	checkIntegrity(t, host.StateDir)
}

// check compares a session with what its client was told.
func (c *client) check(t *testing.T, suite *contract.Suite, number int) {
	t.Helper()
	bindings, history := variables(t, suite, c.token), expressions(t, suite, c.token)
	for _, a := range c.acked {
		if value, present := bindings[a.name]; !present || value != a.value {
			t.Errorf("client %d: %s = %v was acknowledged, but is %v", number, a.name, a.value, value)
		}
		if want := fmt.Sprintf("%s = %s/7", a.name, a.name[1:]); history[a.entry] != want {
			t.Errorf("client %d: entry %d, %q, was acknowledged, but is %q", number, a.entry, want, history[a.entry])
		}
	}
	// One evaluation may have been under way, and may have happened or not.
	if extra := len(history) - 1 - len(c.acked); extra < 0 || extra > 1 {
		t.Errorf("client %d: %d entries after %d acknowledged", number, len(history), len(c.acked))
	}
	seen := make([]string, 0, len(history))
	for _, expression := range history {
		if slices.Contains(seen, expression) {
			t.Errorf("client %d: %q is in the history twice", number, expression)
		}
		seen = append(seen, expression)
	}
}

// database opens the database `default`, whose file must exist.
func database(t testing.TB, stateDir string) sqlitetest.Bound {
	t.Helper()
	path := filepath.Join(stateDir, "sqlite_db.db")
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	file := sqlitetest.Open(path)
	conn := file.Connect()
	t.Cleanup(func() {
		conn.Close()
		file.Close()
	})
	return conn.Bind(context.Background())
}

// checkIntegrity runs an integrity check of the database.
func checkIntegrity(t testing.TB, stateDir string) {
	t.Helper()
	reply, err := database(t, stateDir).Execute("PRAGMA integrity_check")
	if err != nil || reply.Rows[0][0].Text() != "ok" {
		t.Errorf("PRAGMA integrity_check: %v, %v", reply.Rows, err)
	}
}

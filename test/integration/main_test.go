// Package integration tests what takes control of the host: starting, stopping and killing it, and
// replacing the services behind it. It also runs package contract, which tests what clients can
// observe.
package integration

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abacus/test/contract"
	"abacus/test/harness"
)

// suites are the suites of all tests: together they must visit everything that is documented.
var suites []*contract.Suite

// TestMain runs the tests. If all of them ran, it checks that together they saw every documented
// status of every operation.
func TestMain(m *testing.M) {
	code := harness.Main(m)
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		for _, visit := range unvisited() {
			fmt.Fprintf(os.Stderr, "no test saw the status %d of %s\n", visit.Status, visit.Operation)
			code = 1
		}
	}
	os.Exit(code)
}

// unvisited returns the documented statuses that no test saw.
func unvisited() []contract.Visit {
	var missing []contract.Visit
	for _, visit := range suites[0].Documented() {
		if !slices.ContainsFunc(suites, func(s *contract.Suite) bool { return s.Visited(visit) }) {
			missing = append(missing, visit)
		}
	}
	return missing
}

// open returns the contract suite for the instance at a URL.
func open(t testing.TB, url string) *contract.Suite {
	t.Helper()
	suite := contract.Open(t, url)
	suites = append(suites, suite)
	return suite
}

// TestContract runs the contract suite on the embedded host. Afterwards no session token is in the
// output of the host or in the logs of the components.
func TestContract(t *testing.T) {
	a := harness.Start(t, harness.Options{})
	suite := open(t, a.URL)
	suite.Test(t)
	written := a.Output()
	logs, err := filepath.Glob(filepath.Join(a.StateDir, "logs", "*"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no logs in %s: %v", a.StateDir, err)
	}
	for _, log := range logs {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		written += string(text)
	}
	for _, token := range suite.Tokens() {
		if strings.Contains(written, token) {
			t.Errorf("the token %s of a session is in the logs", token)
		}
	}
}

// decode decodes the JSON of a reply, which must have the status.
func decode(t testing.TB, reply contract.Reply, status int, value any) {
	t.Helper()
	if reply.Status != status {
		t.Fatalf("the status is not %d:\n%s", status, reply)
	}
	if err := json.Unmarshal([]byte(reply.Body), value); err != nil {
		t.Fatalf("%v:\n%s", err, reply)
	}
}

// get returns a GET request with a session token.
func get(target, token string) contract.Request {
	return contract.Request{Method: http.MethodGet, Target: target, Header: contract.Bearer(token)}
}

// variables returns the variables of a session.
func variables(t testing.TB, suite *contract.Suite, token string) map[string]float64 {
	t.Helper()
	var state struct{ Variables map[string]float64 }
	decode(t, suite.Send(t, get("/session", token)), http.StatusOK, &state)
	return state.Variables
}

// expressions returns the whole history of a session by entry id.
func expressions(t testing.TB, suite *contract.Suite, token string) map[int]string {
	t.Helper()
	all := map[int]string{}
	for target := "/history?limit=200"; target != ""; {
		var page struct {
			Entries []struct {
				ID         int
				Expression string
			}
			Next string
		}
		decode(t, suite.Send(t, get(target, token)), http.StatusOK, &page)
		for _, entry := range page.Entries {
			if _, twice := all[entry.ID]; twice {
				t.Fatalf("the entry %d is listed twice", entry.ID)
			}
			all[entry.ID] = entry.Expression
		}
		target = ""
		if page.Next != "" {
			target = "/history?limit=200&cursor=" + page.Next
		}
	}
	return all
}

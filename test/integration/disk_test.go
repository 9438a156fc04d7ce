package integration

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"abacus/test/contract"
	"abacus/test/harness"
)

// TestNearlyFullDisk serves a folder whose disk counts as nearly full. Reading, erasing and
// calculating still work; nothing new is stored.
func TestNearlyFullDisk(t *testing.T) {
	a := harness.Start(t, harness.Options{})
	suite := open(t, a.URL)
	token, unused := suite.NewSession(t), suite.NewSession(t)
	for _, source := range []string{"x = 5", "y = 6", "x * y", "f(t) = t^2"} {
		decode(t, suite.Eval(t, token, source), http.StatusOK, &struct{}{})
	}
	created := suite.Send(t, createShare(token))
	decode(t, created, http.StatusCreated, &struct{}{})
	share := strings.TrimPrefix(created.Header.Get("Location"), "/s/")
	a.Stop(t)

	a = harness.Start(t, harness.Options{StateDir: a.StateDir,
		Flags: []string{"--min-free-disk", strconv.Itoa(math.MaxInt64)}})
	suite = open(t, a.URL)
	send := func(method, target, body string) contract.Reply {
		return suite.Send(t, contract.Request{Method: method, Target: target,
			Header: contract.Bearer(token), Body: body})
	}

	var health struct {
		Status   string
		Services map[string]string
	}
	decode(t, send("GET", "/health", ""), http.StatusOK, &health)
	if health.Status != "degraded" || health.Services["sessions"] != "read-only" ||
		health.Services["history"] != "read-only" {
		t.Errorf("the health is %v", health)
	}

	for _, target := range []string{"/session", "/history", "/shares", "/shares/" + share,
		"/s/" + share, "/eval?expr=1"} {
		if reply := send("GET", target, ""); reply.Status != http.StatusOK {
			t.Errorf("GET %s:\n%s", target, reply)
		}
	}
	withoutSession(t, suite.Eval(t, "", "6 * 7"))
	var got struct {
		Result   float64
		Recorded bool
	}
	decode(t, suite.Eval(t, token, "x * 8"), http.StatusOK, &got)
	if got.Result != 40 || got.Recorded {
		t.Errorf("the reply is %+v", got)
	}

	for _, r := range []struct{ method, target, body string }{
		{"POST", "/eval", "x = 1"},
		{"POST", "/eval", "g(t) = t"},
		{"PUT", "/session/variables/x", "1"},
		{"POST", "/sessions", ""},
		{"POST", "/shares/" + share + "/fork", ""},
	} {
		reply := send(r.method, r.target, r.body)
		checkRefused(t, reply, http.StatusServiceUnavailable, "storage-full")
		if reply.Header.Get("Retry-After") == "" {
			t.Errorf("no Retry-After:\n%s", reply)
		}
	}
	checkRefused(t, suite.Send(t, createShare(token)), http.StatusServiceUnavailable, "storage-full")

	for _, target := range []string{"/clear/x", "/history/1", "/shares/" + share, "/history",
		"/clear", "/session"} {
		if reply := send("DELETE", target, ""); reply.Status != http.StatusNoContent {
			t.Errorf("DELETE %s:\n%s", target, reply)
		}
	}
	token = unused
	if reply := send("DELETE", "/session", ""); reply.Status != http.StatusNoContent {
		t.Errorf("the session without a history was not erased:\n%s", reply)
	}
	if !strings.Contains(a.Output(), "nothing new is stored") {
		t.Errorf("the operator is not told:\n%s", a.Output())
	}
}

package integration

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"abacus/test/contract"
	"abacus/test/harness"
)

// start starts the app with variables, each NAME=VALUE.
func start(t testing.TB, variables ...string) *contract.Suite {
	t.Helper()
	var flags []string
	for _, variable := range variables {
		flags = append(flags, "--variable", variable)
	}
	return open(t, harness.Start(t, harness.Options{Flags: flags}).URL)
}

// checkRefused checks that a reply is a problem with this status and code. A 429 must say when to
// try again, which is within the minute over which requests are counted.
func checkRefused(t testing.TB, reply contract.Reply, status int, code string) {
	t.Helper()
	var problem struct{ Code string }
	decode(t, reply, status, &problem)
	if problem.Code != code {
		t.Errorf("the code is not %s:\n%s", code, reply)
	}
	if status == http.StatusTooManyRequests {
		seconds, err := strconv.Atoi(reply.Header.Get("Retry-After"))
		if err != nil || seconds < 1 || seconds > 61 {
			t.Errorf("Retry-After is %q", reply.Header.Get("Retry-After"))
		}
	}
}

// TestLimitSessions creates as many sessions in a minute as the limit allows.
func TestLimitSessions(t *testing.T) {
	suite := start(t, "limit_sessions=3")
	create := contract.Request{Method: http.MethodPost, Target: "/sessions"}
	token := suite.NewSession(t)
	for range 2 {
		decode(t, suite.Send(t, create), http.StatusCreated, &struct{}{})
	}
	checkRefused(t, suite.Send(t, create), http.StatusTooManyRequests, "too-many-requests")
	withoutSession(t, suite.Eval(t, "", "1"))
	decode(t, suite.Eval(t, token, "1"), http.StatusOK, &struct{}{})
}

// withoutSession checks that a reply has a result but no session, and says so.
func withoutSession(t testing.TB, reply contract.Reply) {
	t.Helper()
	var got struct {
		Result  float64
		Session *string
		Notices []struct{ Code string }
	}
	decode(t, reply, http.StatusOK, &got)
	if got.Session != nil || len(got.Notices) != 1 || got.Notices[0].Code != "no-session" {
		t.Errorf("the reply is not one without a session:\n%s", reply)
	}
}

// TestLimitClientSessions creates as many sessions as one client may. Clients are told apart by
// their addresses; behind a proxy, by those that the proxy passes on.
func TestLimitClientSessions(t *testing.T) {
	for _, header := range []string{"", "X-Forwarded-For"} {
		suite := start(t, "limit_client_sessions=1", "trusted_proxy_header="+header)
		evaluate := func(address string) contract.Reply {
			r := contract.Evaluation("", "1")
			r.Header = append(r.Header, contract.Field{Name: "X-Forwarded-For", Value: address})
			return suite.Send(t, r)
		}
		decode(t, evaluate("192.0.2.1"), http.StatusOK, &struct{ Session string }{})
		withoutSession(t, evaluate("192.0.2.1"))
		if header == "" {
			withoutSession(t, evaluate("192.0.2.2"))
			continue
		}
		var got struct{ Session string }
		if decode(t, evaluate("192.0.2.2"), http.StatusOK, &got); got.Session == "" {
			t.Error("another client behind the proxy gets no session")
		}
	}
}

// TestLimitBytes fills a history. Evaluations then get a reply but are not stored.
func TestLimitBytes(t *testing.T) {
	suite := start(t, "limit_bytes=850")
	token := suite.NewSession(t)
	var got struct {
		Recorded bool
		Notices  []struct{ Code string }
	}
	for range 10 {
		decode(t, suite.Eval(t, token, "1"), http.StatusOK, &got)
	}
	if got.Recorded || len(got.Notices) != 1 || got.Notices[0].Code != "history-full" {
		t.Errorf("the reply is %+v", got)
	}
	checkRefused(t, suite.Send(t, createShare(token)), http.StatusInsufficientStorage, "history-full")
}

// TestLimitSessionsRepeat repeats requests that created sessions, after the limit is reached: they
// get the same replies.
func TestLimitSessionsRepeat(t *testing.T) {
	suite := start(t, "limit_sessions=2")
	key := contract.Field{Name: "Idempotency-Key", Value: "7f1d8a0e-2f54-4c3e-9b6a-0e3f1f6f8a21"}
	for _, request := range []contract.Request{
		contract.Evaluation("", "6 * 7"),
		{Method: http.MethodPost, Target: "/sessions"},
	} {
		request.Header = append(request.Header, key)
		first := suite.Send(t, request)
		if again := suite.Send(t, request); first.Status/100 != 2 || again.Body != first.Body {
			t.Errorf("the replies differ:\n%s\n%s", first, again)
		}
	}
	withoutSession(t, suite.Eval(t, "", "1"))
}

// TestLimitEntries evaluates as often in a minute as the limit allows. Further evaluations are
// refused before anything is stored, even if the history was erased in between. Other sessions are
// not affected.
func TestLimitEntries(t *testing.T) {
	suite := start(t, "limit_entries=3")
	token := suite.NewSession(t)
	for i := range 3 { // these commits and the first entry are one more than the entries of the history
		decode(t, suite.Eval(t, token, fmt.Sprintf("a = %d", i)), http.StatusOK, &struct{}{})
	}
	for _, source := range []string{"a", "a = 7", "a = ans + 1", "f(x) = x"} {
		checkRefused(t, suite.Eval(t, token, source), http.StatusTooManyRequests, "too-many-requests")
	}
	if names := variables(t, suite, token); len(names) != 1 || names["a"] != 2 {
		t.Errorf("the names are %v", names)
	}
	if entries := expressions(t, suite, token); len(entries) != 4 {
		t.Errorf("%d entries are stored: %v", len(entries), entries)
	}
	erase := contract.Request{Method: http.MethodDelete, Target: "/history", Header: contract.Bearer(token)}
	if reply := suite.Send(t, erase); reply.Status != http.StatusNoContent {
		t.Errorf("the history was not erased:\n%s", reply)
	}
	checkRefused(t, suite.Eval(t, token, "a"), http.StatusTooManyRequests, "too-many-requests")
	decode(t, suite.Eval(t, suite.NewSession(t), "1"), http.StatusOK, &struct{}{})
}

// TestLimitNames sets as many variables and functions as the limit allows, in every way there is.
func TestLimitNames(t *testing.T) {
	suite := start(t, "limit_names=2")
	token := suite.NewSession(t)
	put := func(name string) contract.Reply {
		return suite.Send(t, contract.Request{Method: http.MethodPut, Target: "/session/variables/" + name,
			Header: contract.Bearer(token), Body: "1"})
	}
	decode(t, suite.Eval(t, token, "a = 1; f(x) = x"), http.StatusOK, &struct{}{})
	checkRefused(t, put("b"), http.StatusUnprocessableEntity, "too-many-names")
	checkRefused(t, suite.Eval(t, token, "b = 1"), http.StatusUnprocessableEntity, "too-many-names")
	decode(t, suite.Eval(t, token, "a = 2; f = 3"), http.StatusOK, &struct{}{})
	if reply := put("a"); reply.Status != http.StatusNoContent {
		t.Errorf("a new value of an existing variable is refused:\n%s", reply)
	}
	if names := variables(t, suite, token); len(names) != 2 || names["a"] != 1 || names["f"] != 3 {
		t.Errorf("the names are %v", names)
	}
}

// TestLimitShares creates as many shares as the limit allows. Revoking one makes room.
func TestLimitShares(t *testing.T) {
	suite := start(t, "limit_shares=2", "limit_sessions=2")
	token := suite.NewSession(t)
	decode(t, suite.Eval(t, token, "1"), http.StatusOK, &struct{}{})
	var created struct{ Share string }
	for range 2 {
		decode(t, suite.Send(t, createShare(token)), http.StatusCreated, &created)
	}
	checkRefused(t, suite.Send(t, createShare(token)), http.StatusUnprocessableEntity, "too-many-shares")
	fork := contract.Request{Method: http.MethodPost, Target: "/shares/" + created.Share + "/fork"}
	decode(t, suite.Send(t, fork), http.StatusCreated, &struct{}{})
	checkRefused(t, suite.Send(t, fork), http.StatusTooManyRequests, "too-many-requests")
	revoke := contract.Request{Method: http.MethodDelete, Target: "/shares/" + created.Share, Header: contract.Bearer(token)}
	if reply := suite.Send(t, revoke); reply.Status != http.StatusNoContent {
		t.Errorf("the share was not revoked:\n%s", reply)
	}
	decode(t, suite.Send(t, createShare(token)), http.StatusCreated, &created)
}

// createShare returns the request for a share of all entries.
func createShare(token string) contract.Request {
	return contract.Request{Method: http.MethodPost, Target: "/shares", Body: `{"entries": "all"}`,
		Header: append(contract.Bearer(token), contract.Field{Name: "Content-Type", Value: "application/json"})}
}

// TestNoLimits switches all limits off.
func TestNoLimits(t *testing.T) {
	suite := start(t, "limit_sessions=none", "limit_client_sessions=none", "limit_entries=none", "limit_names=none",
		"limit_shares=none", "limit_bytes=none")
	token := suite.NewSession(t)
	decode(t, suite.Eval(t, token, "a = 1"), http.StatusOK, &struct{}{})
	decode(t, suite.Send(t, createShare(token)), http.StatusCreated, &struct{}{})
}

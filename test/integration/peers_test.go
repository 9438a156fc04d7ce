package integration

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"abacus/test/contract"
)

// fakePeer replaces a service, at a URL in a variable of the app. It gives fixed replies and
// records its requests.
type fakePeer struct {
	*httptest.Server
	mutex    sync.Mutex
	routes   map[string]peerReply // by method and path
	requests []*http.Request
}

// peerReply is a status and a message between services.
type peerReply struct {
	status int
	body   string
}

// messages is the content type of messages between services.
const messages = "text/tab-separated-values; charset=utf-8"

func newPeer(t testing.TB, routes map[string]peerReply) *fakePeer {
	p := &fakePeer{routes: routes}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.requests = append(p.requests, r)
		reply, known := p.routes[r.Method+" "+r.URL.Path]
		if !known {
			reply.status = http.StatusInternalServerError // as Spin answers after a trap
		}
		w.Header().Set("Content-Type", messages)
		w.WriteHeader(reply.status)
		w.Write([]byte(reply.body))
	}))
	t.Cleanup(p.Close)
	return p
}

// set changes the reply of a route.
func (p *fakePeer) set(route string, reply peerReply) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.routes[route] = reply
}

// paths lists the methods and paths of the requests, in order.
func (p *fakePeer) paths() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var paths []string
	for _, r := range p.requests {
		paths = append(paths, r.Method+" "+r.URL.Path)
	}
	return paths
}

const someToken = "AAAAAAAAAAAAAAAAAAAAAA"

// TestConflict checks that an evaluation that loses every race for the session reports a conflict.
func TestConflict(t *testing.T) {
	sessions := newPeer(t, map[string]peerReply{
		"GET /internal/session": {200, "session\t7\t" + someToken + "\nvariable\tn\t1\n"},
		"POST /internal/commit": {409, "session\t8\t" + someToken + "\nvariable\tn\t2\n"},
	})
	suite := start(t, "sessions_url="+sessions.URL)
	checkRefused(t, suite.Eval(t, someToken, "n = n + 1"), http.StatusConflict, "conflict")
	decode(t, suite.Eval(t, someToken, "n + 1"), http.StatusOK, &struct{}{})
}

// TestSessionsDown evaluates while the service sessions fails: only requests without a session
// succeed.
func TestSessionsDown(t *testing.T) {
	sessions := newPeer(t, map[string]peerReply{})
	suite := start(t, "sessions_url="+sessions.URL)
	for _, token := range []string{"", someToken} {
		reply := suite.Eval(t, token, "1")
		checkRefused(t, reply, http.StatusServiceUnavailable, "service-unavailable")
		if reply.Header.Get("Retry-After") == "" {
			t.Errorf("Retry-After is missing:\n%s", reply)
		}
	}
	decode(t, suite.Send(t, get("/eval?expr=1", "")), http.StatusOK, &struct{}{})
	var health struct {
		Status   string
		Services map[string]string
	}
	decode(t, suite.Send(t, get("/health", "")), http.StatusServiceUnavailable, &health)
	if health.Status != "down" || health.Services["sessions"] != "down" || health.Services["history"] != "ok" {
		t.Errorf("the health is %v", health)
	}
}

// TestHistoryDown evaluates while the service history fails: evaluations succeed and are not
// recorded.
func TestHistoryDown(t *testing.T) {
	history := newPeer(t, map[string]peerReply{})
	suite := start(t, "history_url="+history.URL)
	var got struct {
		Session  string
		Value    float64
		Entry    *int
		Recorded bool
	}
	decode(t, suite.Eval(t, "", "a = 7"), http.StatusOK, &got)
	if got.Value != 7 || got.Recorded || got.Entry != nil {
		t.Errorf("the reply is %+v", got)
	}
	if a := variables(t, suite, got.Session)["a"]; a != 7 {
		t.Errorf("a is %v", a)
	}
}

// TestEraseInTwoSteps erases a session while the service history fails: the request can be repeated
// until history has done its part.
func TestEraseInTwoSteps(t *testing.T) {
	history := newPeer(t, map[string]peerReply{"POST /internal/entries": {200, "recorded\t1\n"}})
	suite := start(t, "history_url="+history.URL)
	token := suite.NewSession(t)
	erase := contract.Request{Method: http.MethodDelete, Target: "/session", Header: contract.Bearer(token)}
	checkRefused(t, suite.Send(t, erase), http.StatusServiceUnavailable, "service-unavailable")
	checkRefused(t, suite.Send(t, get("/session", token)), http.StatusNotFound, "unknown-session")
	checkRefused(t, suite.Send(t, erase), http.StatusServiceUnavailable, "service-unavailable")
	history.set("POST /internal/erase", peerReply{status: http.StatusNoContent})
	if reply := suite.Send(t, erase); reply.Status != http.StatusNoContent {
		t.Errorf("the session is not erased:\n%s", reply)
	}
}

// TestHop checks what one service sends another: the owner and the ids of the request and of its
// trace, and nothing else that came from the client.
func TestHop(t *testing.T) {
	history := newPeer(t, map[string]peerReply{"POST /internal/entries": {200, "recorded\t1\n"}})
	suite := start(t, "history_url="+history.URL, "peer_token=secret")
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	request := contract.Evaluation("", "1")
	request.Header = []contract.Field{{Name: "traceparent", Value: trace}, {Name: "X-Request-Id", Value: "one"},
		{Name: "Cookie", Value: "a=b"}, {Name: "Abacus-Owner", Value: "me"}, {Name: "Abacus-Peer-Token", Value: "guess"}}
	decode(t, suite.Send(t, request), http.StatusOK, &struct{}{})
	if got, want := history.paths(), []string{"POST /internal/entries"}; !slices.Equal(got, want) {
		t.Fatalf("the hops are %q, want %q", got, want)
	}
	header := history.requests[0].Header
	for name, want := range map[string]string{"X-Request-Id": "one", "Abacus-Peer-Token": "secret", "Abacus-Hop": "1", "Cookie": "", "Authorization": ""} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if owner := header.Get("Abacus-Owner"); len(owner) != 64 {
		t.Errorf("Abacus-Owner is %q, not a SHA-256 in hexadecimal", owner)
	}
	if got := header.Get("Traceparent"); len(got) != len(trace) || got[:35] != trace[:35] {
		t.Errorf("the trace %q does not continue %q", got, trace)
	}
}

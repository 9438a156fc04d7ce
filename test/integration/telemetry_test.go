package integration

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"abacus/spinhost/telemetry/otlptest"
	"abacus/test/contract"
	"abacus/test/harness"
)

// The trace of a client, the example of the W3C recommendation on trace context.
const (
	traceID   = "0af7651916cd43dd8448eb211c80319c"
	clientID  = "b7ad6b7169203331"
	traceLine = "00-" + traceID + "-" + clientID + "-01"
)

// traced sends an assignment to an existing session as part of a client's trace, and returns the
// spans of that trace.
func traced(t *testing.T, options harness.Options, receiver *otlptest.Receiver) []otlptest.Span {
	t.Helper()
	options.Env = receiver.Env()
	suite := open(t, harness.Start(t, options).URL)
	request := contract.Evaluation(suite.NewSession(t), "rate = 4.5%")
	request.Header = append(request.Header, contract.Field{Name: "traceparent", Value: traceLine},
		contract.Field{Name: "tracestate", Value: "vendor=x"})
	decode(t, suite.Send(t, request), http.StatusOK, &struct{}{})
	return receiver.Root(t, traceID)
}

// TestTrace evaluates an assignment with a client's traceparent: one trace has the three hops in
// their order, and every statement below the component that executed it.
func TestTrace(t *testing.T) {
	receiver := otlptest.Start(t)
	spans := traced(t, harness.Options{}, receiver)
	root := spans[0]
	if root.Parent != clientID || root.TraceState != "vendor=x" {
		t.Errorf("the parent is %q with the state %q, want the client's", root.Parent, root.TraceState)
	}
	for name, want := range map[string]string{"http.request.method": "POST", "http.route": "/eval",
		"url.path": "/eval", "url.query": "", "http.response.status_code": "200"} {
		if got, ok := root.Attributes[name]; !ok || got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	got := otlptest.Tree(spans, func(s otlptest.Span) string {
		switch s.Name {
		case "spin_config.get", "spin_sqlite.open":
			return ""
		case "spin_sqlite.execute":
			if s.Attributes["query"] == "" || s.Attributes["db.system.name"] != "sqlite" {
				t.Errorf("the attributes of a statement are %v", s.Attributes)
			}
			return "" // counted below
		}
		return strings.TrimSpace(s.Name + " " + s.Attributes["url.full"])
	})
	const want = `POST /eval
  execute_wasm_component eval
    GET http://sessions.spin.internal/internal/session
      execute_wasm_component sessions
    POST http://sessions.spin.internal/internal/commit
      execute_wasm_component sessions
    POST http://history.spin.internal/internal/entries
      execute_wasm_component history
`
	if got != want {
		t.Errorf("the trace is\n%s\nwant\n%s", got, want)
	}
	checkStatements(t, spans)
}

// checkStatements checks that every component but eval, which stores nothing, executed a statement.
func checkStatements(t *testing.T, spans []otlptest.Span) {
	t.Helper()
	statements := map[string]int{} // by the id of the parent
	for _, s := range spans {
		if s.Name == "spin_sqlite.execute" {
			statements[s.Parent]++
		}
	}
	for _, s := range spans {
		component, ran := strings.CutPrefix(s.Name, "execute_wasm_component ")
		if ran && (statements[s.ID] > 0) == (component == "eval") {
			t.Errorf("%s executed %d statements", component, statements[s.ID])
		}
		delete(statements, s.ID)
	}
	if len(statements) > 0 {
		t.Errorf("statements belong to no component: %v", statements)
	}
}

// TestTraceAsOnSpin compares the trace of an assignment with Spin's. The comment of package
// telemetry lists the intended differences.
func TestTraceAsOnSpin(t *testing.T) {
	if _, err := exec.LookPath("spin"); err != nil {
		t.Skip("spin is not on PATH")
	}
	describe := func(s otlptest.Span) string {
		if s.Name == "spin_variables.get" {
			return ""
		}
		text := fmt.Sprintf("%s %s %s", s.Kind, s.Name, s.Status.GetCode())
		for _, name := range []string{"key", "database", "db.system.name", "query", "url.full",
			"server.address", "http.request.method", "http.route", "url.path", "url.query",
			"network.protocol.name"} {
			if value, ok := s.Attributes[name]; ok {
				text += " " + name + "=" + value
			}
		}
		return text
	}
	spin := otlptest.Tree(traced(t, harness.Options{Spin: true}, otlptest.Start(t)), describe)
	ours := otlptest.Tree(traced(t, harness.Options{}, otlptest.Start(t)), describe)
	if ours != spin {
		t.Errorf("the spans are\n%s\non Spin they are\n%s", ours, spin)
	}
	t.Logf("the spans of an assignment:\n%s", ours)
}

// TestTelemetryKeepsSecrets evaluates, shares and reads with secrets in every place that may hold
// one: nothing that is exported or logged contains any of them.
func TestTelemetryKeepsSecrets(t *testing.T) {
	receiver := otlptest.Start(t)
	app := harness.Start(t, harness.Options{Env: receiver.Env(),
		Flags: []string{"--access-log", "--log-format", "json", "--metrics", "127.0.0.1:0",
			"--variable", "peer_token=guarded-peer-token"}})
	suite := open(t, app.URL)
	token := suite.NewSession(t)
	secrets := []string{token, "guarded-peer-token", "hidden_name", "123456789.25", "77.5*77.5"}
	decode(t, suite.Eval(t, token, "hidden_name = 123456789.25"), http.StatusOK, &struct{}{})
	share := contract.Request{Method: http.MethodPost, Target: "/shares", Body: `{"entries":"all"}`,
		Header: append(contract.Bearer(token), contract.Field{Name: "Content-Type", Value: "application/json"})}
	reply := suite.Send(t, share)
	shared := strings.TrimPrefix(reply.Header.Get("Location"), "/s/")
	if reply.Status != http.StatusCreated || len(shared) < 20 {
		t.Fatalf("nothing was shared:\n%s", reply)
	}
	secrets = append(secrets, shared)
	for _, target := range []string{"/s/" + shared, "/shares/" + shared, "/eval?expr=77.5*77.5",
		"/session?session=" + token, "/history?q=hidden_name", "/nowhere/" + token, "/random?min=a&max=" + token} {
		suite.Send(t, get(target, token))
	}
	suite.Send(t, contract.Request{Method: http.MethodDelete, Target: "/clear/hidden_name", Header: contract.Bearer(token)})
	const last = "ffffffffffffffffffffffffffffff01"
	suite.Send(t, contract.Request{Method: http.MethodGet, Target: "/functions",
		Header: []contract.Field{{Name: "traceparent", Value: "00-" + last + "-" + clientID + "-01"}}})
	receiver.Root(t, last)
	otlptest.Wait(t, "metrics of a share", func() bool { return receiver.Contains("/shares/:share") })
	if code := app.Stop(t); code != 0 {
		t.Errorf("the exit code is %d", code)
	}
	written := app.Output()
	if !strings.Contains(written, `"route":"/shares/:share"`) {
		t.Errorf("the log has no line for a request:\n%s", written)
	}
	logs, err := filepath.Glob(filepath.Join(app.StateDir, "logs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, log := range logs {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		written += string(text)
	}
	for _, secret := range secrets {
		if strings.Contains(written, secret) {
			t.Errorf("%s is in the log:\n%s", secret, written)
		}
		if receiver.Contains(secret) {
			t.Errorf("%s is exported", secret)
		}
	}
}

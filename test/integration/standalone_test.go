package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"abacus/spinhost/manifest"
	"abacus/test/contract"
	"abacus/test/harness"
)

// TestStandaloneManifests compares each service's own manifest with the app's. The component is the
// same, but the secret and the URLs (except that of rates) are required, and the internal routes
// are public, for the other services.
func TestStandaloneManifests(t *testing.T) {
	whole := load(t, "spin.toml")
	for _, name := range services {
		alone := load(t, standalone(name))
		if got, want := facts(alone, name), facts(whole, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is not the app's component:\n%v\n%v", standalone(name), got, want)
		}
		routes := routesOf(whole, name)
		if name != "eval" && name != "web" {
			routes = append(routes, "/internal/...")
		}
		if got := routesOf(alone, name); !slices.Equal(got, routes) {
			t.Errorf("%s: the routes are %q, want %q", standalone(name), got, routes)
		}
		given := map[string]manifest.Variable{}
		for _, v := range whole.Variables {
			isURL := strings.HasSuffix(v.Name, "_url")
			v.Required = v.Name == "peer_token" || isURL && v.Name != "rates_url"
			if v.Required || isURL {
				v.Default = ""
			}
			given[v.Name] = v
		}
		for _, v := range alone.Variables {
			if v != given[v.Name] {
				t.Errorf("%s: the variable is %+v, want %+v", standalone(name), v, given[v.Name])
			}
		}
	}
}

// facts returns what defines a component, wherever its manifest is.
func facts(m *manifest.Manifest, id string) []any {
	c := m.Component(id)
	var files []manifest.Files
	for _, f := range c.Files {
		f.Source = filepath.Join(m.Dir, f.Source)
		files = append(files, f)
	}
	return []any{
		c.Source, c.Variables, c.Environment, files,
		c.AllowedOutboundHosts, c.KeyValueStores, c.SQLiteDatabases, *c.Build,
	}
}

func routesOf(m *manifest.Manifest, id string) []string {
	var routes []string
	for _, trigger := range m.Triggers {
		if trigger.Component == id {
			routes = append(routes, trigger.Route)
		}
	}
	return routes
}

// TestStandalone runs the contract suite on a host for each service.
func TestStandalone(t *testing.T) {
	open(t, deploy(t).url).Test(t)
}

// TestStandaloneInternal calls the internal routes without the secret, with a wrong one, and with
// headers as of service chaining.
func TestStandaloneInternal(t *testing.T) {
	d := deploy(t)
	suite := open(t, d.url)
	for service, target := range map[string]string{
		"sessions": "/internal/session",
		"history":  "/internal/ans",
		"rates":    "/internal/rates",
	} {
		alone := suite.At(t, "http://"+d.addresses[service])
		for _, route := range []string{target, "/internal/health", "/internal/nothing"} {
			for _, token := range []string{"", "guess", secret + "x", secret[:5], strings.ToUpper(secret)} {
				r := get(route, someToken)
				r.Header = append(r.Header, contract.Field{Name: "spin-client-addr", Value: "0.0.0.0:0"})
				if token != "" {
					r.Header = append(r.Header, contract.Field{Name: "Abacus-Peer-Token", Value: token})
				}
				if reply := alone.Send(t, r); reply.Status != http.StatusUnauthorized {
					t.Errorf("%s, peer token %q: the status is not 401:\n%s", service, token, reply)
				}
			}
		}
		r := get("/internal/health", "")
		r.Header = []contract.Field{{Name: "Abacus-Peer-Token", Value: secret}}
		if reply := alone.Send(t, r); reply.Status != http.StatusNoContent {
			t.Errorf("%s refuses the right peer token:\n%s", service, reply)
		}
	}
}

// TestStandaloneRequired checks that no service starts without its required variables.
func TestStandaloneRequired(t *testing.T) {
	for _, name := range services {
		for _, variable := range load(t, standalone(name)).Variables {
			if !variable.Required {
				continue
			}
			text, code := harness.Refuse(t, harness.Options{Manifest: filepath.Join(harness.Root(), standalone(name))})
			if code == 0 || !strings.Contains(text, variable.Name) {
				t.Errorf("%s starts without %s: exit code %d\n%s", name, variable.Name, code, text)
			}
		}
	}
}

// TestReplace restarts one service after the other while clients count: no acknowledged step is
// lost, and no step happens twice.
func TestReplace(t *testing.T) {
	d := deploy(t)
	suite := open(t, d.url)
	counters := make([]*counter, 4)
	done := make(chan bool)
	var running sync.WaitGroup
	stop := sync.OnceFunc(func() {
		close(done)
		running.Wait()
	})
	defer stop()
	for i := range counters {
		c := &counter{token: suite.NewSession(t)}
		counters[i] = c
		suite.Eval(t, c.token, "n = 0")
		running.Go(func() { c.run(t, suite, done) })
	}
	for _, name := range []string{"eval", "sessions", "history", "eval"} {
		for _, c := range counters {
			c.waitForSteps(t)
		}
		d.hosts[name].Stop(t)
		time.Sleep(100 * time.Millisecond) // so that clients notice the gap
		d.start(t, name)
	}
	for _, c := range counters {
		c.waitForSteps(t)
	}
	stop()
	for i, c := range counters {
		if n := int64(variables(t, suite, c.token)["n"]); n != c.steps.Load() {
			t.Errorf("client %d: n is %d after %d acknowledged steps", i, n, c.steps.Load())
		}
		times := map[int]int{}
		for _, expression := range expressions(t, suite, c.token) {
			var step int
			if _, err := fmt.Sscanf(expression, "n = n + 1 # %d", &step); err == nil {
				times[step]++
			}
		}
		for step := range int(c.steps.Load()) {
			if n := times[step]; n > 1 || n == 0 && !c.unrecorded[step] {
				t.Errorf("client %d: step %d is %d times in the history", i, step, n)
			}
		}
	}
}

// counter is a client that counts in its session. It repeats a step that was not acknowledged with
// the same key.
type counter struct {
	token      string
	steps      atomic.Int64 // acknowledged
	unrecorded map[int]bool // acknowledged while history was down
}

// maxStall is the longest that a step may take while a service restarts.
const maxStall = 20 * time.Second

// run counts until done is closed, and finishes the step under way.
func (c *counter) run(t *testing.T, suite *contract.Suite, done chan bool) {
	c.unrecorded = map[int]bool{}
	for {
		select {
		case <-done:
			return
		default:
		}
		for start := time.Now(); !c.step(t, suite); time.Sleep(10 * time.Millisecond) {
			if time.Since(start) > maxStall {
				t.Errorf("step %d is not acknowledged after %v", c.steps.Load(), maxStall)
				return
			}
		}
	}
}

// step tries the next step and reports whether it was acknowledged.
func (c *counter) step(t *testing.T, suite *contract.Suite) bool {
	step := int(c.steps.Load())
	r := contract.Evaluation(c.token, fmt.Sprintf("n = n + 1 # %d", step))
	r.Header = append(r.Header, contract.Field{Name: "Idempotency-Key", Value: fmt.Sprintf("step-%d", step)})
	reply, err := suite.Try(r)
	if err != nil {
		return false // the service eval is down
	}
	suite.Check(t, r, reply)
	if reply.Status == http.StatusServiceUnavailable && reply.Header.Get("Retry-After") != "" {
		return false
	}
	var got struct {
		Value    float64
		Recorded bool
	}
	if err := json.Unmarshal([]byte(reply.Body), &got); err != nil || reply.Status != http.StatusOK || got.Value != float64(step+1) {
		t.Errorf("step %d: %v\n%s", step, err, reply)
	}
	c.unrecorded[step] = !got.Recorded
	c.steps.Add(1)
	return true
}

// waitForSteps waits until the client has made five more steps.
func (c *counter) waitForSteps(t *testing.T) {
	t.Helper()
	for first, start := c.steps.Load(), time.Now(); c.steps.Load() < first+5; time.Sleep(time.Millisecond) {
		if time.Since(start) > maxStall {
			t.Fatalf("a client has made %d steps in %v", c.steps.Load()-first, maxStall)
		}
	}
}

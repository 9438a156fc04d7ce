package integration

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"abacus/test/contract"
	"abacus/test/harness"
)

// evaluations are what the faults hit. Each has a session in which a is 41, except the last one,
// which creates its session.
var evaluations = []struct{ name, source string }{
	{"a value", "a + 1"},
	{"an assignment", "b = a + 1"},
	{"ans", "ans * 2"},
	{"a new session", "6 * 7"},
}

// maxCalls is more calls than any evaluation makes.
const maxCalls = 200

// stableReply is the part of a reply that stays the same however often the request is repeated.
type stableReply struct {
	Session  string
	Value    float64
	Parsed   string
	Version  int
	Entry    int
	Recorded bool
}

// TestFaults makes every import and every hop of an evaluation fail, one at a time, before and
// after its effect: with an error, a trap of the component, or a crash of the host. The client
// repeats unanswered requests with the same key. In the end the evaluation has happened exactly
// once, and its reply is as if nothing had failed.
func TestFaults(t *testing.T) {
	whole := harness.Start(t, harness.Options{Flags: []string{"--variable", "limit_sessions=none"}})
	suite := open(t, whole.URL)
	t.Run("all", func(t *testing.T) {
		for _, evaluation := range evaluations {
			for _, fault := range []string{
				"*:before:%d:error", "*:after:%d:error", "*:before:%d:trap", "*:after:%d:trap", "sqlite.execute:after:%d:kill",
				"hop.sessions:before:%d:error", "hop.sessions:after:%d:error", "hop.sessions:after:%d:kill",
				"hop.history:before:%d:error", "hop.history:after:%d:error", "hop.history:after:%d:kill",
			} {
				t.Run(evaluation.name+" "+fault, func(t *testing.T) {
					t.Parallel()
					w := newWalk(t, suite, whole.StateDir)
					n := 1
					for n < maxCalls && w.meet(t, evaluation.source, fmt.Sprintf(fault, n)) {
						n++
					}
					t.Logf("%d calls", n-1)
					if n == 1 || n == maxCalls {
						t.Errorf("there are %d calls", n-1)
					}
				})
			}
		}
	})
	whole.Stop(t)
	checkIntegrity(t, whole.StateDir)
}

// TestPermanentFaults is TestFaults with calls that keep failing: the client turns to a host
// without faults.
func TestPermanentFaults(t *testing.T) {
	whole := harness.Start(t, harness.Options{})
	suite := open(t, whole.URL)
	for _, fault := range []string{
		"sqlite.open:before:1+", "sqlite.execute:before:1+", "sqlite.execute:after:1+", "sqlite.execute:after:1+:trap",
		"hop.sessions:before:1+", "hop.sessions:after:1+", "hop.history:before:1+", "hop.history:after:1+",
	} {
		t.Run(fault, func(t *testing.T) {
			w := newWalk(t, suite, whole.StateDir, "--fault", fault)
			for _, evaluation := range evaluations {
				if !w.meet(t, evaluation.source, "") {
					t.Error("the call was never made")
				}
			}
		})
	}
	whole.Stop(t)
	checkIntegrity(t, whole.StateDir)
}

// walk runs evaluations into faults, one after the other. It has a host with faults and one
// without, on the same data.
type walk struct {
	whole   *contract.Suite
	options harness.Options
	faulty  *harness.App
	at      *contract.Suite // the faulty host
	killed  bool
	steps   int
}

func newWalk(t *testing.T, whole *contract.Suite, stateDir string, flags ...string) *walk {
	t.Helper()
	w := &walk{whole: whole, options: harness.Options{StateDir: stateDir, Flags: flags, Faulty: true}}
	w.start(t)
	return w
}

func (w *walk) start(t *testing.T) {
	t.Helper()
	w.faulty, w.killed = harness.Start(t, w.options), false
	w.at = w.whole.At(t, w.faulty.URL)
}

// faults returns how many faults the host has injected.
func (w *walk) faults() int { return strings.Count(w.faulty.Output(), " fault ") }

// meet runs one evaluation into a fault and reports whether the fault was injected.
func (w *walk) meet(t *testing.T, source, fault string) (happened bool) {
	t.Helper()
	if w.killed {
		w.start(t)
	}
	token, before, faults := "", 0, w.faults()
	if source != "6 * 7" {
		token = w.whole.NewSession(t)
		decode(t, w.whole.Eval(t, token, "a = 41"), http.StatusOK, &struct{}{})
		before = 2
	}
	w.steps++
	request := contract.Evaluation(token, source)
	request.Header = append(request.Header, contract.Field{Name: "Idempotency-Key", Value: rand.Text()})
	first := w.insist(t, request, fault)

	var again stableReply
	decode(t, w.whole.Send(t, request), http.StatusOK, &again)
	if !first.Recorded { // history did not reply, and the evaluation said so
		first.Recorded, first.Entry = true, again.Entry
	}
	if again != first {
		t.Errorf("%s: the reply is %+v, and repeated %+v", fault, first, again)
	}
	want := map[string]stableReply{
		"a + 1":     {Value: 42, Parsed: "a + 1", Version: 1},
		"b = a + 1": {Value: 42, Parsed: "b = a + 1", Version: 2},
		"ans * 2":   {Value: 82, Parsed: "ans*2", Version: 1},
		"6 * 7":     {Value: 42, Parsed: "6*7"},
	}[source]
	want.Session, want.Entry, want.Recorded = again.Session, before+1, true
	if again != want || token != "" && again.Session != token {
		t.Errorf("%s: the reply is %+v, want %+v", fault, again, want)
	}
	bindings, history := variables(t, w.whole, again.Session), expressions(t, w.whole, again.Session)
	if len(history) != before+1 || history[again.Entry] != source {
		t.Errorf("%s: the history is %v", fault, history)
	}
	if b := bindings["b"]; (source == "b = a + 1") != (b == 42) {
		t.Errorf("%s: the variables are %v", fault, bindings)
	}
	return w.faults() > faults
}

// insist repeats a request until it succeeds: on the host with the fault or, if that is dead or
// does not recover, on the other one.
func (w *walk) insist(t *testing.T, request contract.Request, fault string) (got stableReply) {
	t.Helper()
	first := request
	if fault != "" {
		first.Header = append(slices.Clip(request.Header), contract.Field{Name: "Spinhost-Fault", Value: fault})
	}
	reply, err := w.at.Try(first)
	for try := 1; ; try++ {
		switch {
		case err != nil:
			w.killed = true
		case reply.Status == http.StatusInternalServerError && reply.Body == "": // the host itself failed
		default:
			w.whole.Check(t, request, reply)
			if reply.Status < 500 {
				decode(t, reply, http.StatusOK, &got)
				return got
			}
			if reply.Header.Get("Retry-After") == "" {
				t.Errorf("%s: Retry-After is missing:\n%s", fault, reply)
			}
		}
		switch {
		case try == 6:
			t.Fatalf("%s: not answered after six attempts: %v\n%s", fault, err, reply)
		case w.killed || try > 2:
			reply, err = w.whole.Try(request)
		default:
			reply, err = w.at.Try(request)
		}
	}
}

package integration

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"abacus/test/contract"
	"abacus/test/harness"
)

// evaluations are those that the faults meet, in a session where a is 41; the last
// one makes its session.
var evaluations = []struct{ name, source string }{
	{"a value", "a + 1"},
	{"an assignment", "b = a + 1"},
	{"ans", "ans * 2"},
	{"a new session", "6 * 7"},
}

// endless is more calls than an evaluation makes.
const endless = 200

// outcome is what of an answer must be the same however often it is asked for.
type outcome struct {
	Session  string
	Value    float64
	Parsed   string
	Version  int
	Entry    int
	Recorded bool
}

// TestFaults lets every import and every hop of an evaluation fail, before and
// after its effect, one at a time: by an error, by the end of the component, by the
// end of the host. The client repeats what was not answered, by the same key. Then
// the evaluation has happened once, and its answer is as if nothing had failed.
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
					for n < endless && w.meet(t, evaluation.source, fmt.Sprintf(fault, n)) {
						n++
					}
					t.Logf("%d calls", n-1)
					if n == 1 || n == endless {
						t.Errorf("there are %d such calls", n-1)
					}
				})
			}
		}
	})
	whole.Stop(t)
	checkIntegrity(t, whole.StateDir)
}

// TestFaultsForGood is TestFaults with what fails from then on: the client goes to
// a host that is whole.
func TestFaultsForGood(t *testing.T) {
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
					t.Error("there is no such call")
				}
			}
		})
	}
	whole.Stop(t)
	checkIntegrity(t, whole.StateDir)
}

// walk leads evaluations past faults, at a host that has them, beside one that is
// whole and has the same data.
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

// met counts the faults that have happened.
func (w *walk) met() int { return strings.Count(w.faulty.Output(), " fault ") }

// meet has one evaluation meet a fault, and tells whether the fault has happened.
func (w *walk) meet(t *testing.T, source, fault string) (happened bool) {
	t.Helper()
	if w.killed {
		w.start(t)
	}
	token, before, faults := "", 0, w.met()
	if source != "6 * 7" {
		token = w.whole.NewSession(t)
		decode(t, w.whole.Eval(t, token, "a = 41"), http.StatusOK, &struct{}{})
		before = 2
	}
	w.steps++
	request := contract.Evaluation(token, source)
	request.Header = append(request.Header, contract.Field{Name: "Idempotency-Key", Value: fmt.Sprint(token, w.faulty.URL, fault, w.steps)})
	answer := w.insist(t, request, fault)

	var again outcome
	decode(t, w.whole.Send(t, request), http.StatusOK, &again)
	if !answer.Recorded { // as the client was told, while history did not answer
		answer.Recorded, answer.Entry = true, again.Entry
	}
	if again != answer {
		t.Errorf("%s: the answer is %+v, and repeated %+v", fault, answer, again)
	}
	want := map[string]outcome{
		"a + 1":     {Value: 42, Parsed: "a + 1", Version: 1},
		"b = a + 1": {Value: 42, Parsed: "b = a + 1", Version: 2},
		"ans * 2":   {Value: 82, Parsed: "ans*2", Version: 1},
		"6 * 7":     {Value: 42, Parsed: "6*7"},
	}[source]
	want.Session, want.Entry, want.Recorded = again.Session, before+1, true
	if again != want || token != "" && again.Session != token {
		t.Errorf("%s: the answer is %+v, want %+v", fault, again, want)
	}
	names, history := variables(t, w.whole, again.Session), expressions(t, w.whole, again.Session)
	if len(history) != before+1 || history[again.Entry] != source {
		t.Errorf("%s: the history is %v", fault, history)
	}
	if b := names["b"]; (source == "b = a + 1") != (b == 42) {
		t.Errorf("%s: the names are %v", fault, names)
	}
	return w.met() > faults
}

// insist repeats a request until it is answered: by the host with the fault, or by
// the whole one where that is dead or does not recover.
func (w *walk) insist(t *testing.T, request contract.Request, fault string) (answer outcome) {
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
				decode(t, reply, http.StatusOK, &answer)
				return answer
			}
			if reply.Header.Get("Retry-After") == "" {
				t.Errorf("%s: Retry-After is missing:\n%s", fault, reply)
			}
		}
		switch {
		case try == 6:
			t.Fatalf("%s: not answered after six tries: %v\n%s", fault, err, reply)
		case w.killed || try > 2:
			reply, err = w.whole.Try(request)
		default:
			reply, err = w.at.Try(request)
		}
	}
}

package eval_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"abacus/migrations"
	"abacus/services/history"
	"abacus/shared/capability"
	"abacus/shared/storage"
	"abacus/shared/variabletest"
	"abacus/shared/wire"
)

// snapshots is a key-value store in memory.
type snapshots map[string][]byte

func (s snapshots) Get(key string) ([]byte, bool, error) {
	value, found := s[key]
	return value, found, nil
}

func (s snapshots) Set(key string, value []byte) error {
	s[key] = value
	return nil
}

func (s snapshots) Delete(key string) error {
	delete(s, key)
	return nil
}

// TestUpgrade upgrades databases of the first edition, from testdata/first.sql and first.snapshot.
// They keep everything: bindings, entries, shares, erasures, and that a repeat with a key does
// nothing.
func TestUpgrade(t *testing.T) {
	const (
		token   = "hxDeNgFmexqHAJAH_QdQkg"
		open    = "-f-jRelf6NRnUY3OpcwTmw"
		session = `{"version":4,"variables":{"a":51,"b":0.3333333333333333,"n":52},` +
			`"definitions":{"f":"f(x) = a*x + 0.0000001"}}` + "\n"
	)
	a := newApp(t)
	a.clock = time.UnixMilli(1795704600000)
	db, err := a.open()
	if err != nil {
		t.Fatal(err)
	}
	dump, err := os.ReadFile("testdata/first.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range strings.SplitAfter(string(dump), ";\n") {
		if _, err := db.Execute(statement); err != nil && statement != "" {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	snapshot, err := os.ReadFile("testdata/first.snapshot")
	if err != nil {
		t.Fatal(err)
	}
	stored := snapshots{"share/" + capability.Token(open).Owner(): snapshot}
	a.services["history"] = history.New(history.Options{
		Open: func() (storage.Database, error) { return a.open() }, Snapshots: stored,
		Transport: a, Variable: variabletest.Reader(), Now: func() time.Time { return a.clock },
	})

	owner := []string{"Authorization", "Bearer " + token}
	if r := a.send("sessions", "GET", "/session", "", owner...); r.Body != session {
		t.Errorf("the session is %s", r.Body)
	}
	r := a.send("history", "GET", "/history", "", owner...)
	for _, want := range []string{
		`{"id":8,"at":"2026-11-26T14:48:26.274Z","kind":"value","expression":"f(2) # tab\tand ä",` +
			`"parsed":"f(2)","result":102.0000001,"display":"102.0000001"}`,
		`"plot":{"variable":"x","from":-3.141592653589793,"to":3.141592653589793,` +
			`"expressions":["sin(x)","f(x)"]}}`,
		`{"id":2,"at":"2026-11-26T14:48:26.217Z","kind":"definition",` +
			`"expression":"f(x) = a*x + 1e-7","parsed":"f(x) = a*x + 0.0000001","result":null,`,
	} {
		if !strings.Contains(r.Body, want) {
			t.Errorf("the history lacks %s:\n%s", want, r.Body)
		}
	}
	share := a.send("history", "GET", "/shares/"+open, "")
	if share.Status != http.StatusOK || strings.Count(share.Body, `"kind"`) != 8 ||
		!strings.Contains(share.Body, `"title":"Kept"`) {
		t.Errorf("the share is %d %s", share.Status, share.Body)
	}
	if r := a.send("history", "GET", "/shares", "", owner...); strings.Count(r.Body, `"share"`) != 1 {
		t.Errorf("the shares are %s", r.Body)
	}
	// A key of the first edition is known for a day, although its reply is not kept.
	for i := 0; i < 2; i++ {
		r := a.eval(token, "n = a + 1", "Idempotency-Key", "change-key")
		if r.Status != http.StatusConflict || r.json(t, "code") != "conflict" {
			t.Errorf("a repeat: %d %s", r.Status, r.Body)
		}
	}
	if r := a.eval(token, "n = 0", "Idempotency-Key", "change-key"); r.Status != 422 {
		t.Errorf("the key with another request: %d %s", r.Status, r.Body)
	}
	if r := a.send("sessions", "GET", "/session", "", owner...); r.Body != session {
		t.Errorf("after the repeat the session is %s", r.Body)
	}
	if r := a.eval(token, "ans + f(1)"); r.Status != 200 || r.json(t, "entry") != 9.0 {
		t.Errorf("a new evaluation: %d %s", r.Status, r.Body)
	}
}

// TestFirstRequestUpgrades checks that the first request brings tables of any version up to date
// and then succeeds.
func TestFirstRequestUpgrades(t *testing.T) {
	for steps := 1; steps < len(migrations.History.Steps); steps++ {
		for _, first := range []string{"1 + 1", "a = 1"} {
			a := newApp(t)
			db, err := a.open()
			if err != nil {
				t.Fatal(err)
			}
			for _, list := range []storage.Schema{migrations.Sessions, migrations.History} {
				list.Steps = list.Steps[:min(steps, len(list.Steps)-1)]
				if err := list.Apply(db); err != nil {
					t.Fatal(err)
				}
			}
			r := a.eval("", first)
			if r.Status != http.StatusOK || r.json(t, "recorded") != true {
				t.Errorf("with %d steps: %d %s", steps, r.Status, r.Body)
			}
			if r := a.eval(r.Header.Get(wire.SessionHeader), "ans + 1"); r.Status != http.StatusOK {
				t.Errorf("with %d steps, then: %d %s", steps, r.Status, r.Body)
			}
		}
	}
}

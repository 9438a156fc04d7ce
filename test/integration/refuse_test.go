package integration

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abacus/migrations"
	"abacus/shared/storage"
	"abacus/test/contract"
	"abacus/test/harness"
)

// TestRefuse starts the host with unusable input: it refuses to serve, and says what is wrong,
// where, and what to do.
func TestRefuse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a directory"), 0o644); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		name    string
		options harness.Options
		want    []string // parts of the output
	}{
		{"no manifest", harness.Options{Manifest: filepath.Join(t.TempDir(), "spin.toml")}, []string{"spin.toml"}},
		{"not TOML", harness.Options{Manifest: editManifest(t, `name = "abacus"`, `name = `)}, []string{"spin.toml", line(t, `name = "abacus"`)}},
		{"an unknown key", harness.Options{Manifest: editManifest(t, `version = "0.1.0"`, `versoin = "0.1.0"`)}, []string{"spin.toml", line(t, `version = "0.1.0"`), "versoin"}},
		{"a wrong type", harness.Options{Manifest: editManifest(t, `route = "/random"`, `route = 7`)}, []string{"spin.toml", "route"}},
		{"an unknown component", harness.Options{Manifest: editManifest(t, `component = "web"`, `component = "wep"`)}, []string{"spin.toml", "wep"}},
		{"no module", harness.Options{Manifest: editManifest(t, `services/eval/eval.wasm`, `services/eval/none.wasm`)}, []string{"none.wasm", "abacus build"}},
		{"not a module", harness.Options{Manifest: editManifest(t, `services/eval/eval.wasm`, `services/eval/eval.go`)}, []string{"eval.go"}},
		{"an unknown trigger", harness.Options{Manifest: editManifest(t, `[[trigger.http]] # the state`, `[[trigger.redis]] # the state`)}, []string{"redis"}},
		{"an unknown database", harness.Options{Manifest: editManifest(t, `sqlite_databases = ["default"]`, `sqlite_databases = ["other"]`)}, []string{"other", "runtime configuration"}},
		{"a required variable without a value", harness.Options{Manifest: editManifest(t, `peer_token = { default = "", secret = true }`, `peer_token = { required = true }`)}, []string{"peer_token", "--variable"}},
		{"an unknown variable", harness.Options{Manifest: editManifest(t, `history_url = "{{ history_url }}"`, `history_url = "{{ nobody }}"`)}, []string{"nobody"}},
		{"a port in use", harness.Options{Listen: taken.Addr().String()}, []string{taken.Addr().String(), "already in use", "--listen"}},
		{"no address", harness.Options{Listen: "nowhere"}, []string{"nowhere"}},
		{"a state directory that is a file", harness.Options{StateDir: file}, []string{file}},
		{"a state directory below a file", harness.Options{StateDir: filepath.Join(file, "below")}, []string{file}},
		{"no runtime configuration", harness.Options{Flags: []string{"--runtime-config-file", file + ".toml"}}, []string{file + ".toml"}},
		{"a fault in a host built without faults", harness.Options{Flags: []string{"--fault", "sqlite.execute:after:1"}}, []string{"unknown flag --fault"}},
		{"an unknown fault", harness.Options{Faulty: true, Flags: []string{"--fault", "sqlite.run:after:1"}}, []string{"sqlite.run", "sqlite.execute"}},
		{"a fault at an unknown time", harness.Options{Faulty: true, Flags: []string{"--fault", "sqlite.execute:during:1"}}, []string{"during", "before or after"}},
		{"an unknown flag", harness.Options{Flags: []string{"--nothing"}}, []string{"--nothing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, code := harness.Refuse(t, c.options)
			if code == 0 {
				t.Errorf("the exit code is 0")
			}
			for _, part := range c.want {
				if !strings.Contains(text, part) {
					t.Errorf("the output lacks %q:\n%s", part, text)
				}
			}
			for _, part := range []string{"panic", "goroutine ", ".go:"} {
				if strings.Contains(strings.ReplaceAll(text, "eval.go:", ""), part) {
					t.Errorf("the output shows internals:\n%s", text)
				}
			}
		})
	}
}

// line returns the line of a text in the app's manifest, as `:LINE`.
func line(t testing.TB, text string) string {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(harness.Root(), "spin.toml"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(manifest), text)
	if !found {
		t.Fatalf("spin.toml has no %q", text)
	}
	return fmt.Sprintf(":%d", strings.Count(before, "\n")+1)
}

// TestNewerSchema opens a database of a later version: every request that needs it is refused, and
// the database does not change.
func TestNewerSchema(t *testing.T) {
	host := harness.Start(t, harness.Options{})
	suite := open(t, host.URL)
	token := suite.NewSession(t)
	suite.Eval(t, token, "a = 1")
	host.Stop(t)
	db := database(t, host.StateDir)
	for _, list := range []storage.Schema{migrations.Sessions, migrations.History} {
		list.Steps = append(slices.Clip(list.Steps), "SELECT 'a later step';")
		if err := list.Apply(db); err != nil {
			t.Fatal(err)
		}
	}
	before, err := db.Execute("PRAGMA data_version")
	if err != nil {
		t.Fatal(err)
	}

	host = harness.Start(t, harness.Options{StateDir: host.StateDir})
	suite = open(t, host.URL)
	checkAllRefused(t, suite, token, "schema-newer")
	host.Stop(t)
	after, err := db.Execute("PRAGMA data_version")
	if err != nil || after.Rows[0][0].Int() != before.Rows[0][0].Int() {
		t.Errorf("the database was written to: data_version %v, then %v, %v", before.Rows, after.Rows, err)
	}
}

// TestDamagedDatabase opens a file that is not a database: every request that needs it is refused
// with a problem, other requests succeed, and the file does not change, so it can be repaired.
func TestDamagedDatabase(t *testing.T) {
	host := harness.Start(t, harness.Options{})
	token := open(t, host.URL).NewSession(t)
	host.Stop(t)
	path := filepath.Join(host.StateDir, "sqlite_db.db")
	damaged := bytes.Repeat([]byte("not a database "), 1000)
	if err := os.WriteFile(path, damaged, 0o644); err != nil {
		t.Fatal(err)
	}
	host = harness.Start(t, harness.Options{StateDir: host.StateDir})
	checkAllRefused(t, open(t, host.URL), token, "service-unavailable")
	host.Stop(t)
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, damaged) {
		t.Errorf("the file was changed: %v", err)
	}
}

// checkAllRefused checks that every request that needs the database is refused with 503 and this
// code, and that others succeed.
func checkAllRefused(t *testing.T, suite *contract.Suite, token, code string) {
	t.Helper()
	with := func(method, target, body string) contract.Request {
		return contract.Request{Method: method, Target: target, Header: contract.Bearer(token), Body: body}
	}
	for _, r := range []contract.Request{
		with("POST", "/eval", "a"),
		contract.Evaluation("", "1"),
		{Method: "POST", Target: "/sessions"},
		with("GET", "/session", ""),
		with("PUT", "/session/variables/a", "2"),
		with("DELETE", "/clear", ""),
		with("DELETE", "/clear/a", ""),
		with("DELETE", "/session", ""),
		with("GET", "/history", ""),
		with("DELETE", "/history", ""),
		with("DELETE", "/history/1", ""),
		createShare(token),
		with("GET", "/shares", ""),
		with("DELETE", "/shares/"+someToken, ""),
		{Method: "GET", Target: "/shares/" + someToken},
		{Method: "POST", Target: "/shares/" + someToken + "/fork"},
	} {
		var problem struct{ Code string }
		reply := suite.Send(t, r)
		decode(t, reply, http.StatusServiceUnavailable, &problem)
		if problem.Code != code || reply.Header.Get("Retry-After") == "" {
			t.Errorf("%sthe code is %q:\n%s", r, problem.Code, reply)
		}
	}
	page := get("/s/"+someToken, "")
	page.Header = []contract.Field{{Name: "Accept", Value: "text/html"}}
	if reply := suite.Send(t, page); reply.Status != http.StatusServiceUnavailable || reply.Header.Get("Retry-After") == "" {
		t.Errorf("the page of a share:\n%s", reply)
	}
	decode(t, suite.Send(t, get("/health", "")), http.StatusServiceUnavailable, &struct{}{})
	if reply := suite.Send(t, get("/eval?expr=1", "")); reply.Status != http.StatusOK {
		t.Errorf("a request that needs no database is refused:\n%s", reply)
	}
}

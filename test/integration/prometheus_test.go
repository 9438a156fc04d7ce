package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/spinhost/telemetry/otlptest"
	"abacus/test/contract"
	"abacus/test/harness"
)

// observability is the folder with the rules and the dashboard.
func observability() string { return filepath.Join(harness.Root(), "deploy", "observability") }

// metricsOf returns the address at which a host serves its metrics.
func metricsOf(t testing.TB, app *harness.App) string {
	t.Helper()
	found := regexp.MustCompile(`Metrics for Prometheus: http://(\S+)/metrics`).FindStringSubmatch(app.Output())
	if found == nil {
		t.Fatalf("the host serves no metrics:\n%s", app.Output())
	}
	return found[1]
}

// fetch returns the body of a page.
func fetch(t testing.TB, address string) string {
	t.Helper()
	reply, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", address, reply.Status, err, body)
	}
	return string(body)
}

// TestPrometheusScrapes has Prometheus scrape a host. Its configuration is the one in the
// repository, with other addresses and intervals.
func TestPrometheusScrapes(t *testing.T) {
	app := harness.Start(t, harness.Options{Flags: []string{"--metrics", "127.0.0.1:0"}})
	suite := open(t, app.URL)
	decode(t, suite.Eval(t, "", "a = 1"), http.StatusOK, &struct{}{})
	text, err := os.ReadFile(filepath.Join(observability(), "prometheus.yml"))
	if err != nil {
		t.Fatal(err)
	}
	settings := strings.NewReplacer("127.0.0.1:9464", metricsOf(t, app), "15s", "200ms",
		"rules.yml", filepath.Join(observability(), "rules.yml")).Replace(string(text))
	dir, listen := t.TempDir(), harness.FreeAddress(t)
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	server := exec.Command("prometheus", "--config.file="+config, "--storage.tsdb.path="+dir,
		"--web.listen-address="+listen)
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for query, want := range map[string]string{
		`up{job="abacus"}`: "1",
		`sum(spin_request_count_total{component_id="history",app_id="abacus"})`:                          "1",
		`http_server_request_duration_seconds_count{http_route="/eval",http_response_status_code="200"}`: "1",
		`sum(http_client_request_duration_seconds_count{component_id="eval"})`:                           "3",
		`target_info{service_instance_id=~".+` + app.URL[strings.LastIndex(app.URL, ":"):] + `"}`:        "1",
	} {
		got := ""
		otlptest.Wait(t, query, func() bool {
			got = ask(listen, query)
			return got == want
		})
	}
}

// ask returns the value of a query, or "" if it has none or Prometheus does not answer.
func ask(listen, query string) string {
	reply, err := http.Get("http://" + listen + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		return ""
	}
	defer reply.Body.Close()
	var answer struct {
		Data struct{ Result []struct{ Value []any } }
	}
	if json.NewDecoder(reply.Body).Decode(&answer) != nil || len(answer.Data.Result) != 1 {
		return ""
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}

// TestAlerts records the metrics of hosts before and after a peer is killed, a disk is nearly full,
// and a client floods the app. promtool then checks the rules and the dashboard's queries against
// the recording, as if the event went on for minutes.
func TestAlerts(t *testing.T) {
	tests := []struct {
		name   string
		record func(t *testing.T) recording
		alerts []string
	}{
		{"nothing", recordUse, nil},
		{"killed peer", recordKilledPeer, []string{"AbacusErrors", "AbacusPeerAway"}},
		{"full disk", recordFullDisk, []string{"AbacusDiskFull"}},
		{"flood", recordFlood, []string{"AbacusFlood"}},
		{"host down", func(*testing.T) recording {
			return recording{`up{job="abacus",instance="a"}`: {1, 0}}
		}, []string{"AbacusDown"}},
		{"host gone from the collector", func(*testing.T) recording {
			return recording{`spinhost_instances_limit{instance="a"}`: {1000, math.NaN()}}
		}, []string{"AbacusDown"}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			r := c.record(t)
			expressions := map[string]bool{}
			for _, alert := range []string{"AbacusDown", "AbacusErrors", "AbacusPeerAway", "AbacusDiskFull", "AbacusFlood"} {
				expressions[`ALERTS{alertstate="firing",alertname="`+alert+`"}`] = slices.Contains(c.alerts, alert)
			}
			if c.name == "nothing" {
				for _, query := range dashboardQueries(t) {
					expressions[query] = true
				}
			}
			r.check(t, expressions)
		})
	}
}

// recording is the values of each series before and after an event, NaN if it has ended.
type recording map[string][2]float64

// record scrapes a host, causes the event, and scrapes it again.
func record(t *testing.T, app *harness.App, event func()) recording {
	t.Helper()
	address := "http://" + metricsOf(t, app) + "/metrics"
	r := recording{}
	scrape := func(i int) {
		for line := range strings.Lines(fetch(t, address)) {
			series, value, ok := strings.Cut(strings.TrimSpace(line), " ")
			if brace := strings.LastIndex(line, "} "); brace >= 0 {
				series, value = line[:brace+1], strings.TrimSpace(line[brace+2:])
			}
			number, err := strconv.ParseFloat(value, 64)
			if !ok || strings.HasPrefix(line, "#") || err != nil {
				continue
			}
			values := r[series]
			values[i] = number
			r[series] = values
		}
	}
	scrape(0)
	event()
	scrape(1)
	return r
}

// check has promtool evaluate expressions, which must have a value (true) or none (false). The
// event is repeated every minute from the tenth to the thirtieth, when the expressions are
// evaluated.
func (r recording) check(t *testing.T, expressions map[string]bool) {
	t.Helper()
	type series struct {
		Series string `json:"series"`
		Values string `json:"values"`
	}
	type sample struct {
		Labels string  `json:"labels"`
		Value  float64 `json:"value"`
	}
	type expression struct {
		Expr    string   `json:"expr"`
		Time    string   `json:"eval_time"`
		Samples []sample `json:"exp_samples"`
	}
	var input []series
	for name, recorded := range r {
		before, after := recorded[0], recorded[1]
		metric, _, _ := strings.Cut(name, "{")
		step := after - before
		if !strings.HasSuffix(metric, "_total") && !strings.HasSuffix(metric, "_count") &&
			!strings.HasSuffix(metric, "_sum") && !strings.HasSuffix(metric, "_bucket") {
			step = 0 // a gauge
		}
		values := fmt.Sprintf("%gx9 %g+%gx20", before, after, step)
		if math.IsNaN(after) {
			values = fmt.Sprintf("%gx9 stale", before)
		}
		input = append(input, series{name, values})
	}
	var wanted []expression
	for expr, has := range expressions {
		want := sample{"{}", 0}
		if has {
			want.Value = 1
		}
		wanted = append(wanted, expression{"clamp_max(count(" + expr + ") or vector(0), 1)", "30m", []sample{want}})
	}
	file, err := json.Marshal(map[string]any{
		"rule_files":          []string{filepath.Join(observability(), "rules.yml")},
		"evaluation_interval": "1m",
		"tests": []any{map[string]any{
			"interval": "1m", "input_series": input, "promql_expr_test": wanted}},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.yml") // JSON is YAML
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command("promtool", "test", "rules", path).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, text)
	}
}

// dashboardQueries returns the queries of the dashboard.
func dashboardQueries(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(observability(), "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			queries = append(queries, strings.ReplaceAll(target.Expr, "$__rate_interval", "5m"))
		}
	}
	return queries
}

var watchedFlags = []string{"--metrics", "127.0.0.1:0"}

// recordUse records evaluations, one of which is wrong, and a request beyond a limit.
func recordUse(t *testing.T) recording {
	app := harness.Start(t, harness.Options{Flags: append(watchedFlags, "--variable", "limit_client_sessions=1",
		"--sqlite", "CREATE TABLE written(a)", "--sqlite", "INSERT INTO written VALUES (1)")})
	suite := open(t, app.URL)
	token := suite.NewSession(t)
	use := func() {
		suite.Send(t, contract.Request{Method: http.MethodPost, Target: "/sessions"}) // 429
		decode(t, suite.Eval(t, token, "a = 1"), http.StatusOK, &struct{}{})
		suite.Eval(t, token, "1 +")
	}
	use()
	return record(t, app, use)
}

// recordKilledPeer records what eval sees when sessions is killed.
func recordKilledPeer(t *testing.T) recording {
	d := &deployment{addresses: map[string]string{}, states: map[string]string{}, hosts: map[string]*harness.App{}}
	for _, name := range services {
		d.addresses[name], d.states[name] = harness.FreeAddress(t), t.TempDir()
	}
	for _, name := range services {
		d.start(t, name, watchedFlags...)
	}
	d.serve(t)
	suite := open(t, d.url)
	token := suite.NewSession(t)
	decode(t, suite.Eval(t, token, "a = 1"), http.StatusOK, &struct{}{})
	return record(t, d.hosts["eval"], func() {
		d.hosts["sessions"].Kill()
		for range 5 {
			suite.Eval(t, token, "a = 2")
		}
	})
}

// recordFullDisk records a host whose disk has less space left than it must keep free.
func recordFullDisk(t *testing.T) recording {
	app := harness.Start(t, harness.Options{Flags: append(watchedFlags, "--min-free-disk", strconv.Itoa(1<<62))})
	return record(t, app, func() { time.Sleep(time.Millisecond) })
}

// recordFlood records a client beyond its limit.
func recordFlood(t *testing.T) recording {
	app := harness.Start(t, harness.Options{Flags: append(watchedFlags, "--variable", "limit_client_sessions=3")})
	suite := open(t, app.URL)
	return record(t, app, func() {
		for range 30 {
			suite.Send(t, contract.Request{Method: http.MethodPost, Target: "/sessions"})
		}
	})
}

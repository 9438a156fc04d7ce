package integration

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"abacus/test/harness"
)

// TestDeployLibSQL gives the embedded host a configuration for Spin: it refuses only the part that
// it does not support.
func TestDeployLibSQL(t *testing.T) {
	file := filepath.Join(harness.Root(), "deploy", "libsql.toml")
	text, code := harness.Refuse(t, harness.Options{Flags: []string{"--runtime-config-file", file}})
	if code == 0 || strings.Count(text, "libsql.toml:") != 1 || !strings.Contains(text, "libsql databases are not supported here") {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

// deployed returns the text of a file of deploy/, with continued lines joined.
func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root(), "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\\\n", "")
}

// TestDeployService runs the host with the flags of the systemd unit, except for folders and
// addresses.
func TestDeployService(t *testing.T) {
	_, command, _ := strings.Cut(deployed(t, "abacus.service"), "\nExecStart=/usr/local/bin/abacus up ")
	command, _, _ = strings.Cut(command, "\n")
	flags := strings.Fields(command)
	for _, flag := range []string{"--from", "--state-dir", "--listen", "--metrics"} {
		at := slices.Index(flags, flag)
		if at < 0 {
			t.Fatalf("the unit has no %s in %q", flag, command)
		}
		flags = slices.Delete(flags, at, at+2)
	}
	app := harness.Start(t, harness.Options{Flags: append(flags, "--metrics", "127.0.0.1:0")})
	decode(t, open(t, app.URL).Eval(t, "", "a = 1"), http.StatusOK, &struct{}{})
	fetch(t, "http://"+metricsOf(t, app)+"/metrics")
}

// TestDeployCompose checks that the services of the compose file find one another and their files,
// and that the dashboard finds its data source.
func TestDeployCompose(t *testing.T) {
	compose := deployed(t, "observability/compose.yml")
	for _, mount := range regexp.MustCompile(`\./([^:]+):(/[^:]+)`).FindAllStringSubmatch(compose, -1) {
		text := deployed(t, "observability/"+mount[1])
		for _, peer := range regexp.MustCompile(`\b([a-z]+):(\d{4,5})\b`).FindAllStringSubmatch(text, -1) {
			if !strings.Contains(compose, "\n  "+peer[1]+":\n") {
				t.Errorf("%s names %s, which is no service of compose.yml", mount[1], peer[0])
			}
		}
	}
	scraped := regexp.MustCompile(`collector(:\d+)`).FindStringSubmatch(deployed(t, "observability/prometheus.compose.yml"))
	if scraped == nil || !strings.Contains(deployed(t, "observability/collector.yml"), "0.0.0.0"+scraped[1]) {
		t.Errorf("the collector does not listen on the port that Prometheus scrapes: %v", scraped)
	}
	sources := deployed(t, "observability/grafana.yml")
	for _, uid := range regexp.MustCompile(`"type": "prometheus",\s*"uid": "(\w+)"`).FindAllStringSubmatch(
		deployed(t, "observability/dashboard.json"), -1) {
		if !strings.Contains(sources, "uid: "+uid[1]+",") {
			t.Errorf("the dashboard uses the data source %s, which grafana.yml does not have", uid[1])
		}
	}
}

package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"abacus/test/harness"
)

// BenchmarkTelemetry measures the cost of telemetry with a host that has none, one that exports
// every span, metric and log, and the older `abacus` that BEFORE names, if it is set. -v prints the
// medians.
func BenchmarkTelemetry(b *testing.B) {
	if os.Getenv("BASE_URL") != "" {
		b.Skip("it starts hosts of its own")
	}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer collector.Close()
	export := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL}
	hosts := []host{
		start(b, "off", harness.Options{}),
		start(b, "on", harness.Options{Env: export}),
	}
	if before := os.Getenv("BEFORE"); before != "" {
		hosts = append(hosts, start(b, "before", harness.Options{Binary: before}))
	}
	for _, l := range []load{stateless, assignment} {
		l.clients = 16
		for i, median := range l.compare(b, hosts, 7) {
			b.Logf("%s, %s: %.0f requests/s", l.name, hosts[i].name, median.Rate)
		}
	}
}

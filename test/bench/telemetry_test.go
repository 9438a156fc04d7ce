package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"testing"

	"abacus/spinhost/loadtest"
	"abacus/test/harness"
)

// rounds is how often the hosts take turns.
const rounds = 7

// BenchmarkTelemetry measures what telemetry costs: a host without it, one that exports every span,
// metric and log, and, if BEFORE names an older `abacus`, that one. The hosts take turns, so that
// what else the machine does strikes all of them. -v prints the medians.
func BenchmarkTelemetry(b *testing.B) {
	if os.Getenv("BASE_URL") != "" {
		b.Skip("it starts hosts of its own")
	}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer collector.Close()
	flags := []string{"--quiet", "--variable", "limit_entries=none", "--variable",
		"limit_client_sessions=none", "--variable", "limit_bytes=none"}
	hosts := []struct {
		name    string
		options harness.Options
	}{
		{"off", harness.Options{}},
		{"on", harness.Options{Env: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL}}},
		{"before", harness.Options{Binary: os.Getenv("BEFORE")}},
	}
	if os.Getenv("BEFORE") == "" {
		hosts = hosts[:2]
	}
	addresses := map[string]string{}
	for _, host := range hosts {
		host.options.Flags = flags
		address, err := url.Parse(harness.Start(b, host.options).URL)
		if err != nil {
			b.Fatal(err)
		}
		addresses[host.name] = address.Host
	}
	for _, load := range []struct {
		name    string
		clients int
		request func(address, token string) []byte
	}{
		{"stateless", 16, func(address, _ string) []byte {
			return fmt.Appendf(nil, "GET /eval?expr=3*(7%%2B1) HTTP/1.1\r\nHost: %s\r\n\r\n", address)
		}},
		{"assignment", 16, func(address, token string) []byte {
			return fmt.Appendf(nil, "POST /eval HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
				"Content-Length: 5\r\n\r\na = 3", address, token)
		}},
	} {
		rates := map[string][]float64{}
		for round := range rounds {
			for i := range hosts {
				name := hosts[(i+round)%len(hosts)].name
				address := addresses[name]
				requests := make([][]byte, load.clients)
				for client := range requests {
					requests[client] = load.request(address, newSession(b, address))
				}
				var rate float64
				b.Run(load.name+"/"+name, func(b *testing.B) {
					loadtest.Measure(b, address, load.clients,
						func(n int) []byte { return requests[n%load.clients] })
					rate = float64(b.N) / b.Elapsed().Seconds()
				})
				rates[name] = append(rates[name], rate)
			}
		}
		for _, host := range hosts {
			slices.Sort(rates[host.name])
			b.Logf("%s, %s: %.0f requests/s (median of %d)",
				load.name, host.name, rates[host.name][rounds/2], rounds)
		}
	}
}

// Package bench measures the whole app over HTTP: the instance at BASE_URL, which may run on Spin,
// or one that it starts itself.
package bench

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abacus/test/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// BenchmarkEval measures requests of each kind, from one client and from several.
func BenchmarkEval(b *testing.B) {
	h := host{name: "given"}
	if base := os.Getenv("BASE_URL"); base != "" {
		h.address = hostOf(b, base)
	} else {
		h = start(b, "this", harness.Options{})
	}
	for _, l := range []load{stateless, value, assignment, page} {
		for _, l.clients = range []int{1, 16, 64} {
			l.run(b, h)
		}
	}
}

// BenchmarkStart measures the time from the start of a host to its first reply, with components
// that are compiled already, and the host's peak memory until then.
func BenchmarkStart(b *testing.B) {
	if os.Getenv("BASE_URL") != "" {
		b.Skip("it starts hosts of its own")
	}
	answer := func() (took time.Duration, memory int64) {
		started := time.Now()
		app := harness.Start(b, harness.Options{})
		defer app.Kill()
		response, err := http.Get(app.URL + "/eval?expr=1")
		if err != nil {
			b.Fatal(err)
		}
		response.Body.Close()
		return time.Since(started), app.PeakMemory(b)
	}
	answer()
	var took time.Duration
	var memory int64
	for b.Loop() {
		once, most := answer()
		took += once
		memory = max(memory, most)
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms/answer")
	b.ReportMetric(float64(memory)/(1<<20), "MiB")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAgainst measures this host against the executable BASE, an `abacus` or a `spin`, with
// the app in the folder BASE_APP, which defaults to this one. -v prints a table of medians.
func BenchmarkAgainst(b *testing.B) {
	base := os.Getenv("BASE")
	if base == "" {
		b.Skip("BASE, the host to measure against, is not set")
	}
	app := cmp.Or(os.Getenv("BASE_APP"), harness.Root())
	hosts := []host{
		start(b, "base", harness.Options{Binary: base, Spin: filepath.Base(base) == "spin",
			Manifest: filepath.Join(app, "spin.toml")}),
		start(b, "this", harness.Options{}),
	}
	var table strings.Builder
	table.WriteString("\n| | clients | requests/s | of base | ratio | p99, ms | of base |\n" +
		"| --- | --- | --- | --- | --- | --- | --- |\n")
	milliseconds := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	for _, l := range []load{value, assignment, stateless, page} {
		medians := l.compare(b, hosts, 3)
		base, this := medians[0], medians[1]
		fmt.Fprintf(&table, "| %s | %d | %.0f | %.0f | %.1f | %.1f | %.1f |\n", l.name, l.clients,
			this.Rate, base.Rate, this.Rate/base.Rate, milliseconds(this.P99), milliseconds(base.P99))
	}
	b.Log(table.String())
}

// Package bench measures the whole app over HTTP: the one at BASE_URL, which may be on Spin, or
// else one that it starts.
package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"abacus/spinhost/loadtest"
	"abacus/test/harness"
)

func TestMain(m *testing.M) {
	if os.Getenv("BASE_URL") != "" {
		os.Exit(m.Run())
	}
	os.Exit(harness.Main(m))
}

// BenchmarkEval measures POST /eval in a session. A value takes two hops and one INSERT, an
// assignment three hops and a change of the session. Each client has its own session.
func BenchmarkEval(b *testing.B) {
	address := target(b)
	for _, kind := range []struct{ name, expression string }{
		{"value", "3 * (7 + 1)"},
		{"assignment", "a = 3 * (7 + 1)"},
	} {
		for _, clients := range []int{1, 16, 64} {
			requests := make([][]byte, clients)
			for i := range requests {
				requests[i] = fmt.Appendf(nil, "POST /eval HTTP/1.1\r\nHost: %s\r\n"+
					"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
					address, newSession(b, address), len(kind.expression), kind.expression)
			}
			b.Run(fmt.Sprintf("%s/clients=%d", kind.name, clients), func(b *testing.B) {
				loadtest.Measure(b, address, clients, func(n int) []byte { return requests[n%clients] })
			})
		}
	}
}

// BenchmarkStateless measures GET /eval: one component, no hop, nothing stored.
func BenchmarkStateless(b *testing.B) {
	address := target(b)
	request := []byte("GET /eval?expr=3*(7%2B1) HTTP/1.1\r\nHost: " + address + "\r\n\r\n")
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			loadtest.Measure(b, address, clients, func(int) []byte { return request })
		})
	}
}

// target returns the host and port of the app to measure.
func target(b *testing.B) string {
	b.Helper()
	base := os.Getenv("BASE_URL")
	if base == "" {
		base = harness.Start(b, harness.Options{Flags: []string{"--quiet"}}).URL
	}
	address, err := url.Parse(base)
	if err != nil {
		b.Fatal(err)
	}
	return address.Host
}

// newSession creates a session and returns its token.
func newSession(b *testing.B, address string) string {
	b.Helper()
	response, err := http.Post("http://"+address+"/sessions", "", strings.NewReader(""))
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		b.Fatal(err)
	}
	token := response.Header.Get("Abacus-Session")
	if token == "" {
		b.Fatalf("no session was created: %s", response.Status)
	}
	return token
}

package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"abacus/spinhost/loadtest"
	"abacus/test/harness"
)

// load is a number of clients, each with a session, that send requests of one kind.
type load struct {
	name    string
	method  string
	path    string
	body    string
	clients int
}

// A value takes two hops and one INSERT, an assignment three hops and a change of the session. The
// others take no hop and store nothing.
var (
	value      = load{"value", "POST", "/eval", "3 * (7 + 1)", 64}
	assignment = load{"assignment", "POST", "/eval", "a = 3 * (7 + 1)", 64}
	stateless  = load{"stateless", "GET", "/eval?expr=3*(7%2B1)", "", 16}
	page       = load{"page", "GET", "/", "", 16}
)

// host is a running host.
type host struct{ name, address string }

// start starts a host without rate limits and quotas.
func start(b *testing.B, name string, o harness.Options) host {
	b.Helper()
	o.Flags = append(o.Flags, "--quiet")
	for _, limit := range []string{"ENTRIES", "BYTES", "SESSIONS", "CLIENT_SESSIONS"} {
		o.Env = append(o.Env, "SPIN_VARIABLE_LIMIT_"+limit+"=none")
	}
	return host{name, hostOf(b, harness.Start(b, o).URL)}
}

func hostOf(b *testing.B, base string) string {
	b.Helper()
	address, err := url.Parse(base)
	if err != nil {
		b.Fatal(err)
	}
	return address.Host
}

// run measures a host under the load.
func (l load) run(b *testing.B, h host) (result loadtest.Result) {
	b.Helper()
	requests := make([][]byte, l.clients)
	for i := range requests {
		requests[i] = fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
			"Content-Length: %d\r\n\r\n%s",
			l.method, l.path, h.address, newSession(b, h.address), len(l.body), l.body)
	}
	b.Run(fmt.Sprintf("%s/%s/clients=%d", l.name, h.name, l.clients), func(b *testing.B) {
		result = loadtest.Measure(b, h.address, l.clients,
			func(n int) []byte { return requests[n%l.clients] })
	})
	return result
}

// compare measures hosts in turns, so that other load on the machine affects all of them alike, and
// returns the medians.
func (l load) compare(b *testing.B, hosts []host, rounds int) []loadtest.Result {
	b.Helper()
	runs := make([][]loadtest.Result, len(hosts))
	for round := range rounds {
		for i := range hosts {
			next := (i + round) % len(hosts)
			runs[next] = append(runs[next], l.run(b, hosts[next]))
		}
	}
	medians := make([]loadtest.Result, len(hosts))
	for i, each := range runs {
		slices.SortFunc(each, func(x, y loadtest.Result) int { return int(x.P99 - y.P99) })
		medians[i].P99 = each[rounds/2].P99
		slices.SortFunc(each, func(x, y loadtest.Result) int { return int(x.Rate - y.Rate) })
		medians[i].Rate = each[rounds/2].Rate
	}
	return medians
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

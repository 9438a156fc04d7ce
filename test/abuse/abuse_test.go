// Package abuse attacks an instance and checks that time, memory and storage stay bounded.
//
//	make abuse BASE_URL=http://127.0.0.1:3000
//
// Without BASE_URL it starts hosts of its own, and also checks what only their owner can see: their
// memory, their files, and how they cope with a hostile outside service. SPIN=1 skips what only the
// embedded host refuses.
//
// If BASE_URL is not set at all, other tests may run at the same time, so every limit on time is
// ten times as long. `make abuse` always sets it, if only to the empty string.
package abuse

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"abacus/test/contract"
	"abacus/test/harness"
)

const (
	cheap       = "/eval?expr=1"         // the cheapest request that evaluates something
	cheapLimit  = 500 * time.Millisecond // for the 99th percentile of cheap requests
	memoryLimit = 512 << 20              // for the host's resident memory
)

var (
	baseURL, isQuiet = os.LookupEnv("BASE_URL")
	onSpin           = os.Getenv("SPIN") != ""
)

// allowed returns the time that something may take here, given its limit on a quiet machine.
func allowed(limit time.Duration) time.Duration {
	if isQuiet {
		return limit
	}
	return 10 * limit
}

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// instance is the instance under attack.
type instance struct {
	*contract.Suite
	url  string
	host *harness.App // nil if the test did not start it
}

// open returns the instance at BASE_URL, or a new host with these variables if that is not set.
func open(t *testing.T, variables ...string) instance {
	t.Helper()
	if baseURL != "" {
		return instance{contract.Open(t, baseURL), strings.TrimRight(baseURL, "/"), nil}
	}
	return own(t, variables...)
}

// own starts a host with variables, each NAME=VALUE, and with limits like those of `make up`. It
// skips the test if BASE_URL names another instance.
func own(t *testing.T, variables ...string) instance {
	t.Helper()
	if baseURL != "" {
		t.Skip("needs a host of its own")
	}
	flags := []string{"--quiet", "--max-body", "69632", "--outbound-timeout", "5s"}
	for _, v := range variables {
		flags = append(flags, "--variable", v)
	}
	host := harness.Start(t, harness.Options{Flags: flags})
	in := instance{contract.Open(t, host.URL), host.URL, host}
	t.Cleanup(func() { in.checkMemory(t) })
	return in
}

// checkMemory checks the peak memory of the host, if the test started it.
func (in instance) checkMemory(t *testing.T) {
	t.Helper()
	if in.host == nil {
		return
	}
	peak := in.host.PeakMemory(t)
	t.Logf("the host used at most %d MiB", peak>>20)
	if peak > memoryLimit {
		t.Errorf("the host used %d MiB, more than %d MiB", peak>>20, memoryLimit>>20)
	}
}

// hostOnly skips the rest of a test on Spin, which answers malformed requests itself and has no
// limits for requests that never reach a service.
func hostOnly(t *testing.T) {
	t.Helper()
	if onSpin {
		t.Skip("this depends on the host, and Spin behaves differently")
	}
}

// checkCheap sends cheap requests to a target, one after the other, while other requests are
// running. If they take too long it tries twice more, since other work on the machine only adds to
// the time.
func (in instance) checkCheap(t *testing.T, target string, requests int) {
	t.Helper()
	p99 := time.Hour
	for round := 0; round < 3 && p99 > allowed(cheapLimit); round++ {
		p99 = in.measureCheap(t, target, requests)
	}
	if p99 > allowed(cheapLimit) {
		t.Errorf("the 99th percentile of cheap requests is %v", p99)
	}
}

// measureCheap returns the 99th percentile of the times of cheap requests.
func (in instance) measureCheap(t *testing.T, target string, requests int) time.Duration {
	t.Helper()
	times := make([]time.Duration, requests)
	for i := range times {
		start := time.Now()
		reply := in.Get(t, "", target)
		times[i] = time.Since(start)
		if reply.Status != http.StatusOK {
			t.Fatalf("a cheap request was refused:\n%s", reply)
		}
	}
	slices.Sort(times)
	p50, p99 := times[requests/2], times[requests*99/100]
	t.Logf("cheap requests: p50 %v, p99 %v", p50.Round(time.Millisecond), p99.Round(time.Millisecond))
	return p99
}

// timed sends a request and checks that the reply arrives in time and is not a server error, except
// for a refusal that says when to try again.
func (in instance) timed(t *testing.T, name string, r contract.Request, limit time.Duration) contract.Reply {
	t.Helper()
	start := time.Now()
	reply, err := in.Try(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if took := time.Since(start); took > allowed(limit) {
		t.Errorf("%s takes %v, more than %v", name, took, limit)
	}
	if !strings.Contains(reply.Body, `"code":"busy"`) { // a reply of the host, not of the app
		in.Check(t, r, reply)
	}
	checkRefusal(t, r, reply)
	return reply
}

// checkRefusal checks that a server error explains itself and says when to try again.
func checkRefusal(t *testing.T, r contract.Request, reply contract.Reply) {
	t.Helper()
	if reply.Status < 500 || reply.Status == http.StatusBadGateway {
		return
	}
	explained := strings.Contains(reply.Body, `"detail":`) && reply.Header.Get("Retry-After") != ""
	if !explained || reply.Status != http.StatusServiceUnavailable &&
		reply.Status != http.StatusInsufficientStorage {
		t.Errorf("%s%s", r, reply)
	}
}

// eval evaluates an expression and decodes the reply.
func (in instance) eval(t *testing.T, token, source string) (reply evaluation) {
	t.Helper()
	r := in.Eval(t, token, source)
	if err := json.Unmarshal([]byte(r.Body), &reply); err != nil || r.Status != http.StatusOK {
		t.Fatalf("evaluate %.80q: %v\n%s", source, err, r)
	}
	return reply
}

type evaluation struct {
	Session *string
	Entry   int
	Notices []struct{ Code, Message string }
}

// raw writes bytes to a new connection as they are and returns the reply, if there is one.
func (in instance) raw(t *testing.T, request []byte) (reply contract.Reply, err error) {
	t.Helper()
	conn := in.dial(t)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	go func() { // the server may reply before it has read everything
		conn.Write(request)
		conn.(*net.TCPConn).CloseWrite()
	}()
	return read(conn)
}

func read(conn net.Conn) (reply contract.Reply, err error) {
	received, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return reply, err
	}
	defer received.Body.Close()
	body, err := io.ReadAll(received.Body)
	return contract.Reply{Status: received.StatusCode, Header: received.Header, Body: string(body)}, err
}

func (in instance) dial(t *testing.T) net.Conn {
	t.Helper()
	u, err := url.Parse(in.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// files returns the content of all files in the host's state folder, by name.
func (in instance) files(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(in.host.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			content, err := os.ReadFile(in.host.StateDir + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			files[e.Name()] = content
		}
	}
	return files
}

// size returns the size of all files in the host's state folder.
func (in instance) size(t *testing.T) int {
	t.Helper()
	total := 0
	for _, content := range in.files(t) {
		total += len(content)
	}
	return total
}

// holds returns the names of files that contain a text.
func (in instance) holds(t *testing.T, text string) (names []string) {
	t.Helper()
	for name, content := range in.files(t) {
		if bytes.Contains(content, []byte(text)) {
			names = append(names, name)
		}
	}
	return names
}

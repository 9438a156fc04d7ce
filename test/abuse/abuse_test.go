// Package abuse sends an instance what attackers would, and holds it to bounds in time, memory and
// bytes.
//
//	make abuse BASE_URL=http://127.0.0.1:3000
//
// Without BASE_URL it starts hosts of its own, and also checks what only their owner can see: their
// memory, their files, and how they bear a hostile service behind them. SPIN=1 leaves out what the
// embedded host refuses by itself and Spin does not.
//
// Other tests may run at the same time unless BASE_URL is set, if only to nothing, as make abuse
// does. Then times are ten times as long before they count as too long.
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
	cheap       = "/eval?expr=1"         // costs next to nothing
	cheapLimit  = 500 * time.Millisecond // of the 99th percentile of a cheap request
	memoryLimit = 512 << 20              // of the host's resident memory
)

var (
	baseURL, isQuiet = os.LookupEnv("BASE_URL")
	onSpin           = os.Getenv("SPIN") != ""
)

// allowed returns the time that something may take which takes at most limit on a quiet machine.
func allowed(limit time.Duration) time.Duration {
	if isQuiet {
		return limit
	}
	return 10 * limit
}

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// instance is an instance under attack.
type instance struct {
	*contract.Suite
	url  string
	host *harness.App // nil if it is not ours
}

// open returns the instance at BASE_URL, or else a new host with these variables.
func open(t *testing.T, variables ...string) instance {
	t.Helper()
	if baseURL != "" {
		return instance{contract.Open(t, baseURL), strings.TrimRight(baseURL, "/"), nil}
	}
	return own(t, variables...)
}

// own starts a host with variables, each NAME=VALUE, and with limits like those of `make up`. It skips
// the test if BASE_URL names another instance.
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

// checkMemory checks the most memory that the host has had, if it is ours.
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

// hostOnly skips the rest of a test on Spin, which answers malformed requests by itself, and has no
// limits of its own for what the services never see.
func hostOnly(t *testing.T) {
	t.Helper()
	if onSpin {
		t.Skip("this is up to the host, and Spin does otherwise")
	}
}

// checkCheap sends cheap requests to a target, one after the other, while something else goes on. If
// they take too long it does so twice more: other work on the machine only adds to their time.
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
			t.Fatalf("a cheap request is refused:\n%s", reply)
		}
	}
	slices.Sort(times)
	p50, p99 := times[requests/2], times[requests*99/100]
	t.Logf("cheap requests: p50 %v, p99 %v", p50.Round(time.Millisecond), p99.Round(time.Millisecond))
	return p99
}

// timed sends a request and checks that the reply comes in time and is no failure of the server,
// but for a refusal that says when to come again.
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
	if !strings.Contains(reply.Body, `"code":"busy"`) { // which the host says, not the app
		in.Check(t, r, reply)
	}
	checkRefusal(t, r, reply)
	return reply
}

// checkRefusal checks that a server error has words and says when to come again.
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

// raw writes bytes as they are to a new connection, and returns the reply, if there is one.
func (in instance) raw(t *testing.T, request []byte) (reply contract.Reply, err error) {
	t.Helper()
	conn := in.dial(t)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	go func() { // the server may answer before it has read everything
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

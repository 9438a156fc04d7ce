package spinhost

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// wantBusy checks that a response is the 503 of a limit.
func wantBusy(t *testing.T, name string, reply *http.Response, body string) {
	t.Helper()
	if reply.StatusCode != 503 || reply.Header.Get("Retry-After") == "" || !strings.Contains(body, `"code":"busy"`) {
		t.Errorf("%s: %s %q %v, want a busy 503", name, reply.Status, body, reply.Header)
	}
	if reply.Header.Get("X-Content-Type-Options") != "nosniff" || reply.Header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(reply.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s: a browser may do more than show it: %v", name, reply.Header)
	}
}

// waitFor waits until a condition holds.
func waitFor(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 30 seconds", what)
		}
	}
}

// TestClientGone checks that a GET stops when its client disconnects, and a POST does not.
func TestClientGone(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.Timeout = 2 * time.Minute })
	for _, c := range []struct {
		method, path string
		stops        bool
	}{
		{"GET", "/run/loop", true},
		{"GET", "/run/fibonacci/80", true},
		{"GET", "/run/sleep/60000", true},
		{"HEAD", "/run/loop", true},
		{"POST", "/run/sleep/2000", false},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, c.method, s.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan bool)
		start := time.Now()
		go func() {
			if reply, err := s.Client().Do(r); err == nil {
				reply.Body.Close()
			}
			close(ended)
		}()
		waitFor(t, "start", func() bool { return len(s.app.running) == 1 })
		cancel()
		<-ended
		waitFor(t, c.path, func() bool { return len(s.app.running) == 0 })
		if took := time.Since(start); !c.stops && took < 2*time.Second {
			t.Errorf("%s %s was stopped after %v", c.method, c.path, took)
		}
	}
}

// TestCheapBesideExpensive checks that many cheap requests, one after the other, are answered while
// 64 endless ones run.
func TestCheapBesideExpensive(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.Timeout = 2 * time.Minute })
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for range 64 {
		clients.Go(func() {
			r, _ := http.NewRequestWithContext(ctx, "GET", s.URL+"/run/fibonacci/80", nil)
			if reply, err := http.DefaultClient.Do(r); err == nil {
				reply.Body.Close()
			}
		})
	}
	waitFor(t, "start", func() bool { return len(s.app.running) == 64 })
	time.Sleep(500 * time.Millisecond) // until their free time is over
	var times []time.Duration
	for range 200 {
		start := time.Now()
		s.get(t, "/run/fibonacci/15")
		times = append(times, time.Since(start))
	}
	if running := len(s.app.running); running != 64 {
		t.Errorf("%d of the endless requests are still under way", running)
	}
	cancel()
	clients.Wait()
	slices.Sort(times)
	t.Logf("p50 %v, p99 %v", times[100], times[198])
}

// TestTotalMemory checks requests that together need more memory than there is.
func TestTotalMemory(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.MaxTotalMemory = 64 << 20 })
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			reply, body := s.do(t, "GET", "/run/grow/20", "")
			if reply.StatusCode != 200 {
				wantBusy(t, "20 MB", reply, body)
			}
		})
	}
	for range 20 {
		s.get(t, "/exact")
	}
	clients.Wait()
	waitFor(t, "memory", func() bool { return s.app.memory.Used() < 32<<20 })
}

// TestStalledBodies checks the memory of large bodies that stop arriving.
func TestStalledBodies(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.MaxTotalMemory = 16 << 20 })
	part := strings.Repeat("x", 1<<20)
	for range 100 {
		connection, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		go fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n%s", part)
	}
	waitFor(t, "bodies", func() bool { return s.app.memory.Used() > 4<<20 })
	time.Sleep(100 * time.Millisecond)
	if used := s.app.memory.Used(); used > 16<<20 {
		t.Errorf("bodies hold %d bytes", used)
	}
	s.get(t, "/exact")
}

// TestComponentShare checks that a busy component leaves instances for others.
func TestComponentShare(t *testing.T) {
	s := launch(t, allow(), func(o *Options) { o.MaxInstances = 8 })
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() {
			reply, body := s.do(t, "GET", "/run/sleep/3000", "")
			if reply.StatusCode != 200 {
				wantBusy(t, "beyond its share", reply, body)
			}
		})
	}
	waitFor(t, "start", func() bool { return len(s.app.running) == 6 })
	s.get(t, "/echo/exact")
	clients.Wait()
}

// TestOutboundShare checks that a component that waits for another host answers other requests.
func TestOutboundShare(t *testing.T) {
	answer := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-answer }))
	defer slow.Close()
	s := launch(t, allow(slow.URL), func(o *Options) {
		o.MaxInstances, o.Timeout, o.OutboundTimeout = 32, time.Minute, time.Minute
	})
	var clients sync.WaitGroup
	var busy atomic.Int64
	for range 20 {
		clients.Go(func() {
			reply, body := s.do(t, "POST", "/fetch", "GET "+slow.URL+"/\n\n-")
			switch {
			case reply.StatusCode != 200:
				wantBusy(t, "beyond its share", reply, body)
				busy.Add(1)
			case !strings.HasPrefix(body, "ok 200"):
				t.Errorf("an answer that is late: %q", body)
			}
		})
	}
	waitFor(t, "refusals", func() bool { return busy.Load() == 14 })
	s.get(t, "/exact")
	close(answer)
	clients.Wait()
}

// TestOutputLimit checks the log of a component that prints endlessly.
func TestOutputLimit(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.Timeout = 2 * time.Second })
	for range 2 {
		before := len(s.log.String())
		s.do(t, "GET", "/run/chatter/x", "")
		if n := len(s.log.String()) - before; n < 64<<10 || n > 65<<10 {
			t.Errorf("%d bytes in the log after one request, want 64 KiB and a word about the rest", n)
		}
	}
}

// slowClient counts write deadlines.
type slowClient struct {
	*httptest.ResponseRecorder
	deadlines int
}

func (c *slowClient) SetWriteDeadline(time.Time) error {
	c.deadlines++
	return nil
}

func TestWriteDeadlines(t *testing.T) {
	client := &slowClient{ResponseRecorder: httptest.NewRecorder()}
	resp := response{status: 200, body: make([]byte, 10*writeChunk)}
	resp.write(client, "GET")
	if n, _ := io.Copy(io.Discard, client.Body); n != 10*writeChunk || client.deadlines != 10 {
		t.Errorf("%d bytes with %d deadlines, want %d with 10", n, client.deadlines, 10*writeChunk)
	}
}

// TestCloseStops checks that Close stops a running request.
func TestCloseStops(t *testing.T) {
	app, log, _, err := newApp(t, strings.ReplaceAll(raw, "files = [\"*.txt\"]", ""))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(app)
	defer srv.Close()
	ended := make(chan int)
	go func() {
		reply, err := http.Post(srv.URL+"/run/loop", "text/plain", nil)
		if err != nil {
			t.Error(err)
			ended <- 0
			return
		}
		reply.Body.Close()
		ended <- reply.StatusCode
	}()
	waitFor(t, "start", func() bool { return len(app.running) == 1 })
	if err := app.Close(); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	if status := <-ended; status != 503 {
		t.Errorf("status %d", status)
	}
}

// TestChainLoop checks that a component that endlessly calls another is stopped.
func TestChainLoop(t *testing.T) {
	s := launch(t, allow("http://echo.spin.internal"), func(o *Options) { o.Timeout = 300 * time.Millisecond })
	start := time.Now()
	reply, body := s.do(t, "POST", "/insist", "GET http://echo.spin.internal/\n\n-")
	wantBusy(t, "a loop of calls", reply, body)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v, want 0.3 s", took)
	}
}

// TestWarningLimit checks the log while a component endlessly tries requests that are not allowed.
func TestWarningLimit(t *testing.T) {
	s := launch(t, allow("http://nobody.example"), func(o *Options) { o.Timeout = 2 * time.Second })
	s.do(t, "POST", "/insist", "GET http://elsewhere.example/\n\n-")
	if n := strings.Count(s.log.String(), "a request was not allowed"); n != maxWarnings {
		t.Errorf("%d warnings in the log, want %d", n, maxWarnings)
	}
}

// TestStaleFiles checks that the files of a killed host are removed and those of a running one
// kept.
func TestStaleFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	stale := filepath.Join(os.TempDir(), filesPrefix+"1")
	if err := os.MkdirAll(filepath.Join(stale, "raw"), 0o700); err != nil {
		t.Fatal(err)
	}
	first := launch(t, raw)
	if _, err := os.Stat(stale); err == nil {
		t.Error("the directory of a killed process is still there")
	}
	launch(t, raw)
	if got := first.get(t, "/run/read/kept.txt"); got != "kept" {
		t.Errorf("the files of a running app: %q", got)
	}
}

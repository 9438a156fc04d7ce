package spinhost

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestIsolation checks that nothing a request leaves behind is visible to the next one.
func TestIsolation(t *testing.T) {
	s := launch(t, raw)
	instances := func() int { return s.app.components["raw"].module.Idle() }
	fresh := s.get(t, "/remember/nothing")
	if !strings.HasPrefix(fresh, "0 0 ") || !strings.HasSuffix(fresh, " 5") {
		t.Fatalf("first request: %q, want a counter of 0, nothing kept and the length of GREETING", fresh)
	}
	if instances() != 1 {
		t.Fatalf("%d instances wait after one request, want it to be kept", instances())
	}
	for _, c := range []struct {
		name, path string
		reused     bool
	}{
		{"package variables", "/remember/nothing", true},
		{"the heap, grown by a megabyte", "/remember/memory", true},
		{"the heap, grown past what is kept", "/remember/much", false},
		{"an open file", "/remember/file", false},
		{"a closed directory", "/remember/close", false},
		{"a trap", "/run/panic", false},
		{"an exit", "/run/exit/0", false},
		{"a stack used up", "/run/deep/100000", false},
		{"a bad argument of an import", "/call/variable-outside", false},
		{"a bad response", "/reply/headers-outside", true},
		{"a file read and closed", "/run/read/kept.txt", true},
		{"output", "/run/print/x", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.get(t, "/remember/nothing") // so that an idle instance exists
			before := instances()
			s.do(t, "GET", c.path, "")
			if reused := instances() == before; reused != c.reused {
				t.Errorf("%d instances wait, before %d; want it to be kept: %v", instances(), before, c.reused)
			}
			if after := s.get(t, "/remember/nothing"); after != fresh {
				t.Errorf("the next request finds %q, want %q", after, fresh)
			}
		})
	}
}

// TestWorld checks what a component sees of the system: read-only files, its environment, no
// arguments, an empty standard input, the real time and random numbers.
func TestWorld(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.Environment = map[string]string{"FROM": "the host", "GREETING": "hi"} })
	for _, c := range []struct{ path, want string }{
		{"/run/read/kept.txt", "kept"},
		{"/run/read/none.txt", "open /none.txt: file does not exist"},
		{"/run/read/../../../etc/hostname", "open /../../../etc/hostname: "},
		{"/run/write/kept.txt", "open /kept.txt: "},
		{"/run/write/new.txt", "open /new.txt: "},
		{"/run/create/new.txt", "open /new.txt: "},
		{"/run/truncate/kept.txt", "open /kept.txt: "},
		{"/run/read/kept.txt", "kept"},
		{"/run/open/kept.txt", "64"},
		{"/run/environment", "FROM=the host\nGREETING=hi\n"},
		{"/run/arguments", "0"},
		{"/run/stdin", "0 EOF"},
	} {
		got := s.get(t, c.path)
		if strings.HasSuffix(c.want, ": ") && strings.HasPrefix(got, c.want) && len(got) > len(c.want) {
			continue
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
	if entries, err := os.ReadDir(s.dir); err != nil || len(entries) != 3 { // spin.toml, kept.txt, .spin
		t.Errorf("the application's directory has %d entries after the guest tried to write (%v)", len(entries), err)
	}
	var now int64
	if _, err := fmt.Sscan(s.get(t, "/run/clock"), &now); err != nil || time.Since(time.UnixMilli(now)).Abs() > time.Minute {
		t.Errorf("the guest's clock says %d, which is not now (%v)", now, err)
	}
	if one, two := s.get(t, "/run/random"), s.get(t, "/run/random"); one == two {
		t.Errorf("the guest drew the same 16 random bytes twice: %s", one)
	}
}

// TestTime checks that a component that takes too long is stopped.
func TestTime(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.Timeout = 300 * time.Millisecond })
	for _, path := range []string{"/run/loop", "/run/fibonacci/80", "/run/sleep/60000"} {
		start := time.Now()
		reply, body := s.do(t, "GET", path, "")
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v, want 0.3 s", path, took)
		}
		wantBusy(t, path, reply, body)
	}
	if got := strings.Count(s.log.String(), "GET /...: component raw: it did not answer within 300ms and was stopped"); got != 3 {
		t.Errorf("%d of 3 are in the log:\n%s", got, s.log)
	}
	if got := s.get(t, "/run/fibonacci/20"); got != "6765" {
		t.Errorf("fibonacci(20) = %s, want 6765", got)
	}
	if got := s.get(t, "/run/sleep/10"); got != "" {
		t.Errorf("a short sleep: %q", got)
	}
}

func TestMemoryLimit(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.MaxMemory = 16 << 20 })
	if got := s.get(t, "/run/grow/2"); got != "2" {
		t.Errorf("2 MB of 16: %q", got)
	}
	if reply, _ := s.do(t, "GET", "/run/grow/20", ""); reply.StatusCode != 500 {
		t.Errorf("20 MB of 16: %s, want 500", reply.Status)
	}
	if got := s.get(t, "/run/grow/2"); got != "2" {
		t.Errorf("2 MB after that: %q", got)
	}
}

func TestInstanceLimit(t *testing.T) {
	s := launch(t, raw, func(o *Options) { o.MaxInstances = 1 })
	sleeping := make(chan struct{})
	go func() {
		defer close(sleeping)
		s.do(t, "GET", "/run/sleep/3000", "")
	}()
	for deadline := time.Now().Add(30 * time.Second); len(s.app.running) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the first request does not start")
		}
	}
	reply, body := s.do(t, "GET", "/exact", "")
	wantBusy(t, "with the one instance busy", reply, body)
	<-sleeping
	s.get(t, "/exact")
	if want := "maximum concurrent limit of 1 for component instances reached"; !strings.Contains(s.log.String(), want) {
		t.Errorf("the log does not say %q", want)
	}
}

func TestLogs(t *testing.T) {
	for _, c := range []struct {
		name       string
		quiet      bool
		files      bool
		wantStderr bool
	}{
		{"files and stderr", false, true, true},
		{"files alone", true, true, false},
		{"stderr alone", true, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := launch(t, raw, func(o *Options) {
				o.Quiet = c.quiet
				if !c.files {
					o.Config.LogDir = ""
				}
			})
			logs := filepath.Join(s.dir, ".spin", "logs")
			if _, err := os.Stat(logs); err == nil {
				t.Error("the log folder is there before the component runs")
			}
			s.get(t, "/run/print/one")
			s.get(t, "/run/print/two")
			for stream, want := range map[string]string{"stdout": "out one\nout two\n", "stderr": "err one\nerr two\n"} {
				data, err := os.ReadFile(filepath.Join(logs, "raw_"+stream+".txt"))
				if c.files && string(data) != want || !c.files && err == nil {
					t.Errorf("%s: %q (%v), want %q", stream, data, err, want)
				}
				if strings.Contains(s.log.String(), want[:8]) != c.wantStderr {
					t.Errorf("the host's stderr has %s: %v, want %v", stream, !c.wantStderr, c.wantStderr)
				}
			}
		})
	}
}

// TestSecretsInLogs checks the log of a failed request with secrets in its path and query.
func TestSecretsInLogs(t *testing.T) {
	s := launch(t, raw)
	if reply, _ := s.do(t, "GET", "/status/99/s3cret?session=s3cret", "", "Authorization", "Bearer s3cret"); reply.StatusCode != 500 {
		t.Fatalf("status %s, want 500", reply.Status)
	}
	if log := s.log.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, "GET /...: component raw: malformed HTTP status code 0") {
		t.Errorf("the log should tell the failure and no secret:\n%s", log)
	}
}

// TestLogRotation writes twice as much as a log file may hold.
func TestLogRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "a_stdout.txt")
	l := &componentLog{path: path, flags: os.O_APPEND | os.O_CREATE | os.O_WRONLY, quiet: true,
		log: newLogger(io.Discard, LogPlain, nil)}
	line := []byte(strings.Repeat("x", 1<<20))
	for range 2*maxLog>>20 + 1 {
		l.write(t.Context(), line)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int64{path: 1 << 20, path + ".1": maxLog} {
		if info, err := os.Stat(name); err != nil || info.Size() != want {
			t.Errorf("%s: %v, %v, want %d bytes", name, info.Size(), err, want)
		}
	}
}

package spinhost

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abacus/spinhost/config"

	"github.com/redis/go-redis/v9"
)

// redisServer is a Redis process.
type redisServer struct {
	address string
	command *exec.Cmd
}

// start starts an empty Redis and waits until it serves.
func (r *redisServer) start(t testing.TB) {
	t.Helper()
	_, port, err := net.SplitHostPort(r.address)
	if err != nil {
		t.Fatal(err)
	}
	r.command = exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", t.TempDir())
	output, err := r.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.stop)
	defer time.AfterFunc(10*time.Second, func() { r.command.Process.Kill() }).Stop()
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			return
		}
	}
	t.Fatal("redis-server does not start to serve")
}

func (r *redisServer) stop() {
	if r.command != nil {
		r.command.Process.Kill()
		r.command.Wait()
		r.command = nil
	}
}

// startRedis starts Redis for a test.
func startRedis(t testing.TB) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the test of key-value stores in Redis needs redis-server")
		}
		t.Skip("redis-server is not installed: `make redis` installs it")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &redisServer{address: listener.Addr().String()}
	listener.Close()
	srv.start(t)
	return srv
}

// TestRedis uses the stores of deploy/redis.toml, at the address of a test Redis.
func TestRedis(t *testing.T) {
	srv := startRedis(t)
	text, err := os.ReadFile(filepath.Join("..", "deploy", "redis.toml"))
	if err != nil {
		t.Fatal(err)
	}
	const deployed = "127.0.0.1:6379/0"
	if !strings.Contains(string(text), deployed) {
		t.Fatalf("deploy/redis.toml does not name %s:\n%s", deployed, text)
	}
	file := filepath.Join(t.TempDir(), "redis.toml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), deployed, srv.address+"/3")), 0o644); err != nil {
		t.Fatal(err)
	}
	onRedis := func(o *Options) {
		loaded, err := config.Load(file, config.Flags{AppDir: o.Manifest.Dir})
		if err != nil {
			t.Fatal(err)
		}
		o.Config = loaded
		storageOptions(o)
	}
	s := launch(t, storage, onRedis, func(o *Options) { o.KeyValue = map[string]string{"first": "x=y"} })
	transcript(t, s, `
		> store default
		> get first
		> get a
		> set a one two
		> get a
		> exists a
		> exists c
		> delete first
		> delete first
		> keys
		> store other
		> keys
		> store nothing
		ok
		"x=y"
		error: no such key
		ok
		"one two"
		true
		false
		ok
		ok
		"a"
		ok
		""
		error: access denied
	`)
	if want := "Storing default key-value data to Redis at " + srv.address + "."; !strings.Contains(s.log.String(), want) {
		t.Errorf("the host does not say %s", want)
	}
	client := redis.NewClient(&redis.Options{Addr: srv.address, DB: 3})
	defer client.Close()
	if value, err := client.Get(context.Background(), "a").Result(); err != nil || value != "one two" {
		t.Errorf("Redis has %q under the component's own key, %v", value, err)
	}

	second := launch(t, storage, onRedis)
	transcript(t, second, `
		> store default
		> get a
		> set b from the second host
		ok
		"one two"
		ok
	`)
	transcript(t, s, `
		> store default
		> get b
		ok
		"from the second host"
	`)
	if entries, err := filepath.Glob(filepath.Join(s.dir, ".spin", "*.db")); err != nil || len(entries) > 0 {
		t.Errorf("there are also files: %q, %v", entries, err)
	}

	srv.stop()
	if got := s.script(t, "store default\nget a"); !strings.HasPrefix(got, "ok\nerror: io error: ") {
		t.Errorf("without Redis: %q", got)
	}
	srv.start(t)
	transcript(t, s, `
		> store default
		> get a
		> set a again
		> get a
		ok
		error: no such key
		ok
		"again"
	`)
}

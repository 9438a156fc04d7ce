package keyvalue

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"abacus/spinhost/sqlite"
)

// store is the interface that the host uses.
type store interface {
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	Set(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
	Exists(ctx context.Context, key string) (bool, error)
	Keys(ctx context.Context) ([]string, error)
	Close() error
}

// stores returns an empty store of each kind.
var stores = map[string]func(t *testing.T) store{
	"memory": func(*testing.T) store { return new(Store) },
	"file": func(t *testing.T) store {
		return &Store{Path: filepath.Join(t.TempDir(), "state", "sqlite_key_value.db"), Label: "default"}
	},
	"redis": func(t *testing.T) store {
		s, err := NewRedis(startRedis(t))
		if err != nil {
			t.Fatal(err)
		}
		return s
	},
}

// startRedis starts Redis, or a substitute if it is not installed, and returns its URL.
func startRedis(t *testing.T) string {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return "redis://" + miniredis.RunT(t).Addr()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	server := exec.Command(binary, "--bind", "127.0.0.1", "--port", fmt.Sprint(port), "--save", "", "--dir", t.TempDir())
	output, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	ready := make(chan bool, 1)
	go func() {
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if strings.Contains(lines.Text(), "Ready to accept connections") {
				ready <- true
			}
		}
	}()
	select {
	case <-ready:
	case <-time.After(10 * time.Second):
		t.Fatal("redis-server is not ready after 10 s")
	}
	return fmt.Sprintf("redis://127.0.0.1:%d/3", port)
}

func TestStores(t *testing.T) {
	const missing = "(none)"
	steps := []struct {
		set, to string // nothing is set if to is empty
		delete  string
		get     string
		want    string
		keys    string
	}{
		{to: missing, get: "a", want: missing},
		{set: "a", to: "1", get: "a", want: "1", keys: "a"},
		{set: "a", to: "2", get: "a", want: "2", keys: "a"},
		{set: "b", to: "", get: "b", want: "", keys: "a b"},
		{set: "", to: "key of no length", get: "", want: "key of no length", keys: " a b"},
		{set: "ключ*?[", to: "\x00\xff\x00", get: "ключ*?[", want: "\x00\xff\x00", keys: " a b ключ*?["},
		{to: missing, delete: "ключ*?[", get: "ключ*?[", want: missing, keys: " a b"},
		{to: missing, delete: "never there", get: "A", want: missing, keys: " a b"},
		{to: missing, delete: "", get: "a", want: "2", keys: "a b"},
		{set: "large", to: strings.Repeat("x", 1<<20), get: "large", want: strings.Repeat("x", 1<<20), keys: "a b large"},
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := open(t)
			defer s.Close()
			for i, step := range steps {
				if step.to != missing {
					if err := s.Set(ctx, step.set, []byte(step.to)); err != nil {
						t.Fatal(err)
					}
				} else if err := s.Delete(ctx, step.delete); err != nil {
					t.Fatal(err)
				}
				value, found, err := s.Get(ctx, step.get)
				if err != nil || found != (step.want != missing) || found && string(value) != step.want {
					t.Errorf("step %d: get %q: %.20q, %v, %v", i, step.get, value, found, err)
				}
				if exists, err := s.Exists(ctx, step.get); err != nil || exists != found {
					t.Errorf("step %d: exists %q: %v, %v", i, step.get, exists, err)
				}
				keys, err := s.Keys(ctx)
				sort.Strings(keys)
				if err != nil || strings.Join(keys, " ") != step.keys {
					t.Errorf("step %d: keys %q, %v, want %q", i, keys, err, step.keys)
				}
			}
		})
	}
}

// TestFull checks that a full store still gets and deletes, but stores nothing new.
func TestFull(t *testing.T) {
	ctx := t.Context()
	full := false
	s := &Store{Path: filepath.Join(t.TempDir(), "data.db"), Full: func() bool { return full }}
	defer s.Close()
	if err := s.Set(ctx, "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	full = true
	for key, value := range map[string]string{"a": "22", "b": ""} {
		if err := s.Set(ctx, key, []byte(value)); err != errFull {
			t.Errorf("set %s: %v", key, err)
		}
	}
	if err := s.Set(ctx, "a", []byte("3")); err != nil {
		t.Error("a value of the same length: ", err)
	}
	if value, found, err := s.Get(ctx, "a"); string(value) != "3" || !found || err != nil {
		t.Errorf("get: %q, %v, %v", value, found, err)
	}
	if err := s.Delete(ctx, "a"); err != nil {
		t.Error("delete: ", err)
	}
}

// TestConcurrentUse writes and reads different keys concurrently.
func TestConcurrentUse(t *testing.T) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := open(t)
			defer s.Close()
			const users, each = 8, 10
			var group sync.WaitGroup
			for i := 0; i < users; i++ {
				group.Add(1)
				go func() {
					defer group.Done()
					for j := 0; j < each; j++ {
						key := fmt.Sprintf("%d-%d", i, j)
						if err := s.Set(ctx, key, []byte(key)); err != nil {
							t.Error(err)
						}
						if value, found, err := s.Get(ctx, key); !found || err != nil || string(value) != key {
							t.Errorf("get %s: %q, %v, %v", key, value, found, err)
						}
					}
				}()
			}
			group.Wait()
			if keys, err := s.Keys(ctx); len(keys) != users*each {
				t.Errorf("%d keys, %v, want %d", len(keys), err, users*each)
			}
		})
	}
}

// TestFile checks that stores that share a file use Spin's table and keep their keys apart.
func TestFile(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "sqlite_key_value.db")
	one, other, again := &Store{Path: path}, &Store{Path: path, Label: "other"}, &Store{Path: path, Label: "default"}
	for _, s := range []*Store{one, other} {
		if err := s.Set(ctx, "key", []byte("of "+s.Label)); err != nil {
			t.Fatal(err)
		}
	}
	if value, _, err := again.Get(ctx, "key"); string(value) != "of " {
		t.Errorf("the same store again: %q, %v", value, err)
	}
	for _, s := range []*Store{one, other, again} {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := one.Get(ctx, "key"); err != errClosed {
		t.Errorf("after Close: %v", err)
	}

	database := &sqlite.Database{Path: path}
	defer database.Close()
	conn := database.Connect()
	defer conn.Close()
	result, err := conn.Execute(ctx, "select store, key, value, typeof(value) from spin_key_value order by store")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for _, row := range result.Rows {
		var fields []string
		for _, field := range row {
			fields = append(fields, fmt.Sprintf("%s", field))
		}
		rows = append(rows, fields)
	}
	if want := [][]string{{"default", "key", "of ", "blob"}, {"other", "key", "of other", "blob"}}; !reflect.DeepEqual(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
}

// TestUnusable checks that a store that cannot be reached fails and recovers.
func TestUnusable(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	folder := t.TempDir()
	file := &Store{Path: folder}
	redis, err := NewRedis("redis://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		store store
		want  string
	}{
		{"folder", file, "unable to open database file: " + folder},
		{"nobody listens", redis, "dial tcp 127.0.0.1:1: connect: connection refused"},
	}
	for _, test := range tests {
		for try := 0; try < 2; try++ {
			if err := test.store.Set(ctx, "key", nil); err == nil || err.Error() != test.want {
				t.Errorf("%s: %v, want %q", test.name, err, test.want)
			}
		}
		test.store.Close()
	}
	file = &Store{Path: filepath.Join(folder, "data.db")}
	defer file.Close()
	if err := file.Set(ctx, "key", nil); err != nil {
		t.Error(err)
	}
}

func TestRedisURL(t *testing.T) {
	for _, url := range []string{"", "127.0.0.1:6379", "http://127.0.0.1", "redis://127.0.0.1/zero"} {
		if _, err := NewRedis(url); err == nil || !strings.HasPrefix(err.Error(), "the url of the Redis store: ") {
			t.Errorf("NewRedis(%q): %v", url, err)
		}
	}
}

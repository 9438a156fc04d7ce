package vfs_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"abacus/spinhost/sqlite"
	"abacus/spinhost/sqlite/vfs"
)

// disk knows which of the bytes written to a folder survive a loss of power: those that were synced
// do, each of the others may or may not.
type disk struct {
	folder string
	mu     sync.Mutex
	files  map[string]*file
}

type file struct {
	synced  []byte
	pending []operation // since the last sync
	applied int         // operations before these
}

// operation is a write, or a truncation if data is nil.
type operation struct {
	data   []byte
	offset int64
}

func (o operation) apply(content []byte) []byte {
	if o.data == nil {
		return content[:min(int64(len(content)), o.offset)]
	}
	if missing := o.offset + int64(len(o.data)) - int64(len(content)); missing > 0 {
		content = append(content, make([]byte, missing)...)
	}
	copy(content[o.offset:], o.data)
	return content
}

// watched is the disk that the hooks write to.
var watched *disk

func TestMain(m *testing.M) {
	vfs.Install(vfs.Hooks{
		Write: func(path string, data []byte, offset int64) {
			watched.add(path, operation{slices.Clone(data), offset})
		},
		Truncate: func(path string, size int64) { watched.add(path, operation{nil, size}) },
		Sync:     func(path string, run func()) { watched.sync(path, run) },
		Delete:   func(path string) { watched.delete(path) },
	})
	os.Exit(m.Run())
}

// watch begins with an empty folder.
func watch(t *testing.T) *disk {
	watched = &disk{folder: t.TempDir(), files: map[string]*file{}}
	return watched
}

// file returns a file of the folder, nil for others.
func (d *disk) file(path string) *file {
	if filepath.Dir(path) != d.folder {
		return nil
	}
	name := filepath.Base(path)
	if d.files[name] == nil {
		d.files[name] = &file{}
	}
	return d.files[name]
}

func (d *disk) add(path string, o operation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.file(path); f != nil {
		f.pending = append(f.pending, o)
	}
}

// delete deletes a file. It is durable at once, since SQLite syncs the folder.
func (d *disk) delete(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file(path) != nil {
		delete(d.files, filepath.Base(path))
	}
}

// sync makes durable what was written before it began.
func (d *disk) sync(path string, run func()) {
	d.mu.Lock()
	f := d.file(path)
	until := 0
	if f != nil {
		until = f.applied + len(f.pending)
	}
	d.mu.Unlock()
	run()
	if f == nil {
		return
	}
	time.Sleep(time.Millisecond) // so that more is lost, and groups are larger
	d.mu.Lock()
	defer d.mu.Unlock()
	for ; f.applied < until; f.applied++ {
		f.synced = f.pending[0].apply(f.synced)
		f.pending = f.pending[1:]
	}
}

// losePower returns a folder with what the disk may hold after a loss of power. For each operation
// that was not synced, keep returns how many of its n bytes are left.
func (d *disk) losePower(t *testing.T, keep func(n int) int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	folder := t.TempDir()
	for name, f := range d.files {
		content := slices.Clone(f.synced)
		for _, o := range f.pending {
			if o.data == nil {
				if keep(1) == 1 {
					content = o.apply(content)
				}
			} else if n := keep(len(o.data)); n > 0 {
				content = operation{o.data[:n], o.offset}.apply(content)
			}
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// nothing keeps no bytes; anything keeps all of them, none, or the first sectors.
func nothing(int) int { return 0 }

func anything(n int) int {
	const sector = 512
	return []int{0, n, min(n, sector*rand.IntN(n/sector+1))}[rand.IntN(3)]
}

// rows reads the table, and fails if the database is damaged.
func rows(t *testing.T, folder string) map[string]bool {
	d := &sqlite.Database{Path: filepath.Join(folder, "data.db")}
	defer d.Close()
	conn := d.Connect()
	defer conn.Close()
	if text := fmt.Sprint(read(t, conn, "PRAGMA integrity_check")); text != "map[ok:true]" {
		t.Fatalf("after a loss of power: %s", text)
	}
	return read(t, conn, "SELECT name FROM t")
}

// read returns the values of the only column of a query.
func read(t *testing.T, conn *sqlite.Conn, query string) map[string]bool {
	result, err := conn.Execute(context.Background(), query)
	if err != nil {
		t.Error(err)
	}
	names := map[string]bool{}
	for _, row := range result.Rows {
		names[row[0].(string)] = true
	}
	return names
}

func create(t *testing.T, folder string) *sqlite.Database {
	d := &sqlite.Database{Path: filepath.Join(folder, "data.db")}
	t.Cleanup(func() { d.Close() })
	err := d.Batch(context.Background(), `
		PRAGMA journal_mode = WAL;
		CREATE TABLE t(name TEXT PRIMARY KEY, filler TEXT);`)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPowerLoss cuts the power again and again while clients write and read. Whichever unsynced
// bytes are left, the database is intact and has every row that a client knows of, because its
// write was acknowledged or because it was read.
func TestPowerLoss(t *testing.T) {
	d := watch(t)
	database := create(t, d.folder)
	largest := 0
	database.Observe = func(g sqlite.Group) { largest = max(largest, g.Statements) }
	var mu sync.Mutex
	known := map[string]bool{}
	const clients, writes = 8, 60
	var group sync.WaitGroup
	for client := range clients {
		group.Go(func() {
			for n := range writes {
				conn := database.Connect()
				name := fmt.Sprintf("%d/%d", client, n)
				_, err := conn.Execute(context.Background(), "INSERT INTO t VALUES (?, ?)", name,
					strings.Repeat("x", rand.IntN(20_000)))
				if err != nil {
					t.Error(err)
				}
				if _, err := conn.Execute(context.Background(),
					"INSERT INTO t VALUES (?, '')", name); err == nil {
					t.Errorf("%s is there twice", name)
				}
				seen := read(t, conn, "SELECT name FROM t")
				conn.Close()
				mu.Lock()
				known[name] = true
				maps.Copy(known, seen)
				mu.Unlock()
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		group.Wait()
		close(ended)
	}()
	defer group.Wait()
	for running, n := true, 0; running; n++ {
		select {
		case <-ended:
			running = false
		default:
		}
		mu.Lock()
		expected := maps.Clone(known)
		mu.Unlock()
		keep := []func(int) int{anything, nothing}[n%2]
		for name := range rows(t, d.losePower(t, keep)) {
			delete(expected, name)
		}
		if len(expected) > 0 {
			t.Fatalf("%d rows are lost, such as %v", len(expected), slices.Collect(maps.Keys(expected))[0])
		}
	}
	if largest < 2 {
		t.Error("no sync was shared")
	}
}

// TestLossIsNoticed checks that TestPowerLoss can fail: without syncs a row is lost.
func TestLossIsNoticed(t *testing.T) {
	d := watch(t)
	conn := create(t, d.folder).Connect()
	defer conn.Close()
	for _, statement := range []string{"PRAGMA synchronous = OFF", "INSERT INTO t VALUES ('a', '')"} {
		if _, err := conn.Execute(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if left := rows(t, d.losePower(t, nothing)); len(left) > 0 {
		t.Errorf("a row that was never synced survives: %v", left)
	}
}

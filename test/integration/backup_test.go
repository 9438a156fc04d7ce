package integration

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"abacus/spinhost/backup"
	"abacus/test/contract"
	"abacus/test/harness"
)

// stateFiles are the files of a state directory, as `abacus backup` names them.
func stateFiles(dir string) []backup.File {
	return []backup.File{
		{Name: "database-default.db", Path: filepath.Join(dir, "sqlite_db.db")},
		{Name: "key-value-default.db", Path: filepath.Join(dir, "sqlite_key_value.db")},
	}
}

// TestBackup backs up while 64 clients write, and restores into another folder: everything that was
// acknowledged before the backup began is there, and every share can be read.
func TestBackup(t *testing.T) {
	const clients, before = 64, 3
	unlimited := []string{"--variable", "limit_entries=none", "--variable", "limit_client_sessions=none"}
	app := harness.Start(t, harness.Options{Flags: unlimited})
	suite := open(t, app.URL)
	var tokens [clients]string
	var acknowledged [clients]atomic.Int64
	for c := range tokens {
		tokens[c] = suite.NewSession(t)
	}
	var ready, writing sync.WaitGroup
	ready.Add(clients)
	stop := make(chan struct{})
	for c := range clients {
		writing.Go(func() {
			for n := int64(1); ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				reply := suite.Eval(t, tokens[c], fmt.Sprintf("n = %d", n))
				if reply.Status == http.StatusOK && strings.Contains(reply.Body, `"recorded":true`) {
					acknowledged[c].Store(n)
				}
				share := contract.Request{Method: http.MethodPost, Target: "/shares", Body: `{"entries":"all"}`,
					Header: append(contract.Bearer(tokens[c]), contract.Field{Name: "Content-Type", Value: "application/json"})}
				if n <= before {
					suite.Send(t, share)
				}
				if n == before {
					ready.Done()
				}
			}
		})
	}
	ready.Wait()
	var least [clients]int64
	for c := range clients {
		least[c] = acknowledged[c].Load()
	}
	archive := filepath.Join(t.TempDir(), "backup.tar")
	held, err := backup.Write(t.Context(), archive, stateFiles(app.StateDir))
	close(stop)
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("writers had to wait for %v", held)

	dir, owner := t.TempDir(), os.Getuid()
	if owner == 0 { // root restores for the user of the folder
		owner = nobody
		if err := os.Chown(dir, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	if err := backup.Restore(t.Context(), archive, stateFiles(dir)); err != nil {
		t.Fatal(err)
	}
	for _, file := range stateFiles(dir) {
		info, err := os.Stat(file.Path)
		if err != nil || int(info.Sys().(*syscall.Stat_t).Uid) != owner {
			t.Errorf("%s does not belong to the user %d: %+v %v", file.Path, owner, info, err)
		}
	}
	restored := open(t, harness.Start(t, harness.Options{StateDir: dir, Flags: unlimited}).URL)
	for c, token := range tokens {
		n := int64(variables(t, restored, token)["n"])
		entries := int64(len(expressions(t, restored, token)))
		if n < least[c] || entries < least[c] {
			t.Errorf("session %d has n = %d and %d entries, %d were acknowledged", c, n, entries, least[c])
		}
		var list struct{ Shares []struct{ Share string } }
		decode(t, restored.Send(t, get("/shares", token)), http.StatusOK, &list)
		for _, share := range list.Shares {
			if reply := restored.Send(t, get("/shares/"+share.Share, "")); reply.Status != http.StatusOK {
				t.Errorf("the share of session %d is not complete:\n%s", c, reply)
			}
		}
		if len(list.Shares) == 0 {
			t.Errorf("session %d has no share", c)
		}
	}
}

// TestRestoreRefuses checks that restore refuses to overwrite files, and refuses damaged archives.
func TestRestoreRefuses(t *testing.T) {
	app := harness.Start(t, harness.Options{})
	suite := open(t, app.URL)
	decode(t, suite.Eval(t, "", "a = 1"), http.StatusOK, &struct{}{})
	archive := filepath.Join(t.TempDir(), "backup.tar")
	if _, err := backup.Write(t.Context(), archive, stateFiles(app.StateDir)); err != nil {
		t.Fatal(err)
	}
	refuse := func(what, path string, files []backup.File, want string) {
		t.Helper()
		if err := backup.Restore(t.Context(), path, files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", what, err, want)
		}
	}
	refuse("a live folder", archive, stateFiles(app.StateDir), "exists: restore into an empty folder")
	refuse("another app", archive, stateFiles(t.TempDir())[1:], "has no place for")
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.tar")
	if err := os.WriteFile(broken, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	refuse("half an archive", broken, stateFiles(dir), "unexpected EOF")
	for i := 512 + 4096; i < 512+3*4096; i++ {
		data[i] = 0xff
	}
	if err := os.WriteFile(broken, data, 0o600); err != nil {
		t.Fatal(err)
	}
	refuse("a damaged table", broken, stateFiles(dir), "restore database-default.db")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("a refused restore leaves %v behind (%v)", left, err)
	}
}

package integration

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abacus/spinhost/sqlite"
	"abacus/test/harness"
)

// TestDamagedTable overwrites the first page of a table while the host is down: the health says
// which service is down and why.
func TestDamagedTable(t *testing.T) {
	for service, table := range map[string]string{"sessions": "variables", "history": "entries"} {
		app := harness.Start(t, harness.Options{})
		decode(t, open(t, app.URL).Eval(t, "", "a = 1"), http.StatusOK, &struct{}{})
		app.Stop(t)
		damage(t, filepath.Join(app.StateDir, "sqlite_db.db"), table)
		suite := open(t, harness.Start(t, harness.Options{StateDir: app.StateDir}).URL)
		var health struct {
			Status   string
			Services map[string]string
			Reasons  []string
		}
		decode(t, suite.Send(t, get("/health", "")), http.StatusServiceUnavailable, &health)
		reasons := strings.Join(health.Reasons, "\n")
		if health.Status != "down" || health.Services[service] != "down" || reasons != service+": the database is damaged" {
			t.Errorf("%s is damaged: the health is %+v", table, health)
		}
	}
}

// damage overwrites the first page of a table.
func damage(t *testing.T, path, table string) {
	t.Helper()
	database := &sqlite.Database{Path: path}
	connection := database.Connect()
	found, err := connection.Execute(t.Context(),
		"SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = ?1", table)
	if err != nil || len(found.Rows) != 1 {
		t.Fatalf("find the table %s: %v, %v", table, found, err)
	}
	if _, err := connection.Execute(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	connection.Close()
	_ = database.Close()
	page, size := found.Rows[0][0].(int64), found.Rows[0][1].(int64)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte(strings.Repeat("\xff", int(size))), (page-1)*size); err != nil {
		t.Fatal(err)
	}
}

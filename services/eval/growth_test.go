package eval_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"abacus/shared/capability"
)

// BenchmarkGrowth measures the services on a database of 100,000 sessions, one of which has
// 1,000,000 entries. It also reports the bytes that an entry takes for good (B/entry), and those
// that the id of its evaluation takes for two days (B/id).
func BenchmarkGrowth(b *testing.B) {
	const sessions, entries = 100_000, 1_000_000
	a := newApp(b)
	token := a.session()
	owner := []string{"Authorization", "Bearer " + token}
	a.eval(token, "a = 1")
	db, err := a.open()
	if err != nil {
		b.Fatal(err)
	}
	execute := func(statement string) {
		if _, err := db.Execute(statement); err != nil {
			b.Fatal(err)
		}
	}
	size := func() int64 {
		execute("PRAGMA wal_checkpoint(TRUNCATE)")
		info, err := os.Stat(filepath.Join(a.folder, "sqlite_db.db"))
		if err != nil {
			b.Fatal(err)
		}
		return info.Size()
	}
	hash := capability.Token(token).Owner()
	count := func(n int) string {
		return fmt.Sprintf("WITH RECURSIVE c (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c WHERE n <= %d) ", n)
	}
	execute(count(sessions) + "INSERT INTO sessions (token_hash, used_at) SELECT lower(hex(randomblob(32))), 1795339800000 FROM c")
	execute("INSERT INTO variables (session_id, key, value) SELECT session_id, 'a', 1 FROM sessions WHERE token_hash <> '" + hash + "'")
	before := size()
	execute(count(entries) + "INSERT INTO entries (owner, id, at, kind, expression, parsed, result, key) " +
		"SELECT '" + hash + "', n, 1795339800000 + n, 'value', '3 * (7 + 1) # a note on ' || n, '3*(7 + 1)', 24, lower(hex(randomblob(16))) FROM c")
	middle := size()
	execute("INSERT INTO appends (owner, key, first, at) SELECT owner, key, id, at FROM entries WHERE id > 1")
	after := size()
	execute("UPDATE owners SET last = (SELECT max(id) FROM entries)")
	b.Run("size", func(b *testing.B) {
		b.ReportMetric(float64(middle-before)/entries, "B/entry")
		b.ReportMetric(float64(after-middle)/entries, "B/id")
	})
	for _, c := range []struct {
		name string
		send func() reply
	}{
		{"load", func() reply { return a.send("sessions", "GET", "/session", "", owner...) }},
		{"append", func() reply { return a.eval(token, "1 + 1") }},
		{"assign", func() reply { return a.eval(token, "a = 1 + 1") }},
		{"ans", func() reply { return a.eval(token, "ans + 1") }},
		{"page/newest", func() reply { return a.send("history", "GET", "/history", "", owner...) }},
		{"page/old", func() reply { return a.send("history", "GET", "/history?cursor=1000", "", owner...) }},
		{"search/found", func() reply { return a.send("history", "GET", "/history?q=note", "", owner...) }},
		{"search/not-found", func() reply { return a.send("history", "GET", "/history?q=nowhere", "", owner...) }},
		{"share", func() reply {
			return a.send("history", "POST", "/shares", `{"entries": [1000, 500000]}`, append(owner, "Content-Type", "application/json")...)
		}},
		{"session", func() reply { return a.send("sessions", "POST", "/sessions", "") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for i := 0; i < b.N; i++ {
				if r := c.send(); r.Status/100 != 2 {
					b.Fatal(r.Status, r.Body)
				}
			}
		})
	}
}

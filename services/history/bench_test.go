package history_test

import (
	"strings"
	"testing"
)

// BenchmarkPage reads pages of a history of 100,000 entries: by key, and searching all of it for a
// text that does not occur. EXPLAIN shows that both read one range of the table.
func BenchmarkPage(b *testing.B) {
	s := newService(b)
	token := s.session()
	s.recordMany(100_000, token, "value", "3 * (7 + 1) # a note on it", "3*(7 + 1)")
	result, err := s.db.Execute("EXPLAIN QUERY PLAN SELECT id FROM entries WHERE owner = 'o' AND id < 5 ORDER BY id DESC LIMIT 51")
	if err != nil {
		b.Fatal(err)
	}
	if plan := result.Rows[0][3].Text(); !strings.Contains(plan, "SEARCH entries USING PRIMARY KEY (owner=? AND id<?)") {
		b.Fatalf("the plan is %s", plan)
	}
	for name, uri := range map[string]string{
		"newest": "/history", "old": "/history?cursor=500", "text": "/history?q=nowhere",
	} {
		b.Run(name, func(b *testing.B) {
			for i := 0; i < b.N; i++ {
				if w := s.send("GET", uri, token, ""); w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

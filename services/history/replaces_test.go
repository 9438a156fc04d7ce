package history_test

import (
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abacus/services/history"
	"abacus/shared/wire"
)

// replace stores an entry that replaces another.
func (s *service) replace(token string, id int, expression string) {
	s.t.Helper()
	m := wire.Recording{ID: "replace " + expression, Entries: []wire.Entry{{Kind: "value",
		Expression: expression, Parsed: expression, Value: 1, HasValue: true, Replaces: int64(id)}}}
	if w := s.send("POST", "/internal/entries", token, string(m.Append(nil))); w.Code != 200 {
		s.t.Fatalf("%s: %d %s", expression, w.Code, w.Body)
	}
}

// TestReplaces adds, replaces and erases entries at random, and compares pages with a list. Entries
// may be replaced twice, or when they are replaced already.
func TestReplaces(t *testing.T) {
	s := newService(t)
	token := s.session()
	random := rand.New(rand.NewSource(1))
	var places [][]int // the ids that were in each place, oldest first
	last := 0
	for step := 0; step < 150; step++ {
		switch at := 0; random.Intn(5) {
		case 0, 1:
			s.record(token, "value", strconv.Itoa(step), "1")
			last++
			places = append(places, []int{last})
		case 2, 3:
			if len(places) == 0 {
				continue
			}
			at = random.Intn(len(places))
			s.replace(token, places[at][random.Intn(len(places[at]))], strconv.Itoa(step))
			last++
			places[at] = append(places[at], last)
		default:
			if len(places) == 0 {
				continue
			}
			at = random.Intn(len(places))
			id := places[at][random.Intn(len(places[at]))]
			if w := s.send("DELETE", "/history/"+strconv.Itoa(id), token, ""); w.Code != 204 {
				t.Fatalf("%d: %d %s", id, w.Code, w.Body)
			}
			places = slices.Delete(places, at, at+1)
		}
		var shown, all []int
		for _, place := range places {
			shown = append(shown, place[len(place)-1])
			all = append(all, place...)
		}
		slices.Reverse(shown)
		slices.Sort(all)
		slices.Reverse(all)
		for _, c := range []struct {
			query string
			want  []int
		}{{"", shown}, {"&q=1", nil}, {"&replaced=true", all}} {
			var got []int
			for next := ""; ; {
				list, cursor := ids(t, s.send("GET", "/history?limit=7"+c.query+next, token, ""))
				got = append(got, list...)
				if cursor == "" {
					break
				}
				next = "&cursor=" + cursor
			}
			for _, id := range got { // a search finds some of them, in their order
				if i := slices.Index(shown, id); c.query == "&q=1" && i >= 0 {
					c.want = append(c.want, id)
					shown = shown[i:]
				}
			}
			if !same(got, c.want...) {
				t.Fatalf("step %d, %q: %v, want %v", step, c.query, got, c.want)
			}
		}
	}
	const bytes = "SELECT bytes FROM owners WHERE last > 0"
	const sum = "SELECT total(200 + octet_length(expression) + octet_length(parsed)) FROM entries"
	if kept, counted := s.count(sum), s.count(bytes); kept != counted || kept == 0 {
		t.Errorf("%d bytes are kept, %d are counted", kept, counted)
	}
}

// TestReplacesUsesIndexes checks that a page and the previous result read only what they show.
func TestReplacesUsesIndexes(t *testing.T) {
	s, token := filled(t)
	s.replace(token, 2, "rate = 5")
	for _, statement := range []string{
		"SELECT id, place FROM " + history.Shown + " WHERE owner = 'a' AND place < 9 AND place > 0 ORDER BY place DESC LIMIT 51",
		"SELECT result, place FROM " + history.Shown + " WHERE owner = 'a' AND result IS NOT NULL ORDER BY place DESC LIMIT 1",
	} {
		result, err := s.db.Execute("EXPLAIN QUERY PLAN " + statement)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range result.Rows {
			if step := row[3].Text(); strings.Contains(step, "TEMP B-TREE") || strings.Contains(step, "SCAN") {
				t.Errorf("%s: %s", statement, step)
			}
		}
	}
}

package contract

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// page is the reply to GET /history.
type page struct {
	Entries []struct {
		ID         int
		Expression string
	}
	Next *string
}

// testHistory follows the cursors of a long history while it grows.
func (s *Suite) testHistory(t *testing.T) {
	const entries, limit = 25, 10
	token := s.NewSession(t)
	for i := 2; i <= entries; i++ { // the first created the session
		s.Eval(t, token, fmt.Sprintf("%d", i))
	}
	next, seen := "", 0
	for {
		target := fmt.Sprintf("/history?limit=%d", limit)
		if next != "" {
			target += "&cursor=" + query(next)
		}
		reply := s.Get(t, token, target)
		var p page
		decodeInto(t, reply, http.StatusOK, &p)
		for _, entry := range p.Entries {
			want := entries - seen
			if entry.ID != want || want > 1 && entry.Expression != fmt.Sprint(want) {
				t.Fatalf("entry %d from the newest is %d, %q; want %d",
					seen+1, entry.ID, entry.Expression, want)
			}
			seen++
		}
		link := reply.Header.Get("Link")
		if p.Next == nil {
			if link != "" {
				t.Errorf("the last page has a Link: %s", link)
			}
			break
		}
		if len(p.Entries) != limit {
			t.Errorf("a page before the last has %d entries", len(p.Entries))
		}
		if !strings.HasPrefix(link, "</history?") || !strings.HasSuffix(link, `>; rel="next"`) {
			t.Errorf("Link is %q", link)
		}
		next = *p.Next
		s.Eval(t, token, "0") // a new entry must not shift the following pages
	}
	if seen != entries {
		t.Errorf("the pages have %d of %d entries", seen, entries)
	}
}

// testSpreadsheet reads a history as CSV (RFC 4180): expressions come back as they were sent,
// whatever quotes, commas and newlines they contain.
func (s *Suite) testSpreadsheet(t *testing.T) {
	token := s.NewSession(t)
	sources := []string{"a = 1/3", `max(1, 2) # "two"`, "b = 2\nb", "# ä; #\n3"}
	for _, source := range sources {
		s.Eval(t, token, source)
	}
	reply := s.Send(t, Request{
		Method: "GET",
		Target: "/history",
		Header: append(Bearer(token), Field{"Accept", "text/csv"}),
	})
	rows, err := csv.NewReader(strings.NewReader(reply.Body)).ReadAll()
	if err != nil {
		t.Fatalf("%v:\n%s", err, reply)
	}
	const columns = "id,at,kind,expression,parsed,result,unit"
	if got, want := strings.Join(rows[0], ","), columns; got != want {
		t.Errorf("the first line is %q, want %q", got, want)
	}
	if len(rows) != len(sources)+2 { // the column names, and the entry that created the session
		t.Fatalf("%d lines:\n%s", len(rows), reply)
	}
	for i, source := range sources {
		row := rows[len(sources)-i]
		if row[0] != fmt.Sprint(i+2) || row[3] != source {
			t.Errorf("entry %d comes back as %q", i+2, row)
		}
	}
	if strings.Count(reply.Body, "\r\n") != len(rows) {
		t.Errorf("the lines do not end as RFC 4180 requires:\n%q", reply.Body)
	}
}

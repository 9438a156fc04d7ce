package contract

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// page is what GET /history answers.
type page struct {
	Entries []struct {
		ID         int
		Expression string
	}
	Next *string
}

// testHistory walks through a long history by its cursors, while it grows.
func (s *Suite) testHistory(t *testing.T) {
	const entries, limit = 25, 10
	token := s.NewSession(t)
	for i := 2; i <= entries; i++ { // the session was made by the first
		s.Eval(t, token, fmt.Sprintf("%d", i))
	}
	next, walked := "", 0
	for {
		target := fmt.Sprintf("/history?limit=%d", limit)
		if next != "" {
			target += "&cursor=" + query(next)
		}
		reply := s.Send(t, Request{Method: "GET", Target: target, Header: bearer(token)})
		var p page
		decodeInto(t, reply, http.StatusOK, &p)
		for _, entry := range p.Entries {
			if want := entries - walked; entry.ID != want || want > 1 && entry.Expression != fmt.Sprint(want) {
				t.Fatalf("entry %d of the walk is %d, %q; want %d", walked+1, entry.ID, entry.Expression, want)
			}
			walked++
		}
		link := reply.Header.Get("Link")
		if p.Next == nil {
			if link != "" {
				t.Errorf("the last page has a Link: %s", link)
			}
			break
		}
		if len(p.Entries) != limit {
			t.Errorf("a page that is not the last has %d entries", len(p.Entries))
		}
		if !strings.HasPrefix(link, "</history?") || !strings.HasSuffix(link, `>; rel="next"`) {
			t.Errorf("Link is %q", link)
		}
		next = *p.Next
		s.Eval(t, token, "0") // must not shift the pages that follow
	}
	if walked != entries {
		t.Errorf("the walk met %d entries of %d", walked, entries)
	}
}

package history_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"
)

// TestRevoke checks that revoked shares stay revoked, and that only the owner can list and revoke
// shares.
func TestRevoke(t *testing.T) {
	s, token := loan(t, "limit_shares", "1")
	other := s.session()
	share := s.made(s.post(token, `{"entries":[1],"title":"private"}`))
	for _, c := range []struct {
		method, uri, token string
		status             int
	}{
		{"DELETE", "/shares/" + share, "", 401},
		{"DELETE", "/shares/" + share, other, 404},
		{"DELETE", "/shares/" + share, share, 404},
		{"GET", "/shares/" + token, "", 404},
		{"GET", "/shares/" + share + "x", "", 404},
		{"GET", "/shares/x", "", 404},
		{"GET", "/shares/", token, 200}, // a slash at the end does not count
		{"PUT", "/shares/" + share, token, 405},
		{"GET", "/shares/" + share + "/fork", "", 405},
		{"GET", "/shares/" + share + "/fork/fork", "", 404},
		{"GET", "/shares/" + share, "", 200},
		{"DELETE", "/shares/" + share, token, 204},
		{"DELETE", "/shares/" + share, token, 410},
		{"DELETE", "/shares/" + share, other, 404},
		{"GET", "/shares/" + share, "", 410},
		{"GET", "/internal/shares/" + share, "", 410},
		{"POST", "/shares/" + share + "/fork", "", 410},
	} {
		if w := s.send(c.method, c.uri, c.token, ""); w.Code != c.status {
			t.Errorf("%s %s as %q: %d %s, want %d", c.method, c.uri, c.token, w.Code, w.Body, c.status)
		}
	}
	if len(s.kv) != 0 || s.count("SELECT count(*) FROM shares WHERE title <> ''") != 0 {
		t.Errorf("%d snapshots are left, or the title is", len(s.kv))
	}
	if w := s.send("GET", "/shares", token, ""); w.Body.String() != "{\"shares\":[]}\n" {
		t.Errorf("the list is %s", w.Body)
	}
	s.made(s.post(token, `{"entries":[1]}`)) // a revoked one does not count
}

func TestExpiry(t *testing.T) {
	s, token := loan(t, "limit_shares", "1")
	share := s.made(s.post(token, `{"entries":[1],"expires_in":60}`))
	s.clock = s.clock.Add(60*time.Second - time.Millisecond)
	if w := s.send("GET", "/shares/"+share, "", ""); w.Code != 200 {
		t.Errorf("before: %d %s", w.Code, w.Body)
	}
	s.clock = s.clock.Add(time.Millisecond)
	for _, c := range [][2]string{{"GET", "/shares/" + share}, {"POST", "/shares/" + share + "/fork"}, {"DELETE", "/shares/" + share}} {
		if w := s.send(c[0], c[1], token, ""); w.Code != 410 {
			t.Errorf("%s %s: %d %s", c[0], c[1], w.Code, w.Body)
		}
	}
	if w := s.send("GET", "/shares", token, ""); w.Body.String() != "{\"shares\":[]}\n" {
		t.Errorf("the list is %s", w.Body)
	}
	s.made(s.post(token, `{"entries":[1]}`)) // an expired one does not count, and is swept now
	if len(s.kv) != 1 {
		t.Errorf("%d snapshots are stored, want 1", len(s.kv))
	}
	if w := s.send("GET", "/shares/"+share, "", ""); w.Code != 410 {
		t.Errorf("swept: %d", w.Code)
	}
}

// TestEraseShares checks that the shares of a session end with it. While the store of the snapshots
// is down, the erasure fails and can be repeated.
func TestEraseShares(t *testing.T) {
	s, token := loan(t)
	var shares []string
	for i := 0; i < 12; i++ {
		shares = append(shares, s.made(s.post(token, `{"entries":[1]}`)))
	}
	other := s.session()
	s.record(other, "value", "1", "1")
	kept := s.made(s.post(other, `{"entries":"all"}`))
	s.kvFails = true
	if w := s.sendTo(s.sessions, "DELETE", "/session", token, ""); w.Code != 503 {
		t.Errorf("without the store: %d %s", w.Code, w.Body)
	}
	s.kvFails = false
	for i := 0; i < 2; i++ {
		if w := s.sendTo(s.sessions, "DELETE", "/session", token, ""); w.Code != 204 {
			t.Errorf("time %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	for _, share := range shares {
		if w := s.send("GET", "/shares/"+share, "", ""); w.Code != 410 {
			t.Errorf("a share of the erased session: %d", w.Code)
		}
	}
	if w := s.send("GET", "/shares/"+kept, "", ""); w.Code != 200 || len(s.kv) != 1 {
		t.Errorf("the share of another: %d; %d snapshots", w.Code, len(s.kv))
	}
	if w := s.post(token, `{"entries":"all"}`); w.Code != 404 {
		t.Errorf("a new one: %d %s", w.Code, w.Body)
	}
}

// TestSweepShares checks that the creation of a share sweeps what a failed deletion left, and a
// share whose request broke off an hour ago.
func TestSweepShares(t *testing.T) {
	s, token := loan(t)
	revoked := s.made(s.post(token, `{"entries":[1]}`))
	s.kvFails = true
	if w := s.send("DELETE", "/shares/"+revoked, token, ""); w.Code != 204 {
		t.Errorf("revoked without the store: %d %s", w.Code, w.Body)
	}
	s.post(token, `{"entries":[1]}`)
	s.kvFails = false
	s.clock = s.clock.Add(61 * time.Minute)
	s.made(s.post(token, `{"entries":[1]}`))
	result, err := s.db.Execute("SELECT state FROM shares ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	var states []int64
	for _, row := range result.Rows {
		states = append(states, row[0].Int())
	}
	if want := []int64{3, 3, 1}; !reflect.DeepEqual(states, want) || len(s.kv) != 1 {
		t.Errorf("states %v, want %v; %d snapshots", states, want, len(s.kv))
	}
}

// TestShareIsNoSession checks that the token of a share opens neither a history nor a session.
func TestShareIsNoSession(t *testing.T) {
	s, token := loan(t)
	share := s.made(s.post(token, `{"entries":[1]}`))
	if list, _ := ids(t, s.send("GET", "/history", share, "")); len(list) != 0 {
		t.Errorf("a share opens the history: %v", list)
	}
	if w := s.sendTo(s.sessions, "GET", "/session", share, ""); w.Code != http.StatusNotFound {
		t.Errorf("a share opens the session: %d %s", w.Code, w.Body)
	}
}

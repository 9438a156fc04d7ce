package abuse

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"abacus/test/contract"
)

// TestGuessableKeys has two clients use the same key without a session: they must not end up in
// one.
func TestGuessableKeys(t *testing.T) {
	in := open(t)
	for _, key := range []string{"1", "order-1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"request-number-1-of-my-application", "00000000-0000-4000-8000-000000000000"} {
		seen := map[string]bool{}
		for range 2 {
			for _, r := range []contract.Request{
				contract.Evaluation("", "6 * 7"), {Method: "POST", Target: "/sessions"},
			} {
				r.Header = append(r.Header, contract.Field{Name: "Idempotency-Key", Value: key})
				reply := in.Send(t, r)
				token := reply.Header.Get("Abacus-Session")
				if reply.Status < 300 && (token == "" || seen[token]) {
					t.Errorf("the key %q leads to one session twice:\n%s%s", key, r, reply)
				}
				seen[token] = true
			}
		}
	}
}

// TestFormulas exports expressions that a spreadsheet would take for formulas.
func TestFormulas(t *testing.T) {
	in := open(t)
	token := in.NewSession(t)
	for _, source := range []string{"-1+2", "+1", "\t1", "=1", "@a", "-(2)\n"} {
		in.Eval(t, token, source)
	}
	reply := in.Send(t, contract.Request{Method: "GET", Target: "/history",
		Header: append(contract.Bearer(token), contract.Field{Name: "Accept", Value: "text/csv"})})
	for row := range strings.SplitSeq(reply.Body, "\r\n") {
		for cell := range strings.SplitSeq(row, ",") {
			cell = strings.TrimPrefix(cell, `"`)
			var number float64
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) &&
				json.Unmarshal([]byte(cell), &number) != nil {
				t.Errorf("the cell %q is a formula:\n%s", cell, reply.Body)
			}
		}
	}
}

// TestTitles shares entries under titles that reverse the direction of text.
func TestTitles(t *testing.T) {
	in := open(t)
	token := in.NewSession(t)
	for _, title := range []string{"a\u202eb", "a\u2066b\u2069", "\u200f</title><script>", "a\u061cb"} {
		body, _ := json.Marshal(map[string]any{"entries": "all", "title": title})
		created := in.Send(t, contract.Request{Method: "POST", Target: "/shares",
			Header: append(contract.Bearer(token),
				contract.Field{Name: "Content-Type", Value: "application/json"}), Body: string(body)})
		if created.Status == http.StatusBadRequest {
			continue
		}
		page := in.Send(t, contract.Request{Method: "GET", Target: created.Header.Get("Location"),
			Header: []contract.Field{{Name: "Accept", Value: "text/html"}}})
		head, _, _ := strings.Cut(page.Body, "</head>")
		if strings.ContainsAny(head, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f\u061c") ||
			strings.Contains(page.Body, "<script>") {
			t.Errorf("the title %q is in the page's head as it is:\n%.600s", title, head)
		}
	}
}

// TestReadWhileWriting reads a share while other clients write.
func TestReadWhileWriting(t *testing.T) {
	in := open(t)
	token := in.NewSession(t)
	created := in.share(t, token)
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for range 16 {
		session := in.NewSession(t)
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					in.Try(contract.Evaluation(session, fmt.Sprintf("a = %d", n)))
				}
			}
		})
	}
	for range 50 {
		r := contract.Request{Method: "GET", Target: "/shares/" + created}
		if reply := in.timed(t, "a share while others write", r, time.Second); reply.Status != 200 {
			t.Errorf("%s", reply)
		}
	}
	close(stop)
	writers.Wait()
}

// share shares all entries of a session and returns the token of the share.
func (in instance) share(t *testing.T, token string) string {
	t.Helper()
	reply := in.Send(t, contract.Request{Method: "POST", Target: "/shares",
		Header: append(contract.Bearer(token),
			contract.Field{Name: "Content-Type", Value: "application/json"}),
		Body: `{"entries": "all"}`})
	if reply.Status != http.StatusCreated {
		t.Fatalf("no share was created:\n%s", reply)
	}
	return strings.TrimPrefix(reply.Header.Get("Location"), "/s/")
}

// TestErasure erases a session: nothing of it remains in the files.
func TestErasure(t *testing.T) {
	in := own(t)
	token := in.NewSession(t)
	const secret, number = "geheimnis", "73519.25"
	in.eval(t, token, secret+" = "+number)
	in.eval(t, token, "f(x) = x + "+secret)
	for range 50 { // enough to fill more than one page of the database
		in.eval(t, token, secret+" # "+strings.Repeat("another "+secret+" ", 100))
	}
	share := in.share(t, token)
	if len(in.holds(t, secret)) == 0 {
		t.Fatal("the files do not hold the data even before it is erased")
	}
	other := in.NewSession(t)
	erase := contract.Request{Method: "DELETE", Target: "/session", Header: contract.Bearer(token)}
	if reply := in.Send(t, erase); reply.Status != http.StatusNoContent {
		t.Fatalf("%s", reply)
	}
	if names := in.holds(t, secret); names != nil {
		t.Errorf("the files %q still hold an erased name", names)
	}
	if names := in.holds(t, number); names != nil {
		t.Errorf("the files %q still hold an erased value", names)
	}
	if reply := in.Get(t, "", "/shares/"+share); reply.Status != http.StatusGone {
		t.Errorf("the share of an erased session can be read:\n%s", reply)
	}
	in.eval(t, other, "1")
}

// TestGrowth stores as much as a session may, shares it again and again, and erases it.
func TestGrowth(t *testing.T) {
	in := own(t)
	token := in.NewSession(t)
	before, sent := in.size(t), 0
	var full evaluation
	for n := 0; n < 1500; n++ {
		source := fmt.Sprintf("%d #%s", n, strings.Repeat("1+", 8000))
		sent += len(source)
		if full = in.eval(t, token, source); full.Entry == 0 {
			break
		}
	}
	grown := in.size(t) - before
	t.Logf("%.1f MB sent, %.1f MB stored", float64(sent)/1e6, float64(grown)/1e6)
	if full.Entry != 0 || len(full.Notices) == 0 {
		t.Errorf("the history of one session takes %d bytes, and says %v", sent, full.Notices)
	}
	if grown > 3*sent {
		t.Errorf("%d bytes take up %d on the disk", sent, grown)
	}
	small := in.NewSession(t)
	for range 10 {
		in.eval(t, small, "1 #"+strings.Repeat("b", 16_000))
	}
	before = in.size(t)
	for range 90 {
		in.share(t, small)
	}
	if grown := in.size(t) - before; grown > 4<<20 {
		t.Errorf("90 shares of the same entries take %d bytes", grown)
	}
	full2 := in.size(t)
	erase := contract.Request{Method: "DELETE", Target: "/session", Header: contract.Bearer(token)}
	if reply := in.Send(t, erase); reply.Status != http.StatusNoContent {
		t.Fatalf("%s", reply)
	}
	after := in.size(t)
	t.Logf("%.1f MB before the session is erased, %.1f MB after", float64(full2)/1e6, float64(after)/1e6)
	if after > full2/2 {
		t.Errorf("the files have %d bytes before everything is erased, and %d after", full2, after)
	}
}

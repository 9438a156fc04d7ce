package eval_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestHealthInWords checks that whatever does not work degrades the health, and that the reason is
// given in words.
func TestHealthInWords(t *testing.T) {
	rates := func(age string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if age == "" {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("Content-Type", "text/tab-separated-values; charset=utf-8")
			io.WriteString(w, "age\t2026-11-20\t"+age+"\n")
		})
	}
	for _, c := range []struct {
		name   string
		rates  http.Handler
		now    time.Time
		status string
		reason string
	}{
		{"all is well", rates("3600"), time.Now(), "ok", ""},
		{"old rates", rates("400000"), time.Now(), "degraded", "the exchange rates of 2026-11-20 have not been confirmed"},
		{"no rates service", rates(""), time.Now(), "degraded", "rates: the service rates does not answer now"},
		{"a clock without a battery", rates("3600"), time.Unix(0, 0), "degraded", "the clock is wrong"},
	} {
		a := newApp(t)
		a.clock = c.now
		a.services["rates"] = c.rates
		r := a.send("eval", "GET", "/health", "")
		var got struct {
			Status  string
			Reasons []string
		}
		if err := json.Unmarshal([]byte(r.Body), &got); err != nil || r.Status != 200 {
			t.Fatalf("%s: %d %v %s", c.name, r.Status, err, r.Body)
		}
		if got.Status != c.status || !strings.Contains(strings.Join(got.Reasons, "\n"), c.reason) ||
			(c.reason == "") != (got.Reasons == nil) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

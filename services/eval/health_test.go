package eval_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"abacus/services/eval"
	"abacus/shared/peer"
)

// TestHealthInWords checks that what is not well degrades the health, with a reason in words.
func TestHealthInWords(t *testing.T) {
	rates := func(age string) func(*eval.Options) {
		return func(o *eval.Options) {
			o.Rates = peer.Peer{Name: "rates", Address: "http://rates", Transport: transport(func() (int, string) {
				if age == "" {
					return 503, ""
				}
				return 200, "age\t2026-11-20\t" + age + "\n"
			})}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*eval.Options)
		status string
		reason string
	}{
		{"all is well", rates("3600"), "ok", ""},
		{"old rates", rates("400000"), "degraded", "the exchange rates of 2026-11-20 have not been confirmed"},
		{"no rates service", rates(""), "degraded", "rates: the service rates does not answer now"},
		{"a clock without a battery", func(o *eval.Options) { o.Now = func() time.Time { return time.Unix(0, 0) } },
			"degraded", "the clock is wrong"},
	} {
		a := newApp(t)
		options := eval.Options{Sessions: a.reach("sessions"), History: a.reach("history"), Now: time.Now}
		c.change(&options)
		w := httptest.NewRecorder()
		eval.New(options).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/health", nil))
		var got struct {
			Status  string
			Reasons []string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v %s", c.name, w.Code, err, w.Body)
		}
		if got.Status != c.status || !strings.Contains(strings.Join(got.Reasons, "\n"), c.reason) ||
			(c.reason == "") != (got.Reasons == nil) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// transport is a service that gives one answer.
type transport func() (status int, message string)

func (answer transport) RoundTrip(*http.Request) (*http.Response, error) {
	status, message := answer()
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "text/tab-separated-values; charset=utf-8")
	w.WriteHeader(status)
	w.WriteString(message)
	return w.Result(), nil
}

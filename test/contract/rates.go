package contract

import (
	"net/http"
	"testing"
	"time"
)

// Rates is the reply to GET /rates.
type Rates struct {
	Base, Date, Source string
	Rates              map[string]float64
}

// TestRates reads the exchange rates, or is told that there are none: whether the instance can
// reach the European Central Bank is not part of the contract.
func (s *Suite) TestRates(t *testing.T) {
	reply := s.Get(t, "", "/rates")
	if reply.Status == http.StatusServiceUnavailable {
		for _, target := range []string{"/rates", "/rates/USD"} {
			reply := s.Get(t, "", target)
			if reply.Status != http.StatusServiceUnavailable ||
				reply.Header.Get("Retry-After") == "" {
				t.Errorf("GET %s: want 503 with Retry-After:\n%s", target, reply)
			}
		}
		return
	}
	var all Rates
	decodeInto(t, reply, http.StatusOK, &all)
	date, err := time.Parse(time.DateOnly, all.Date)
	if err != nil || date.After(time.Now()) {
		t.Errorf("the date of the rates is %q", all.Date)
	}
	for currency, rate := range all.Rates {
		var one struct {
			Date, Currency string
			Rate           float64
		}
		decodeInto(t, s.Get(t, "", "/rates/"+currency), http.StatusOK, &one)
		if one.Currency != currency || one.Rate != rate {
			t.Errorf("GET /rates/%s: %+v, but GET /rates has %v", currency, one, rate)
		}
		if len(all.Rates) > 5 && currency > "F" {
			break // the others would show nothing new
		}
	}
	for target, status := range map[string]int{
		"/rates/EUR": 200,
		"/rates/usd": 200,
		"/rates/XXX": 404,
	} {
		if reply := s.Get(t, "", target); reply.Status != status {
			t.Errorf("GET %s: the status is not %d:\n%s", target, status, reply)
		}
	}
}

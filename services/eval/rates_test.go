package eval_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"abacus/shared/wire"
)

// withRates adds a service rates that replies with the status and, if that is 200, with rates.
func (a *app) withRates(status int, usd float64) {
	a.services["rates"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		rates := wire.Rates{Base: "EUR", Date: "2026-11-25", Source: "ECB",
			Rates: []wire.Rate{{Currency: "USD", Value: usd}}}
		wire.Reply(w, http.StatusOK, wire.Message, rates.Append(nil))
	})
}

// TestRates counts the hops of expressions with money: the service rates is called once, and only
// if there is something to convert.
func TestRates(t *testing.T) {
	const load, ask, record = "sessions GET /internal/session", "rates GET /internal/rates",
		"history POST /internal/entries"
	a := newApp(t)
	a.withRates(http.StatusOK, 1.25)
	token := a.session()
	for _, c := range []struct {
		expression string
		result     any
		hops       []string
	}{
		{"100 USD in EUR", 80.0, []string{load, ask, record}},
		{"20% off 50 EUR in USD", 50.0, []string{load, ask, record}},
		{"$5 + 3 EUR in EUR", 7.0, []string{load, ask, record}},
		{"100 USD + 5 USD", 105.0, []string{load, record}},
		{"100 EUR in EUR", 100.0, []string{load, record}},
		{"5 km in m", 5000.0, []string{load, record}},
	} {
		a.hops()
		r := a.eval(token, c.expression)
		if r.Status != http.StatusOK || r.json(t, "result") != c.result {
			t.Errorf("%s: %d %s", c.expression, r.Status, r.Body)
		}
		if hops := a.hops(); !reflect.DeepEqual(hops, c.hops) {
			t.Errorf("%s: the hops are %q, want %q", c.expression, hops, c.hops)
		}
	}
	r := a.eval(token, `{"expr":["1 USD in EUR","2 USD in EUR","1 USD in VND"]}`,
		"Content-Type", "application/json")
	asked := strings.Count(strings.Join(a.hops(), "\n"), ask)
	if r.Status != http.StatusOK || !strings.Contains(r.Body, `"code":"no-rates"`) || asked != 1 {
		t.Errorf("three conversions: %d hops for rates, %d %s", asked, r.Status, r.Body)
	}
}

// TestNoRates takes the service rates away: a conversion fails with an explanation, and everything
// else works.
func TestNoRates(t *testing.T) {
	a := newApp(t)
	token := a.session()
	for _, status := range []int{0, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		if status != 0 {
			a.withRates(status, 0)
		}
		for _, r := range []reply{
			a.eval(token, "a = 100 USD in EUR"),
			a.send("eval", "GET", "/eval?expr=100%20USD%20in%20EUR", ""),
		} {
			if r.Status != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" ||
				!strings.Contains(r.Body, "the service rates does not answer now") ||
				!strings.Contains(r.Body, `"code":"no-rates","position":{`) {
				t.Errorf("rates answer %d: %d %s", status, r.Status, r.Body)
			}
		}
		if r := a.eval(token, "a"); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("the assignment happened: %d %s", r.Status, r.Body)
		}
		if r := a.eval(token, "100 USD + 5 USD"); r.Status != http.StatusOK {
			t.Errorf("rates answer %d, one currency: %d %s", status, r.Status, r.Body)
		}
	}
}

// TestRatesPreview checks that caches may not keep a stateless conversion, since rates change.
func TestRatesPreview(t *testing.T) {
	a := newApp(t)
	a.withRates(http.StatusOK, 1.25)
	for expression, cache := range map[string]string{
		"100%20USD%20in%20EUR": "no-store", "1%20USD": "public, max-age=86400"} {
		r := a.send("eval", "GET", "/eval?expr="+expression, "")
		if r.Status != http.StatusOK || r.Header.Get("Cache-Control") != cache {
			t.Errorf("%s: %d %v %s", expression, r.Status, r.Header, r.Body)
		}
	}
}

package integration

import (
	"net/http"
	"strings"
	"testing"

	"abacus/test/contract"
	"abacus/test/harness"
)

// TestMoney converts money at the rates of an origin, which goes away halfway.
func TestMoney(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		suite := open(t, start(harness.Options{Flags: o.flags()}).URL)
		token := suite.NewSession(t)
		for i, c := range []struct {
			expression string
			result     float64
			display    string
		}{
			{"100 USD in EUR", 80, "80 EUR"},
			{"20% off 50 EUR in USD", 50, "50 USD"},
			{"$5 + 3 EUR in EUR", 7, "7 EUR"},
		} {
			if i == 1 {
				o.Close()
			}
			var answer struct {
				Result        float64
				Unit, Display string
				Notices       []struct{ Code, Message string }
			}
			decode(t, suite.Eval(t, token, c.expression), http.StatusOK, &answer)
			if answer.Result != c.result || answer.Display != c.display ||
				!strings.HasSuffix(c.display, " "+answer.Unit) {
				t.Errorf("%s: the answer is %+v", c.expression, answer)
			}
			want := "rates of " + today() + ", ECB"
			if len(answer.Notices) != 1 || answer.Notices[0].Message != want {
				t.Errorf("%s: the notices are %+v, want %q", c.expression, answer.Notices, want)
			}
		}
		if n := o.fetches.Load(); n != 1 {
			t.Errorf("the origin was asked %d times, want once", n)
		}
	})
}

// TestMoneyWithoutRates calculates with money while there are no rates yet, and without the service
// rates.
func TestMoneyWithoutRates(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		for flag, status := range map[string]int{
			"rates_url=http://rates.spin.internal": http.StatusServiceUnavailable,
			"rates_url=":                           http.StatusUnprocessableEntity,
		} {
			host := start(harness.Options{Flags: []string{"--variable", flag}})
			suite := open(t, host.URL)
			token := suite.NewSession(t)
			for _, reply := range []contract.Reply{
				suite.Eval(t, token, "100 USD in EUR"),
				suite.Send(t, get("/eval?expr=100%20USD%20in%20EUR", "")),
			} {
				if reply.Status != status || !strings.Contains(reply.Body, "no exchange rates") {
					t.Errorf("%s: want %d with an explanation:\n%s", flag, status, reply)
				}
			}
			var answer struct{ Display string }
			decode(t, suite.Eval(t, token, "100 USD + 5 USD"), http.StatusOK, &answer)
			if answer.Display != "105 USD" {
				t.Errorf("%s: 100 USD + 5 USD is %q", flag, answer.Display)
			}
		}
	})
}

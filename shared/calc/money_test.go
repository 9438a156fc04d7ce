package calc_test

import (
	"testing"

	"abacus/shared/calc"
)

// TestMoney converts between currencies.
func TestMoney(t *testing.T) {
	perEuro := map[string]float64{"EUR": 1, "USD": 1.25, "JPY": 160}
	rates := &calc.Rates{Date: "2026-11-25", Source: "ECB",
		PerEuro: func(currency string) float64 { return perEuro[currency] }}
	for _, c := range []struct {
		source    string
		want      string // the display, or the message of the error
		exchanged bool
	}{
		{"100 USD in EUR", "80 EUR", true},
		{"100 EUR in USD", "125 USD", true},
		{"1000 JPY in USD", "7.8125 USD", true},
		{"20% off 50 EUR in USD", "50 USD", true},
		{"$5 + 3 EUR in EUR", "7 EUR", true},
		{"$5 + 3 EUR", "8.75 USD", true},
		{"7 USD - 3 EUR", "3.25 USD", true},
		{"7 USD mod 3 EUR", "3.25 USD", true},
		{"5 EUR < 6 USD", "0", true},
		{"5 EUR < 7 USD", "1", true},
		{"1 EUR < 1.5 USD < 2 EUR", "1", true},
		{"3 EUR == 3.75 USD", "1", true},
		{"30 USD as % of 100 EUR", "24%", true},
		{"5 EUR/kg + 1 USD/kg in EUR/kg", "5.8 EUR/kg", true},
		{"f(x) = x in EUR; f(10 USD)", "8 EUR", true},
		{"a = 10 USD; (a in EUR) + 1 EUR", "9 EUR", true},
		{"max(10 EUR, 12.5 USD, 11 EUR)", "11 EUR", true},
		{"mean(10 EUR, 25 USD)", "15 EUR", true},
		{"sum(i == 1 ? 1 EUR : 1.25 USD, i = 1, 3)", "3 EUR", true},
		{"median(1 USD, 1 EUR, 9 USD)", "1.25 USD", true},
		{"max(1 EUR, 2 VND)",
			"cannot take `max` of 1 EUR and 2 VND: there is no exchange rate for this currency", false},
		{"5 EUR + 3 EUR", "8 EUR", false},
		{"5 EUR in EUR", "5 EUR", false},
		{"5 EUR + 10%", "5.5 EUR", false},
		{"5 EUR * 3 USD/EUR", "15 USD", false},
		{"5 km in m", "5000 m", false},
		{"10 USD in VND",
			"cannot convert 10 USD to VND: there is no exchange rate for this currency", false},
		{"10 USD + 1 VND",
			"cannot convert 1 VND to USD: there is no exchange rate for this currency", false},
		{"5 EUR + 3 m", "cannot add 5 EUR and 3 m: money and length", false},
		{"5 EUR + 3", "cannot add 5 EUR and 3: money and number", false},
	} {
		var calculator calc.Calculator
		scope := calc.Scope{Rates: rates}
		program, result, err := calculator.Eval(c.source, &scope)
		if err != nil {
			if err.Message != c.want {
				t.Errorf("%s: error %q, want %q", c.source, err.Message, c.want)
			}
			continue
		}
		if got := program.Display(result, calc.Digits); got != c.want {
			t.Errorf("%s = %s, want %s", c.source, got, c.want)
		}
		noticed := false
		for _, notice := range program.Notices() {
			if noticed = notice.Code == calc.NoticeRates; noticed {
				if want := "rates of 2026-11-25, ECB"; notice.Message != want || notice.Offset != 0 ||
					notice.Length != len(c.source) {
					t.Errorf("%s: the notice is %+v", c.source, notice)
				}
			}
		}
		if noticed != c.exchanged {
			t.Errorf("%s: a notice of rates %v, want %v", c.source, noticed, c.exchanged)
		}
	}
}

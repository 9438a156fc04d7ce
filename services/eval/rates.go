package eval

import (
	"net/http"

	"abacus/shared/calc"
	"abacus/shared/wire"
)

// rates are the exchange rates for one request. The service rates is asked when a program first
// converts money, and only once.
type rates struct {
	table *calc.Rates   // for the scope; nil if no service has any
	asked bool          // the service was
	fault *wire.Problem // why it has none
}

func (s *service) newRates(in *http.Request) *rates {
	r := &rates{}
	if s.Rates.Address == "" {
		return r
	}
	var message *wire.Rates
	r.table = &calc.Rates{}
	r.table.PerEuro = func(currency string) float64 {
		if !r.asked {
			r.asked = true
			reply := s.Rates.Call(in, "GET", "/internal/rates", nil)
			if reply.Status != http.StatusOK {
				r.fault = s.Rates.Problem(reply)
			}
			message = wire.ParseRates(reply.Message)
			r.table.Date, r.table.Source = message.Date, message.Source
		}
		return message.Of(currency)
	}
	return r
}

// problem turns an error of the language into one of the service. A conversion that failed because
// there are no rates now may succeed later, and the error says so.
func (r *rates) problem(e *calc.Error, source string) *wire.Problem {
	if e.Code == calc.CodeNoRates && r.fault != nil {
		return r.fault
	}
	return problem(e, source)
}

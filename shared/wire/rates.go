package wire

// Rates are exchange rates with their base, date and source.
//
//	rates BASE DATE SOURCE
//	rate CURRENCY VALUE
type Rates struct {
	Base   string // a code of ISO 4217
	Date   string // such as 2026-11-25
	Source string // the publisher, such as ECB
	Rates  []Rate
}

// Rate is how many units of a currency one unit of the base is worth.
type Rate struct {
	Currency string
	Value    float64
}

// Append writes the message.
func (m *Rates) Append(b []byte) []byte {
	b = appendRecord(b, "rates", m.Base, m.Date, m.Source)
	for _, rate := range m.Rates {
		b = appendRecord(b, "rate", rate.Currency, formatNumber(rate.Value))
	}
	return b
}

// ParseRates reads Rates.
func ParseRates(text string) *Rates {
	m := &Rates{}
	for _, r := range records(text) {
		switch r.name() {
		case "rates":
			m.Base, m.Date, m.Source = r.text(1), r.text(2), r.text(3)
		case "rate":
			if value, ok := r.number(2); ok && value > 0 {
				m.Rates = append(m.Rates, Rate{r.text(1), value})
			}
		}
	}
	return m
}

// Of returns the rate of a currency, or 0 if there is none.
func (m *Rates) Of(currency string) float64 {
	if currency == m.Base {
		return 1
	}
	for _, rate := range m.Rates {
		if rate.Currency == currency {
			return rate.Value
		}
	}
	return 0
}

// Age is how old the rates are.
//
//	age DATE SECONDS    no record if there are no rates
type Age struct {
	Date    string // the day they are of, "" if there are none
	Seconds int64  // since their source last confirmed them
}

// Append writes the message.
func (m Age) Append(b []byte) []byte {
	if m.Date == "" {
		return b
	}
	return appendRecord(b, "age", m.Date, FormatInt(m.Seconds))
}

// ParseAge reads an Age.
func ParseAge(text string) (m Age) {
	for _, r := range records(text) {
		if r.name() == "age" {
			m.Date, m.Seconds = r.text(1), r.integer(2)
		}
	}
	return m
}

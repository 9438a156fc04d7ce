package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"abacus/shared/calc"
)

const (
	ratesTimeout  = 10 * time.Second
	maxRatesBytes = 64 << 10
)

// loadRates reads exchange rates, in the JSON of GET /rates, from a file or a URL. Without a place
// there are none.
func loadRates(ctx context.Context, place string) (*calc.Rates, error) {
	if place == "" {
		return nil, nil
	}
	text, err := readPlace(ctx, place)
	if err != nil {
		return nil, fmt.Errorf("read exchange rates: %w", err)
	}
	var table struct {
		Base, Date, Source string
		Rates              map[string]float64
	}
	if err := json.Unmarshal(text, &table); err != nil {
		return nil, fmt.Errorf("read exchange rates from %s: %w", place, err)
	}
	if table.Base != "EUR" || table.Date == "" || len(table.Rates) == 0 {
		return nil, fmt.Errorf("%s has no exchange rates of the euro, "+
			`such as {"base":"EUR","date":"2026-11-25","source":"ECB",`+
			`"rates":{"USD":1.0834}}`, place)
	}
	table.Rates[table.Base] = 1
	return &calc.Rates{Date: table.Date, Source: table.Source,
		PerEuro: func(currency string) float64 { return table.Rates[currency] }}, nil
}

func readPlace(ctx context.Context, place string) ([]byte, error) {
	if !strings.HasPrefix(place, "http://") && !strings.HasPrefix(place, "https://") {
		return os.ReadFile(place)
	}
	ctx, cancel := context.WithTimeout(ctx, ratesTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return nil, err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxRatesBytes+1))
	switch {
	case err != nil:
		return nil, err
	case reply.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answers %s", place, reply.Status)
	case len(text) > maxRatesBytes:
		return nil, errors.New(place + " answers more than 64 KiB")
	}
	return text, nil
}

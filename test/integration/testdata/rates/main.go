//go:build tinygo

// Command rates is a stub of the service rates in Go, while the service itself is in Rust.
package main

import (
	"net/http"
	"strings"

	"abacus/shared/peer"
	"abacus/shared/spin"
	"abacus/shared/wire"
)

var (
	head  = `{"base":"EUR","date":"2025-01-02","source":"ECB",`
	table = wire.Rates{Base: "EUR", Date: "2025-01-02", Source: "ECB", Rates: []wire.Rate{{"USD", 1.25}}}
)

func init() {
	spin.Handle(func() http.Handler {
		return &wire.Router{Service: "rates", Guard: peer.Guard(spin.Variable), Routes: []wire.Route{
			wire.Get("/rates", func(w http.ResponseWriter, _ *wire.Request) error {
				return public(w, head+`"rates":{"USD":1.25}}`)
			}),
			wire.Get("/rates/:currency", func(w http.ResponseWriter, r *wire.Request) error {
				switch strings.ToUpper(r.Param) {
				case "EUR":
					return public(w, head+`"currency":"EUR","rate":1}`)
				case "USD":
					return public(w, head+`"currency":"USD","rate":1.25}`)
				}
				return wire.NewProblem(wire.NotFound, "there is nothing at this address")
			}),
			wire.Get("/internal/rates", func(w http.ResponseWriter, _ *wire.Request) error {
				return wire.Reply(w, http.StatusOK, wire.Message, table.Append(nil))
			}),
			wire.Get("/internal/health", func(w http.ResponseWriter, _ *wire.Request) error {
				return wire.NoContent(w)
			}),
		}}
	})
}

func public(w http.ResponseWriter, body string) error {
	wire.AllowAnyOrigin(w)
	w.Header().Set("Cache-Control", "public, max-age=600, stale-while-revalidate=86400")
	return wire.Reply(w, http.StatusOK, wire.JSON, []byte(body))
}

func main() {}

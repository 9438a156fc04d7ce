//go:build tinygo

// Command wasm is the component eval: Spin's side of package eval.
package main

import (
	"net/http"
	"time"

	"abacus/services/eval"
	"abacus/shared/spin"
)

func init() {
	spin.Handle(func() http.Handler {
		token := spin.Variable("peer_token")
		return eval.New(eval.Options{
			Sessions: spin.Peer("sessions", token),
			History:  spin.Peer("history", token),
			Rates:    spin.Peer("rates", token),
			Outside:  spin.Transport(),
			Origin:   spin.Variable("random_origin"),
			Now:      time.Now,
			Sleep:    time.Sleep,
			Random:   spin.Random,

			ProxyHeader: spin.Variable("trusted_proxy_header"),
		})
	})
}

func main() {}

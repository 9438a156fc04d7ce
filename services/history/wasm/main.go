//go:build tinygo

// Command wasm is the component history: Spin's side of package history.
package main

import (
	"net/http"
	"time"

	"abacus/services/history"
	"abacus/shared/quota"
	"abacus/shared/spin"
)

func init() {
	spin.Handle(func() http.Handler {
		token := spin.Variable("peer_token")
		return history.New(history.Options{
			Open:      spin.Database,
			Snapshots: snapshots{},
			Sessions:  spin.Peer("sessions", token),
			Token:     token,
			Now:       time.Now,

			ProxyHeader: spin.Variable("trusted_proxy_header"),
			Limits: history.Limits{
				Entries: quota.Rate(spin.Limit("limit_entries")),
				Shares:  spin.Limit("limit_shares"),
				Bytes:   spin.Limit("limit_bytes"),
			},
		})
	})
}

func main() {}

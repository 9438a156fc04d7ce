//go:build tinygo

// Command wasm is the component sessions: Spin's side of package sessions.
package main

import (
	"net/http"
	"time"

	"abacus/services/sessions"
	"abacus/shared/quota"
	"abacus/shared/spin"
)

func init() {
	spin.Handle(func() http.Handler {
		token := spin.Variable("peer_token")
		return sessions.New(sessions.Options{
			Open:    spin.Database,
			History: spin.Peer("history", token),
			Token:   token,
			Now:     time.Now,

			ProxyHeader: spin.Variable("trusted_proxy_header"),
			Limits: sessions.Limits{
				Sessions:       quota.Rate(spin.Limit("limit_sessions")),
				ClientSessions: quota.Rate(spin.Limit("limit_client_sessions")),
				Names:          spin.Limit("limit_names"),
				Entries:        quota.Rate(spin.Limit("limit_entries")),
				Replies:        quota.Daily(spin.Limit("limit_bytes")),
			},
		})
	})
}

func main() {}

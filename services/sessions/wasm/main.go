//go:build tinygo

// Command wasm is the component sessions: Spin's side of package sessions.
package main

import (
	"net/http"
	"time"

	"abacus/services/sessions"
	"abacus/shared/spin"
)

func init() {
	spin.Handle(func() http.Handler {
		return sessions.New(sessions.Options{
			Open:      spin.Database,
			Transport: spin.Transport(),
			Variable:  spin.Variable,
			Now:       time.Now,
		})
	})
}

func main() {}

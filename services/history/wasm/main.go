//go:build tinygo

// Command wasm is the component history: Spin's side of package history.
package main

import (
	"net/http"
	"time"

	"abacus/services/history"
	"abacus/shared/spin"
)

func init() {
	spin.Handle(func() http.Handler {
		return history.New(history.Options{
			Open:      spin.Database,
			Snapshots: snapshots{},
			Transport: spin.Transport(),
			Variable:  spin.Variable,
			Now:       time.Now,
		})
	})
}

func main() {}

//go:build tinygo

// Command wasm is the component web: Spin's side of package web.
package main

import (
	"net/http"
	"os"

	"abacus/services/web"
	"abacus/shared/spin"
)

// static is where the manifest mounts the folder static/.
const static = "/static/"

func init() {
	spin.Handle(func() http.Handler {
		return web.New(web.Options{
			ReadFile: func(name string) ([]byte, error) { return os.ReadFile(static + name) },
			History:  spin.Peer("history"),
		})
	})
}

func main() {}

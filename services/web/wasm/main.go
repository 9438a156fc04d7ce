//go:build tinygo

// Command wasm is the component web: Spin's side of package web.
package main

import (
	"net/http"
	"os"

	"abacus/services/web"
	"abacus/shared/spin"
)

// assets is where the manifest mounts the output of command bundle.
const assets = "/assets/"

func init() {
	spin.Handle(func() http.Handler {
		return web.New(web.Options{
			ReadFile:  func(name string) ([]byte, error) { return os.ReadFile(assets + name) },
			Transport: spin.Transport(),
			Variable:  spin.Variable,
		})
	})
}

func main() {}

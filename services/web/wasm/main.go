//go:build tinygo

// Command wasm is the shell of service web: it gives it Spin's HTTP server.
package main

import (
	"io"
	"net/http"

	_ "abacus/shared/reactor"

	spinhttp "github.com/fermyon/spin/sdk/go/v2/http"
)

func init() {
	spinhttp.Handle(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "hello from web\n")
	})
}

func main() {}

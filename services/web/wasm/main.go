//go:build tinygo

// Command wasm is the shell of service web: it gives it Spin's HTTP server and
// the files that the manifest mounts.
package main

import (
	"os"

	"abacus/services/web"
	_ "abacus/shared/reactor"

	spinhttp "github.com/fermyon/spin/sdk/go/v2/http"
)

// static is where the manifest mounts the folder static/.
const static = "/static/"

func init() {
	page := web.New(web.Options{
		ReadFile: func(name string) ([]byte, error) { return os.ReadFile(static + name) },
	})
	spinhttp.Handle(page.ServeHTTP)
}

func main() {}

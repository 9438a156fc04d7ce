//go:build tinygo

// Command hello is the smallest component.
package main

import (
	"io"
	"net/http"

	_ "abacus/shared/reactor"

	spinhttp "github.com/fermyon/spin/sdk/go/v2/http"
)

func init() {
	spinhttp.Handle(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "hello\n")
	})
}

func main() {}

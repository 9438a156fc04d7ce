//go:build tinygo

// Command hop is a component that calls itself through the SDK until it is refused, and returns
// how often it succeeded.
package main

import (
	"io"
	"net/http"

	_ "abacus/shared/reactor"

	spinhttp "github.com/fermyon/spin/sdk/go/v2/http"
)

func init() {
	spinhttp.Handle(func(w http.ResponseWriter, r *http.Request) {
		response, err := spinhttp.Get("http://hop.spin.internal/")
		if err != nil {
			io.WriteString(w, "hop "+err.Error())
			return
		}
		io.WriteString(w, "hop ")
		_, _ = io.Copy(w, response.Body)
	})
}

func main() {}

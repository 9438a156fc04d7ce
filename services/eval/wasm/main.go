//go:build tinygo

// Command wasm is the component eval: Spin's side of package eval.
package main

import (
	"net/http"
	"time"

	"abacus/services/eval"
	"abacus/shared/spin"
)

func init() {
	spin.Handle(func() http.Handler {
		return eval.New(eval.Options{
			Transport: spin.Transport(),
			Variable:  spin.Variable,
			Now:       time.Now,
			Sleep:     time.Sleep,
			Random:    spin.Random,
		})
	})
}

func main() {}

//go:build tinygo

// Package spin gives a service what Spin provides: an HTTP server and client, variables, a database
// and randomness. Only the components (services/NAME/wasm) import it, so the services themselves
// compile and are tested without Spin.
package spin

import (
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"os"

	"github.com/fermyon/spin-go-sdk/variables"
	spinhttp "github.com/fermyon/spin/sdk/go/v2/http"

	_ "abacus/shared/reactor" // exports _initialize
	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

// Handle serves each request with a new handler from service. Call it from an init function: Spin
// does not call main.
func Handle(service func() http.Handler) {
	spinhttp.Handle(func(w http.ResponseWriter, r *http.Request) {
		service().ServeHTTP(w, r)
	})
}

// Transport returns a client that sends requests to other components and to the outside, as far as
// allowed_outbound_hosts in the manifest permits.
func Transport() http.RoundTripper { return spinhttp.NewTransport() }

// Variable returns a variable of the component. If it cannot be read, Variable logs why and returns
// "".
func Variable(name string) string {
	value, err := variables.Get(name)
	if err != nil {
		os.Stderr.WriteString("the variable " + name + " cannot be read: " + err.Error() + "\n")
	}
	return value
}

// Database opens the component's database.
func Database() (storage.Database, error) {
	conn, err := sqlite.Open("default")
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// Random returns a random number, uniform in [0, 1), with 53 bits from the system's secure source.
func Random() float64 {
	var b [8]byte
	rand.Read(b[:])
	return float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
}

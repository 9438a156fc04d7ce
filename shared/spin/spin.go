//go:build tinygo

// Package spin is what Spin gives to a service: its HTTP server and client, its
// variables, its database, time and randomness. The shells (services/NAME/wasm)
// hand it on, so that the services themselves compile and are tested without it.
package spin

import (
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"os"
	"strconv"

	"github.com/fermyon/spin-go-sdk/variables"
	spinhttp "github.com/fermyon/spin/sdk/go/v2/http"

	"abacus/shared/peer"
	_ "abacus/shared/reactor" // exports _initialize
	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

// Handle serves every request with what service makes for it. Call it from an
// init function: Spin calls no main.
func Handle(service func() http.Handler) {
	spinhttp.Handle(func(w http.ResponseWriter, r *http.Request) {
		service().ServeHTTP(w, r)
	})
}

// Transport sends requests, to other components as well as to the outside, as far
// as the manifest's allowed_outbound_hosts go.
func Transport() http.RoundTripper { return spinhttp.NewTransport() }

// Variable returns a variable of the component. One that cannot be read is noted
// for the operator and empty.
func Variable(name string) string {
	value, err := variables.Get(name)
	if err != nil {
		os.Stderr.WriteString("the variable " + name + " cannot be read: " + err.Error() + "\n")
	}
	return value
}

// Limit returns a variable that holds a limit on use: a whole number, or `none`.
// Anything else is noted for the operator, and the limit is none.
func Limit(name string) int64 {
	value := Variable(name)
	n, err := strconv.ParseInt(value, 10, 64)
	if value != "none" && (err != nil || n < 1) {
		os.Stderr.WriteString("the variable " + name + " is neither a number from 1 nor `none`: there is no limit\n")
		return 0
	}
	return n
}

// Peer returns another service, at the address that the variable NAME_url has.
func Peer(name string) peer.Peer {
	return peer.Peer{Name: name, Transport: Transport(), Address: Variable(name + "_url"), Token: Variable("peer_token")}
}

// Database opens the component's database.
func Database() (storage.Database, error) {
	conn, err := sqlite.Open("default")
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// Random draws a number uniform in [0, 1), 53 bits of it, from the secure source.
func Random() float64 {
	var b [8]byte
	rand.Read(b[:])
	return float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
}

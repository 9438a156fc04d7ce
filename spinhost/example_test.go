package spinhost_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"abacus/spinhost"
	"abacus/spinhost/manifest"
)

// A Go test starts an app from its spin.toml, with its data in memory, and sends it a request.
func Example() {
	app, err := manifest.Load("testdata/hello/spin.toml")
	if err != nil {
		log.Fatal(err)
	}
	host, err := spinhost.New(context.Background(), spinhost.Options{Manifest: app})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	server := httptest.NewServer(host)
	defer server.Close()

	response, err := http.Get(server.URL + "/hello")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(response.StatusCode, " ", string(body))
	// Output: 200 hello
}

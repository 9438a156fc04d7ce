package spinhost

import (
	"context"
	"fmt"
	"testing"

	"abacus/spinhost/loadtest"
)

// BenchmarkHello measures the overhead of the host: the smallest component, over HTTP.
func BenchmarkHello(b *testing.B) {
	s := launch(b, hello)
	address := s.Listener.Addr().String()
	r := []byte("GET /hello HTTP/1.1\r\nHost: " + address + "\r\n\r\n")
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			loadtest.Measure(b, address, clients, func(int) []byte { return r })
		})
	}
}

// BenchmarkInstance measures a request without HTTP: it gets an instance, copies the request in and
// the response out, and restores the instance.
func BenchmarkInstance(b *testing.B) {
	s := launch(b, hello)
	match, _ := s.app.routes.Match("/hello")
	target := s.app.components["hello"]
	r := request{method: "GET", scheme: "http", host: "localhost", uri: "/hello", client: "127.0.0.1:1",
		headers: []header{{"host", "localhost"}, {"accept", "*/*"}}, account: s.app.memory.Account(nil),
		turn: s.app.cpu.Turn()}
	b.ReportAllocs()
	for b.Loop() {
		if answer := s.app.execute(context.Background(), target, match, r); answer.status != 200 {
			b.Fatal(answer)
		}
	}
}

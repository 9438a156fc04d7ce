package host

import "testing"

const hello = `
spin_manifest_version = 2
[application]
name = "hello"
version = "1.0.0"
[[trigger.http]]
route = "/hello"
component = "hello"
[component.hello]
source = WASM(hello)
`

func TestHello(t *testing.T) {
	s := serve(t, hello)
	for range 3 {
		response, body := s.do(t, "GET", "/hello", "")
		if response.StatusCode != 200 || body != "hello\n" || response.Header.Get("Content-Type") != "text/plain" {
			t.Fatalf("%s %q %v\n%s", response.Status, body, response.Header, s.log)
		}
	}
}

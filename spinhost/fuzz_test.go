package spinhost

import (
	"bufio"
	"encoding/binary"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"abacus/spinhost/wasm"
)

// FuzzServer sends bytes to the server, which must answer or close the connection.
func FuzzServer(f *testing.F) {
	s := launch(f, raw)
	for _, seed := range []string{
		"GET /exact HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /users/1/files/a%2fb?c=d HTTP/1.1\r\nHost: a\r\nX: \xe4\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET http://a/static HTTP/1.1\r\nHost: b\r\nspin-full-url: c\r\n\r\n",
		"HEAD /plain HTTP/1.0\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		if strings.Contains(string(sent), "/run/") || strings.Contains(string(sent), "/call/") {
			t.Skip("what the component does on purpose")
		}
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		conn.Write(sent)
		conn.(*net.TCPConn).CloseWrite()
		reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil && reply.StatusCode == http.StatusInternalServerError {
			t.Errorf("%q is answered %s", sent, reply.Status)
		}
		if log := s.log.String(); strings.Contains(log, "panic") {
			t.Fatalf("%q: %s", sent, log)
		}
	})
}

// FuzzImports has a component call imports with parameters and memory chosen by the fuzzer. An
// import may trap the component, but never harms the host.
func FuzzImports(f *testing.F) {
	var functions []hostFunction
	for _, module := range hostModules {
		functions = append(functions, module.functions...)
	}
	var work func(e *execution, in *wasm.Instance) // what spin-config get-config does instead
	config := &configModule.functions[0]
	original := *config
	f.Cleanup(func() { *config = original })
	config.call = func(e *execution, in *wasm.Instance, p []uint32) error {
		work(e, in)
		return original.call(e, in, p)
	}
	s := launch(f, raw)
	for i := range functions {
		f.Add([]byte{byte(i), 0, 1, 0, 0, 7, 0, 1, 0, 0}, []byte("default"))
		f.Add([]byte{byte(i), 255, 255, 255, 255, 1}, []byte("SELECT 1; \xff"))
	}
	f.Fuzz(func(t *testing.T, calls, memory []byte) {
		work = func(e *execution, in *wasm.Instance) {
			defer func() {
				if err := recover(); err != nil {
					t.Errorf("%v\n%s", err, debug.Stack())
				}
			}()
			in.Write(256, memory)
			for len(calls) > 0 {
				function := functions[int(calls[0])%len(functions)]
				calls = calls[1:]
				params := make([]uint32, function.params)
				for i := range params {
					var word [4]byte
					calls = calls[copy(word[:], calls):]
					params[i] = binary.LittleEndian.Uint32(word[:])
				}
				if function.call(e, in, params) != nil {
					return
				}
			}
		}
		s.do(t, "GET", "/call/variable/x", "")
	})
}

package spinhost

import (
	"io"
	"log"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestConnectionLimit opens connections from two addresses: neither of them alone can take all.
func TestConnectionLimit(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	var refused refusals
	limited := limitConnections(listener, 4, &refused)
	ended := make(chan error, 1)
	go func() { ended <- serve(t.Context(), limited, handler, time.Second, log.New(io.Discard, "", 0)) }()
	// open sends a request and reports whether it is answered; the connection stays open.
	open := func(from string) (conn net.Conn, served bool) {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := dialer.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Skip("this machine has no other address: ", err)
		}
		t.Cleanup(func() { conn.Close() })
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		n, err := conn.Read(make([]byte, 1000))
		return conn, n > 0 && err == nil
	}
	var first net.Conn
	for i, c := range []struct {
		from   string
		served bool
	}{
		{"127.0.0.1", true}, {"127.0.0.1", true}, {"127.0.0.1", true}, {"127.0.0.1", false},
		{"127.0.0.2", true}, {"127.0.0.2", false},
	} {
		conn, served := open(c.from)
		if served != c.served {
			t.Errorf("connection %d from %s: served is %v", i+1, c.from, served)
		}
		if i == 0 {
			first = conn
		}
	}
	if got := refused.connections.Load(); got != 2 {
		t.Errorf("%d connections are counted as refused", got)
	}
	first.Close()
	waitFor(t, "the place of a closed connection", func() bool {
		limited.mu.Lock()
		defer limited.mu.Unlock()
		return limited.all == 3
	})
	if _, served := open("127.0.0.2"); !served {
		t.Error("the place of a closed connection is not free")
	}
}

package spinhost

import (
	"bytes"
	"net"
	"sync"
)

// connections is a listener that limits the number of open connections. Clients at one address may
// have three quarters of them, so that others can still connect. It closes connections beyond a
// limit at once.
type connections struct {
	net.Listener
	most    int
	refused *refusals

	mu   sync.Mutex
	all  int
	from map[string]int // by the client's address without its port
}

func limitConnections(listener net.Listener, most int, refused *refusals) *connections {
	return &connections{Listener: listener, most: most, refused: refused, from: map[string]int{}}
}

// Accept implements net.Listener.
func (l *connections) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		client, _, err := net.SplitHostPort(conn.RemoteAddr().String())
		if err != nil {
			client = "" // of a listener without addresses
		}
		if l.enter(client) {
			leave := sync.OnceFunc(func() { l.leave(client) })
			return &counted{conn, leave, l.refused}, nil
		}
		l.refused.connections.Add(1)
		_ = conn.Close()
	}
}

func (l *connections) enter(client string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= l.most || l.from[client] >= max(1, l.most*3/4) {
		return false
	}
	l.all++
	l.from[client]++
	return true
}

func (l *connections) leave(client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.from[client]--; l.from[client] == 0 {
		delete(l.from, client)
	}
}

// counted is a connection that counts until it is closed.
type counted struct {
	net.Conn
	leave   func()
	refused *refusals
}

// headTooLarge is the beginning of net/http's own response to a request with too long a head, which
// no handler sees.
const headTooLarge = "HTTP/1.1 431 Request Header Fields Too Large\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n431"

// Write implements net.Conn.
func (c *counted) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte(headTooLarge)) {
		c.refused.head.Add(1)
	}
	return c.Conn.Write(p)
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.leave()
	return c.Conn.Close()
}

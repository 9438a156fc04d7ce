package spinhost

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestServeDrains(t *testing.T) {
	entered, release := make(chan bool), make(chan bool)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		entered <- true
		<-release
		_, _ = io.WriteString(w, "finished")
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, handler, time.Minute, log.New(io.Discard, "", 0)) }()

	answer := make(chan string, 1)
	go func() {
		reply, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer reply.Body.Close()
		body, _ := io.ReadAll(reply.Body)
		answer <- string(body)
	}()
	<-entered
	cancel()
	select {
	case err := <-ended:
		t.Fatal("did not wait: ", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if got := <-answer; got != "finished" {
		t.Errorf("got %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeCutsOff(t *testing.T) {
	entered := make(chan bool)
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		entered <- true
		<-r.Context().Done()
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, handler, 10*time.Millisecond, log.New(io.Discard, "", 0)) }()
	go func() {
		if reply, err := http.Get("http://" + listener.Addr().String()); err == nil {
			reply.Body.Close()
		}
	}()
	<-entered
	cancel()
	if err := <-ended; err == nil || !strings.HasPrefix(err.Error(), "requests were cut off after 10ms: ") {
		t.Errorf("got %v", err)
	}
}

func TestServeLimitsHeaders(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	errorLog := log.New(io.Discard, "", 0)
	var refused refusals
	listener = limitConnections(listener, 10, &refused)
	go func() { ended <- serve(ctx, listener, http.NotFoundHandler(), time.Second, errorLog) }()
	r, err := http.NewRequest("GET", "http://"+listener.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("x", 200<<10))
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	if reply.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", reply.StatusCode)
	}
	if got := refused.head.Load(); got != 1 {
		t.Errorf("%d requests are counted as refused", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

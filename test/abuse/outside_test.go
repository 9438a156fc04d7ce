package abuse

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"abacus/test/contract"
)

// TestSilentOrigin has many clients wait for an outside service that does not answer. Everything
// else still works, even in the component that waits.
func TestSilentOrigin(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}))
	defer silent.Close()
	in := own(t, "random_origin="+silent.URL)
	r := contract.Request{Method: "GET", Target: "/random?min=1&max=6"}
	var clients sync.WaitGroup
	var mutex sync.Mutex
	statuses := map[int]int{}
	start := time.Now()
	for range 1000 {
		clients.Go(func() {
			reply, err := in.Try(r)
			if err != nil {
				t.Error(err)
				return
			}
			checkRefusal(t, r, reply)
			mutex.Lock()
			defer mutex.Unlock()
			statuses[reply.Status]++
		})
	}
	time.Sleep(500 * time.Millisecond)
	in.checkCheap(t, cheap, 100)
	clients.Wait()
	t.Logf("%v in %v", statuses, time.Since(start).Round(100*time.Millisecond))
	if took := time.Since(start); took > allowed(15*time.Second) || statuses[http.StatusOK] > 0 {
		t.Errorf("1,000 requests to a silent origin took %v: %v", took, statuses)
	}
	in.checkCheap(t, cheap, 10)
}

// TestHostileOrigin has the outside service send too much, a compression bomb, or a redirect.
func TestHostileOrigin(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for range 128 {
		w.Write(make([]byte, 1<<20))
	}
	w.Close()
	t.Logf("128 MiB compress to %d bytes", packed.Len())
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with %v", r.Header)
		w.Write([]byte("[4]"))
	}))
	defer elsewhere.Close()
	var answer http.HandlerFunc
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(w, r)
	}))
	defer origin.Close()
	in := own(t, "random_origin="+origin.URL, "peer_token=a-secret-of-services")
	for name, handler := range map[string]http.HandlerFunc{
		"a compression bomb": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed.Bytes())
		},
		"too much": func(w http.ResponseWriter, r *http.Request) {
			for range 100 {
				w.Write(make([]byte, 1<<20))
			}
		},
		"one byte at a time": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				w.Write([]byte(" "))
				w.(http.Flusher).Flush()
				time.Sleep(200 * time.Millisecond)
			}
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
	} {
		answer = handler
		var clients sync.WaitGroup
		for range 32 {
			clients.Go(func() {
				r := contract.Request{Method: "GET", Target: "/random?min=1&max=6"}
				reply := in.timed(t, name, r, 8*time.Second)
				if reply.Status != http.StatusBadGateway && reply.Status != http.StatusServiceUnavailable {
					t.Errorf("%s: %s", name, reply)
				}
			})
		}
		clients.Wait()
	}
}

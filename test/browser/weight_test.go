package browser

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"abacus/test/app"
)

// lightest is what the first load may weigh, compressed, in bytes.
const lightest = 100_000

// TestWeight adds up what the page fetches until it shows its first preview.
func TestWeight(t *testing.T) {
	url := app.Start(t, app.Options{}).URL
	var mutex sync.Mutex
	addresses := map[string]bool{}
	p := open(t, url)
	chromedp.ListenTarget(p.ctx, func(event any) {
		if sent, is := event.(*network.EventRequestWillBeSent); is {
			mutex.Lock()
			defer mutex.Unlock()
			addresses[sent.Request.URL] = true
		}
	})
	p.do(network.Enable(), network.SetCacheDisabled(true))
	p.visit()
	p.types("6 * 7")
	p.wantPreview("= 42")
	mutex.Lock()
	defer mutex.Unlock()
	// The worker fetches for itself.
	addresses[url+"/app/worker.js"] = true
	addresses[url+"/app/calc.js"] = true
	addresses[url+"/calc.wasm"] = true
	total := 0
	for address := range addresses {
		size := compressed(t, address)
		t.Logf("%7d %s", size, address)
		total += size
	}
	t.Logf("%7d bytes in %d files", total, len(addresses))
	if total > lightest {
		t.Errorf("the first load weighs %d bytes, more than %d", total, lightest)
	}
}

// compressed returns the size of what is at an address, by gzip.
func compressed(t *testing.T, address string) int {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d", address, response.StatusCode)
	}
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(zip, response.Body); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

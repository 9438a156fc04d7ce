package browser

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// The limits of the page, in bytes over the wire: of a visit without any sign of a person, of what
// is loaded until the page can be used, and of what is then loaded into the cache. The module of the
// language has a limit of its own (services/web/preview).
const (
	lookLimit = 39_000
	pageLimit = 45_600
	keptLimit = 21_200
)

// The network of Lighthouse's mobile profile, "slow 4G"
// (https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md), and by how much the
// profile slows the processor down.
const (
	roundTrip  = 150 * time.Millisecond
	throughput = 1_638_400 / 8 // bytes a second
	slowdown   = 4
)

// TestFirstLoad opens the page for the first time, on a slow network and a slow processor. It
// counts the bytes before any sign of a person, and those that follow the first key: the language,
// and what the service worker adds to the cache. All have limits.
func TestFirstLoad(t *testing.T) {
	link := newSlowLink(t, harness.Start(t, harness.Options{}).URL)
	p := open(t, link.url, emulation.SetCPUThrottlingRate(slowdown))
	p.until(`document.readyState === "complete"`)
	time.Sleep(time.Second) // for what must not follow
	looked, _, _, requests := link.traffic()
	t.Logf("%d bytes in %d requests before any sign of a person", looked, len(requests))
	if looked > lookLimit {
		t.Errorf("a page that nobody has touched loads %d bytes, more than %d", looked, lookLimit)
	}
	p.types("6 * 7")
	p.wantPreview("42")
	p.waitCached()
	bytes, language, kept, requests := link.traffic()
	for _, request := range requests {
		t.Log(request)
	}
	weight := bytes - language - kept
	t.Logf("%d bytes in %d requests: %d of the page, %d of the language, %d kept for later", bytes, len(requests), weight,
		language, kept)
	if weight > pageLimit {
		t.Errorf("the first load of the page weighs %d bytes, more than %d", weight, pageLimit)
	}
	if kept > keptLimit {
		t.Errorf("what is cached for later weighs %d bytes, more than %d", kept, keptLimit)
	}
}

// TestFirstPreview types into the page as soon as it is painted, on a slow network and a slow
// processor, and logs how long the first preview takes.
func TestFirstPreview(t *testing.T) {
	link := newSlowLink(t, harness.Start(t, harness.Options{}).URL)
	p := open(t, link.url, emulation.SetCPUThrottlingRate(slowdown), typingEarly)
	p.until(`window.previewed > 0`)
	t.Logf("first contentful paint after %.0f ms, first key after %.0f ms, first preview after %.0f ms",
		get[float64](p, `performance.getEntriesByName("first-contentful-paint")[0].startTime`),
		get[float64](p, `window.typed`), get[float64](p, `window.previewed`))
}

// typingEarly is a script that types once the page is painted, and again until there is a preview;
// it sets window.typed and window.previewed to the times of these.
var typingEarly = chromedp.ActionFunc(func(ctx context.Context) error {
	_, err := cdppage.AddScriptToEvaluateOnNewDocument(`{
		const timer = setInterval(() => {
			const [input, preview] = ["input", "preview"].map((id) => document.getElementById(id));
			if (!performance.getEntriesByName("first-contentful-paint").length) return;
			if (preview.textContent) {
				window.previewed = performance.now();
				return clearInterval(timer);
			}
			window.typed ??= performance.now();
			if (!input.value) input.value = "6 * 7";
			input.dispatchEvent(new InputEvent("input", { bubbles: true }));
		}, 20);
	}`).Do(ctx)
	return err
})

// slowLink is a proxy to the app over a slow network. It counts the bytes that it carries.
type slowLink struct {
	net.Listener
	url string

	mutex    sync.Mutex
	free     time.Time // when the network will have sent everything written so far
	bytes    int
	language int // those of calc.wasm among them
	kept     int // and those that the service worker loads into the cache
	requests []string
}

// newSlowLink returns a slow link to the app at an address.
func newSlowLink(t *testing.T, address string) *slowLink {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		// The request is passed on unchanged, with the encodings that the browser accepts.
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		Transport: &http.Transport{DisableCompression: true},
		ErrorLog:  log.New(io.Discard, "", 0), // the end of the test cuts requests off
	}
	server := httptest.NewUnstartedServer(nil)
	link := &slowLink{Listener: server.Listener}
	server.Listener = link
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		link.mutex.Lock()
		again := slices.Contains(link.requests, "GET "+r.URL.Path)
		link.requests = append(link.requests, r.Method+" "+r.URL.Path)
		link.mutex.Unlock()
		time.Sleep(roundTrip)
		switch {
		case strings.HasPrefix(r.URL.Path, "/app/calc-"):
			w = countingWriter{w, link, &link.language}
		case again, later.MatchString(r.URL.Path):
			w = countingWriter{w, link, &link.kept}
		}
		proxy.ServeHTTP(w, r)
	})
	server.Start()
	t.Cleanup(server.Close)
	link.url = server.URL
	return link
}

// later are the modules that the page loads when they are first used.
var later = regexp.MustCompile("^/app/(plot|edit|search|links)-")

// traffic returns how many bytes the browser has received, headers included, how many of them are
// calc.wasm and how many are cached for later, and the paths of all requests.
func (l *slowLink) traffic() (bytes, language, kept int, requests []string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.bytes, l.language, l.kept, l.requests
}

// countingWriter adds the bytes of a body to a counter.
type countingWriter struct {
	http.ResponseWriter
	link  *slowLink
	count *int
}

func (w countingWriter) Write(b []byte) (int, error) {
	w.link.mutex.Lock()
	*w.count += len(b)
	w.link.mutex.Unlock()
	return w.ResponseWriter.Write(b)
}

// Accept implements net.Listener: setting up a connection takes a round trip.
func (l *slowLink) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &slowConn{Conn: conn, link: l, open: time.Now().Add(roundTrip)}, nil
}

// slowConn is a connection over a slow link.
type slowConn struct {
	net.Conn
	link *slowLink
	open time.Time
}

// Write sends bytes once the network, which all connections share, is free.
func (c *slowConn) Write(b []byte) (int, error) {
	c.link.mutex.Lock()
	if now := time.Now(); c.link.free.Before(now) {
		c.link.free = now
	}
	c.link.free = c.link.free.Add(time.Duration(len(b)) * time.Second / throughput)
	c.link.bytes += len(b)
	until := c.link.free
	c.link.mutex.Unlock()
	time.Sleep(max(time.Until(until), time.Until(c.open)))
	return c.Conn.Write(b)
}

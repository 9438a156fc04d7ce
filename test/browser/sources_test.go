package browser

import (
	"encoding/base64"
	"net/url"
	"os"
	"path"
	"path/filepath"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// sources lets scripts of a test import the page's modules by their source names, such as
// import("/app/qr.js"), and fetch /calc.wasm. The app serves them bundled, under other names.
func (p *page) sources() {
	p.Helper()
	static := filepath.Join(harness.Root(), "services/web/static")
	types := map[string]string{".js": "text/javascript", ".wasm": "application/wasm"}
	answer := func(e *fetch.EventRequestPaused) chromedp.Action {
		address, err := url.Parse(e.Request.URL)
		if err != nil {
			return fetch.ContinueRequest(e.RequestID)
		}
		content, err := os.ReadFile(filepath.Join(static, filepath.FromSlash(address.Path)))
		if err != nil {
			return fetch.ContinueRequest(e.RequestID)
		}
		return fetch.FulfillRequest(e.RequestID, 200).WithBody(base64.StdEncoding.EncodeToString(content)).
			WithResponseHeaders([]*fetch.HeaderEntry{{Name: "Content-Type", Value: types[path.Ext(address.Path)]}})
	}
	chromedp.ListenTarget(p.ctx, func(event any) {
		if e, is := event.(*fetch.EventRequestPaused); is {
			// A listener must not block, so the reply is sent from a goroutine. Once the tab is
			// closed, nothing is left to reply to.
			go chromedp.Run(p.ctx, answer(e))
		}
	})
	p.waitCached()
	// A worker's requests go to the service worker, not through the page.
	getAsync[bool](p, `navigator.serviceWorker.ready.then((registration) => registration.unregister())`)
	p.do(fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: "*/app/*.js"}, {URLPattern: "*/calc.wasm"}}))
}

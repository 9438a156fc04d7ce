package spinhost

import (
	"strings"

	"abacus/spinhost/route"
)

// chainedClient is the address of a client that is a component.
const chainedClient = "0.0.0.0:0"

// chain lets another component of the application answer a request, in the same
// process and without a socket (Spin's service chaining,
// crates/trigger-http/src/outbound_http.rs). The target is a component, not a
// route, and need not have a public one. Where Spin goes on until its instances
// are used up, the depth of the calls is limited here.
func (c *call) chain(id, authority string, r request) (response, error) {
	callee := c.app.components[id]
	if callee == nil {
		c.warn("request to %s: the application has no component %q with an HTTP trigger", authority, id)
		return response{}, runtimeError
	}
	r.scheme, r.host, r.client, r.origin = "http", "localhost", chainedClient, c.request.origin
	for _, h := range r.headers {
		if h.name != "host" {
			continue
		}
		if !strings.EqualFold(h.value, authority) {
			c.warn("request to %s: its Host header names another host", authority)
			return response{}, runtimeError
		}
		r.host = h.value
	}
	if r.depth = c.request.depth + 1; r.depth > c.app.options.MaxChain {
		c.warn("request to %s: components call each other more than %d deep", authority, c.app.options.MaxChain)
		return response{}, runtimeError
	}
	path, _, _ := strings.Cut(r.uri, "?")
	return c.app.handle(c.ctx, callee, route.Chained(path), r), nil
}

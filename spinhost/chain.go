package spinhost

import (
	"context"
	"strings"
	"time"

	"abacus/spinhost/route"
)

// chainedClient is the client address of a request from another component.
const chainedClient = "0.0.0.0:0"

// chain sends a request to another component of the app, without a socket
// (crates/trigger-http/src/outbound_http.rs). The target is a component, not a route, and may be
// private. Spin lets components call each other until it runs out of instances. Here the depth is
// limited, and the callee gets three quarters of the time that the caller has left, so that the
// caller can still answer.
func (e *execution) chain(ctx context.Context, id, authority string, r request) (response, error) {
	callee := e.app.components[id]
	if callee == nil {
		e.warn("request to %s: the application has no component %q with an HTTP trigger",
			authority, id)
		return response{}, runtimeError
	}
	r.scheme, r.host, r.client, r.origin = "http", "localhost", chainedClient, e.request.origin
	r.account, r.turn = e.request.account, e.request.turn
	for _, h := range r.headers {
		if h.name != "host" {
			continue
		}
		if !strings.EqualFold(h.value, authority) {
			e.warn("request to %s: its Host header names another host", authority)
			return response{}, runtimeError
		}
		r.host = h.value
	}
	if r.depth = e.request.depth + 1; r.depth > e.app.options.MaxChain {
		e.app.refused.chain.Add(1)
		e.warn("request to %s: components call each other more than %d deep",
			authority, e.app.options.MaxChain)
		return response{}, runtimeError
	}
	path, _, _ := strings.Cut(r.uri, "?")
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithTimeout(ctx, time.Until(deadline)*3/4)
	defer cancel()
	resp := e.app.execute(ctx, callee, route.Chained(path), r)
	resp.headers = lastOfEach(resp.headers)
	return resp, nil
}

package spinhost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"abacus/spinhost/limit"
	"abacus/spinhost/route"
	"abacus/spinhost/wasm"
)

// methods are the methods of the old core ABI, by their numbers.
var methods = []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}

// request is a request to a component, from a client or from another component.
type request struct {
	method  string
	scheme  string
	host    string // for spin-full-url
	uri     string // path and query as received
	headers []header
	body    []byte
	client  string         // address and port
	origin  string         // scheme and address of the host, for requests to "self"; "" if unknown
	depth   int            // of service chaining
	account *limit.Account // memory of bodies
	turn    *limit.Turn    // to compute, together with what it calls
}

// execution is one request in one instance of a component, with the handles it has opened.
type execution struct {
	app       *App
	component *component
	request   *request
	ctx       context.Context // ends with the component's time
	databases handles[openedDatabase]
	stores    handles[store]
	warnings  int
}

type executionKey struct{}

// execute answers a request with a component. As in Spin, a failure of the component is logged and
// answered with an empty 500; at a limit of the host the answer is a 503.
func (a *App) execute(ctx context.Context, c *component, match route.Match, r request) response {
	method := slices.Index(methods, r.method)
	if method < 0 {
		return problem(http.StatusMethodNotAllowed, codeMethod,
			"components do not know this method")
	}
	c.metrics.Requested()
	span := c.operations.execute.Start(ctx)
	ctx = span.Context(ctx)
	resp, err := a.attempt(ctx, c, method, match, &r)
	span.End(err)
	if err != nil {
		return a.fail(ctx, c, match, r, err)
	}
	return resp
}

// attempt waits until an instance may run, and runs the component.
func (a *App) attempt(ctx context.Context, c *component, method int, match route.Match,
	r *request) (resp response, err error) {
	leave, err := a.enter(ctx, c, r.turn)
	if err != nil {
		return resp, err
	}
	defer leave()
	resp, err = a.run(ctx, c, method, match, r)
	if err == nil {
		err = r.account.Reserve(ctx, int64(len(resp.body))) // until the client has read it
	}
	return resp, err
}

// instanceWait is how long a request waits until an instance may run: long enough for the host to
// stop a crowd of requests whose clients have disconnected.
const instanceWait = time.Second

// enter waits until another instance may run; call leave when it is done. One component may have
// three quarters of the running instances, so that if it waits for something, others go on.
func (a *App) enter(ctx context.Context, c *component, turn *limit.Turn) (
	leave func(), err error) {
	deadline := time.Now().Add(instanceWait)
	leaveComponent, err := c.running.acquireBefore(ctx, deadline, turn)
	if err != nil {
		return nil, a.tooManyInstances()
	}
	leaveApp, err := a.running.acquireBefore(ctx, deadline, turn)
	if err != nil {
		leaveComponent()
		return nil, a.tooManyInstances()
	}
	return func() { leaveApp(); leaveComponent() }, nil
}

func (a *App) tooManyInstances() error {
	return fmt.Errorf("%w: maximum concurrent limit of %d for component instances reached",
		errInstances, a.options.MaxInstances)
}

// errInstances is limit.ErrBusy when too many instances are running.
var errInstances = fmt.Errorf("%w", limit.ErrBusy)

// fail logs why a component did not answer and returns the response for the client. It logs the
// route instead of the path, since path and query may contain secrets.
func (a *App) fail(ctx context.Context, c *component, match route.Match, r request,
	err error) response {
	where := r.method + " " + match.Raw
	switch {
	case errors.Is(err, wasm.ErrCanceled),
		errors.Is(err, limit.ErrBusy) && errors.Is(ctx.Err(), context.Canceled):
		// The client has disconnected, or the app is closing.
		return problem(http.StatusServiceUnavailable, codeBusy, "the request was stopped")
	case errors.Is(err, limit.ErrBusy):
		if errors.Is(err, errInstances) {
			a.refused.instances.Add(1)
		} else {
			a.refused.busy.Add(1)
		}
		if a.mayLogBusy() {
			a.log.warn(ctx, c.manifest.ID, where, err.Error())
		}
		return problem(http.StatusServiceUnavailable, codeBusy,
			"the server has too much to do at the moment; try again")
	case errors.Is(err, wasm.ErrTimeout):
		a.refused.time.Add(1)
		a.log.warn(ctx, c.manifest.ID, where,
			fmt.Sprintf("it did not answer within %v and was stopped", a.options.Timeout))
		return problem(http.StatusServiceUnavailable, codeBusy,
			"the request took too long and was stopped; try again")
	}
	a.log.warn(ctx, c.manifest.ID, where, err.Error())
	return response{status: http.StatusInternalServerError}
}

// mayLogBusy returns true at most once a second: overload must not fill the log.
func (a *App) mayLogBusy() bool {
	now, last := time.Now().Unix(), a.busyLogged.Load()
	return now != last && a.busyLogged.CompareAndSwap(last, now)
}

// run answers a request with an instance of a component.
func (a *App) run(ctx context.Context, c *component, method int, match route.Match, r *request) (
	resp response, err error) {
	headers := append(slices.Clip(r.headers), spinHeaders(match, r)...)
	if err := errors.Join(c.stdout.Open(), c.stderr.Open()); err != nil {
		return resp, err
	}
	e := &execution{app: a, component: c, request: r}
	defer e.close()
	e.ctx = context.WithValue(ctx, executionKey{}, e)
	if err := r.turn.Resume(e.ctx); err != nil {
		return resp, err
	}
	in, err := c.module.Instance(e.ctx, r.turn)
	if err != nil {
		return resp, err
	}
	defer in.Release()
	memory := in.MemorySize()
	uri, err := in.NewString(r.uri)
	if err != nil {
		return resp, err
	}
	list, err := newHeaders(in, headers)
	if err != nil {
		return resp, err
	}
	body, err := in.NewBlock(r.body, 1)
	if err != nil {
		return resp, err
	}
	address, err := in.Handle(uint64(method),
		uint64(uri), uint64(len(r.uri)),
		uint64(list), uint64(len(headers)),
		0, 0, // the deprecated parameters: an empty list
		1, uint64(body), uint64(len(r.body)))
	c.metrics.Executed(in.Computed(), memory, in.MemorySize())
	if err != nil {
		return resp, err
	}
	return readResponse(in, address)
}

// close closes the databases that are still open, which rolls back unfinished transactions.
func (e *execution) close() {
	for _, opened := range e.databases.open {
		opened.Close()
	}
}

// spinHeaders returns the headers that Spin adds, in its order
// (crates/trigger-http/src/headers.rs).
func spinHeaders(match route.Match, r *request) []header {
	headers := []header{
		{"spin-path-info", match.PathInfo},
		{"spin-full-url", r.scheme + "://" + r.host + r.uri},
		{"spin-matched-route", match.Pattern},
		{"spin-base-path", "/"},
		{"spin-raw-component-route", match.Raw},
		{"spin-component-route", match.Prefix},
		{"spin-client-addr", r.client},
	}
	for _, p := range match.Params {
		name := strings.ToLower(strings.ReplaceAll(p.Name, "_", "-"))
		headers = append(headers, header{"spin-path-match-" + name, p.Value})
	}
	return headers
}

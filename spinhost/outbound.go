package spinhost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"abacus/spinhost/limit"
	"abacus/spinhost/outbound"
	"abacus/spinhost/wasm"
)

// outboundModule is the interface of outbound HTTP (spin@unversioned/http.wit).
var outboundModule = hostModule{"wasi-outbound-http", []hostFunction{
	{"request", 11, (*execution).sendRequest},
}}

// outboundError is an error code of the interface. Spin returns no others; the SDK takes "too
// many requests" (5) for success.
type outboundError uint8

const (
	notAllowed   outboundError = 1
	invalidURL   outboundError = 2
	runtimeError outboundError = 4
)

func (e outboundError) Error() string { return fmt.Sprintf("outbound HTTP error %d", uint8(e)) }

// maxResponse is the length of a response with its headers, in bytes. Spin's limit is 128 MiB,
// which a small gzip body can reach.
const maxResponse = 10 << 20

func (e *execution) sendRequest(in *wasm.Instance, p []uint32) error {
	if p[0] >= uint32(len(methods)) {
		return fmt.Errorf("unknown method %d", p[0])
	}
	method := methods[p[0]]
	target, err := in.String(p[1], p[2])
	if err != nil {
		return err
	}
	headers, err := readHeaders(in, p[3], p[4])
	if err != nil {
		return err
	}
	var body []byte // p[5] and p[6] are the deprecated parameters
	if p[7] > 1 {
		return fmt.Errorf("the body has the tag %d where 0 or 1 belongs", p[7])
	} else if p[7] == 1 {
		if body, err = in.Bytes(p[8], p[9]); err != nil {
			return err
		}
	}
	result := p[10]
	ctx, call := e.app.telemetry.Call(e.ctx, e.component.manifest.ID, method, target)
	resp, err := e.send(ctx, method, target, headers, body)
	if err != nil {
		call.End(0, "failed")
	} else {
		call.End(resp.status, "")
	}
	if code := outboundError(0); errors.As(err, &code) {
		return writeError(in, result, uint8(code))
	} else if err != nil {
		return err
	}
	list, err := newHeaders(in, resp.headers)
	if err != nil {
		return err
	}
	address, err := in.NewBlock(resp.body, 1)
	if err != nil {
		return err
	}
	const some = 1 // headers, a body
	return in.PutWords(result, tagOK, uint32(resp.status),
		some, list, uint32(len(resp.headers)), some, address, uint32(len(resp.body)))
}

// send checks that a request is allowed and sends it: to another component, to the app itself
// or to the network. The error is an outboundError, or fetch's at its limit.
func (e *execution) send(ctx context.Context, method, target string, headers []header,
	body []byte) (response, error) {
	if err := e.component.allowedError; err != nil {
		e.warn("allowed_outbound_hosts: %v", err)
		return response{}, notAllowed
	}
	rules := e.component.allowed
	var allowed *url.URL
	var err error
	if strings.HasPrefix(target, "/") {
		if !rules.AllowSelf("http", "https") {
			e.warnNotAllowed("http://self")
			return response{}, notAllowed
		}
		target = e.request.origin + target
	} else if allowed, err = outbound.ParseURL(target, "https"); err != nil {
		return response{}, notAllowed
	} else if !rules.Allow(allowed) {
		e.warnNotAllowed(outbound.Pattern(allowed))
		return response{}, notAllowed
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme == "" || u.Host == "" || strings.ContainsAny(target, " <>`") {
		return response{}, invalidURL
	}
	for _, h := range headers {
		if !nameOf(h.name).valid || strings.ContainsFunc(h.value, isControl) {
			e.warn("it set an invalid header on a request to %s", u.Host)
			return response{}, runtimeError
		}
	}
	e.app.telemetry.Propagate(ctx, func(name, value string) {
		headers = slices.DeleteFunc(headers, func(h header) bool { return h.name == name })
		headers = append(headers, header{name, value})
	})
	r := request{method: method, uri: pathAndQuery(target), headers: headers, body: body}
	if id, chained := outbound.Chained(u.Host); chained {
		return e.app.faults.hop(e, id, func() (response, error) {
			return e.chain(ctx, id, u.Host, r)
		})
	}
	if allowed != nil {
		u.Host = allowed.Host // dial the host that was checked
	}
	return e.app.faults.hop(e, "network", func() (response, error) { return e.fetch(ctx, u, r) })
}

// fetch sends a request to the network. It does not follow redirects: Spin does, to hosts that
// allowed_outbound_hosts does not list and with all headers.
//
// A quarter of a component's instances may wait for other hosts, so that a host that is silent does
// not take all of them. Beyond that it returns limit.ErrBusy, which ends the request with a 503.
func (e *execution) fetch(ctx context.Context, u *url.URL, req request) (response, error) {
	arrived, ok := e.component.waiting.tryAcquire()
	if !ok {
		return response{}, fmt.Errorf("%w: a quarter of the instances wait for other hosts",
			limit.ErrBusy)
	}
	defer arrived()
	e.request.turn.Pause()
	ctx, cancel := context.WithTimeout(ctx, e.app.options.OutboundTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, req.method, u.String(), bytes.NewReader(req.body))
	if err != nil {
		return response{}, invalidURL
	}
	r.Header.Set("Accept", "*/*")
	r.Header["User-Agent"] = []string{""} // none, unless the component sets one
	seen := map[string]bool{}
	for _, h := range req.headers {
		if h.name == "host" {
			r.Host = h.value
		} else if seen[h.name] {
			r.Header.Add(h.name, h.value)
		} else {
			r.Header.Set(h.name, h.value)
		}
		seen[h.name] = true
	}
	release, err := e.app.outgoing.acquire(ctx)
	if err != nil {
		e.app.refused.outbound.Add(1)
		e.warn("request to %s: %v", u.Host, err)
		return response{}, runtimeError
	}
	defer release()
	received, err := e.app.client.Do(r)
	if err != nil {
		if failure := new(url.Error); errors.As(err, &failure) {
			err = failure.Err // without the URL, which may hold a secret
		}
		e.warn("request to %s: %v", u.Host, err)
		return response{}, runtimeError
	}
	defer received.Body.Close()
	resp := response{status: received.StatusCode}
	size := 0
	for name, values := range received.Header {
		for _, value := range values {
			if strings.ContainsFunc(value, func(c rune) bool { return isControl(c) || c > '~' }) {
				e.warn("response of %s: its header %s is not ASCII and left out", u.Host, name)
				continue
			}
			size += len(name) + len(value)
			resp.headers = append(resp.headers, header{strings.ToLower(name), value})
		}
	}
	resp.body, err = readAll(ctx, io.LimitReader(received.Body, maxResponse+1), e.request.account)
	if err == nil && size+len(resp.body) > maxResponse {
		err = fmt.Errorf("it is longer than %d bytes", maxResponse)
	}
	if err != nil {
		e.warn("response of %s: %v", u.Host, err)
		return response{}, runtimeError
	}
	return resp, nil
}

// maxWarnings is how many warnings one execution may log.
const maxWarnings = 20

// warn logs a warning for the person who runs the app.
func (e *execution) warn(format string, args ...any) {
	if e.warnings++; e.warnings > maxWarnings {
		return
	}
	e.app.log.warn(e.ctx, e.component.manifest.ID, "", fmt.Sprintf(format, args...))
}

// isControl reports whether a header value must not contain a character.
func isControl(c rune) bool { return c != '\t' && (c < ' ' || c == 0x7f) }

// warnNotAllowed logs the line of the manifest that would allow a request.
func (e *execution) warnNotAllowed(pattern string) {
	e.warn("a request was not allowed; to allow it, add to [component.%s] of the manifest: "+
		"allowed_outbound_hosts = [%q]",
		e.component.manifest.ID, pattern)
}

// semaphore limits the number of requests at the same time.
type semaphore chan struct{}

// newSemaphore returns a semaphore; a negative size means no limit.
func newSemaphore(size int) semaphore {
	if size < 0 {
		return nil
	}
	return make(semaphore, size)
}

// acquire waits for its turn. Call release when done.
func (s semaphore) acquire(ctx context.Context) (release func(), err error) {
	if s == nil {
		return func() {}, nil
	}
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	case <-ctx.Done():
		return nil, errors.New("too many requests under way")
	}
}

// tryAcquire does not wait.
func (s semaphore) tryAcquire() (release func(), ok bool) {
	select {
	case s <- struct{}{}:
		return func() { <-s }, true
	default:
		return nil, false
	}
}

// acquireBefore waits until a deadline. It makes no timer unless it has to wait, and then it pauses
// the turn.
func (s semaphore) acquireBefore(ctx context.Context, deadline time.Time, turn *limit.Turn) (
	func(), error) {
	if release, ok := s.tryAcquire(); ok {
		return release, nil
	}
	turn.Pause()
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	return s.acquire(ctx)
}

// makeClient makes the client for outbound requests.
func (a *App) makeClient() {
	settings := a.options.Config.HTTP
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = settings.NoKeepAlive
	a.outgoing = newSemaphore(settings.MaxConnections)
	a.client = &http.Client{
		Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

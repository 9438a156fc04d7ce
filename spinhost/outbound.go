package spinhost

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"abacus/spinhost/outbound"
	"abacus/spinhost/wasm"
)

// outboundHTTP is the interface of HTTP requests to elsewhere
// (spin@unversioned/http.wit).
var outboundHTTP = family{"wasi-outbound-http", []function{
	{"request", 11, (*call).sendRequest},
}}

// outboundError is why a request got no response, as the guest sees it. Spin
// gives no others; the SDK takes its "too many requests" (5) for success.
type outboundError uint8

const (
	notAllowed   outboundError = 1
	invalidURL   outboundError = 2
	runtimeError outboundError = 4
)

func (e outboundError) Error() string { return fmt.Sprintf("outbound HTTP error %d", uint8(e)) }

const (
	maxResponse  = 128 << 20 // bytes of headers and body, as Spin's MAX_HOST_BUFFERED_BYTES
	maxRedirects = 10
)

func (c *call) sendRequest(in *wasm.Instance, p []uint32) error {
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
	response, err := c.send(method, target, headers, body)
	if code := outboundError(0); errors.As(err, &code) {
		return writeError(in, result, uint8(code))
	} else if err != nil {
		return err
	}
	list, err := placeHeaders(in, response.headers)
	if err != nil {
		return err
	}
	bytes, err := in.PlaceBytes(response.body)
	if err != nil {
		return err
	}
	data := make([]byte, 32)
	data[0] = tagOK
	binary.LittleEndian.PutUint16(data[4:], uint16(response.status))
	data[8] = 1 // there are headers
	wasm.PutU32(data, 12, list)
	wasm.PutU32(data, 16, uint32(len(response.headers)))
	data[20] = 1 // there is a body
	wasm.PutU32(data, 24, bytes)
	wasm.PutU32(data, 28, uint32(len(response.body)))
	return in.Write(result, data)
}

// send checks where a request goes and sends it there: to another component, to
// the application itself or to the network. Its error is an outboundError.
func (c *call) send(method, target string, headers []header, body []byte) (response, error) {
	rules, err := c.component.hosts.Resolve()
	if err != nil {
		c.warn("allowed_outbound_hosts: %v", err)
		return response{}, notAllowed
	}
	var allowed *url.URL
	if strings.HasPrefix(target, "/") {
		if !rules.AllowSelf("http", "https") {
			c.warnNotAllowed("http://self")
			return response{}, notAllowed
		}
		target = c.request.origin + target
	} else if allowed, err = outbound.ParseURL(target, "https"); err != nil {
		return response{}, notAllowed
	} else if !rules.Allow(allowed) {
		c.warnNotAllowed(outbound.Pattern(allowed))
		return response{}, notAllowed
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme == "" || u.Host == "" || strings.ContainsAny(target, " <>`") {
		return response{}, invalidURL
	}
	for _, h := range headers {
		if !validName(h.name) || strings.ContainsFunc(h.value, func(r rune) bool { return r != '\t' && (r < ' ' || r == 0x7f) }) {
			c.warn("it set an invalid header on a request to %s", u.Host)
			return response{}, runtimeError
		}
	}
	r := request{method: method, uri: pathAndQuery(target), headers: headers, body: body}
	if id, chained := outbound.Chained(u.Host); chained {
		return c.app.faults.hop(c, id, func() (response, error) { return c.chain(id, u.Host, r) })
	}
	if allowed != nil {
		u.Host = allowed.Host // what was checked is what is dialled
	}
	return c.app.faults.hop(c, "network", func() (response, error) { return c.fetch(u, r) })
}

// fetch sends a request to the network. Redirects are followed without asking
// allowed_outbound_hosts again, as Spin does.
func (c *call) fetch(u *url.URL, request request) (response, error) {
	r, err := http.NewRequestWithContext(c.ctx, request.method, u.String(), bytes.NewReader(request.body))
	if err != nil {
		return response{}, invalidURL
	}
	r.Header.Set("Accept", "*/*")
	r.Header["User-Agent"] = []string{""} // none, unless the component sets one
	seen := map[string]bool{}
	for _, h := range request.headers {
		if h.name == "host" {
			r.Host = h.value
		} else if seen[h.name] {
			r.Header.Add(h.name, h.value)
		} else {
			r.Header.Set(h.name, h.value)
		}
		seen[h.name] = true
	}
	release, err := c.app.outgoing.enter(c.ctx)
	if err != nil {
		c.warn("request to %s: %v", u.Host, err)
		return response{}, runtimeError
	}
	defer release()
	answer, err := c.app.client.Do(r)
	if err != nil {
		if failure := new(url.Error); errors.As(err, &failure) {
			err = failure.Err // without the URL, which may hold a secret
		}
		c.warn("request to %s: %v", u.Host, err)
		return response{}, runtimeError
	}
	defer answer.Body.Close()
	got := response{status: answer.StatusCode}
	size := 0
	for name, values := range answer.Header {
		for _, value := range values {
			if strings.ContainsFunc(value, func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') }) {
				c.warn("response of %s: its header %s is not ASCII and left out", u.Host, name)
				continue
			}
			size += len(name) + len(value)
			got.headers = append(got.headers, header{strings.ToLower(name), value})
		}
	}
	got.body, err = io.ReadAll(io.LimitReader(answer.Body, maxResponse+1))
	if err == nil && size+len(got.body) > maxResponse {
		err = fmt.Errorf("it is longer than %d bytes", maxResponse)
	}
	if err != nil {
		c.warn("response of %s: %v", u.Host, err)
		return response{}, runtimeError
	}
	return got, nil
}

func (c *call) warn(format string, args ...any) {
	c.app.log.Printf("component %s: %s", c.component.manifest.ID, fmt.Sprintf(format, args...))
}

// warnNotAllowed says which line of the manifest would allow a request.
func (c *call) warnNotAllowed(pattern string) {
	c.warn("a request was not allowed; to allow it, add to [component.%s] of the manifest: allowed_outbound_hosts = [%q]",
		c.component.manifest.ID, pattern)
}

// gate lets a number of requests through at a time.
type gate chan struct{}

// newGate makes a gate for so many; less than 0 is no limit.
func newGate(size int) gate {
	if size < 0 {
		return nil
	}
	return make(gate, size)
}

// enter waits for a place. Call release when done.
func (g gate) enter(ctx context.Context) (release func(), err error) {
	if g == nil {
		return func() {}, nil
	}
	select {
	case g <- struct{}{}:
		return func() { <-g }, nil
	case <-ctx.Done():
		return nil, errors.New("too many requests under way")
	}
}

// makeClient makes the client of all components' requests.
func (a *App) makeClient() {
	settings := a.options.Config.HTTP
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = settings.NoKeepAlive
	a.outgoing = newGate(settings.MaxConnections)
	a.client = &http.Client{
		Transport: transport,
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("more than %d redirects", maxRedirects)
			}
			return nil
		},
	}
}

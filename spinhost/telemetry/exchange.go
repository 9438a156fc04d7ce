package telemetry

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Exchange is an HTTP request under way, from a client or to another host or component. A nil
// Exchange does nothing.
type Exchange struct {
	telemetry *Telemetry
	span      *span // nil without spans
	inbound   bool
	labels    exchangeLabels
	started   time.Time
}

// exchangeLabels are the labels of durations. Each has few values.
type exchangeLabels struct {
	method, route, component, server, failure string
	status                                    int
}

// context is W3C's trace context (https://www.w3.org/TR/trace-context/).
var traceContext propagation.TraceContext

// mostAttributes is how many attributes the span of an exchange has, with those of its end.
const mostAttributes = 11

var overHTTP = text("network.protocol.name", "http")

// Request begins the span of a client's request, in the client's trace if it names one. The
// returned context is for what the request causes.
func (t *Telemetry) Request(ctx context.Context, r *http.Request) (context.Context, *Exchange) {
	if t == nil {
		return ctx, nil
	}
	x := &Exchange{telemetry: t, inbound: true, started: time.Now()}
	x.labels.method = knownMethod(r.Method)
	if t.tracer == nil {
		return ctx, x
	}
	scheme := ""
	if r.TLS != nil {
		scheme = "https"
	}
	attributes := append(make([]*commonpb.KeyValue, 0, mostAttributes),
		text("http.request.method", x.labels.method),
		overHTTP,
		text("url.scheme", scheme),
		text("url.query", redactedQuery(r.URL)))
	if host, port, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		port, _ := strconv.Atoi(port)
		attributes = append(attributes, text("network.peer.address", host),
			number("network.peer.port", port))
	}
	if client := r.Header.Get("X-Forwarded-For"); client != "" {
		attributes = append(attributes, text("client.address", client))
	}
	ctx = traceContext.Extract(ctx, propagation.HeaderCarrier(r.Header))
	x.span = t.tracer.start(ctx, x.labels.method, tracepb.Span_SPAN_KIND_SERVER, attributes)
	return trace.ContextWithSpan(ctx, x.span), x
}

// Call begins the span of a component's request to target, a URL or a path of the app itself.
func (t *Telemetry) Call(ctx context.Context, component, method, target string) (
	context.Context, *Exchange) {
	if t == nil {
		return ctx, nil
	}
	x := &Exchange{telemetry: t, started: time.Now()}
	x.labels.method, x.labels.component = knownMethod(method), component
	u, err := url.Parse(target)
	if err != nil {
		u = &url.URL{}
	}
	x.labels.server = u.Hostname()
	if t.tracer == nil {
		return ctx, x
	}
	attributes := append(make([]*commonpb.KeyValue, 0, mostAttributes),
		text("http.request.method", x.labels.method),
		text("url.full", redactedURL(u)),
		text("server.address", u.Hostname()))
	if port, err := strconv.Atoi(u.Port()); err == nil {
		attributes = append(attributes, number("server.port", port))
	}
	x.span = t.tracer.start(ctx, x.labels.method, tracepb.Span_SPAN_KIND_CLIENT, attributes)
	return trace.ContextWithSpan(ctx, x.span), x
}

// Propagate sets the headers that let a receiver continue the trace of ctx.
func (t *Telemetry) Propagate(ctx context.Context, set func(name, value string)) {
	if t != nil && t.tracer != nil {
		traceContext.Inject(ctx, carrier(set))
	}
}

// carrier implements the half of propagation.TextMapCarrier that injecting needs.
type carrier func(name, value string)

func (carrier) Get(string) string          { return "" }
func (carrier) Keys() []string             { return nil }
func (set carrier) Set(name, value string) { set(name, value) }

// Route names the route and the component of a client's request. The path is that of the request.
func (x *Exchange) Route(route, component, path string) {
	if x == nil {
		return
	}
	x.labels.route, x.labels.component = route, component
	if x.span == nil {
		return
	}
	x.span.data.Name = x.labels.method + " " + route
	if strings.Contains(route, ":") {
		path = route
	}
	x.span.set(text("http.route", route), text("url.path", redactedPath(path)))
}

// End ends the exchange with a status, 0 if there is none. Failure is a word for what went wrong,
// or "".
func (x *Exchange) End(status int, failure string) {
	if x == nil {
		return
	}
	if failure == "" && (status >= 500 || !x.inbound && status >= 400) {
		failure = strconv.Itoa(status)
	}
	x.labels.status, x.labels.failure = status, failure
	if m := x.telemetry.metrics; m != nil {
		m.exchange(x.inbound, time.Since(x.started), x.labels)
	}
	if x.span == nil {
		return
	}
	if status != 0 {
		x.span.set(number("http.response.status_code", status))
	}
	if failure != "" {
		x.span.set(text("error.type", failure))
		x.span.fail(nil)
	}
	x.span.end()
}

// attributes returns the labels as OpenTelemetry names them.
func (l exchangeLabels) attributes() metric.MeasurementOption {
	set := []attribute.KeyValue{attribute.String("http.request.method", l.method)}
	for name, value := range map[string]string{"http.route": l.route, "component_id": l.component,
		"server.address": l.server, "error.type": l.failure} {
		if value != "" {
			set = append(set, attribute.String(name, value))
		}
	}
	if l.status != 0 {
		set = append(set, attribute.Int("http.response.status_code", l.status))
	}
	return metric.WithAttributeSet(attribute.NewSet(set...))
}

// knownMethod returns a standard method unchanged, and _OTHER for anything else.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "_OTHER"
}

const redacted = "REDACTED"

func redactedQuery(u *url.URL) string {
	if u.RawQuery == "" {
		return ""
	}
	return redacted
}

// redactedURL returns a URL without user, query and fragment.
func redactedURL(u *url.URL) string {
	path := redactedPath(u.EscapedPath())
	if u.RawQuery != "" {
		path += "?" + redacted
	}
	if u.Host == "" {
		return path
	}
	return u.Scheme + "://" + u.Host + path
}

// wordLength is the length of the longest path segment that counts as a word. A token of 128 bits
// needs 22 characters.
const wordLength = 20

// redactedPath returns a path with REDACTED in place of every segment that does not look like a
// word or a file name, and so may be a token, a key or text from a person.
func redactedPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if len(segment) > wordLength || strings.ContainsFunc(segment, notInWord) {
			segments[i] = redacted
		}
	}
	return strings.Join(segments, "/")
}

func notInWord(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune(".-_:", c)
}

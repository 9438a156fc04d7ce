// Package otlptest receives telemetry over OTLP as a collector does, for tests.
package otlptest

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collectorlogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Receiver keeps what it receives.
type Receiver struct {
	URL string // for OTEL_EXPORTER_OTLP_ENDPOINT

	mu      sync.Mutex
	raw     bytes.Buffer
	spans   []Span
	metrics []Metric
	logs    []Log
}

// Span is a span with its attributes as text.
type Span struct {
	*trace.Span
	Trace, ID, Parent string // in hexadecimal
	Attributes        map[string]string
}

// Metric is the last state of a metric that was received.
type Metric struct {
	*metrics.Metric
	Scope string
}

// Log is a log record.
type Log struct {
	*logs.LogRecord
	Trace, Span string // in hexadecimal
	Attributes  map[string]string
}

// Start starts a receiver, which ends with the test.
func Start(t testing.TB) *Receiver {
	t.Helper()
	r := &Receiver{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", r.handle(r.addSpans))
	mux.HandleFunc("POST /v1/metrics", r.handle(r.addMetrics))
	mux.HandleFunc("POST /v1/logs", r.handle(r.addLogs))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.URL = server.URL
	return r
}

// Env returns the environment with which a host exports to the receiver, soon.
func (r *Receiver) Env() []string {
	return []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.URL, "OTEL_BSP_SCHEDULE_DELAY=100",
		"OTEL_BLRP_SCHEDULE_DELAY=100", "OTEL_METRIC_EXPORT_INTERVAL=500"}
}

func (r *Receiver) handle(add func([]byte) error) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err == nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.raw.Write(body)
			err = add(body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/x-protobuf") // an empty message
	}
}

func (r *Receiver) addSpans(body []byte) error {
	var message collectortrace.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &message); err != nil {
		return err
	}
	for _, resource := range message.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				r.spans = append(r.spans, Span{s, hex.EncodeToString(s.TraceId),
					hex.EncodeToString(s.SpanId), hex.EncodeToString(s.ParentSpanId),
					texts(s.Attributes)})
			}
		}
	}
	return nil
}

func (r *Receiver) addMetrics(body []byte) error {
	var message collectormetrics.ExportMetricsServiceRequest
	if err := proto.Unmarshal(body, &message); err != nil {
		return err
	}
	r.metrics = nil // they are cumulative
	for _, resource := range message.ResourceMetrics {
		for _, scope := range resource.ScopeMetrics {
			for _, m := range scope.Metrics {
				r.metrics = append(r.metrics, Metric{m, scope.Scope.GetName()})
			}
		}
	}
	return nil
}

func (r *Receiver) addLogs(body []byte) error {
	var message collectorlogs.ExportLogsServiceRequest
	if err := proto.Unmarshal(body, &message); err != nil {
		return err
	}
	for _, resource := range message.ResourceLogs {
		for _, scope := range resource.ScopeLogs {
			for _, l := range scope.LogRecords {
				r.logs = append(r.logs, Log{l, hex.EncodeToString(l.TraceId),
					hex.EncodeToString(l.SpanId), texts(l.Attributes)})
			}
		}
	}
	return nil
}

// Spans returns the spans of a trace, or with "" all spans, by the time of their start.
func (r *Receiver) Spans(traceID string) []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Span
	for _, s := range r.spans {
		if traceID == "" || s.Trace == traceID {
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b Span) int {
		return cmp.Compare(a.StartTimeUnixNano, b.StartTimeUnixNano)
	})
	return found
}

// Metric returns a metric, false if it has not been received.
func (r *Receiver) Metric(name string) (Metric, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return r.metrics[i], true
}

// Logs returns the log records.
func (r *Receiver) Logs() []Log {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.logs)
}

// Contains reports whether anything received has a text in it.
func (r *Receiver) Contains(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Contains(r.raw.Bytes(), []byte(text))
}

// patience is how long Wait waits.
const patience = 30 * time.Second

// Wait waits until a condition holds.
func Wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not received within %v", what, patience)
		}
	}
}

// Root waits for the root span of a trace, the last of a request to end, with a trace of its own
// or one that a client has begun, and returns all spans of the trace.
func (r *Receiver) Root(t testing.TB, traceID string) []Span {
	t.Helper()
	isServer := func(s Span) bool { return s.Kind == trace.Span_SPAN_KIND_SERVER }
	Wait(t, "the trace "+traceID, func() bool {
		return slices.ContainsFunc(r.Spans(traceID), isServer)
	})
	return r.Spans(traceID)
}

// Tree returns spans as a text, a line for each, indented below its parent. Describe returns a
// span's line, "" to leave it out with its children.
func Tree(spans []Span, describe func(Span) string) string {
	var b strings.Builder
	known := map[string]bool{}
	for _, s := range spans {
		known[s.ID] = true
	}
	var write func(parent string, depth int)
	write = func(parent string, depth int) {
		for _, s := range spans {
			isChild := s.Parent == parent || parent == "" && !known[s.Parent]
			if !isChild {
				continue
			}
			if text := describe(s); text != "" {
				b.WriteString(strings.Repeat("  ", depth) + text + "\n")
				write(s.ID, depth+1)
			}
		}
	}
	write("", 0)
	return b.String()
}

func texts(attributes []*common.KeyValue) map[string]string {
	values := map[string]string{}
	for _, a := range attributes {
		switch v := a.Value.GetValue().(type) {
		case *common.AnyValue_StringValue:
			values[a.Key] = v.StringValue
		default:
			values[a.Key] = strings.TrimLeft(a.Value.String(), "abcdefghijklmnopqrstuvwxyz_: ")
		}
	}
	return values
}

package telemetry

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Operation is a kind of span, with what all spans of the kind have in common. It is made once, so
// that starting a span costs little.
type Operation struct {
	tracer     *tracer // nil without spans
	name       string
	kind       tracepb.Span_SpanKind
	attributes []*commonpb.KeyValue
	durations  metric.Float64Histogram // nil if they are not measured
	labels     metric.MeasurementOption
}

// Execution returns the operation of running a component.
func (t *Telemetry) Execution(component string) *Operation {
	if t == nil || t.tracer == nil {
		return nil
	}
	return &Operation{tracer: t.tracer, name: "execute_wasm_component " + component,
		kind: tracepb.Span_SPAN_KIND_INTERNAL}
}

// Operation returns an operation of the host, done for a component, with pairs of names and values
// as attributes.
func (t *Telemetry) Operation(name string, attributes ...string) *Operation {
	if t == nil || t.tracer == nil {
		return nil
	}
	o := &Operation{tracer: t.tracer, name: name, kind: tracepb.Span_SPAN_KIND_CLIENT}
	for i := 0; i+1 < len(attributes); i += 2 {
		o.attributes = append(o.attributes, text(attributes[i], attributes[i+1]))
	}
	return o
}

// Statements returns the operation of executing a statement for a component. Its durations are
// measured.
func (t *Telemetry) Statements(component, database string, attributes ...string) *Operation {
	o := t.Operation("spin_sqlite.execute", attributes...)
	if t.Measures() {
		if o == nil {
			o = &Operation{}
		}
		o.durations = t.metrics.statements
		o.labels = labels("component_id", component, "db.system.name", "sqlite",
			"db.namespace", database)
	}
	return o
}

// Start begins a span.
func (o *Operation) Start(ctx context.Context) Span {
	if o == nil {
		return Span{}
	}
	s := Span{operation: o}
	if o.durations != nil {
		s.started = time.Now()
	}
	if o.tracer != nil {
		s.span = o.tracer.start(ctx, o.name, o.kind, slices.Clip(o.attributes))
	}
	return s
}

// Span is an operation under way. The zero Span does nothing.
type Span struct {
	span      *span // nil without spans
	operation *Operation
	started   time.Time
}

// Context returns a context for what happens in the span, below ctx.
func (s Span) Context(ctx context.Context) context.Context {
	if s.span == nil {
		return ctx
	}
	return trace.ContextWithSpan(ctx, s.span)
}

// Set sets an attribute.
func (s Span) Set(name, value string) {
	if s.span != nil {
		s.span.set(text(name, value))
	}
}

// End ends the span. An error makes it a failed one.
func (s Span) End(err error) {
	if s.operation == nil {
		return
	}
	if s.operation.durations != nil {
		s.operation.durations.Record(context.Background(), time.Since(s.started).Seconds(),
			s.operation.labels)
	}
	if s.span == nil {
		return
	}
	if err != nil {
		s.span.fail(err)
	}
	s.span.end()
}

// pairs returns pairs of names and values as attributes.
func pairs(texts []string) []attribute.KeyValue {
	var attributes []attribute.KeyValue
	for i := 0; i+1 < len(texts); i += 2 {
		attributes = append(attributes, attribute.String(texts[i], texts[i+1]))
	}
	return attributes
}

func labels(texts ...string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(pairs(texts)...))
}

package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Operation is a kind of span, with what all spans of the kind have in common. It is made once, so
// that starting a span costs little.
type Operation struct {
	tracer    trace.Tracer // nil without spans
	name      string
	options   []trace.SpanStartOption
	durations metric.Float64Histogram // nil if they are not measured
	labels    metric.MeasurementOption
}

// Execution returns the operation of running a component.
func (t *Telemetry) Execution(component string) *Operation {
	if t == nil || t.tracer == nil {
		return nil
	}
	return &Operation{tracer: t.tracer, name: "execute_wasm_component " + component,
		options: []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindInternal)}}
}

// Operation returns an operation of the host, done for a component, with pairs of names and values
// as attributes.
func (t *Telemetry) Operation(name string, attributes ...string) *Operation {
	if t == nil || t.tracer == nil {
		return nil
	}
	return &Operation{tracer: t.tracer, name: name, options: []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(pairs(attributes)...),
	}}
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

// Start begins a span and returns a context for what happens in it.
func (o *Operation) Start(ctx context.Context) (context.Context, Span) {
	if o == nil {
		return ctx, Span{}
	}
	s := Span{operation: o}
	if o.durations != nil {
		s.started = time.Now()
	}
	if o.tracer != nil {
		ctx, s.span = o.tracer.Start(ctx, o.name, o.options...)
	}
	return ctx, s
}

// Span is an operation under way. The zero Span does nothing.
type Span struct {
	span      trace.Span // nil without spans
	operation *Operation
	started   time.Time
}

// Set sets an attribute.
func (s Span) Set(name, value string) {
	if s.span != nil {
		s.span.SetAttributes(attribute.String(name, value))
	}
}

// End ends the span. With an error, the span counts as failed.
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
		s.span.RecordError(err)
		s.span.SetStatus(codes.Error, err.Error())
	}
	s.span.End()
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

package telemetry

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// tracer makes spans. They are made in the form in which they are exported, with attributes that
// many share: the SDK's own, which are copied twice on the way, cost twice as much, and an
// evaluation has dozens.
type tracer struct {
	sampler sdktrace.Sampler
	batch   *batcher
}

// span is a span. One that is not sampled has only its context.
type span struct {
	noop.Span
	tracer  *tracer
	context trace.SpanContext
	data    tracepb.Span
	ids     [32]byte // of the trace, of the span and of its parent
}

// SpanContext implements trace.Span.
func (s *span) SpanContext() trace.SpanContext { return s.context }

// start begins a span below that of ctx. It appends to attributes.
func (t *tracer) start(ctx context.Context, name string, kind tracepb.Span_SpanKind,
	attributes []*commonpb.KeyValue) *span {
	parent := trace.SpanContextFromContext(ctx)
	config := trace.SpanContextConfig{TraceID: parent.TraceID(), TraceState: parent.TraceState()}
	if !config.TraceID.IsValid() {
		binary.NativeEndian.PutUint64(config.TraceID[:8], rand.Uint64())
		binary.NativeEndian.PutUint64(config.TraceID[8:], max(rand.Uint64(), 1))
	}
	binary.NativeEndian.PutUint64(config.SpanID[:], max(rand.Uint64(), 1))
	sampled := parent.IsSampled()
	if !parent.IsValid() || parent.IsRemote() {
		decision := t.sampler.ShouldSample(sdktrace.SamplingParameters{
			ParentContext: ctx, TraceID: config.TraceID, Name: name, Kind: trace.SpanKind(kind)})
		sampled = decision.Decision == sdktrace.RecordAndSample
		config.TraceState = decision.Tracestate
	}
	config.TraceFlags = config.TraceFlags.WithSampled(sampled)
	s := &span{tracer: t, context: trace.NewSpanContext(config)}
	if !sampled {
		return s
	}
	parentID := parent.SpanID()
	copy(s.ids[:], config.TraceID[:])
	copy(s.ids[16:], config.SpanID[:])
	copy(s.ids[24:], parentID[:])
	s.data.TraceId, s.data.SpanId = s.ids[:16], s.ids[16:24]
	if parentID.IsValid() {
		s.data.ParentSpanId = s.ids[24:]
	}
	s.data.TraceState = config.TraceState.String()
	s.data.Flags = uint32(config.TraceFlags) |
		uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK)
	if parent.IsRemote() {
		s.data.Flags |= uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK)
	}
	s.data.Name, s.data.Kind = name, kind
	s.data.Attributes = attributes
	s.data.StartTimeUnixNano = uint64(time.Now().UnixNano())
	return s
}

// set adds attributes.
func (s *span) set(attributes ...*commonpb.KeyValue) {
	if s.context.IsSampled() {
		s.data.Attributes = append(s.data.Attributes, attributes...)
	}
}

// fail makes the span a failed one, with an event for an error that is not nil.
func (s *span) fail(err error) {
	s.data.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR}
	if err == nil {
		return
	}
	s.data.Status.Message = err.Error()
	s.data.Events = append(s.data.Events, &tracepb.Span_Event{
		Name:         "exception",
		TimeUnixNano: uint64(time.Now().UnixNano()),
		Attributes: []*commonpb.KeyValue{text("exception.type", fmt.Sprintf("%T", err)),
			text("exception.message", err.Error())},
	})
}

func (s *span) end() {
	if s.context.IsSampled() {
		s.data.EndTimeUnixNano = uint64(time.Now().UnixNano())
		s.tracer.batch.add(&s.data)
	}
}

// text returns an attribute that is a text.
func text(key, value string) *commonpb.KeyValue {
	attribute := &struct {
		pair  commonpb.KeyValue
		value commonpb.AnyValue
		text  commonpb.AnyValue_StringValue
	}{}
	attribute.text.StringValue = value
	attribute.value.Value = &attribute.text
	attribute.pair.Key, attribute.pair.Value = key, &attribute.value
	return &attribute.pair
}

// number returns an attribute that is a whole number.
func number(key string, value int) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{
		Value: &commonpb.AnyValue_IntValue{IntValue: int64(value)}}}
}

// newSampler returns the sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name.
func newSampler() (sdktrace.Sampler, error) {
	ratio := 1.0
	if argument := os.Getenv("OTEL_TRACES_SAMPLER_ARG"); argument != "" {
		var err error
		if ratio, err = strconv.ParseFloat(argument, 64); err != nil || ratio < 0 || ratio > 1 {
			return nil, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG is %s: want a number from 0 to 1",
				argument)
		}
	}
	name := cmp.Or(os.Getenv("OTEL_TRACES_SAMPLER"), "parentbased_always_on")
	root, parentBased := strings.CutPrefix(strings.ToLower(name), "parentbased_")
	sampler := map[string]sdktrace.Sampler{
		"always_on":    sdktrace.AlwaysSample(),
		"always_off":   sdktrace.NeverSample(),
		"traceidratio": sdktrace.TraceIDRatioBased(ratio),
	}[root]
	if sampler == nil {
		return nil, fmt.Errorf("OTEL_TRACES_SAMPLER is %s; known are always_on, always_off and "+
			"traceidratio, each with or without parentbased_", name)
	}
	if parentBased {
		sampler = sdktrace.ParentBased(sampler)
	}
	return sampler, nil
}

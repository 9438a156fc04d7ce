package telemetry

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// batcher exports ended spans in batches.
type batcher struct {
	client       otlptrace.Client
	resource     *resourcepb.Resource
	batch, queue int
	delay        time.Duration
	full         chan struct{}
	stop         chan struct{}
	stopped      chan struct{}
	once         sync.Once

	mu    sync.Mutex
	spans []*tracepb.Span
}

// newBatcher returns a batcher with the settings of the specification: OTEL_BSP_SCHEDULE_DELAY,
// OTEL_BSP_MAX_EXPORT_BATCH_SIZE and OTEL_BSP_MAX_QUEUE_SIZE, beyond which spans are dropped.
func newBatcher(client otlptrace.Client, from *resource.Resource) *batcher {
	described := &resourcepb.Resource{}
	for _, a := range from.Attributes() {
		described.Attributes = append(described.Attributes, text(string(a.Key), a.Value.String()))
	}
	b := &batcher{
		client:   client,
		resource: described,
		batch:    setting("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 2048),
		queue:    setting("OTEL_BSP_MAX_QUEUE_SIZE", 16384),
		delay:    time.Duration(setting("OTEL_BSP_SCHEDULE_DELAY", 5000)) * time.Millisecond,
		full:     make(chan struct{}, 1),
		stop:     make(chan struct{}),
		stopped:  make(chan struct{}),
	}
	go b.run()
	return b
}

// setting returns a positive number of the environment.
func setting(name string, fallback int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return fallback
}

// add takes a span that has ended.
func (b *batcher) add(s *tracepb.Span) {
	b.mu.Lock()
	if len(b.spans) < b.queue {
		b.spans = append(b.spans, s)
	}
	full := len(b.spans) == b.batch
	b.mu.Unlock()
	if full {
		select {
		case b.full <- struct{}{}:
		default:
		}
	}
}

func (b *batcher) run() {
	defer close(b.stopped)
	ticker := time.NewTicker(b.delay)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-b.full:
		case <-b.stop:
			return
		}
		if err := b.flush(context.Background()); err != nil {
			otel.Handle(err)
		}
	}
}

// flush exports what has ended so far.
func (b *batcher) flush(ctx context.Context) error {
	b.mu.Lock()
	spans := b.spans
	b.spans = make([]*tracepb.Span, 0, len(spans))
	b.mu.Unlock()
	for len(spans) > 0 {
		n := min(len(spans), b.batch)
		scoped := &tracepb.ScopeSpans{
			Scope: &commonpb.InstrumentationScope{Name: scope}, Spans: spans[:n]}
		if err := b.client.UploadTraces(ctx, []*tracepb.ResourceSpans{
			{Resource: b.resource, ScopeSpans: []*tracepb.ScopeSpans{scoped}}}); err != nil {
			return fmt.Errorf("export spans: %w", err)
		}
		spans = spans[n:]
	}
	return nil
}

// shutdown exports the rest, and ends.
func (b *batcher) shutdown(ctx context.Context) (err error) {
	b.once.Do(func() {
		close(b.stop)
		<-b.stopped
		if err = b.flush(ctx); err == nil {
			err = b.client.Stop(ctx)
		}
	})
	return err
}

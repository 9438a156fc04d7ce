package telemetry

import (
	"context"
	"os"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// batcher is a span processor that exports ended spans in batches. The SDK's own wakes a goroutine
// for every span, which costs more than the span itself: a request has dozens of them.
type batcher struct {
	exporter     sdktrace.SpanExporter
	batch, queue int
	delay        time.Duration
	full         chan struct{}
	stop         chan struct{}
	stopped      chan struct{}
	once         sync.Once

	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan
}

// newBatcher returns a batcher with the settings of the specification: OTEL_BSP_SCHEDULE_DELAY,
// OTEL_BSP_MAX_EXPORT_BATCH_SIZE and OTEL_BSP_MAX_QUEUE_SIZE, beyond which spans are dropped.
func newBatcher(exporter sdktrace.SpanExporter) *batcher {
	b := &batcher{
		exporter: exporter,
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

// OnStart implements sdktrace.SpanProcessor.
func (b *batcher) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements sdktrace.SpanProcessor.
func (b *batcher) OnEnd(s sdktrace.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
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
		if err := b.ForceFlush(context.Background()); err != nil {
			otel.Handle(err)
		}
	}
}

// ForceFlush exports what has ended so far.
func (b *batcher) ForceFlush(ctx context.Context) error {
	b.mu.Lock()
	spans := b.spans
	b.spans = make([]sdktrace.ReadOnlySpan, 0, len(spans))
	b.mu.Unlock()
	for len(spans) > 0 {
		n := min(len(spans), b.batch)
		if err := b.exporter.ExportSpans(ctx, spans[:n]); err != nil {
			return err
		}
		spans = spans[n:]
	}
	return nil
}

// Shutdown exports the rest, and ends.
func (b *batcher) Shutdown(ctx context.Context) (err error) {
	b.once.Do(func() {
		close(b.stop)
		<-b.stopped
		if err = b.ForceFlush(ctx); err == nil {
			err = b.exporter.Shutdown(ctx)
		}
	})
	return err
}

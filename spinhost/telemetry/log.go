package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/trace"
)

// Log exports a log record of a component or, for "", of the host. It belongs to the span of ctx. A
// warning has the severity WARN, anything else INFO.
func (t *Telemetry) Log(ctx context.Context, at time.Time, warning bool, component, text string) {
	if t == nil || t.logger == nil {
		return
	}
	var record log.Record
	record.SetTimestamp(at)
	record.SetSeverity(log.SeverityInfo)
	record.SetSeverityText("INFO")
	if warning {
		record.SetSeverity(log.SeverityWarn)
		record.SetSeverityText("WARN")
	}
	record.SetBody(attribute.StringValue(text))
	if component != "" {
		record.AddAttributes(attribute.String("component_id", component))
	}
	t.logger.Emit(ctx, record)
}

// TraceID returns the id of the trace of ctx, or "" if there is none.
func TraceID(ctx context.Context) string {
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		return id.String()
	}
	return ""
}

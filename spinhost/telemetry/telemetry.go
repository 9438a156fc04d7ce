// Package telemetry exports what a host does: spans, metrics and logs over OTLP, and metrics in
// Prometheus' text format. Names, kinds, parents and attributes are those of Spin 4.1
// (crates/telemetry), so what reads Spin's telemetry reads this. It knows requests, components
// and operations, and nothing of how the host carries them out.
//
// The environment switches it on, as it does in Spin: OTEL_EXPORTER_OTLP_ENDPOINT, or
// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, _METRICS_ENDPOINT and _LOGS_ENDPOINT for one signal each;
// OTEL_SDK_DISABLED switches it off. The other variables of the specification count as well:
// OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_METRIC_EXPORT_INTERVAL and
// so on. The protocol is http/protobuf.
//
// Secrets stay inside. A path keeps only segments that look like words, a query is not exported,
// nor are parameters of statements, keys, or values.
//
// A nil *Telemetry, and everything made from it, does nothing.
//
// # What differs from Spin
//
//   - Status codes and ports are numbers, as OpenTelemetry wants them.
//   - url.path is the route if that has parameters; url.path and url.full have REDACTED for
//     segments that may be secrets, and url.query for any query.
//   - error.type is a word rather than a stack trace.
//   - A chained call's span has http.response.status_code, too. A request answered with a status
//     of 500 or more has the status ERROR.
//   - spin_config.get has no child spin_variables.get, and spans have no code.* and no busy_ns and
//     idle_ns, nor the events "Processing request" and "Request finished".
//   - Output of a component is a log record with trace and span, severity and time, and not an
//     event of a span.
//   - The resource has a service.instance.id, so that a collector keeps hosts apart.
//   - What is still to be exported when the host ends is exported.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	promexporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"
)

// The scopes of Spin's spans, logs and metrics, and of the metrics that Spin does not have.
const (
	scope         = "spin"
	triggerScope  = "spin-trigger-http"
	executorScope = "spin-factors-executor"
	hostScope     = "spinhost"
)

// Telemetry exports those of spans, metrics and logs that the environment asks for. It is safe for
// concurrent use.
type Telemetry struct {
	tracer  *tracer      // nil without spans
	logger  log.Logger   // nil without logs
	metrics *metrics     // nil without metrics
	scrape  http.Handler // nil without Prometheus
	close   []func(context.Context) error
}

// Options configures a Telemetry.
type Options struct {
	App        string      // name of the app
	Instance   string      // service.instance.id, which tells hosts apart; may be empty
	Prometheus bool        // collect metrics for Handler, whatever the environment says
	Errors     func(error) // called when an export fails; it is set for the process
}

// New returns the Telemetry that the environment asks for, or nil if it asks for none.
func New(ctx context.Context, o Options) (*Telemetry, error) {
	spans, measures, logs := enabled("TRACES"), enabled("METRICS"), enabled("LOGS")
	if !spans && !measures && !logs && !o.Prometheus {
		return nil, nil
	}
	if err := checkProtocols(); err != nil {
		return nil, err
	}
	if o.Errors != nil {
		otel.SetErrorHandler(otel.ErrorHandlerFunc(o.Errors))
	}
	described := []attribute.KeyValue{attribute.String("service.name", "spin")}
	if o.Instance != "" {
		described = append(described, attribute.String("service.instance.id", o.Instance))
	}
	from, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(described...), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	t := &Telemetry{}
	if spans {
		err = t.exportSpans(ctx, from)
	}
	if err == nil && (measures || o.Prometheus) {
		err = t.exportMetrics(ctx, from, measures, o)
	}
	if err == nil && logs {
		err = t.exportLogs(ctx, from)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close(ctx))
	}
	return t, nil
}

// enabled reports whether the environment names an endpoint for a signal.
func enabled(signal string) bool {
	if os.Getenv("OTEL_SDK_DISABLED") != "" {
		return false
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" ||
		os.Getenv("OTEL_EXPORTER_OTLP_"+signal+"_ENDPOINT") != ""
}

// checkProtocols rejects the protocols that Spin supports but this package does not.
func checkProtocols() error {
	for _, signal := range []string{"", "TRACES_", "METRICS_", "LOGS_"} {
		name := "OTEL_EXPORTER_OTLP_" + signal + "PROTOCOL"
		if value := os.Getenv(name); value != "" && value != "http/protobuf" {
			return fmt.Errorf("%s is %s; only http/protobuf is supported", name, value)
		}
	}
	return nil
}

func (t *Telemetry) exportSpans(ctx context.Context, from *resource.Resource) error {
	sampler, err := newSampler()
	if err != nil {
		return err
	}
	client := otlptracehttp.NewClient()
	if err := client.Start(ctx); err != nil {
		return fmt.Errorf("export spans: %w", err)
	}
	t.tracer = &tracer{sampler, newBatcher(client, from)}
	t.close = append(t.close, t.tracer.batch.shutdown)
	return nil
}

func (t *Telemetry) exportMetrics(ctx context.Context, from *resource.Resource, otlp bool,
	o Options) error {
	options := []sdkmetric.Option{
		sdkmetric.WithResource(from),
		sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter),
	}
	if otlp {
		exporter, err := otlpmetrichttp.New(ctx)
		if err != nil {
			return fmt.Errorf("export metrics: %w", err)
		}
		options = append(options, sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter)))
	}
	if o.Prometheus {
		registry := prometheus.NewRegistry()
		exporter, err := promexporter.New(promexporter.WithRegisterer(registry),
			promexporter.WithoutScopeInfo())
		if err != nil {
			return fmt.Errorf("export metrics to Prometheus: %w", err)
		}
		options = append(options, sdkmetric.WithReader(exporter))
		t.scrape = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	}
	provider := sdkmetric.NewMeterProvider(options...)
	t.close = append(t.close, provider.Shutdown)
	var err error
	t.metrics, err = newMetrics(provider, o.App)
	return err
}

func (t *Telemetry) exportLogs(ctx context.Context, from *resource.Resource) error {
	exporter, err := otlploghttp.New(ctx)
	if err != nil {
		return fmt.Errorf("export logs: %w", err)
	}
	provider := sdklog.NewLoggerProvider(
		sdklog.WithProcessor(sdklog.NewBatchProcessor(exporter)), sdklog.WithResource(from))
	t.close = append(t.close, provider.Shutdown)
	t.logger = provider.Logger(scope)
	return nil
}

// Handler serves the metrics in Prometheus' text format. It is nil without Options.Prometheus.
func (t *Telemetry) Handler() http.Handler {
	if t == nil {
		return nil
	}
	return t.scrape
}

// Measures reports whether metrics are collected.
func (t *Telemetry) Measures() bool { return t != nil && t.metrics != nil }

// Close exports what is left, but stops when ctx ends.
func (t *Telemetry) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	var errs []error
	for _, each := range t.close {
		errs = append(errs, each(ctx))
	}
	return errors.Join(errs...)
}

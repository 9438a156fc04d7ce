package telemetry

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// metrics are the instruments. Durations are in seconds.
type metrics struct {
	app        string
	host       metric.Meter
	requests   metric.Int64Counter
	cpu        metric.Float64Histogram
	memoryInit metric.Int64Histogram
	memory     metric.Int64Histogram
	server     metric.Float64Histogram
	client     metric.Float64Histogram
	statements metric.Float64Histogram

	waits, commits metric.Float64Histogram
	groups         metric.Int64Histogram

	labels sync.Map // exchangeLabels to metric.MeasurementOption
}

// The bounds of the histograms. Spin uses OpenTelemetry's defaults, which suit milliseconds.
var (
	requestBounds = metric.WithExplicitBucketBoundaries(.0005, .001, .0025, .005, .01, .025, .05,
		.1, .25, .5, 1, 2.5, 5, 10, 30)
	workBounds = metric.WithExplicitBucketBoundaries(.00005, .0001, .00025, .0005, .001, .0025,
		.005, .01, .025, .05, .1, .25, .5, 1, 5)
	groupBounds  = metric.WithExplicitBucketBoundaries(1, 2, 4, 8, 16, 32, 64)
	memoryBounds = metric.WithExplicitBucketBoundaries(256<<10, 512<<10, 1<<20, 2<<20, 4<<20, 8<<20,
		16<<20, 32<<20, 64<<20, 128<<20)
)

// meters is the part of the SDK's provider that makes the meter of a scope.
type meters interface {
	Meter(scope string, options ...metric.MeterOption) metric.Meter
}

func newMetrics(provider meters, app string) (*metrics, error) {
	m := &metrics{app: app, host: provider.Meter(hostScope)}
	executor := provider.Meter(executorScope)
	var errs [10]error
	m.requests, errs[0] = provider.Meter(triggerScope).Int64Counter("spin.request_count")
	m.cpu, errs[1] = executor.Float64Histogram("spin.component_cpu_time", workBounds)
	m.memoryInit, errs[2] = executor.Int64Histogram("spin.component_memory_used_on_init",
		memoryBounds)
	m.memory, errs[3] = executor.Int64Histogram("spin.component_memory_used", memoryBounds)
	m.server, errs[4] = m.host.Float64Histogram("http.server.request.duration",
		metric.WithUnit("s"), requestBounds,
		metric.WithDescription("Duration of requests of clients."))
	m.client, errs[5] = m.host.Float64Histogram("http.client.request.duration",
		metric.WithUnit("s"), requestBounds,
		metric.WithDescription("Duration of requests of components, to each other and outside."))
	m.statements, errs[6] = m.host.Float64Histogram("db.client.operation.duration",
		metric.WithUnit("s"), workBounds,
		metric.WithDescription("Duration of SQL statements, with the wait for the lock."))
	m.waits, errs[7] = m.host.Float64Histogram("spinhost.sqlite.wait",
		metric.WithUnit("s"), workBounds,
		metric.WithDescription("Wait of the first write of a group for the one before it."))
	m.commits, errs[8] = m.host.Float64Histogram("spinhost.sqlite.commit",
		metric.WithUnit("s"), workBounds,
		metric.WithDescription("Duration of commits, which is mostly the sync of the disk."))
	m.groups, errs[9] = m.host.Int64Histogram("spinhost.sqlite.group", groupBounds,
		metric.WithDescription("Writes that share a commit."))
	return m, errors.Join(errs[:]...)
}

func (m *metrics) exchange(inbound bool, took time.Duration, by exchangeLabels) {
	set, ok := m.labels.Load(by)
	if !ok {
		set, _ = m.labels.LoadOrStore(by, by.attributes())
	}
	histogram := m.client
	if inbound {
		histogram = m.server
	}
	histogram.Record(context.Background(), took.Seconds(), set.(metric.MeasurementOption))
}

// Component measures the executions of a component. A nil Component does nothing.
type Component struct {
	metrics               *metrics
	requests, cpu, memory metric.MeasurementOption
}

// Component returns the metrics of a component.
func (t *Telemetry) Component(id string) *Component {
	if !t.Measures() {
		return nil
	}
	return &Component{
		metrics:  t.metrics,
		requests: labels("trigger_type", "http", "app_id", t.metrics.app, "component_id", id),
		cpu:      labels("component_id", id, "unit", "s"),
		memory:   labels("component_id", id, "unit", "By"),
	}
}

// Requested counts a request to the component.
func (c *Component) Requested() {
	if c != nil {
		c.metrics.requests.Add(context.Background(), 1, c.requests)
	}
}

// Executed records the end of an execution: how long the guest computed, and the size of its memory
// after instantiation and now, in bytes.
func (c *Component) Executed(cpu time.Duration, memoryInit, memory int64) {
	if c == nil {
		return
	}
	ctx := context.Background()
	c.metrics.cpu.Record(ctx, cpu.Seconds(), c.cpu)
	c.metrics.memoryInit.Record(ctx, memoryInit, c.memory)
	c.metrics.memory.Record(ctx, memory, c.memory)
}

// Commits returns a function that records the commits of a database: how many writes share one, how
// long the first of them waited, and how long the commit took. It returns nil if nothing is
// measured.
func (t *Telemetry) Commits(database string) func(writes int, waited, took time.Duration) {
	if !t.Measures() {
		return nil
	}
	by := labels("database", database)
	return func(writes int, waited, took time.Duration) {
		ctx := context.Background()
		t.metrics.groups.Record(ctx, int64(writes), by)
		t.metrics.waits.Record(ctx, waited.Seconds(), by)
		t.metrics.commits.Record(ctx, took.Seconds(), by)
	}
}

// Report reports a value of a metric, with pairs of names and values as its attributes.
type Report func(value float64, attributes ...string)

// Counter adds a metric that only grows. At each collection, read reports its values.
func (t *Telemetry) Counter(name, unit, description string, read func(Report)) error {
	if !t.Measures() {
		return nil
	}
	_, err := t.metrics.host.Float64ObservableCounter(name, metric.WithUnit(unit),
		metric.WithDescription(description), metric.WithFloat64Callback(observe(read)))
	return err
}

// Gauge adds a metric that can grow and shrink.
func (t *Telemetry) Gauge(name, unit, description string, read func(Report)) error {
	if !t.Measures() {
		return nil
	}
	_, err := t.metrics.host.Float64ObservableGauge(name, metric.WithUnit(unit),
		metric.WithDescription(description), metric.WithFloat64Callback(observe(read)))
	return err
}

func observe(read func(Report)) metric.Float64Callback {
	return func(_ context.Context, o metric.Float64Observer) error {
		read(func(value float64, attributes ...string) {
			o.Observe(value, metric.WithAttributeSet(attribute.NewSet(pairs(attributes)...)))
		})
		return nil
	}
}

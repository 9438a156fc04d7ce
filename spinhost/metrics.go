package spinhost

import (
	"errors"
	"sync/atomic"

	"abacus/spinhost/telemetry"
	"abacus/spinhost/wasm"

	"golang.org/x/sys/unix"
)

// refusals count what the host has refused at its limits.
type refusals struct {
	instances, busy, time, head, body, chain, outbound, connections atomic.Int64
}

// addMetrics adds the metrics that Spin lacks.
func (a *App) addMetrics() error {
	t := a.telemetry
	limits := map[string]*atomic.Int64{
		"instances": &a.refused.instances, "busy": &a.refused.busy, "time": &a.refused.time,
		"head": &a.refused.head, "body": &a.refused.body, "chain": &a.refused.chain,
		"outbound": &a.refused.outbound, "connections": &a.refused.connections,
	}
	type report = telemetry.Report
	byComponent := func(read func(*component, wasm.Stats, report)) func(report) {
		return func(r report) {
			for _, c := range a.components {
				read(c, c.module.Stats(), r)
			}
		}
	}
	return errors.Join(
		t.Counter("spinhost.refused", "", "Requests and calls refused at a limit of the host.",
			func(r report) {
				for name, count := range limits {
					r(float64(count.Load()), "limit", name)
				}
			}),
		t.Counter("spinhost.instances", "", "Instances made, kept for another request, dropped.",
			byComponent(func(c *component, s wasm.Stats, r report) {
				r(float64(s.Made), "component_id", c.manifest.ID, "event", "made")
				r(float64(s.Restored), "component_id", c.manifest.ID, "event", "restored")
				r(float64(s.Dropped), "component_id", c.manifest.ID, "event", "dropped")
			})),
		t.Gauge("spinhost.instances.current", "", "Instances now, at work and idle.",
			byComponent(func(c *component, s wasm.Stats, r report) {
				r(float64(len(c.running)), "component_id", c.manifest.ID, "state", "running")
				r(float64(s.Idle), "component_id", c.manifest.ID, "state", "idle")
			})),
		t.Gauge("spinhost.instances.limit", "", "Instances that may be at work.",
			func(r report) { r(float64(a.options.MaxInstances)) }),
		t.Gauge("spinhost.memory.used", "By", "Memory of all instances and bodies.",
			func(r report) { r(float64(a.memory.Used())) }),
		t.Gauge("spinhost.memory.limit", "By", "Memory that all instances and bodies may have.",
			func(r report) { r(float64(a.options.MaxTotalMemory)) }),
		t.Gauge("spinhost.disk.free", "By", "Space left where the state is kept.", a.reportFree),
		t.Gauge("spinhost.disk.full", "", "1 if a database stores nothing new for want of space.",
			a.reportFull),
	)
}

// reportFree reports the space left in the state directory, if there is one.
func (a *App) reportFree(report telemetry.Report) {
	dir := a.options.Config.StateDir
	var stat unix.Statfs_t
	if dir != "" && unix.Statfs(dir, &stat) == nil {
		report(float64(stat.Bavail) * float64(stat.Bsize))
	}
}

// reportFull reports which databases are refusing anything new.
func (a *App) reportFull(report telemetry.Report) {
	for label, d := range a.databases {
		if d.Full == nil {
			continue
		}
		full := 0.0
		if d.Full() {
			full = 1
		}
		report(full, "database", label)
	}
}

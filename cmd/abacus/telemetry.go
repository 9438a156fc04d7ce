package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"abacus/spinhost/telemetry"
)

// telemetryFlags are the flags of `abacus up` for telemetry.
type telemetryFlags struct {
	LogFormat string `enum:"plain,text,json" default:"plain" help:"How to print the log: plain (as Spin does), text (time, level, component, trace, message) or json."`
	AccessLog bool   `help:"Log a line for each request."`
	Metrics   string `placeholder:"ADDRESS" help:"Serve metrics in Prometheus' format on this address, such as 127.0.0.1:9464."`
}

// exportTimeout is the longest that the last export may take.
const exportTimeout = 5 * time.Second

// start starts the telemetry that the environment and the flags ask for, and serves metrics. Call
// stop at the end: it exports the rest.
func (f *telemetryFlags) start(ctx context.Context, app string, address net.Addr,
	stderr io.Writer) (t *telemetry.Telemetry, stop func() error, err error) {
	t, err = telemetry.New(ctx, telemetry.Options{
		App: app, Instance: instanceName(address), Prometheus: f.Metrics != "",
		Errors: limitedLog(stderr),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("telemetry: %w", err)
	}
	stopExport := func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportTimeout)
		defer cancel()
		if err := t.Close(ctx); err != nil {
			fmt.Fprintf(stderr, "The last telemetry was not exported: %v\n", err)
		}
		return nil
	}
	if f.Metrics == "" {
		return t, stopExport, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.Metrics)
	if err != nil {
		return nil, nil, errors.Join(
			fmt.Errorf("--metrics %s: %w; choose another address and port", f.Metrics, err),
			stopExport())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", t.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: exportTimeout,
		WriteTimeout: 2 * exportTimeout, ErrorLog: log.New(stderr, "metrics: ", log.LstdFlags)}
	go func() { _ = server.Serve(listener) }()
	fmt.Fprintf(stderr, "Metrics for Prometheus: http://%s/metrics\n", listener.Addr())
	return t, func() error { return errors.Join(server.Close(), stopExport()) }, nil
}

// instanceName returns the name of this machine with the port of address. Unlike a random id it
// stays the same when the host restarts. It is "" if the machine has no name.
func instanceName(address net.Addr) string {
	machine, err := os.Hostname()
	if err != nil {
		return ""
	}
	_, port, _ := net.SplitHostPort(address.String())
	return net.JoinHostPort(machine, port)
}

// limitedLog returns a function that prints export failures, at most one a minute: while a
// collector is down, one occurs every few seconds.
func limitedLog(stderr io.Writer) func(error) {
	var last atomic.Int64
	return func(err error) {
		now, before := time.Now().Unix(), last.Load()
		if now-before >= 60 && last.CompareAndSwap(before, now) {
			log.New(stderr, "", log.LstdFlags).Printf("telemetry is not exported: %v", err)
		}
	}
}

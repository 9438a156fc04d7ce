// Package spinhost serves Spin apps whose components are core modules of Spin's Go SDK v2,
// without Spin. It is a library: an App is an http.Handler, so a Go test can start a whole app
// from its spin.toml, and a command can serve one where there is no `spin`.
//
//	app, err := manifest.Load("spin.toml")
//	...
//	host, err := spinhost.New(ctx, spinhost.Options{Manifest: app})
//	...
//	defer host.Close()
//	server := httptest.NewServer(host)
//
// It supports manifests of version 2 with HTTP triggers (package manifest lists the rest, which
// is refused by name), runtime configuration files, variables, outbound HTTP, service chaining,
// SQLite, key-value stores in SQLite or Redis, and files. It behaves as `spin up` does, down to
// statuses, headers and error texts, except for its limits and what follows from them:
//
//   - spin-* headers of clients are dropped: the SDK would take them for the host's;
//   - header values that are not UTF-8 are read as Latin-1, where Spin fails with a 500;
//   - redirects of outbound requests are not followed;
//   - writers of one SQLite file queue (package sqlite lists differences in SQL);
//   - net/http refuses a malformed escape in a path, and a request without a host.
//
// # Limits
//
// Spin has few limits. Here every request is bounded, so that one client cannot starve others.
// At a limit of the host, a client gets a problem (RFC 9457) with a code, and a 503 also has
// Retry-After. Options sets the limits marked with a *.
//
//	time*      that a component may spend on one request; then 503. A callee gets three
//	           quarters of what its caller has left. GET and HEAD stop when their client
//	           disconnects, other methods do not. Guest code yields about every 4,096 loop
//	           iterations or calls, and stops there; bulk memory and table instructions count
//	           by length.
//	processor  A request computes only while it has a slot. For its first milliseconds there is
//	           one per core, and after that there are two others; requests below 100 ms get
//	           those first (package limit).
//	memory*    of an instance: memory.grow fails. Of all instances and bodies together: 503
//	           after a second. Instances over 1/256 of it may have half of it together, those
//	           of one component three quarters.
//	instances* that run at the same time: 503 after a second. One component may have three
//	           quarters of them, and a quarter of those may wait for other hosts; beyond that,
//	           503 at once.
//	clients*   Connections beyond the limit, or beyond three quarters of it from one address,
//	           are closed.
//	chaining*  depth of calls from component to component: the call fails.
//	bodies*    of requests: 413, at once if the client announces the length. Memory is reserved
//	           as they arrive; a body that takes longer than a minute is a 408.
//	headers    of requests: 128 KiB, beyond that 431.
//	disk*      If less than a tenth of the disk is free, or 1 GiB on a large one, inserting
//	           rows fails with SQLite's message for a full disk, and so does setting a key to
//	           a longer value. Reading, updating and deleting still work.
//	outbound*  time of a request. Its response may have 10 MiB.
//	responses  A client has 30 s for every 64 KiB; then its connection is closed.
//	output     of a component for one request: 64 KiB, the rest is dropped. Log files rotate at
//	           16 MiB, and one old file is kept.
//	files      are mounted read-only; an instance may have 64 open.
//
// # Telemetry
//
// Options.Telemetry exports spans, metrics and logs with Spin's names (package telemetry).
// Without it, the host collects none.
//
// # What is left out
//
// What an HTTP app of the Go SDK v2 does not need is left out: components of SDK v3 and wasi:http,
// other triggers, wagi, sources in registries and at URLs, TLS, libSQL, large language models, and
// outbound Redis, PostgreSQL, MySQL and MQTT. Three things are here for users of `spin up`: .env
// files, which set variables in development; globs of files, as in Spin's samples; and Redis as a
// key-value store, which several hosts can share.
//
// It runs on Linux, macOS and other Unix systems.
//
// # Path of a request
//
// A request passes through handler.go (well-known paths, route, authority), execution.go (an
// instance, the request into its memory, the response out of it) and imports.go with one file
// per host module (outbound.go and chain.go, sqlite.go, keyvalue.go, variables.go).
//
// Sources: Spin's crates/trigger-http and crates/factor-*.
package spinhost

package spinhost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"abacus/spinhost/manifest"
	"abacus/spinhost/route"
)

// How long the server waits for its clients, and how often --find-free-port
// tries.
const (
	headerTimeout = 30 * time.Second
	readTimeout   = 2 * time.Minute // of a request with its body
	idleTimeout   = 2 * time.Minute
	drainMargin   = 5 * time.Second // on top of the time of a component
	drainNotice   = time.Second     // of silence before a word on what it waits for
	portAttempts  = 10
)

// exitInterrupted is the status of a process that a second signal has ended, as
// of one that SIGINT kills.
const exitInterrupted = 130

// listen opens the port of --listen, or the next free one.
func (u *Up) listen(ctx context.Context) (net.Listener, error) {
	host, text, err := net.SplitHostPort(u.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: must be an address with a port, such as 127.0.0.1:3000", u.Listen)
	}
	first, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: the port must be a number from 0 to 65535", u.Listen)
	}
	last := first
	if u.FindFreePort && first != 0 {
		last = min(first+portAttempts-1, math.MaxUint16)
	}
	for port := first; port <= last; port++ {
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.FormatUint(port, 10)))
		switch {
		case err == nil:
			return listener, nil
		case !errors.Is(err, syscall.EADDRINUSE):
			return nil, fmt.Errorf("unable to listen on %s: %w; choose another address with --listen", u.Listen, err)
		}
	}
	if u.FindFreePort {
		return nil, fmt.Errorf("no free port in the range %d-%d; choose another with --listen", first, last)
	}
	return nil, fmt.Errorf("%s is already in use; choose another address with --listen, or use --find-free-port", u.Listen)
}

// serveUntil answers requests, over HTTP/1.1 and HTTP/2 without TLS, until the
// context ends. Then it takes no more and waits for those under way, but not
// longer than drain.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler, drain time.Duration, stderr io.Writer) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          log.New(stderr, "", log.LstdFlags),
		Protocols:         new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)

	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	defer exitOnSignal()()
	notice := time.AfterFunc(drainNotice, func() {
		fmt.Fprintln(stderr, "Finishing the requests under way; interrupt again to stop at once.")
	})
	defer notice.Stop()
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(limited); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off after %s: %w", drain, err), server.Close())
	}
	return nil
}

// exitOnSignal ends the process at the next signal, until stop is called. What
// has been acknowledged is safe: the databases survive a crash.
func exitOnSignal() (stop func()) {
	signals, stopped := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			os.Exit(exitInterrupted)
		case <-stopped:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(stopped)
	}
}

// banner is what is printed when the application is ready.
type banner struct {
	base     string // URL without a slash at its end
	manifest *manifest.Manifest
	routes   []route.Listed
}

// print writes the address and the public routes in order of precedence, as
// Spin does (crates/trigger-http/src/server.rs).
func (b banner) print(w io.Writer, format string) error {
	if format == "json" {
		return b.printJSON(w)
	}
	text := fmt.Sprintf("\nServing %s\nAvailable Routes:\n", b.base)
	for _, r := range b.routes {
		name, description := b.handler(r)
		text += fmt.Sprintf("  %s: %s%s\n", name, b.base, r)
		if description != "" {
			text += fmt.Sprintf("    %s\n", description)
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

func (b banner) printJSON(w io.Writer) error {
	type entry struct {
		ID          string `json:"id"`
		Route       string `json:"route"`
		Wildcard    bool   `json:"wildcard"`
		Description string `json:"description,omitempty"`
	}
	out := struct {
		BaseURL string  `json:"base_url"`
		Routes  []entry `json:"routes"`
	}{BaseURL: b.base, Routes: []entry{}}
	for _, r := range b.routes {
		name, description := b.handler(r)
		path := r.Prefix
		if path == "" {
			path = "/"
		}
		out.Routes = append(out.Routes, entry{name, path, r.Wildcard, description})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

// handler returns the name and the description of what serves a route.
func (b banner) handler(r route.Listed) (name, description string) {
	trigger := b.manifest.Triggers[r.Trigger]
	if c := b.manifest.Component(trigger.Component); c != nil {
		description = c.Description
	}
	return trigger.Handler(), description
}

package spinhost

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

// How long the server waits for clients.
const (
	headerTimeout = 30 * time.Second
	readTimeout   = time.Minute // for a request with its body
	idleTimeout   = 2 * time.Minute
	drainMargin   = 5 * time.Second // in addition to Options.Timeout
)

// maxRequestHead is the size of a request line and headers, in bytes; more is a 431.
const maxRequestHead = 128 << 10

// Serve serves the app on a listener, over HTTP/1.1 and HTTP/2 without TLS, until ctx ends. Then it
// closes the listener and waits for the requests under way, at most as long as a component may take
// plus five seconds. It does not close the App, whose Close stops the requests that are still
// running.
func (a *App) Serve(ctx context.Context, listener net.Listener) error {
	listener = limitConnections(listener, a.options.MaxConnections, &a.refused)
	return serve(ctx, listener, a, a.options.Timeout+drainMargin, a.log.standard())
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler, drain time.Duration,
	errorLog *log.Logger) error {
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      readTimeout + drain + writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxRequestHead,
		ErrorLog:          errorLog,
		Protocols:         new(http.Protocols),
	}
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)

	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := srv.Shutdown(limited); err != nil {
		err = fmt.Errorf("requests were cut off after %s: %w", drain, err)
		return errors.Join(err, srv.Close())
	}
	return nil
}

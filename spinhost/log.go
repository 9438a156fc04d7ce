package spinhost

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"strings"
	"sync"
	"time"

	"abacus/spinhost/telemetry"
)

// The formats of Options.LogFormat.
const (
	LogPlain = "plain" // as in Spin: messages, and the output of components unchanged
	LogText  = "text"  // one line each: time, level, component, trace and message
	LogJSON  = "json"  // the same as a JSON object
)

// logger writes the log of the host with the output of components, and exports both.
type logger struct {
	format    string
	telemetry *telemetry.Telemetry
	plain     *log.Logger

	mu sync.Mutex
	w  io.Writer
}

func newLogger(w io.Writer, format string, t *telemetry.Telemetry) *logger {
	return &logger{format: format, telemetry: t, w: w, plain: log.New(w, "", log.LstdFlags)}
}

// logLine is a line of the log, in the order of its fields.
type logLine struct {
	Time      string `json:"time"`
	Level     string `json:"level"`
	Component string `json:"component,omitempty"`
	Trace     string `json:"trace,omitempty"`
	Message   string `json:"message"`
	*access          // nil except for a line about a request
}

// access is what a line about a request has besides its message.
type access struct {
	Method       string  `json:"method"`
	Route        string  `json:"route"`
	Status       int     `json:"status"`
	Milliseconds float64 `json:"ms"`
	Request      string  `json:"request,omitempty"`
}

// warn writes a warning of the host about a component, or "" for none. Where is the method and the
// route of a request, or "".
func (l *logger) warn(ctx context.Context, id, where, text string) {
	message := text
	if where != "" {
		message = where + ": " + text
	}
	l.telemetry.Log(ctx, time.Now(), true, id, message)
	if l.format != LogPlain {
		l.write(ctx, logLine{Level: "WARN", Component: id, Message: message})
		return
	}
	if id != "" {
		text = "component " + id + ": " + text
	}
	if where != "" {
		text = where + ": " + text
	}
	l.plain.Print(text)
}

// standard returns the log for packages that only know Go's own: each message is a warning.
func (l *logger) standard() *log.Logger { return log.New(l, "", 0) }

// Write implements io.Writer for standard.
func (l *logger) Write(message []byte) (int, error) {
	l.warn(context.Background(), "", "", strings.TrimSpace(string(message)))
	return len(message), nil
}

// access writes a line about a request that has been answered.
func (l *logger) access(ctx context.Context, method string, in *inbound, status int) {
	took := time.Since(in.start)
	what := access{method, in.route, status, float64(took.Microseconds()) / 1000, in.id}
	message := fmt.Sprintf("%s %s %d %.1f ms", method, in.route, status, what.Milliseconds)
	if in.id != "" {
		message += " (request " + in.id + ")"
	}
	if l.format == LogPlain {
		l.plain.Print(message)
		return
	}
	l.write(ctx, logLine{Level: "INFO", Component: in.component, Message: message, access: &what})
}

// output writes what a component has printed, to the log unless it is quiet.
func (l *logger) output(ctx context.Context, id string, warning, quiet bool, text []byte) {
	message := strings.TrimSuffix(string(text), "\n")
	l.telemetry.Log(ctx, time.Now(), warning, id, message)
	switch {
	case quiet:
	case l.format == LogPlain:
		_, _ = l.w.Write(text)
	case warning:
		l.write(ctx, logLine{Level: "WARN", Component: id, Message: message})
	default:
		l.write(ctx, logLine{Level: "INFO", Component: id, Message: message})
	}
}

// write writes a line, with the time and the trace of ctx.
func (l *logger) write(ctx context.Context, what logLine) {
	what.Time = time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	what.Trace = telemetry.TraceID(ctx)
	text := what.text()
	if l.format == LogJSON {
		text, _ = json.Marshal(what)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.w.Write(append(text, '\n'))
}

// text returns the line as words, with a dash for each that is missing. Line feeds in the message
// are escaped, so that it stays one line.
func (l logLine) text() []byte {
	var b []byte
	for _, word := range []string{l.Time, l.Level, l.Component, l.Trace} {
		if word == "" {
			word = "-"
		}
		b = append(append(b, word...), ' ')
	}
	return append(b, strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(l.Message)...)
}

package spinhost

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"abacus/spinhost/telemetry"
	"abacus/spinhost/telemetry/otlptest"
)

// watched launches an app that exports to a receiver.
func watched(t *testing.T, spinToml string, change ...func(*Options)) (*server, *otlptest.Receiver) {
	t.Helper()
	receiver := otlptest.Start(t)
	for _, variable := range receiver.Env() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	watching, err := telemetry.New(t.Context(), telemetry.Options{App: "test", Prometheus: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = watching.Close(context.Background()) })
	change = append(change, func(o *Options) { o.Telemetry = watching })
	return launch(t, spinToml, change...), receiver
}

// ask sends a GET with a traceparent and returns the body of the reply.
func ask(t *testing.T, s *server, path, traceparent string) string {
	t.Helper()
	sent, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	sent.Header.Set("Traceparent", traceparent)
	reply, err := s.Client().Do(sent)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestPropagation checks the traceparent that other components and hosts receive: that of the
// call's span, not one that the component has set itself.
func TestPropagation(t *testing.T) {
	network := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Header.Get("Traceparent"))
	}))
	defer network.Close()
	s, receiver := watched(t, allow("http://echo.spin.internal", network.URL))
	const trace = "0af7651916cd43dd8448eb211c80319c"
	for _, target := range []string{"http://echo.spin.internal/x", network.URL + "/x"} {
		got := s.fetch(t, "GET "+target+"\ntraceparent: 00-"+trace+"-b7ad6b7169203331-01\n\n-")
		found := regexp.MustCompile(`00-([0-9a-f]{32})-([0-9a-f]{16})-01`).FindAllStringSubmatch(got, -1)
		if len(found) != 1 || found[0][1] == trace {
			t.Fatalf("%s has the trace %v, want that of the call alone:\n%s", target, found, got)
		}
		isCall := func() bool {
			for _, span := range receiver.Spans(found[0][1]) {
				if span.ID == found[0][2] {
					return span.Name == "GET" && span.Attributes["http.response.status_code"] == "200"
				}
			}
			return false
		}
		otlptest.Wait(t, "the span of the call", isCall)
	}
}

// TestUnsampled checks that a request whose client does not want it to be traced is not.
func TestUnsampled(t *testing.T) {
	s, receiver := watched(t, raw)
	const unwanted, wanted = "11111111111111111111111111111111", "22222222222222222222222222222222"
	ask(t, s, "/exact", "00-"+unwanted+"-b7ad6b7169203331-00")
	ask(t, s, "/exact", "00-"+wanted+"-b7ad6b7169203331-01")
	receiver.Root(t, wanted)
	if spans := receiver.Spans(unwanted); len(spans) > 0 {
		t.Errorf("%d spans are exported", len(spans))
	}
}

// TestFailureSpans checks the spans of a trap and of a limit, and that they contain no secrets.
func TestFailureSpans(t *testing.T) {
	s, receiver := watched(t, raw)
	const trap = "33333333333333333333333333333333"
	ask(t, s, "/run/panic?token=s3cret", "00-"+trap+"-b7ad6b7169203331-01")
	spans := receiver.Root(t, trap)
	for _, span := range spans {
		if span.Status.GetCode().String() != "STATUS_CODE_ERROR" {
			t.Errorf("%s has the status %v", span.Name, span.Status)
		}
	}
	if root := spans[0]; root.Name != "GET /..." || root.Attributes["error.type"] != "500" ||
		root.Attributes["url.query"] != "REDACTED" {
		t.Errorf("%s %v", root.Name, root.Attributes)
	}
	if receiver.Contains("s3cret") {
		t.Error("the query is exported")
	}
}

// TestComponentLogs checks that what a component prints becomes log records of the span, and lines
// of JSON.
func TestComponentLogs(t *testing.T) {
	s, receiver := watched(t, raw, func(o *Options) { o.LogFormat = LogJSON })
	const trace = "44444444444444444444444444444444"
	ask(t, s, "/run/print/hello", "00-"+trace+"-b7ad6b7169203331-01")
	spans := receiver.Root(t, trace)
	otlptest.Wait(t, "the log records", func() bool { return len(receiver.Logs()) > 0 })
	record := receiver.Logs()[0]
	if record.Trace != trace || record.Span != spans[1].ID || record.Attributes["component_id"] != "raw" ||
		record.Body.GetStringValue() != "out hello" || record.TimeUnixNano == 0 {
		t.Errorf("the record is %v", record)
	}
	for line := range strings.Lines(s.log.String()) {
		if !strings.HasPrefix(line, "{") {
			continue // the host prints these when it starts
		}
		var got struct{ Time, Level, Component, Trace, Message string }
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if got.Component != "raw" || got.Trace != trace || got.Message != "out hello" || got.Time == "" {
			t.Errorf("the line is %s", line)
		}
		return
	}
	t.Errorf("no line is JSON:\n%s", s.log)
}

// TestRequestID checks that a failed request's id is in the response, and in the access line.
func TestRequestID(t *testing.T) {
	s := launch(t, raw, func(o *Options) {
		o.RequestHeader, o.AccessLog, o.LogFormat = "X-Id", true, LogText
	})
	for path, status := range map[string]string{"/run/panic": "500", "/static": "201"} {
		reply, _ := s.do(t, "GET", path, "")
		id := reply.Header.Get("X-Id")
		want := regexp.MustCompile(" GET /\\S+ " + status + " [0-9.]+ ms \\(request " + id + "\\)\n")
		if len(id) != 16 || !want.MatchString(s.log.String()) {
			t.Errorf("%s: the id is %q and the log\n%s", path, id, s.log)
		}
	}
}

// TestTextLog checks that whatever a component prints takes one line of the log.
func TestTextLog(t *testing.T) {
	var out strings.Builder
	l := newLogger(&out, LogText, nil)
	l.output(t.Context(), "raw", true, false, []byte("one\ntwo\r\n"))
	l.warn(t.Context(), "", "GET /x", "gone")
	want := regexp.MustCompile(`^\S+Z WARN raw - one\\ntwo\\r\n\S+Z WARN - - GET /x: gone\n$`)
	if !want.MatchString(out.String()) {
		t.Errorf("the log is\n%s", out.String())
	}
}

// TestMetrics compares the metrics in Prometheus' format with what happened.
func TestMetrics(t *testing.T) {
	s, receiver := watched(t, raw, func(o *Options) { o.MaxBody = 100 })
	for range 3 {
		s.get(t, "/exact")
	}
	s.do(t, "POST", "/exact", strings.Repeat("x", 200))
	s.do(t, "GET", "/run/panic", "")
	got := scrape(t, s.app.telemetry)
	for _, want := range []string{
		`spin_request_count_total{app_id="test",component_id="raw",trigger_type="http"} 4`,
		`spin_component_cpu_time_count{component_id="raw",unit="s"} 4`,
		`spin_component_memory_used_count{component_id="raw",unit="By"} 4`,
		`http_server_request_duration_seconds_count{component_id="raw",http_request_method="GET",http_response_status_code="200",http_route="/exact"} 3`,
		`http_server_request_duration_seconds_count{component_id="raw",error_type="500",http_request_method="GET",http_response_status_code="500",http_route="/..."} 1`,
		`spinhost_refused_total{limit="body"} 1`,
		`spinhost_instances_total{component_id="raw",event="dropped"} 1`,
		`spinhost_instances_current{component_id="raw",state="running"} 0`,
		`spinhost_memory_limit_bytes 2.68435456e+08`,
		`spinhost_disk_free_bytes `,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
	for name, scope := range map[string]string{"spin.request_count": "spin-trigger-http",
		"spin.component_cpu_time": "spin-factors-executor", "spinhost.instances": "spinhost"} {
		otlptest.Wait(t, name, func() bool {
			metric, ok := receiver.Metric(name)
			return ok && metric.Scope == scope
		})
	}
}

// scrape returns the metrics in Prometheus' format.
func scrape(t *testing.T, watching *telemetry.Telemetry) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	watching.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return recorder.Body.String()
}

// TestNoTelemetry checks that without an endpoint there are no spans, and a trace is passed on.
func TestNoTelemetry(t *testing.T) {
	for _, name := range []string{"", "TRACES_", "METRICS_", "LOGS_"} {
		t.Setenv("OTEL_EXPORTER_OTLP_"+name+"ENDPOINT", "")
	}
	watching, err := telemetry.New(t.Context(), telemetry.Options{App: "test"})
	if err != nil || watching != nil {
		t.Fatalf("%v, %v, want neither telemetry nor an error", watching, err)
	}
	s := launch(t, allow("http://echo.spin.internal"))
	const line = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
	if got := s.fetch(t, "GET http://echo.spin.internal/x\n"+line+"\n-"); !strings.Contains(got, line) {
		t.Errorf("%s is not in\n%s", line, got)
	}
}

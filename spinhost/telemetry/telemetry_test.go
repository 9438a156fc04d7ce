package telemetry

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestRedaction(t *testing.T) {
	for target, want := range map[string]string{
		"http://a.example/":                               "http://a.example/",
		"http://a.example:80/internal/session":            "http://a.example:80/internal/session",
		"https://a.example/api/v1.0/random?min=1&max=2":   "https://a.example/api/v1.0/random?REDACTED",
		"http://u:p@a.example/stats/eurofxref-daily.xml":  "http://a.example/stats/eurofxref-daily.xml",
		"http://a.spin.internal/s/OYa0Bt2zEyw1C6kL3a6KPA": "http://a.spin.internal/s/REDACTED",
		"/clear/Salary":                  "/clear/REDACTED",
		"/x/a%20b/0123456789abcdef01234": "/x/REDACTED/REDACTED",
	} {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		if got := redactedURL(u); got != want {
			t.Errorf("%s is exported as %s, want %s", target, got, want)
		}
	}
}

func TestSampler(t *testing.T) {
	for _, test := range []struct{ name, argument, want string }{
		{"", "", "ParentBased{root:AlwaysOnSampler,"},
		{"always_off", "", "AlwaysOffSampler"},
		{"TraceIDRatio", "0.25", "TraceIDRatioBased{0.25}"},
		{"parentbased_traceidratio", "", "ParentBased{root:TraceIDRatioBased{1},"},
		{"traceidratio", "2", "OTEL_TRACES_SAMPLER_ARG is 2: want a number from 0 to 1"},
		{"jaeger_remote", "", "OTEL_TRACES_SAMPLER is jaeger_remote; known are"},
	} {
		t.Setenv("OTEL_TRACES_SAMPLER", test.name)
		t.Setenv("OTEL_TRACES_SAMPLER_ARG", test.argument)
		sampler, err := newSampler()
		got := fmt.Sprint(err)
		if err == nil {
			got = sampler.Description()
		}
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// BenchmarkOff measures a request of a hundred operations without telemetry.
func BenchmarkOff(b *testing.B) {
	var t *Telemetry
	request := httptest.NewRequest("POST", "/eval", nil)
	component, operation := t.Component("eval"), t.Operation("spin_config.get")
	for b.Loop() {
		ctx, exchange := t.Request(b.Context(), request)
		exchange.Route("/eval", "eval", "/eval")
		component.Requested()
		for range 100 {
			started := operation.Start(ctx)
			started.Set("key", "value")
			started.End(nil)
		}
		component.Executed(0, 0, 0)
		exchange.End(200, "")
	}
}

func TestProtocols(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
	t.Setenv("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc")
	_, err := New(t.Context(), Options{})
	if err == nil || !strings.Contains(err.Error(), "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is grpc") {
		t.Errorf("the error is %v", err)
	}
	t.Setenv("OTEL_SDK_DISABLED", "true")
	if got, err := New(t.Context(), Options{}); got != nil || err != nil {
		t.Errorf("disabled: %v, %v", got, err)
	}
}

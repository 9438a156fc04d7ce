package telemetry

import (
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

package utc

import (
	"math/rand"
	"testing"
	"time"
)

const layout = "2006-01-02T15:04:05.000Z07:00"

func TestFormat(t *testing.T) {
	first := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	last := time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()
	times := []int64{0, -1, first, last}
	for i := 0; i < 100_000; i++ {
		times = append(times, first+rand.Int63n(last-first))
	}
	for _, ms := range times {
		got := Format(ms)
		if want := time.UnixMilli(ms).UTC().Format(layout); got != want {
			t.Fatalf("Format(%d) = %s, want %s", ms, got, want)
		}
		if back, ok := Parse(got); !ok || back != ms {
			t.Fatalf("Parse(%s) = %d, %t; want %d", got, back, ok, ms)
		}
	}
}

var texts = []string{
	"2026-11-22T09:30:00Z", "2026-11-22T09:30:00.5Z", "2026-11-22T09:30:00.123456Z",
	"2026-11-22T09:30:00+01:00", "2026-11-22T09:30:00-09:30", "2024-02-29T00:00:00Z",
	"1900-02-28T23:59:59Z", "2000-02-29T12:00:00Z", "0000-01-01T00:00:00Z",
	"", "Z", "2026-11-22", "2026-11-22T09:30Z", "2026-11-22 09:30:00Z", "2026-11-22T09:30:00",
	"2026-11-22T09:30:00.Z", "2026-11-22T09:30:00+0100", "2026-11-22T09:30:00+1:00",
	"2026-11-22T09:30:00+01", "2026-11-22T09:30:00+01:00x", "2026-11-22T09:30:00Zx",
	"2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z",
	"2026-11-00T00:00:00Z", "2026-11-32T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z",
	"2026-11-22T09:30:60Z", "26-11-22T09:30:00Z", "2026-11-22T09:30:00é", "+026-11-22T09:30:00Z",
}

// FuzzParse compares with package time, which reads a few forms that RFC 3339 does not have.
func FuzzParse(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ms, ok := Parse(text)
		want, err := time.Parse(time.RFC3339, text)
		if ok && (err != nil || ms != want.UnixMilli()) {
			t.Errorf("Parse(%q) = %d; want %v (%v)", text, ms, want, err)
		}
		if !ok && err == nil && text == want.Format(time.RFC3339Nano) {
			t.Errorf("Parse(%q) fails", text)
		}
	})
}

func TestParse(t *testing.T) {
	for _, text := range texts {
		ms, ok := Parse(text)
		want, err := time.Parse(time.RFC3339, text)
		if ok != (err == nil) || ok && ms != want.UnixMilli() {
			t.Errorf("Parse(%q) = %d, %t; want %v (%v)", text, ms, ok, want, err)
		}
	}
}

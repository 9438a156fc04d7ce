package plot_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/plot"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		most      int
		want      string
	}{
		{-10, 10, 5, "-10 -5 0 5 10"},
		{-10, 10, 10, "-10 -8 -6 -4 -2 0 2 4 6 8 10"},
		{0, 1, 5, "0 0.2 0.4 0.6 0.8 1"},
		{0, 0.3, 3, "0 0.1 0.2 0.3"},
		{-math.Pi, math.Pi, 7, "-3 -2 -1 0 1 2 3"},
		{0.001, 0.002, 4, "0.001 0.0015 0.002"},
		{0, 0.0003, 3, "0 1e-4 2e-4 3e-4"},
		{-0.00025, -0.0001, 3, "-2.5e-4 -2e-4 -1.5e-4 -1e-4"},
		{0, 999, 4, "0 500"},
		{0, 1e6, 4, "0 500000 1e6"},
		{0, 2.5e7, 5, "0 5e6 1e7 1.5e7 2e7 2.5e7"},
		{123456, 123457, 2, "123456 123456.5 123457"},
		{1e15, 1e15 + 10, 2, "1e15 1000000000000005 1.00000000000001e15"},
		{1e16, 1e16 + 4, 4, ""},
		{1, math.Nextafter(1, 2), 4, ""},
		{1e300, 3e300, 2, "1e300 2e300 3e300"},
		{-5e307, 5e307, 2, "-5e307 0 5e307"},
		{0, 3e-310, 3, ""},
		{0, 5e-324, 4, ""},
		{0, 1, 0, "0 1"},
		{3, 4, 1, "3 4"},
		{3.1, 3.9, 1, ""},
	} {
		var texts []string
		for _, tick := range plot.Ticks(c.low, c.high, c.most) {
			texts = append(texts, tick.Text)
		}
		if got := strings.Join(texts, " "); got != c.want {
			t.Errorf("from %g to %g, %d: %q, want %q", c.low, c.high, c.most, got, c.want)
		}
	}
}

// TestTickTexts checks that the text of a tick is its number, and that ticks are inside the range,
// evenly spaced, and not too many.
func TestTickTexts(t *testing.T) {
	for scale := 1e-12; scale < 1e12; scale *= 1.37 {
		for _, from := range []float64{-1, 0, 0.731, -17.3} {
			low, high := from*scale, (from+1.9)*scale
			ticks := plot.Ticks(low, high, 6)
			if len(ticks) < 2 || len(ticks) > 7 {
				t.Errorf("%d ticks from %g to %g", len(ticks), low, high)
			}
			for i, tick := range ticks {
				value, err := strconv.ParseFloat(tick.Text, 64)
				if err != nil || math.Abs(value-tick.At) > math.Abs(value)*4e-16 || value < low-1e-9*scale || value > high+1e-9*scale {
					t.Errorf("%q is at %v, from %g to %g", tick.Text, tick.At, low, high)
				}
				if i > 1 && math.Abs((tick.At-ticks[i-1].At)/(ticks[1].At-ticks[0].At)-1) > 1e-9 {
					t.Errorf("the ticks are %v", ticks)
				}
				if len(tick.Text) > 9 {
					t.Errorf("%q is long", tick.Text)
				}
			}
		}
	}
}

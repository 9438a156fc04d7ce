package quota

import "testing"

func TestTake(t *testing.T) {
	const second = 1_000_000
	for _, c := range []struct {
		name              string
		rate              Rate
		state, now, count int64 // seconds
		next              int64 // seconds
		wait              int
	}{
		{"no limit", 0, 5, 10, 3, 5, 0},
		{"nothing used", 3, 5, 10, 0, 5, 0},
		{"the first use", 3, 0, 1000, 1, 1020, 0},
		{"the last of the minute", 3, 1040, 1000, 1, 1060, 0},
		{"one more", 3, 1060, 1000, 1, 1080, 21},
		{"two more", 3, 1060, 1000, 2, 1100, 41},
		{"more than the rate, of a free minute", 3, 0, 1000, 5, 1100, 0},
		{"more than the rate, of a minute in use", 3, 1020, 1000, 5, 1120, 21},
		{"after the clock was set back", 3, 1_000_000, 1000, 1, 1020, 0},
	} {
		next, wait := c.rate.Take(c.state*second, c.now*second, c.count)
		if next != c.next*second || wait != c.wait {
			t.Errorf("%s: %d, wait %d; want %d, wait %d", c.name, next/second, wait, c.next, c.wait)
		}
	}
}

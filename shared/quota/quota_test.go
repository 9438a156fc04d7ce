package quota

import "testing"

func TestTake(t *testing.T) {
	const second = 1_000_000
	for _, c := range []struct {
		name              string
		rate              int64
		state, now, count int64 // seconds
		next              int64 // seconds
		wait              int
	}{
		{"no limit", 0, 5, 10, 3, 5, 0},
		{"nothing used", 3, 5, 10, 0, 5, 0},
		{"the first use", 3, 0, 1000, 1, 1020, 0},
		{"the last of the minute", 3, 1040, 1000, 1, 1060, 0},
		{"one more", 3, 1060, 1000, 1, 1060, 21},
		{"two more", 3, 1060, 1000, 2, 1060, 41},
		{"more than the rate, of a free minute", 3, 0, 1000, 5, 1060, 0},
		{"more than the rate, of a minute in use", 3, 1020, 1000, 5, 1060, 21},
		{"after the clock was set back by an hour", 3, 4600, 1000, 1, 1020, 0},
		{"in a request that began a second before the last one", 3, 1061, 1000, 1, 1060, 22},
		{"after the clock was set back by a minute", 3, 1119, 1000, 1, 1060, 60},
		{"after the clock was set back by more", 3, 1121, 1000, 1, 1020, 0},
		{"a rate that divides no minute", 7_000_000, 0, 1000, 7_000_000, 1060, 0},
	} {
		next, wait := PerMinute(c.rate).Take(c.state*second, c.now*second, c.count)
		if next != c.next*second || wait != c.wait {
			t.Errorf("%s: %d, wait %d; want %d, wait %d", c.name, next/second, wait, c.next, c.wait)
		}
	}
}

func TestLimit(t *testing.T) {
	for value, want := range map[string]int64{
		"1": 1, "30000": 30000, "none": 0, "": 0, "0": 0, "-1": 0, "many": 0, "1e3": 0,
		"9223372036854775808": 0,
	} {
		read := func(name string) string {
			if name != "limit_names" {
				t.Errorf("it reads %s", name)
			}
			return value
		}
		if got := Limit(read, "limit_names"); got != want {
			t.Errorf("%q: %d, want %d", value, got, want)
		}
	}
}

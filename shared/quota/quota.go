// Package quota limits use. The rate of a session or a client is limited with the generic cell rate
// algorithm: each use takes up its share of a minute or a day, and what is taken up may reach one
// minute or one day into the future. The state is one number, the time up to which everything is
// taken up, so deleting what was made frees nothing.
//
// Source: ITU-T I.371, annex A.
package quota

import (
	"os"
	"strconv"
)

// Limit returns a limit on use from a variable: a whole number from 1, or 0 for no limit, which the
// variable says as `none`. It returns 0 for anything else, too, and logs that.
func Limit(read func(name string) string, name string) int64 {
	value := read(name)
	n, err := strconv.ParseInt(value, 10, 64)
	if value != "none" && (err != nil || n < 1) {
		os.Stderr.WriteString("the variable " + name +
			" is neither a number from 1 nor `none`: there is no limit\n")
		return 0
	}
	return n
}

// Rate is how many uses are allowed in a minute or a day.
type Rate struct {
	Limit  int64 // 0 means no limit
	window int64 // a minute or a day, in microseconds
}

const minute = 60_000_000 // microseconds

// PerMinute returns the rate of at most limit uses in a minute.
func PerMinute(limit int64) Rate { return Rate{limit, minute} }

// PerDay returns the rate of at most limit uses in a day.
func PerDay(limit int64) Rate { return Rate{limit, 24 * 60 * minute} }

// Cost returns how far count uses move the state, in microseconds, or 0 if there is no limit.
func (r Rate) Cost(count int64) int64 {
	if r.Limit == 0 {
		return 0
	}
	if count > r.Limit {
		count = r.Limit
	}
	return int64(float64(count) / float64(r.Limit) * float64(r.window))
}

// Take uses the rate count times at the time now. It returns the next state, and the seconds to
// wait if that is too much, or 0. While nothing is taken up, more than the whole rate passes at
// once. A state more than two windows ahead was made before the clock was set back, and counts for
// nothing; a state less far ahead may come from a request that began later but was faster. No wait
// is longer than a window. Times are UTC microseconds.
func (r Rate) Take(state, now, count int64) (next int64, wait int) {
	if r.Limit == 0 || count == 0 {
		return state, 0
	}
	if state < now || state > now+2*r.window {
		state = now
	}
	next = state + r.Cost(count)
	if excess := next - now - r.window; excess > 0 {
		wait = int(excess/1_000_000) + 1
		if longest := int(r.window / 1_000_000); wait > longest {
			wait = longest
		}
		return now + r.window, wait
	}
	return next, 0
}

// Package quota limits the rate of a session or a client with the generic cell rate algorithm. Each
// use takes up its share of a minute or a day, and what is taken up may reach one minute or one day
// into the future. The state is one number, the time up to which everything is taken up, so
// deleting what was made frees nothing.
//
// Source: ITU-T I.371, annex A.
package quota

// Rate is the number of uses allowed in a minute; 0 means no limit.
type Rate int64

// Daily is the number of uses allowed in a day; 0 means no limit.
type Daily int64

// In microseconds.
const (
	minute = 60_000_000
	day    = 24 * 60 * minute
)

// Take uses the rate count times at the time now. It returns the next state, and the seconds to
// wait if that is too much, or 0. While nothing is taken up, more than the whole rate passes at
// once. A state more than two minutes ahead was made before the clock was set back, and counts for
// nothing; a state less far ahead may come from a request that began later but was faster. No wait
// is longer than a minute. Times are UTC microseconds.
func (r Rate) Take(state, now, count int64) (next int64, wait int) {
	return take(int64(r), minute, state, now, count)
}

// Cost returns how far count uses move the state, in microseconds, or 0 if there is no limit.
func (r Rate) Cost(count int64) int64 { return cost(int64(r), minute, count) }

// Take is Rate's Take with a day in place of a minute.
func (d Daily) Take(state, now, count int64) (next int64, wait int) {
	return take(int64(d), day, state, now, count)
}

func cost(limit, window, count int64) int64 {
	if limit == 0 {
		return 0
	}
	if count > limit {
		count = limit
	}
	return int64(float64(count) / float64(limit) * float64(window))
}

func take(limit, window, state, now, count int64) (next int64, wait int) {
	if limit == 0 || count == 0 {
		return state, 0
	}
	if state < now || state > now+2*window {
		state = now
	}
	next = state + cost(limit, window, count)
	if excess := next - now - window; excess > 0 {
		wait = int(excess/1_000_000) + 1
		if longest := int(window / 1_000_000); wait > longest {
			wait = longest
		}
		return now + window, wait
	}
	return next, 0
}

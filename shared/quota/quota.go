// Package quota holds a session to a rate by the generic cell rate algorithm: each use takes up its
// part of a minute, and what is taken up may reach one minute into the future. The state is one
// number, the time up to which the minute is taken up, so deleting what was made frees nothing.
//
// Source: ITU-T I.371, annex A.
package quota

// Rate is how many uses a minute are allowed; 0: any.
type Rate int64

const (
	minute = 60_000_000 // microseconds
	// burst is the most that one request uses, since a request that asks for more than the whole
	// rate passes while nothing is taken up.
	burst = 100
)

// Take uses the rate count times at the time now. It returns the next state, and how many seconds
// to wait if that is too much; 0 if it is not. A state that lies further in the future than any use
// can reach was made before the clock was set back, and counts for nothing. Times are UTC
// microseconds.
func (r Rate) Take(state, now, count int64) (next int64, wait int) {
	if r == 0 || count == 0 {
		return state, 0
	}
	part := minute / int64(r)
	limit := now + minute + burst*part
	if state < now || state > limit {
		state = now
	}
	if next = state + count*part; next > limit {
		next = limit
	}
	if count > int64(r) {
		count = int64(r)
	}
	if excess := state + count*part - now - minute; excess > 0 {
		return next, int(excess/1_000_000) + 1
	}
	return next, 0
}

package wire

import (
	"net/http"
	"slices"
	"strings"
)

// MinKey is the fewest characters of an idempotency key that stands for a new
// session: as many as a token has. A random UUID has more.
const MinKey = 22

// Key returns the request's idempotency key, "" where it has none. A quoted
// string (RFC 8941), as the draft has it, is the same key as the bare one; so no key
// has a quote in it.
func Key(r *http.Request) (string, *Problem) {
	values := r.Header.Values(KeyHeader)
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	if key == "" {
		return "", NewProblem(BadKey, "the idempotency key is empty").WithHint("send a random UUID")
	}
	if len(key) > MaxKey {
		return "", NewProblem(BadKey, "the idempotency key is longer than 255 characters").WithHint("send a random UUID")
	}
	for i := 0; i < len(key); i++ {
		if key[i] <= ' ' || key[i] > '~' || key[i] == '"' {
			return "", NewProblem(BadKey, "the idempotency key holds a quote, a space, or a character that is not ASCII").WithHint("send a random UUID")
		}
	}
	return key, nil
}

// Reused is the problem of a key that belongs to another request.
func Reused() *Problem {
	return NewProblem(KeyReused, "this idempotency key was used with another request").
		WithHint("make a new key for every new request")
}

// Matches tells whether a list of entity tags (If-Match, If-None-Match) names
// this one, or every one with `*`. Weak tags do not match (RFC 9110, 8.8.3.2:
// strong comparison).
func Matches(list, etag string) bool {
	for _, tag := range strings.Split(list, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == etag {
			return true
		}
	}
	return false
}

// Accepts tells which of the offered media types the client likes best: the
// first of those with the highest quality (RFC 9110, 12.5.1). With no Accept, or
// none that fits, it is the first offer.
func Accepts(r *http.Request, offers ...string) string {
	best, bestQuality := offers[0], 0
	accept := strings.Join(r.Header.Values("Accept"), ",")
	for _, offer := range offers {
		if q := quality(accept, offer); q > bestQuality {
			best, bestQuality = offer, q
		}
	}
	return best
}

// Codings returns the offered content codings that the client accepts, what it likes
// best first, of equal ones in the order of the offers (RFC 9110, 12.5.3). Without
// Accept-Encoding, which permits all, it is identity: who asks for nothing is
// seldom prepared for more.
func Codings(r *http.Request, offers ...string) []string {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept-Encoding"), ","))
	var accepted []string
	for _, offer := range offers {
		if codingQuality(accept, offer) > 0 {
			accepted = append(accepted, offer)
		}
	}
	slices.SortStableFunc(accepted, func(a, b string) int { return codingQuality(accept, b) - codingQuality(accept, a) })
	return accepted
}

// codingQuality returns what an Accept-Encoding says of a content coding, in
// thousandths. Identity that is not mentioned is accepted, after all others.
func codingQuality(accept, offer string) int {
	others := -1
	for _, item := range strings.Split(accept, ",") {
		coding, parameters, _ := strings.Cut(item, ";")
		switch strings.TrimSpace(coding) {
		case offer:
			return 2 * weight(parameters)
		case "*":
			others = 2 * weight(parameters)
		}
	}
	switch {
	case others >= 0:
		return others
	case offer == "identity":
		return 1
	}
	return 0
}

// quality returns what the most specific range of an Accept header says of a
// media type, in thousandths.
func quality(accept, offer string) int {
	kind, _, _ := strings.Cut(offer, "/")
	result, specific := 0, 0
	for _, item := range strings.Split(accept, ",") {
		media, parameters, _ := strings.Cut(item, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		rank := 0
		switch media {
		case offer:
			rank = 3
		case kind + "/*":
			rank = 2
		case "*/*":
			rank = 1
		}
		if rank > specific {
			specific, result = rank, weight(parameters)
		}
	}
	return result
}

// weight reads `q=0.8` from a range's parameters as 800; without one it is 1000.
func weight(parameters string) int {
	for _, p := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		whole, fraction, _ := strings.Cut(value, ".")
		if whole != "0" {
			return 1000
		}
		n := 0
		for i := 0; i < 3; i++ {
			n *= 10
			if i < len(fraction) && '0' <= fraction[i] && fraction[i] <= '9' {
				n += int(fraction[i] - '0')
			}
		}
		return n
	}
	return 1000
}

package wire

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ETag returns the entity tag for a version of a session.
func ETag(version int64) string { return `"` + FormatInt(version) + `"` }

// CheckVersion returns an error if a request has an If-Match that does not name the version of its
// session (RFC 9110, 13.1.1).
func CheckVersion(ifMatch string, version int64) error {
	if ifMatch == "" || matches(ifMatch, ETag(version)) {
		return nil
	}
	return ErrVersion
}

// ErrContended is the error for a change that lost every race.
var ErrContended = NewProblem(Conflict, "too many others are changing this session").
	WithHint("nothing was changed: try again").WithRetry(1)

// ErrVersion is the error for a session that has changed.
var ErrVersion = NewProblem(VersionMismatch,
	"the session does not have a version that If-Match names").
	WithHint("read it again: GET /session")

// Accepts returns the offered media type that the client prefers: the first of those with the
// highest quality (RFC 9110, 12.5.1). It is the first offer if the client accepts none, or does not
// say.
func Accepts(r *http.Request, offers ...string) string {
	best, bestQuality := offers[0], 0
	accept := r.Header.Values("Accept")
	for _, offer := range offers {
		kind, _, _ := strings.Cut(offer, "/")
		if q, _ := quality(accept, "*/*", kind+"/*", offer); q > bestQuality {
			best, bestQuality = offer, q
		}
	}
	return best
}

// PrefersText reports whether the client prefers plain text to JSON.
func PrefersText(r *http.Request) bool { return Accepts(r, JSON, "text/plain") == "text/plain" }

// Codings returns the offered content codings that the client accepts, the preferred ones first and
// equal ones in the order of the offers (RFC 9110, 12.5.3). Without Accept-Encoding, which permits
// all, it returns identity alone: clients that ask for nothing are seldom prepared for more.
func Codings(r *http.Request, offers ...string) []string {
	qualities := map[string]int{}
	var accepted []string
	for _, offer := range offers {
		q, found := quality(r.Header.Values("Accept-Encoding"), "*", offer)
		if q *= 2; !found && offer == "identity" {
			q = 1 // accepted, after all others
		}
		if q > 0 {
			qualities[offer] = q
			accepted = append(accepted, offer)
		}
	}
	slices.SortStableFunc(accepted, func(a, b string) int { return qualities[b] - qualities[a] })
	return accepted
}

// quality returns the quality, in thousandths, that the fields of a header give to the last of the
// ranges that they name, and reports whether they name any.
func quality(fields []string, ranges ...string) (q int, found bool) {
	best := -1
	for _, item := range strings.Split(strings.Join(fields, ","), ",") {
		name, parameters, _ := strings.Cut(item, ";")
		name = Lower(strings.TrimSpace(name))
		for i, candidate := range ranges {
			if name == candidate && i > best {
				best, q = i, weight(parameters)
			}
		}
	}
	return q, best >= 0
}

// weight parses `q=0.8` in a range's parameters as 800, and returns 1000 without one.
func weight(parameters string) int {
	for _, p := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if Lower(name) != "q" {
			continue
		}
		whole, fraction, _ := strings.Cut(value, ".")
		if whole != "0" {
			return 1000
		}
		n, _ := strconv.Atoi((fraction + "000")[:3])
		return n
	}
	return 1000
}

// matches reports whether a list of entity tags (If-Match, If-None-Match) contains etag or is `*`.
// Weak tags never match (strong comparison; RFC 9110, 8.8.3.2).
func matches(list, etag string) bool {
	for _, tag := range strings.Split(list, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == etag {
			return true
		}
	}
	return false
}

// NotModified sets the entity tag of a reply, and answers 304 and returns true if the client has
// that version already. The comparison is weak (RFC 9110, 13.1.2), since a proxy that compresses
// marks tags as weak.
func NotModified(w http.ResponseWriter, r *http.Request, etag string) bool {
	w.Header().Set("ETag", etag)
	known := strings.Join(r.Header.Values("If-None-Match"), ",")
	if !matches(strings.ReplaceAll(known, "W/", ""), etag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// Lower returns a text with its ASCII letters in lower case, which is how HTTP compares names.
// strings.ToLower would also turn the Kelvin sign into a k.
func Lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c - 'A' + 'a'
		}
	}
	return string(b)
}

// FormatInt formats an integer in decimal.
func FormatInt(n int64) string { return strconv.FormatInt(n, 10) }

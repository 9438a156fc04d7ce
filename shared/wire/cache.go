package wire

import (
	"net/http"
	"slices"
	"strings"
)

// This file is about replies that clients keep: their entity tags and content codings.

// ETag returns the entity tag for a version of a session.
func ETag(version int64) string { return `"` + FormatInt(version) + `"` }

// NotModified sets the entity tag of a reply, and answers 304 and returns true if the client has
// that version already. The comparison is weak (RFC 9110, 13.1.2), since a proxy that compresses
// marks tags as weak.
func NotModified(w http.ResponseWriter, r *http.Request, etag string) bool {
	Set(w.Header(), "Etag", etag)
	known := strings.Join(r.Header.Values("If-None-Match"), ",")
	if !matches(strings.ReplaceAll(known, "W/", ""), etag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

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

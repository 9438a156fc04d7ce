package web

import (
	"net/http"
	"strings"

	"abacus/shared/wire"
)

// openSearch answers with the description by which browsers offer the calculator in
// their address bars (OpenSearch 1.1, draft 6). Its addresses must be absolute, so it
// is written for the origin of the request.
func (o Options) openSearch(w http.ResponseWriter, r *http.Request) {
	if wire.Allow(w, r, http.MethodGet) {
		return
	}
	var address page
	address.text(origin(r))
	description, found := o.fill("opensearch.tmpl", map[string]page{"origin": address})
	if !found {
		o.notFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	wire.Reply(w, http.StatusOK, "application/opensearchdescription+xml", description)
}

// origin returns the scheme and the authority that the request was sent to, as Spin
// says.
func origin(r *http.Request) string {
	scheme, rest, _ := strings.Cut(wire.Last(r, "Spin-Full-Url"), "://")
	authority, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + authority
}

package web

import (
	"net/http"
	"strings"

	"abacus/shared/wire"
)

// openSearch answers with the description that lets browsers offer the calculator in their address
// bars (OpenSearch 1.1, draft 6). Its addresses must be absolute, so it is written for the origin
// of the request.
func (s *service) openSearch(w http.ResponseWriter, r *wire.Request) error {
	var address page
	address.text(origin(r.Request))
	description, err := s.fill("opensearch.tmpl", map[string]page{"origin": address})
	if err != nil {
		return s.notFound(w, r)
	}
	w.Header().Set("Cache-Control", "no-cache")
	return wire.Reply(w, http.StatusOK, "application/opensearchdescription+xml", description)
}

// origin returns the scheme and the authority to which the request was sent, as Spin reports them.
func origin(r *http.Request) string {
	scheme, rest, _ := strings.Cut(wire.SpinHeader(r, "Spin-Full-Url"), "://")
	authority, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + authority
}

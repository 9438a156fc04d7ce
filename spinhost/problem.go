package spinhost

import (
	"encoding/json"
	"net/http"
	"strings"
)

// retryAfter is the Retry-After of a busy host, in seconds.
const retryAfter = "1"

// The codes of problem.
const (
	codeBadRequest = "bad-request"
	codeEncoding   = "bad-encoding"
	codeMethod     = "method-not-allowed"
	codeTooLarge   = "too-large"
	codeBusy       = "busy"
)

// problem is the response of the host itself to a request that is malformed or exceeds a limit (RFC
// 9457). The code says more than the status. The headers make a browser show it as text, since it
// may arrive in place of any page or script.
func problem(status int, code, detail string) response {
	body, _ := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
		Code   string `json:"code"`
	}{"about:blank", http.StatusText(status), status, detail, code})
	headers := []header{
		{"content-type", "application/problem+json"},
		{"cache-control", "no-store"},
		{"content-security-policy", "default-src 'none'; frame-ancestors 'none'"},
		{"referrer-policy", "no-referrer"},
		{"x-content-type-options", "nosniff"},
	}
	switch status {
	case http.StatusServiceUnavailable:
		headers = append(headers, header{"retry-after", retryAfter})
	case http.StatusMethodNotAllowed:
		headers = append(headers, header{"allow", strings.Join(methods, ", ")})
	case http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge:
		headers = append(headers, header{"connection", "close"}) // the rest of the body is not read
	}
	return response{status: status, headers: headers, body: body}
}

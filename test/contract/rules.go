package contract

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sessionMakers are the operations whose replies contain a session token.
var sessionMakers = []string{"evaluate", "createSession", "forkShare"}

// Check checks a reply against the rules for all replies and records its operation as visited.
func (s *Suite) Check(t testing.TB, r Request, reply Reply) {
	t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s%s\n"+format, append([]any{r, reply}, args...)...)
	}
	if isBusy(reply) {
		if reply.Header.Get("Retry-After") == "" {
			fail("the host is busy and does not say when to try again")
		}
		if reply.Header.Get("X-Content-Type-Options") != "nosniff" ||
			reply.Header.Get("Content-Security-Policy") == "" {
			fail("the host's policy lets a browser do more than show the reply")
		}
		return
	}
	s.checkHeaders(reply, fail)
	template, o := s.document.find(r.Method, r.path())
	switch {
	case o != nil:
		s.visited[Visit{o.ID, reply.Status}] = true
		s.checkOperation(r, reply, o, fail)
	case template != "" && r.Method == http.MethodOptions:
		checkAllow(reply, http.StatusNoContent, fail)
	case template != "":
		checkAllow(reply, http.StatusMethodNotAllowed, fail)
	}
	if reply.Status >= 400 && o.id() != "health" {
		s.checkProblem(r, reply, fail)
	}
	s.checkTokens(r, reply, o, fail)
}

// isBusy reports whether the host itself refused the request because it was at one of its limits.
// The host knows nothing about the app, so the rules for services do not apply to its replies.
func isBusy(reply Reply) bool {
	return reply.Status == http.StatusServiceUnavailable &&
		strings.HasPrefix(reply.Body, `{"type":"about:blank",`) &&
		strings.Contains(reply.Body, `"code":"busy"`)
}

// checkHeaders checks the headers that every reply has.
func (s *Suite) checkHeaders(reply Reply, fail func(string, ...any)) {
	for name, rule := range s.document.Headers {
		value := reply.Header.Get(name)
		if name == "Strict-Transport-Security" && s.base.Scheme == "http" {
			if value != "" {
				fail("the header %s is sent over plain http", name)
			}
			continue
		}
		if rule.Enum != nil && !slices.Contains(rule.Enum, value) {
			fail("the header %s is %q, not one of %q", name, value, rule.Enum)
		}
		if matched, err := regexp.MatchString(rule.Pattern, value); err != nil || !matched {
			fail("the header %s is %q, which does not match %s", name, value, rule.Pattern)
		}
		for _, part := range rule.Contains {
			if !strings.Contains(value, part) {
				fail("the header %s is %q, which lacks %q", name, value, part)
			}
		}
	}
	csp := reply.Header.Get("Content-Security-Policy")
	policy := strings.Fields(strings.ReplaceAll(csp, ";", " "))
	for _, unsafe := range []string{"'unsafe-inline'", "'unsafe-eval'", "*"} {
		if slices.Contains(policy, unsafe) {
			fail("the content security policy allows %s", unsafe)
		}
	}
	if reply.Status >= 400 && reply.Header.Get("Cache-Control") != "no-store" {
		fail("the error may be cached: Cache-Control is %q", reply.Header.Get("Cache-Control"))
	}
}

// checkOperation checks a reply against the documentation of its operation.
func (s *Suite) checkOperation(r Request, reply Reply, o *operation, fail func(string, ...any)) {
	documented := o.responses[reply.Status]
	if documented == nil {
		fail("the status %d of %s is not documented", reply.Status, o.ID)
		return
	}
	for name := range documented.Headers {
		value := reply.Header.Get(name)
		if value == "" {
			continue
		}
		at := documented.pointer + pointer("headers", name)
		if err := s.document.validateHeader(at, value); err != nil {
			fail("the header %s: %v", name, err)
		}
	}
	if r.Method == http.MethodHead || reply.Body == "" && len(documented.Content) == 0 {
		return
	}
	contentType, _, _ := mime.ParseMediaType(reply.Header.Get("Content-Type"))
	if _, known := documented.Content[contentType]; !known {
		fail("the content type %q of %s %d is not documented", contentType, o.ID, reply.Status)
		return
	}
	value := any(reply.Body)
	if contentType == "application/json" || strings.HasSuffix(contentType, "+json") {
		var err error
		if value, err = jsonschema.UnmarshalJSON(strings.NewReader(reply.Body)); err != nil {
			fail("the body is not JSON: %v", err)
			return
		}
	}
	at := documented.pointer + pointer("content", contentType, "schema")
	if err := s.document.validate(at, value); err != nil {
		fail("%v", err)
	}
}

// checkAllow checks the reply to a method that a path does not allow.
func checkAllow(reply Reply, status int, fail func(string, ...any)) {
	if reply.Status != status {
		fail("the status is not %d", status)
	}
	if reply.Header.Get("Allow") == "" {
		fail("the header Allow is missing")
	}
}

// checkProblem checks an error against RFC 9457. Clients that prefer text get text.
func (s *Suite) checkProblem(r Request, reply Reply, fail func(string, ...any)) {
	if r.Method == http.MethodHead {
		return
	}
	contentType, _, _ := mime.ParseMediaType(reply.Header.Get("Content-Type"))
	if strings.HasPrefix(contentType, "text/") && contentType == r.header("Accept") {
		return
	}
	if contentType != "application/problem+json" {
		fail("the content type of an error is %q", contentType)
		return
	}
	var problem struct {
		Type   string
		Status int
		Code   string
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(reply.Body))
	if err == nil {
		err = s.document.validate("/components/schemas/Problem", value)
	}
	if err != nil {
		fail("not a problem: %v", err)
		return
	}
	if err := json.Unmarshal([]byte(reply.Body), &problem); err != nil {
		fail("not a problem: %v", err)
	}
	if problem.Status != reply.Status {
		fail("the problem's status is %d", problem.Status)
	}
	if problem.Type != "/problems#"+problem.Code {
		fail("the problem's type is %q", problem.Type)
	}
	term := fmt.Sprintf(`<dt id="%s"><code>%[1]s</code> `, problem.Code)
	_, after, _ := strings.Cut(s.problems, term)
	statuses, _, _ := strings.Cut(after, "</dt>")
	if !slices.Contains(strings.Split(statuses, ", "), strconv.Itoa(reply.Status)) {
		fail("the page /problems does not explain %s with status %d", problem.Code, reply.Status)
	}
}

// checkTokens looks for session tokens where none belong, both those that the instance made and
// those that a client tried.
func (s *Suite) checkTokens(r Request, reply Reply, o *operation, fail func(string, ...any)) {
	if token := r.token(); len(token) == tokenLength {
		s.tokens[token] = true
	}
	if slices.Contains(sessionMakers, o.id()) && reply.Status < 400 {
		if token := reply.Header.Get("Abacus-Session"); token != "" {
			s.tokens[token] = true
		}
		return
	}
	for token := range s.tokens {
		if token == reply.Header.Get("Abacus-Session") && slices.Contains(sessionMakers, o.id()) {
			continue
		}
		if strings.Contains(reply.Body, token) {
			fail("the body contains a session's token")
		}
		for name, values := range reply.Header {
			if strings.Contains(strings.Join(values, ","), token) {
				fail("the header %s contains a session's token", name)
			}
		}
	}
}

// tokenLength is the length of 128 bits in base64url.
const tokenLength = 22

// id returns the name of the operation, or "" for nil.
func (o *operation) id() string {
	if o == nil {
		return ""
	}
	return o.ID
}

// validateHeader checks the value of a header against its schema, as an integer if the schema
// requires one.
func (d *document) validateHeader(at, value string) error {
	object, _ := d.at(at).(map[string]any)
	if reference, _ := object["$ref"].(string); reference != "" {
		at = strings.TrimPrefix(reference, "#")
		object, _ = d.at(at).(map[string]any)
	}
	schema, _ := object["schema"].(map[string]any)
	var instance any = value
	if schema["type"] == "integer" {
		instance = json.Number(value)
	}
	return d.validate(at+"/schema", instance)
}

// query escapes a value for the query of a URL.
func query(value string) string { return url.QueryEscape(value) }

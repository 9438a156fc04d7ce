// Package contract tests all that a client can see of Abacus, through one
// address. It knows a base URL and nothing else, so it tests any running
// instance: the embedded host, Spin, four hosts behind a proxy.
//
//	make conformance BASE_URL=http://127.0.0.1:3000
//
// What a reply must be is said in three places: openapi.json, which the instance
// serves itself, for the form of every reply (document.go); rules.go for what
// holds for all; the transcripts and tables for what one request means.
package contract

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Suite tests one instance.
type Suite struct {
	base     *url.URL
	document *document
	problems string // the page that explains them

	mutex   sync.Mutex
	visited map[Visit]bool
	tokens  map[string]bool // of sessions, as far as the suite has met them
}

// Visit is one documented outcome of an operation.
type Visit struct {
	Operation string
	Status    int
}

// Open reads the contract of the instance at a base URL, such as
// http://127.0.0.1:3000.
func Open(t testing.TB, base string) *Suite {
	t.Helper()
	address, err := url.Parse(base)
	if err != nil || address.Host == "" {
		t.Fatalf("%q is not the address of an instance, such as http://127.0.0.1:3000", base)
	}
	reply, err := roundTrip(address, Request{Method: http.MethodGet, Target: "/openapi.json"})
	if err != nil || reply.Status != http.StatusOK {
		t.Fatalf("read the contract from %s/openapi.json: status %d, %v", base, reply.Status, err)
	}
	document, err := parseDocument(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := roundTrip(address, Request{Method: http.MethodGet, Target: "/problems"})
	if err != nil || problems.Status != http.StatusOK {
		t.Fatalf("read what the types of problems lead to from %s/problems: status %d, %v", base, problems.Status, err)
	}
	return &Suite{base: address, document: document, problems: problems.Body, visited: map[Visit]bool{}, tokens: map[string]bool{}}
}

// At returns a suite that holds another instance, one that need not serve the
// contract itself, to this one's contract.
func (s *Suite) At(t testing.TB, base string) *Suite {
	t.Helper()
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return &Suite{base: address, document: s.document, problems: s.problems, visited: map[Visit]bool{}, tokens: map[string]bool{}}
}

// Documented returns every outcome that the contract documents, in order.
func (s *Suite) Documented() []Visit {
	var all []Visit
	for _, operations := range s.document.Paths {
		for _, o := range operations {
			for status := range o.responses {
				all = append(all, Visit{o.ID, status})
			}
		}
	}
	slices.SortFunc(all, func(a, b Visit) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), a.Status-b.Status)
	})
	return all
}

// Visited tells whether the suite has met an outcome.
func (s *Suite) Visited(v Visit) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.visited[v]
}

// Tokens returns the tokens of all sessions that the suite has met.
func (s *Suite) Tokens() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Sorted(maps.Keys(s.tokens))
}

// Test runs every case.
func (s *Suite) Test(t *testing.T) {
	t.Run("transcripts", s.testTranscripts)
	t.Run("language", s.testLanguage)
	t.Run("sizes", s.testSizes)
	t.Run("internal", s.testInternal)
	t.Run("internal names", s.testInternalNames)
	t.Run("forged headers", s.testForgedHeaders)
	t.Run("a forged URL that is none", s.testNoURL)
	t.Run("methods", s.testMethods)
	t.Run("rates", s.TestRates)
	t.Run("history", s.testHistory)
	t.Run("spreadsheet", s.testSpreadsheet)
	t.Run("concurrent", s.testConcurrent)
}

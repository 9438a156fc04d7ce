// Package contract tests everything that a client of Abacus can observe. It needs only a base URL,
// so it can test any running instance: the embedded host, Spin, or several hosts behind a proxy.
//
//	make conformance BASE_URL=http://127.0.0.1:3000
//
// Three sources define a correct reply: the instance's own openapi.json defines its form
// (document.go), rules.go what all replies have in common, and the transcripts and tables what
// single requests mean.
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
	Quiet bool // nothing else runs on the machine, so times are checked

	base     *url.URL
	document *document
	problems string // the page /problems, which explains the codes of problems

	mutex   sync.Mutex
	visited map[Visit]bool
	tokens  map[string]bool // of all sessions that the suite has seen
}

// Visit is an operation and one of its documented statuses.
type Visit struct {
	Operation string
	Status    int
}

// Open returns a suite for the instance at a base URL, and reads its openapi.json.
func Open(t testing.TB, base string) *Suite {
	t.Helper()
	address, err := url.Parse(base)
	if err != nil || address.Host == "" {
		t.Fatalf("%q is not the URL of an instance, such as http://127.0.0.1:3000", base)
	}
	reply, err := roundTrip(address, Request{Method: http.MethodGet, Target: "/openapi.json"})
	if err != nil || reply.Status != http.StatusOK {
		t.Fatalf("read the contract from %s/openapi.json: status %d, %v", base, reply.Status, err)
	}
	contract, err := parseDocument(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := roundTrip(address, Request{Method: http.MethodGet, Target: "/problems"})
	if err != nil || problems.Status != http.StatusOK {
		t.Fatalf("read the page of %s/problems: status %d, %v", base, problems.Status, err)
	}
	return newSuite(address, contract, problems.Body)
}

func newSuite(base *url.URL, contract *document, problems string) *Suite {
	return &Suite{
		base:     base,
		document: contract,
		problems: problems,
		visited:  map[Visit]bool{},
		tokens:   map[string]bool{},
	}
}

// At returns a suite that tests another instance against the contract of this one. The other need
// not serve openapi.json.
func (s *Suite) At(t testing.TB, base string) *Suite {
	t.Helper()
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return newSuite(address, s.document, s.problems)
}

// Documented returns every documented status of every operation, in order.
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

// Visited reports whether the suite has seen this status of an operation.
func (s *Suite) Visited(v Visit) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.visited[v]
}

// Tokens returns the tokens of all sessions that the suite has seen.
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
	t.Run("a forged URL that is not a URL", s.testInvalidURL)
	t.Run("methods", s.testMethods)
	t.Run("rates", s.TestRates)
	t.Run("history", s.testHistory)
	t.Run("spreadsheet", s.testSpreadsheet)
	t.Run("concurrent", s.testConcurrent)
}

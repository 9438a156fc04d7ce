package integration

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"abacus/test/contract"
	"abacus/test/harness"
)

// origin is a stub of the European Central Bank.
type origin struct {
	*httptest.Server
	answer  atomic.Pointer[http.HandlerFunc]
	fetches atomic.Int64
}

// ratesPath is where the bank has its rates.
const ratesPath = "/stats/eurofxref/eurofxref-daily.xml"

// startOrigin starts an origin, which replies with today's rates until a test changes that.
func startOrigin(t testing.TB) *origin {
	o := &origin{}
	o.says(document(today(), "1.25"))
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.fetches.Add(1)
		if r.Method != http.MethodGet || r.URL.Path != ratesPath {
			t.Errorf("the origin was asked %s %s: %v", r.Method, r.URL, r.Header)
		}
		(*o.answer.Load())(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *origin) does(answer http.HandlerFunc) { o.answer.Store(&answer) }

func (o *origin) says(body string) {
	o.does(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
}

// hangs makes the origin reply only after release is closed. It sends on asked for every request.
func (o *origin) hangs() (asked, release chan bool) {
	asked, release = make(chan bool, 10), make(chan bool)
	o.does(func(http.ResponseWriter, *http.Request) {
		asked <- true
		<-release
	})
	return asked, release
}

// flags are the flags of a host that uses this origin.
func (o *origin) flags() []string { return []string{"--variable", "rates_origin=" + o.URL} }

func today() string { return daysAgo(0) }

func daysAgo(days int) string {
	return time.Now().UTC().AddDate(0, 0, -days).Format(time.DateOnly)
}

// document returns the bank's document for a day.
func document(date, usd string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
		<Cube time='` + date + `'>
			<Cube currency='USD' rate='` + usd + `'/>
			<Cube currency='JPY' rate='160'/>
		</Cube>
	</Cube>
</gesmes:Envelope>`
}

// kept returns flags that fill the host's store with the rates of some days ago, which were fetched
// so long ago that they are due for renewal.
func kept(days int) []string {
	at := time.Now().AddDate(0, 0, -days).Unix()
	return []string{"--key-value", fmt.Sprintf(
		"rates:table=rates\tEUR\t%s\tECB\nrate\tUSD\t1.5\nchecked\t%d\t\n", daysAgo(days), at)}
}

// onBothHosts runs a test on the embedded host, and on Spin if that is on PATH.
func onBothHosts(t *testing.T, test func(t *testing.T, start func(harness.Options) *harness.App)) {
	for _, spin := range []bool{false, true} {
		name := "embedded"
		if spin {
			name = "spin"
		}
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("spin"); spin && err != nil {
				t.Skip("spin is not on PATH")
			}
			test(t, func(o harness.Options) *harness.App {
				o.Spin = spin
				return harness.Start(t, o)
			})
		})
	}
}

// rates returns the rates, which must be there.
func rates(t testing.TB, suite *contract.Suite) contract.Rates {
	t.Helper()
	var all contract.Rates
	decode(t, suite.Send(t, get("/rates", "")), http.StatusOK, &all)
	return all
}

// brokenOrigin is a broken reply of an origin, with a part of what the log says about it.
type brokenOrigin struct {
	answer http.HandlerFunc
	log    string
}

func brokenOrigins(t testing.TB) map[string]brokenOrigin {
	elsewhere := httptest.NewServer(says("<html><body>Moved</body></html>"))
	t.Cleanup(elsewhere.Close)
	bomb := "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
	var zeros bytes.Buffer
	compressed := gzip.NewWriter(&zeros)
	compressed.Write(make([]byte, 32<<20))
	compressed.Close()
	whole := document(today(), "1.25")
	return map[string]brokenOrigin{
		"a failure": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "status 500"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}, "their source"}, // Spin follows the redirect
		"a page":         {says("<html><body>Sorry</body></html>"), "it has no rates"},
		"nothing":        {says(""), "it has no rates"},
		"a rate of 0":    {says(document(today(), "0.0")), "a rate is 0"},
		"no number":      {says(document(today(), "NaN")), "not a plain decimal number"},
		"tomorrow":       {says(document(daysAgo(-1), "1.25")), "and today is " + today()},
		"last week":      {says(document(daysAgo(7), "1.25")), "are old, of " + daysAgo(7)},
		"half of it":     {says(strings.TrimSuffix(whole, "</gesmes:Envelope>")), "it breaks off"},
		"an entity bomb": {says(bomb + document(today(), "&b;")), "a document type"},
		"too much":       {says(strings.Repeat(" ", 65<<10)), "longer than 64 KiB"},
		"a gzip bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zeros.Bytes())
		}, "their source"},
		"a broken connection": {func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, "cannot be reached"},
	}
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

// logOf returns the log of the service rates.
func logOf(t testing.TB, host *harness.App) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(host.StateDir, "logs", "rates_stderr.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

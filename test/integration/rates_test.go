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
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"abacus/shared/wire"
	"abacus/test/contract"
	"abacus/test/harness"
	"abacus/toolchain"
)

// origin is a stub of the European Central Bank.
type origin struct {
	*httptest.Server
	answer  atomic.Pointer[http.HandlerFunc]
	fetches atomic.Int64
}

// ratesPath is where the bank has its rates.
const ratesPath = "/stats/eurofxref/eurofxref-daily.xml"

// startOrigin starts an origin that answers at first with today's rates.
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

// flags are those of a host that asks this origin.
func (o *origin) flags() []string { return []string{"--variable", "rates_origin=" + o.URL} }

func today() string { return daysAgo(0) }

func daysAgo(days int) string {
	return time.Now().UTC().AddDate(0, 0, -days).Format(time.DateOnly)
}

// document is the bank's document of a day.
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

// kept is a flag that fills the host's store with rates of a day, which were fetched so long ago
// that they are due again.
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
				if o.Spin = spin; spin {
					o.Listen = freeAddress(t)
				}
				return harness.Start(t, o)
			})
		})
	}
}

// rates reads the rates that there must be.
func rates(t testing.TB, suite *contract.Suite) contract.Rates {
	t.Helper()
	var all contract.Rates
	decode(t, suite.Send(t, get("/rates", "")), http.StatusOK, &all)
	return all
}

// TestRates runs the contract suite's cases on a host with rates.
func TestRates(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		host := start(harness.Options{Flags: o.flags()})
		suite := open(t, host.URL)
		suite.TestRates(t)
		all := rates(t, suite)
		if all.Date != today() || all.Rates["USD"] != 1.25 || all.Rates["JPY"] != 160 {
			t.Errorf("the rates are %+v", all)
		}
		if n := o.fetches.Load(); n != 1 {
			t.Errorf("the origin was asked %d times, want once", n)
		}
	})
}

// brokenOrigin is a broken reply of an origin, and what the log says about it.
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
		}, "the origin"}, // Spin follows it
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
		}, "the origin"},
		"a broken connection": {func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, "it cannot be reached"},
	}
}

// TestRatesBroken gives the service origins that are broken: the last good rates stay, and the log
// says why.
func TestRatesBroken(t *testing.T) {
	origins := brokenOrigins(t)
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		for name, broken := range origins {
			t.Run(name, func(t *testing.T) {
				o := startOrigin(t)
				o.does(broken.answer)
				host := start(harness.Options{Flags: append(o.flags(), kept(2)...)})
				all := rates(t, open(t, host.URL))
				if all.Date != daysAgo(2) || all.Rates["USD"] != 1.5 {
					t.Errorf("the rates are %+v", all)
				}
				if n := o.fetches.Load(); n != 1 {
					t.Errorf("the origin was asked %d times, want once", n)
				}
				log, stay := logOf(t, host), "; the rates of "+daysAgo(2)+" stay\n"
				if !strings.Contains(log, broken.log) || !strings.Contains(log, stay) {
					t.Errorf("the log lacks %q or %q:\n%s", broken.log, stay, log)
				}
			})
		}
	})
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

// logOf returns what the service rates has logged.
func logOf(t testing.TB, host *harness.App) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(host.StateDir, "logs", "rates_stderr.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRatesDown has rates that nobody can renew, and then none at all.
func TestRatesDown(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		suite := open(t, start(harness.Options{Flags: kept(2)}).URL)
		if all := rates(t, suite); all.Date != daysAgo(2) || all.Rates["USD"] != 1.5 {
			t.Errorf("the rates are %+v", all)
		}
		suite = open(t, start(harness.Options{}).URL)
		suite.TestRates(t)
		for range 3 {
			reply := suite.Send(t, get("/rates", ""))
			unreachable := strings.Contains(reply.Body, "it cannot be reached")
			if reply.Status != http.StatusServiceUnavailable || !unreachable {
				t.Errorf("want 503 and the reason:\n%s", reply)
			}
		}
	})
}

// TestRatesStoreLost empties the store of a running host, and gives it one that holds nonsense.
func TestRatesStoreLost(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		state := t.TempDir()
		host := start(harness.Options{Flags: o.flags(), StateDir: state})
		rates(t, open(t, host.URL))
		host.Kill()
		files, _ := filepath.Glob(filepath.Join(state, "sqlite_key_value.db*"))
		for _, file := range files {
			os.Remove(file)
		}
		o.says(document(today(), "1.3"))
		host = start(harness.Options{Flags: o.flags(), StateDir: state})
		if all := rates(t, open(t, host.URL)); all.Rates["USD"] != 1.3 {
			t.Errorf("the rates are %+v", all)
		}
		host.Kill()
		flags := append(o.flags(),
			"--key-value", "rates:table=\x01nonsense", "--key-value", "rates:claim=claim\tsoon")
		host = start(harness.Options{Flags: flags, StateDir: state})
		if all := rates(t, open(t, host.URL)); all.Rates["USD"] != 1.3 {
			t.Errorf("the rates are %+v", all)
		}
		if n := o.fetches.Load(); n != 3 {
			t.Errorf("the origin was asked %d times, want 3", n)
		}
	})
}

// TestRatesTogether sends many requests to an empty store: few fetch, and all get the rates.
func TestRatesTogether(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		o.does(slow(500*time.Millisecond, says(document(today(), "1.25"))))
		suite := open(t, start(harness.Options{Flags: o.flags()}).URL)
		var clients sync.WaitGroup
		for range 20 {
			clients.Go(func() {
				if reply := suite.Send(t, get("/rates", "")); reply.Status != http.StatusOK {
					t.Errorf("the status is not 200:\n%s", reply)
				}
			})
		}
		clients.Wait()
		t.Logf("20 requests at once fetched %d times", o.fetches.Load())
		if n := o.fetches.Load(); n > 5 {
			t.Errorf("the origin was asked %d times", n)
		}
	})
}

// TestRatesHang has an origin that never answers: one request waits for it, every other one gets
// the last good rates at once.
func TestRatesHang(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		asked, release := make(chan bool, 1), make(chan bool)
		o.does(func(http.ResponseWriter, *http.Request) {
			asked <- true
			<-release
		})
		suite := open(t, start(harness.Options{Flags: append(o.flags(), kept(2)...)}).URL)
		first := make(chan bool)
		go func() {
			defer close(first)
			suite.Try(get("/rates", ""))
		}()
		<-asked
		for range 5 {
			began := time.Now()
			if all := rates(t, suite); all.Date != daysAgo(2) {
				t.Errorf("the rates are %+v", all)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("a request beside the one that fetches took %v", took)
			}
		}
		close(release)
		<-first
	})
}

// TestRatesSlow has an origin that never answers, on a host that waits for it for a while only: even
// the request that fetches gets the last good rates.
func TestRatesSlow(t *testing.T) {
	o := startOrigin(t)
	release := make(chan bool)
	defer close(release)
	o.does(func(http.ResponseWriter, *http.Request) { <-release })
	flags := append(o.flags(), "--outbound-timeout", "300ms")
	old := harness.Start(t, harness.Options{Flags: append(flags, kept(2)...)})
	if all := rates(t, open(t, old.URL)); all.Date != daysAgo(2) {
		t.Errorf("the rates are %+v", all)
	}
	empty := open(t, harness.Start(t, harness.Options{Flags: flags}).URL)
	reply := empty.Send(t, get("/rates", ""))
	if reply.Status != http.StatusServiceUnavailable || reply.Header.Get("Retry-After") == "" {
		t.Errorf("want 503 with Retry-After:\n%s", reply)
	}
}

// TestRatesKilled kills the host while it fetches: nothing is lost, and the next one goes on.
func TestRatesKilled(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		asked, release := make(chan bool, 1), make(chan bool)
		o.does(func(http.ResponseWriter, *http.Request) {
			asked <- true
			<-release
		})
		defer close(release)
		state := t.TempDir()
		host := start(harness.Options{Flags: append(o.flags(), kept(2)...), StateDir: state})
		suite := open(t, host.URL)
		go suite.Try(get("/rates", ""))
		<-asked
		host.Kill()
		o.says(document(today(), "1.25"))
		suite = open(t, start(harness.Options{Flags: o.flags(), StateDir: state}).URL)
		if all := rates(t, suite); all.Date != daysAgo(2) {
			t.Errorf("the rates are %+v", all)
		}
	})
}

// TestRatesNotGranted takes the grants away, one at a time.
func TestRatesNotGranted(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		o.does(func(http.ResponseWriter, *http.Request) { t.Error("the origin was asked") })
		const hosts = "allowed_outbound_hosts = [\"{{ rates_origin }}\"]\n"
		for grant, words := range map[string]string{
			hosts: "the manifest does not allow its address",
			"key_value_stores = [\"default\"]\n" + hosts: "the store of the exchange rates",
		} {
			host := start(harness.Options{Manifest: editManifest(t, grant, ""), Flags: o.flags()})
			reply := open(t, host.URL).Send(t, get("/rates", ""))
			if reply.Status != http.StatusServiceUnavailable || !strings.Contains(reply.Body, words) {
				t.Errorf("want 503 and %q:\n%s", words, reply)
			}
		}
	})
}

// TestRatesMessage has the service tell another one the rates, in the words of package wire.
func TestRatesMessage(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		alone := start(harness.Options{
			Manifest: filepath.Join(harness.Root(), standalone("rates")),
			Flags:    append(o.flags(), "--variable", "peer_token="+secret),
		})
		r := get("/internal/rates", "")
		r.Header = []contract.Field{{Name: "Abacus-Peer-Token", Value: secret}}
		reply := open(t, start(harness.Options{}).URL).At(t, alone.URL).Send(t, r)
		want := &wire.Rates{Base: "EUR", Date: today(), Source: "ECB",
			Rates: []wire.Rate{{Currency: "USD", Value: 1.25}, {Currency: "JPY", Value: 160}}}
		if got := wire.ParseRates(reply.Body); !reflect.DeepEqual(got, want) {
			t.Errorf("the rates are %+v, want %+v:\n%s", got, want, reply)
		}
	})
}

// TestMoney converts money by the rates of an origin, which ends in between.
func TestMoney(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		suite := open(t, start(harness.Options{Flags: o.flags()}).URL)
		token := suite.NewSession(t)
		for i, c := range []struct {
			expression string
			result     float64
			display    string
		}{
			{"100 USD in EUR", 80, "80 EUR"},
			{"20% off 50 EUR in USD", 50, "50 USD"},
			{"$5 + 3 EUR in EUR", 7, "7 EUR"},
		} {
			if i == 1 {
				o.Close()
			}
			var answer struct {
				Result        float64
				Unit, Display string
				Notices       []struct{ Code, Message string }
			}
			decode(t, suite.Eval(t, token, c.expression), http.StatusOK, &answer)
			if answer.Result != c.result || answer.Display != c.display ||
				!strings.HasSuffix(c.display, " "+answer.Unit) {
				t.Errorf("%s: the answer is %+v", c.expression, answer)
			}
			want := "rates of " + today() + ", ECB"
			if len(answer.Notices) != 1 || answer.Notices[0].Message != want {
				t.Errorf("%s: the notices are %+v, want %q", c.expression, answer.Notices, want)
			}
		}
		if n := o.fetches.Load(); n != 1 {
			t.Errorf("the origin was asked %d times, want once", n)
		}
	})
}

// TestMoneyWithoutRates calculates with money where there are no rates yet, and where there is no
// service rates.
func TestMoneyWithoutRates(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		for flag, status := range map[string]int{
			"rates_url=http://rates.spin.internal": http.StatusServiceUnavailable,
			"rates_url=":                           http.StatusUnprocessableEntity,
		} {
			host := start(harness.Options{Flags: []string{"--variable", flag}})
			suite := open(t, host.URL)
			token := suite.NewSession(t)
			for _, reply := range []contract.Reply{
				suite.Eval(t, token, "100 USD in EUR"),
				suite.Send(t, get("/eval?expr=100%20USD%20in%20EUR", "")),
			} {
				if reply.Status != status || !strings.Contains(reply.Body, "no exchange rates") {
					t.Errorf("%s: want %d with words:\n%s", flag, status, reply)
				}
			}
			var answer struct{ Display string }
			decode(t, suite.Eval(t, token, "100 USD + 5 USD"), http.StatusOK, &answer)
			if answer.Display != "105 USD" {
				t.Errorf("%s: 100 USD + 5 USD is %q", flag, answer.Display)
			}
		}
	})
}

// TestRatesHealth reads the age of the rates, and takes the service away.
func TestRatesHealth(t *testing.T) {
	o := startOrigin(t)
	read := func(suite *contract.Suite) (health struct {
		Status   string
		Services map[string]string
		Rates    struct {
			Date string
			Age  *int
		}
	}) {
		decode(t, suite.Send(t, get("/health", "")), http.StatusOK, &health)
		return health
	}
	suite := open(t, harness.Start(t, harness.Options{Flags: append(o.flags(), kept(2)...)}).URL)
	health := read(suite)
	age := health.Rates.Age
	if health.Rates.Date != daysAgo(2) || age == nil || *age/3600 != 48 || o.fetches.Load() != 0 {
		t.Errorf("the health is %+v after %d fetches", health, o.fetches.Load())
	}
	rates(t, suite)
	if health = read(suite); health.Rates.Date != today() || health.Services["rates"] != "ok" {
		t.Errorf("the health is %+v", health)
	}
	var money struct {
		Unit    string
		Notices []struct{ Code string }
	}
	decode(t, suite.Eval(t, "", "10 USD in EUR"), http.StatusOK, &money)
	if money.Unit != "EUR" || len(money.Notices) != 1 || money.Notices[0].Code != "rates" {
		t.Errorf("converted money is %+v", money)
	}
	for url, state := range map[string]string{"": "", "http://127.0.0.1:9": "down"} {
		flags := []string{"--variable", "rates_url=" + url}
		health = read(open(t, harness.Start(t, harness.Options{Flags: flags}).URL))
		if health.Status != "ok" || health.Services["rates"] != state || health.Rates.Age != nil {
			t.Errorf("rates_url %q: the health is %+v", url, health)
		}
	}
}

// TestRatesReplaced puts a stub in Go in the place of the service, which is written in Rust: the
// contract does not know the difference.
func TestRatesReplaced(t *testing.T) {
	path := editManifest(t)
	stub := toolchain.Options{
		Dir:    "testdata/rates",
		Output: filepath.Join(filepath.Dir(path), "services", "rates", "rates.wasm"),
		Log:    t.Output(),
	}
	if err := toolchain.Build(t.Context(), stub); err != nil {
		t.Fatal(err)
	}
	suite := open(t, harness.Start(t, harness.Options{Manifest: path}).URL)
	if all := rates(t, suite); all.Date != "2025-01-02" {
		t.Errorf("the rates are %+v, not the stub's", all)
	}
	suite.Test(t)
}

package integration

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"abacus/shared/wire"
	"abacus/test/contract"
	"abacus/test/harness"
	"abacus/toolchain"
)

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

// TestRatesBroken gives the service broken origins: the last good rates stay, and the log says why.
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
				log, stay := logOf(t, host), "; the rates of "+daysAgo(2)+" stay (request "
				if !strings.Contains(log, broken.log) || !strings.Contains(log, stay) {
					t.Errorf("the log lacks %q or %q:\n%s", broken.log, stay, log)
				}
			})
		}
	})
}

// TestRatesDown starts with rates that cannot be renewed, and then without any.
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
			unreachable := strings.Contains(reply.Body, "their source cannot be reached")
			if reply.Status != http.StatusServiceUnavailable || !unreachable {
				t.Errorf("want 503 and the reason:\n%s", reply)
			}
		}
	})
}

// TestRatesStoreLost empties the store of a running host, and then fills it with nonsense.
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

// TestRatesTogether sends many requests at once while the store is empty: few of them fetch, and
// all get the rates.
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

// TestRatesHang has an origin that never replies: one request waits for it, and every other one
// gets the last good rates at once.
func TestRatesHang(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		asked, release := o.hangs()
		suite := open(t, start(harness.Options{Flags: append(o.flags(), kept(2)...)}).URL)
		first := make(chan bool)
		go func() {
			defer close(first)
			suite.Try(get("/rates", ""))
		}()
		<-asked
		for range 5 {
			if all := rates(t, suite); all.Date != daysAgo(2) {
				t.Errorf("the rates are %+v", all)
			}
		}
		if n := o.fetches.Load(); n != 1 {
			t.Errorf("the origin was asked %d times, want once", n)
		}
		close(release)
		<-first
	})
}

// TestRatesSlow has an origin that never answers, on a host that waits for it for a while only:
// even the request that fetches gets the last good rates.
func TestRatesSlow(t *testing.T) {
	o := startOrigin(t)
	_, release := o.hangs()
	defer close(release)
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

// TestRatesKilled kills the host while it fetches: nothing is lost, and the next host carries on.
func TestRatesKilled(t *testing.T) {
	onBothHosts(t, func(t *testing.T, start func(harness.Options) *harness.App) {
		o := startOrigin(t)
		asked, release := o.hangs()
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
			hosts: "the manifest does not allow their source's address",
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

// TestRatesMessage fetches the rates as another service does, as a message of package wire.
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

// TestRatesHealth reads the age of the rates from the health, and takes the service away.
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
	for _, c := range []struct{ url, status, state string }{
		{"", "ok", ""},
		{"http://127.0.0.1:9", "degraded", "down"},
	} {
		flags := []string{"--variable", "rates_url=" + c.url}
		health = read(open(t, harness.Start(t, harness.Options{Flags: flags}).URL))
		if health.Status != c.status || health.Services["rates"] != c.state || health.Rates.Age != nil {
			t.Errorf("rates_url %q: the health is %+v", c.url, health)
		}
	}
}

// TestRatesReplaced replaces the service, which is written in Rust, with stubs in other languages:
// the contract does not depend on the language.
func TestRatesReplaced(t *testing.T) {
	t.Run("Go", func(t *testing.T) {
		testStub(t, func(output string) error {
			return toolchain.Build(t.Context(),
				toolchain.Options{Dir: "testdata/rates", Output: output, Log: t.Output()})
		})
	})
	t.Run("C", func(t *testing.T) {
		clang := clangForWasm(t)
		testStub(t, func(output string) error {
			command := exec.CommandContext(t.Context(), clang, "--target=wasm32", "-O2", "-nostdlib",
				"-fno-builtin", "-Wl,--no-entry", "-o", output, "testdata/rates.c")
			command.Stdout, command.Stderr = t.Output(), t.Output()
			return command.Run()
		})
	})
}

// clangForWasm returns a clang that has a linker for Wasm. LLVM 16's is there if `abacus build` has
// built TinyGo.
func clangForWasm(t *testing.T) string {
	for _, name := range []string{"clang-16", "clang"} {
		clang, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		linker, err := exec.Command(clang, "--print-prog-name=wasm-ld").Output()
		if err != nil {
			continue
		}
		if _, err := exec.LookPath(strings.TrimSpace(string(linker))); err == nil {
			return clang
		}
	}
	t.Skip("the stub in C needs clang and wasm-ld, such as Debian's clang-16 and lld-16")
	return ""
}

// testStub runs the contract suite with the module that build writes to output in the place of
// rates.
func testStub(t *testing.T, build func(output string) error) {
	path := editManifest(t)
	output := filepath.Join(filepath.Dir(path), "services", "rates", "rates.wasm")
	if err := os.Remove(output); err != nil {
		t.Fatal(err)
	}
	if err := build(output); err != nil {
		t.Fatal(err)
	}
	suite := open(t, harness.Start(t, harness.Options{Manifest: path}).URL)
	if all := rates(t, suite); all.Date != "2025-01-02" {
		t.Errorf("the rates are %+v, not the stub's", all)
	}
	suite.Test(t)
}

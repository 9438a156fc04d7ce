package integration

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"abacus/test/contract"
	"abacus/test/harness"
)

// TestStop stops the host while a request is under way: that request gets its reply, new ones are
// not accepted, and the databases are closed.
func TestStop(t *testing.T) {
	requested, release := make(chan bool), make(chan bool)
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requested <- true
		<-release
		w.Write([]byte("[4]"))
	}))
	defer outside.Close()
	host := harness.Start(t, harness.Options{Flags: []string{"--variable", "random_origin=" + outside.URL}})
	suite := open(t, host.URL)
	suite.Eval(t, "", "a = 1")

	replies := make(chan contract.Reply, 1)
	go func() {
		reply, err := suite.Try(get("/random?min=1&max=6", ""))
		if err != nil {
			t.Error(err)
		}
		replies <- reply
	}()
	<-requested
	host.Terminate()
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if _, err := suite.Try(get("/robots.txt", "")); err != nil {
			break
		}
		if time.Since(start) > 30*time.Second {
			t.Fatal("new requests are accepted half a minute after SIGTERM")
		}
	}
	close(release)
	if reply := <-replies; reply.Status != http.StatusOK || reply.Body != "4" {
		t.Errorf("the request under way got no reply:\n%s", reply)
	}
	if code := host.Wait(t); code != 0 {
		t.Errorf("the exit code is %d:\n%s", code, host.Output())
	}
	checkIntegrity(t, host.StateDir)
}

// TestTwoHosts runs two hosts on one state directory: they share a session and count in it
// correctly.
func TestTwoHosts(t *testing.T) {
	const steps = 25
	first := harness.Start(t, harness.Options{})
	second := harness.Start(t, harness.Options{StateDir: first.StateDir})
	suites := []*contract.Suite{open(t, first.URL), open(t, second.URL)}
	token := suites[0].NewSession(t)
	suites[1].Eval(t, token, "n = 0")
	done := make(chan int)
	for _, suite := range suites {
		go func() {
			succeeded := 0
			for range steps {
				if reply, err := suite.Try(contract.Evaluation(token, "n = n + 1")); err == nil && reply.Status == http.StatusOK {
					succeeded++
				}
			}
			done <- succeeded
		}()
	}
	succeeded := <-done + <-done
	if succeeded < 2*steps*99/100 {
		t.Errorf("%d of %d succeeded", succeeded, 2*steps)
	}
	for i, suite := range suites {
		if n := variables(t, suite, token)["n"]; n != float64(succeeded) {
			t.Errorf("host %d: n is %v after %d successes", i+1, n, succeeded)
		}
	}
}

package abuse

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"abacus/test/contract"
)

const expensiveLimit = 200 * time.Millisecond

// expensive are the sources that are known to cost most for their size. Each must be refused or
// evaluated within expensiveLimit on a quiet machine.
var expensive = map[string]string{
	"round of tiny numbers":     "sum(round(1e-320*i,322),i=1,6200)",
	"binomial coefficients":     "sum(ncr(1000,500)+0*i,i=1,100000)",
	"a sum of sums":             "sum(sum(sum(i*j*k,k=1,100),j=1,100),i=1,100)",
	"powers":                    "sum(1.000001^i,i=1,1e6)",
	"gamma":                     "sum(gamma(i/7),i=1,1e6)",
	"gcd":                       "sum(gcd(2^53-i,2^52+i),i=1,1e6)",
	"mod of extremes":           "sum((1e308) mod (5e-324*i),i=1,1e6)",
	"median of many":            "sum(median(" + strings.Repeat("i,", 2000) + "1),i=1,1e5)",
	"tiny definitions":          strings.Repeat("f(x)=5e-324;", 1300) + "1",
	"tiny numbers":              strings.Repeat("7e-310+", 2300) + "1",
	"recursion":                 "f(n)=f(n-1)+f(n-2); f(50)",
	"nested parentheses":        strings.Repeat("(", 8000) + "1" + strings.Repeat(")", 8000),
	"nested functions":          strings.Repeat("sin(", 4000) + "1" + strings.Repeat(")", 4000),
	"a tower of powers":         strings.Repeat("2^", 8000) + "1",
	"unary minus":               strings.Repeat("-", 16000) + "1",
	"one long name":             strings.Repeat("a", 16000),
	"many names":                manyNames(),
	"comments":                  strings.Repeat("#\n", 8000) + "1",
	"a number of 16,000 digits": strings.Repeat("9", 16000),
	"another name":              "sum(choose(1000,500),i=1,1e6)",
	"a function redefined":      strings.Repeat("f(x)=x;", 2200) + "1",
	"powers by name":            "sum(pow(i,1.5),i=1,1e6)",
	"payments":                  "sum(fv(i,3,-70195.5),i=1,1e6)",
	"variances":                 "sum(varp(i,3,7),i=1,1e6)",
	"conversions":               "sum((i mi in km),i=1,1e6)",
	"derivatives":               "sum(derivative(x^3,x=2),i=1,1e5)",
	"a plot that is drawn":      "plot(sum(sin(i*x),i=1,10000),x=-1,1)",
}

func manyNames() string {
	var b strings.Builder
	for i := range 1600 {
		fmt.Fprintf(&b, "a%d=%d;", i, i)
	}
	return b.String()
}

// TestExpensive evaluates each expensive source by itself, three times. The shortest time counts,
// since other work on the machine only adds to it.
func TestExpensive(t *testing.T) {
	in := open(t)
	for name, source := range expensive {
		r := contract.Request{Method: "GET", Target: "/eval?expr=" + url.QueryEscape(source)}
		best, status := time.Hour, 0
		for range 3 {
			start := time.Now()
			reply := in.Send(t, r)
			best, status = min(best, time.Since(start)), reply.Status
			checkRefusal(t, r, reply)
		}
		t.Logf("%-26s %5d bytes  %6.1f ms  %d", name, len(source),
			float64(best.Microseconds())/1000, status)
		if best > allowed(expensiveLimit) {
			t.Errorf("%s: takes %v, more than %v", name, best, expensiveLimit)
		}
	}
}

// TestExpensiveAtOnce evaluates 64 expensive sources at once, again and again, beside cheap
// requests.
func TestExpensiveAtOnce(t *testing.T) {
	hostOnly(t)
	in := open(t)
	var sources []string
	for _, source := range expensive {
		sources = append(sources, source)
	}
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for i := range 64 {
		clients.Go(func() {
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				r := contract.Request{Method: "GET",
					Target: "/eval?expr=" + url.QueryEscape(sources[n%len(sources)])}
				reply, err := in.Try(r)
				if err != nil {
					t.Error(err)
					return
				}
				checkRefusal(t, r, reply)
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	in.checkCheap(t, cheap, 200)
	close(stop)
	clients.Wait()
}

// TestClientsThatLeft sends expensive requests and closes the connections at once.
func TestClientsThatLeft(t *testing.T) {
	in := open(t)
	source := url.QueryEscape(expensive["powers"])
	request := []byte("GET /eval?expr=" + source + " HTTP/1.1\r\nHost: a\r\n\r\n")
	for range 1000 {
		conn := in.dial(t)
		conn.Write(request)
		conn.Close()
	}
	in.checkCheap(t, cheap, 300)
}

// TestFatSession fills a session with functions, and evaluates something small in it.
func TestFatSession(t *testing.T) {
	in := open(t)
	token := in.NewSession(t)
	stored, refused := 0, false
	for i := 0; i < 500 && !refused; i++ {
		name := fmt.Sprintf("f%061d", i)
		source := name + "(x) = " + strings.Repeat("x + ", 3000) + "x"
		reply := in.Eval(t, token, source)
		switch reply.Status {
		case http.StatusOK:
			stored += len(source)
		case http.StatusUnprocessableEntity:
			refused = true
		default:
			t.Fatalf("function %d:\n%s", i, reply)
		}
	}
	t.Logf("%d bytes of functions", stored)
	if !refused || stored > 300<<10 {
		t.Errorf("a session holds %d bytes of functions, refused: %v", stored, refused)
	}
	small := contract.Evaluation(token, "1+1")
	in.timed(t, "1+1 in a full session", small, 200*time.Millisecond)
	var clients sync.WaitGroup
	for range 64 {
		clients.Go(func() {
			reply, err := in.Try(small)
			if err != nil {
				t.Error(err)
				return
			}
			checkRefusal(t, small, reply)
		})
	}
	clients.Wait()
}

// TestSearch searches a long history for a text that almost matches everywhere.
func TestSearch(t *testing.T) {
	in := open(t)
	token := in.NewSession(t)
	for range 200 {
		in.eval(t, token, "1 #"+strings.Repeat("a", 16<<10-3))
	}
	for _, c := range []struct {
		name   string
		length int
		status int
	}{
		{"200 characters", 200, 200},
		{"201 characters", 201, 400},
		{"8,000 characters", 8000, 400},
	} {
		next := ""
		for pages := 0; ; pages++ {
			target := "/history?q=" + strings.Repeat("a", c.length-1) + "b" + next
			r := contract.Request{Method: "GET", Target: target, Header: contract.Bearer(token)}
			reply := in.timed(t, "a search for "+c.name, r, time.Second)
			if reply.Status != c.status {
				t.Fatalf("a search for %s: the status is not %d:\n%s", c.name, c.status, reply)
			}
			link := reply.Header.Get("Link")
			if link == "" || pages > 100 {
				t.Logf("a search for %s has %d pages", c.name, pages+1)
				break
			}
			_, cursor, _ := strings.Cut(link, "cursor=")
			cursor, _, _ = strings.Cut(cursor, ">")
			cursor, _, _ = strings.Cut(cursor, "&")
			next = "&cursor=" + cursor
		}
	}
}

// TestRandomSources evaluates random sequences of the language's tokens.
func TestRandomSources(t *testing.T) {
	in := open(t)
	words := strings.Fields("1 2.5 1e308 5e-324 0x1F x ans pi i + - * / ^ ^ ( ( ) , ; = mod ! sum( ncr( " +
		"round( sqrt( gamma( f(x)= f( max( plot( i=1,1e9) % ° to # π √ \n")
	random := rand.New(rand.NewPCG(1, 2))
	token := in.NewSession(t)
	for range 500 {
		var source strings.Builder
		for range 1 + random.IntN(60) {
			source.WriteString(words[random.IntN(len(words))] + " ")
		}
		in.timed(t, source.String(), contract.Evaluation(token, source.String()), 2*time.Second)
	}
}

// TestNewSessions has one client create sessions until it is refused: evaluations still work,
// without a session. It is the last test of the package, since it uses up all sessions of its
// client.
func TestNewSessions(t *testing.T) {
	in := open(t)
	create := contract.Request{Method: "POST", Target: "/sessions"}
	var created, refused atomic.Int64
	var done atomic.Bool
	var clients sync.WaitGroup
	for range 6 {
		clients.Go(func() {
			for !done.Load() {
				switch reply, err := in.Try(create); {
				case err != nil:
					t.Error(err)
					return
				case reply.Status == http.StatusCreated:
					created.Add(1)
				case reply.Status == http.StatusTooManyRequests:
					refused.Add(1)
				default:
					t.Errorf("%s", reply)
					return
				}
			}
		})
	}
	start := time.Now()
	for refused.Load() == 0 && time.Since(start) < time.Minute {
		time.Sleep(time.Millisecond)
	}
	t.Logf("%d sessions in %v, then refused", created.Load(), time.Since(start).Round(time.Second))
	if created.Load() > 6000 || refused.Load() == 0 {
		t.Errorf("one client created %d sessions", created.Load())
	}
	without := 0
	for range 100 { // a few more sessions are allowed every second
		got := in.eval(t, "", "6 * 7")
		if got.Session == nil && len(got.Notices) == 1 {
			without++
		}
	}
	done.Store(true)
	clients.Wait()
	t.Logf("%d of 100 evaluations got no session", without)
	if without == 0 {
		t.Error("every evaluation got a session")
	}
}

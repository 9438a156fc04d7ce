// Package loadtest measures the throughput and latency of an HTTP server. It sends a benchmark's
// b.N requests from a number of clients, each of which waits for a response before it sends its
// next request. The clients do as little as possible, because they share the processor with the
// server.
package loadtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Result is what was measured.
type Result struct {
	Rate     float64       // requests per second
	P50, P99 time.Duration // percentiles of the latency
}

// Measure sends b.N requests to an address (host and port) from a number of clients, each over
// its own connection. next returns the bytes of the n-th request, from 0; a status other than
// 200 fails the benchmark. It reports and returns requests per second and the 50th and 99th
// percentile of the latency.
func Measure(b *testing.B, address string, clients int, next func(n int) []byte) Result {
	b.Helper()
	var sent atomic.Int64
	times := make([][]time.Duration, clients)
	failures := make(chan error, clients)
	var working sync.WaitGroup
	b.ResetTimer()
	for c := range clients {
		working.Go(func() {
			var err error
			times[c], err = run(address, func() []byte {
				if n := int(sent.Add(1)) - 1; n < b.N {
					return next(n)
				}
				return nil
			})
			failures <- err
		})
	}
	working.Wait()
	b.StopTimer()
	for range clients {
		if err := <-failures; err != nil {
			b.Fatal(err)
		}
	}
	all := slices.Sorted(slices.Values(slices.Concat(times...)))
	result := Result{Rate: float64(b.N) / b.Elapsed().Seconds(),
		P50: all[len(all)*50/100], P99: all[len(all)*99/100]}
	microseconds := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	b.ReportMetric(result.Rate, "requests/s")
	b.ReportMetric(microseconds(result.P50), "p50-µs")
	b.ReportMetric(microseconds(result.P99), "p99-µs")
	b.ReportMetric(0, "ns/op") // meaningless with several clients
	return result
}

// run is one client. It returns the latency of each request.
func run(address string, next func() []byte) ([]time.Duration, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	responses := bufio.NewReader(connection)
	var times []time.Duration
	for request := next(); request != nil; request = next() {
		start := time.Now()
		if _, err := connection.Write(request); err != nil {
			return nil, err
		}
		if err := receive(responses); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	return times, nil
}

// receive reads a response, which must have the status 200 and a Content-Length. Unlike
// http.ReadResponse it does not keep the headers, which takes most of the time.
func receive(r *bufio.Reader) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("the server answered %q", line)
	}
	length := -1
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return err
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found {
			break // the empty line
		}
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return errors.New("a response has no Content-Length")
	}
	_, err = r.Discard(length)
	return err
}

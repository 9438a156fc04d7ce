// Command path lists the files that a request runs through: how many of their lines ran, and how
// many they have. That is what has to be read to follow the request, apart from the language
// (package calc and what it imports). The figures come from the command's own coverage:
//
//	go run -cover -covermode=atomic -coverpkg=./... ./test/bench/path
package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/coverage"
	"slices"
	"strings"
	"time"

	"abacus/services/eval"
	"abacus/services/history"
	"abacus/services/sessions"
	"abacus/shared/sqlite/sqlitetest"
	"abacus/shared/storage"
	"abacus/shared/variabletest"
)

// app holds the services, which call each other, on one database.
type app map[string]http.Handler // by host name

// RoundTrip implements http.RoundTripper.
func (a app) RoundTrip(r *http.Request) (*http.Response, error) {
	name, _, _ := strings.Cut(r.URL.Host, ".")
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.Header.Set("spin-client-addr", "0.0.0.0:0")
	w := httptest.NewRecorder()
	a[name].ServeHTTP(w, in)
	return w.Result(), nil
}

// newApp returns the services on a new database in a folder.
func newApp(folder string) app {
	a := app{}
	database := sqlitetest.Open(filepath.Join(folder, "sqlite_db.db"))
	open := func() (storage.Database, error) {
		return database.Connect().Bind(context.Background()), nil
	}
	read := variabletest.Reader()
	a["eval"] = eval.New(eval.Options{Transport: a, Variable: read,
		Now: time.Now, Sleep: time.Sleep, Random: func() float64 { return 0 }})
	a["sessions"] = sessions.New(
		sessions.Options{Open: open, Transport: a, Variable: read, Now: time.Now})
	a["history"] = history.New(
		history.Options{Open: open, Transport: a, Variable: read, Now: time.Now})
	return a
}

// send sends a request and returns the token of the session that it made, if it made one.
func (a app) send(service, method, target, token, body string) string {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	a[service].ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		log.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	return w.Header().Get("Abacus-Session")
}

func main() {
	log.SetFlags(0)
	folder, err := os.MkdirTemp("", "path-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	a := newApp(folder)
	token := a.send("eval", "POST", "/eval", "", "rate = 4%") // also makes the tables
	for _, c := range []struct{ service, method, target, body string }{
		{"eval", "POST", "/eval", "rate = 4.5%"},
		{"eval", "GET", "/eval?expr=1%2B2", ""},
		{"history", "GET", "/history", ""},
	} {
		if err := coverage.ClearCounters(); err != nil {
			log.Fatal("run this with -cover -covermode=atomic: ", err)
		}
		a.send(c.service, c.method, c.target, token, c.body)
		lines, err := covered(folder)
		if err != nil {
			log.Fatal(err)
		}
		if err := print(c.method+" "+c.target, lines); err != nil {
			log.Fatal(err)
		}
	}
}

// covered returns the lines that ran since the counters were cleared, by file.
func covered(folder string) (map[string]map[int]bool, error) {
	data, err := os.MkdirTemp(folder, "")
	if err != nil {
		return nil, err
	}
	if err := coverage.WriteMetaDir(data); err != nil {
		return nil, err
	}
	if err := coverage.WriteCountersDir(data); err != nil {
		return nil, err
	}
	profile := filepath.Join(data, "profile")
	convert := exec.Command("go", "tool", "covdata", "textfmt", "-i", data, "-o", profile)
	if output, err := convert.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, output)
	}
	file, err := os.Open(profile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := map[string]map[int]bool{}
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		name, block, _ := strings.Cut(scanner.Text(), ":")
		var first, last, column, statements, count int
		if n, _ := fmt.Sscanf(block, "%d.%d,%d.%d %d %d",
			&first, &column, &last, &column, &statements, &count); n < 6 || count == 0 {
			continue
		}
		if lines[name] == nil {
			lines[name] = map[int]bool{}
		}
		for line := first; line <= last; line++ {
			lines[name][line] = true
		}
	}
	return lines, nil
}

// leftOut are the packages of the language, and those that only tests use.
var leftOut = []string{"shared/calc/", "shared/units/", "shared/plot/", "shared/sqlite/sqlitetest/",
	"shared/variabletest/", "spinhost/", "test/"}

// print prints the files of which lines ran.
func print(request string, lines map[string]map[int]bool) error {
	var rows []string
	ran, all := 0, 0
	for name, numbers := range lines {
		name = strings.TrimPrefix(name, "abacus/")
		if slices.ContainsFunc(leftOut, func(s string) bool { return strings.HasPrefix(name, s) }) {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		length := bytes.Count(text, []byte("\n"))
		rows = append(rows, fmt.Sprintf("%6d of %4d  %s", len(numbers), length, name))
		ran += len(numbers)
		all += length
	}
	slices.Sort(rows)
	slices.Reverse(rows)
	fmt.Printf("%s: %d files, %d of %d lines\n%s\n\n",
		request, len(rows), ran, all, strings.Join(rows, "\n"))
	return nil
}

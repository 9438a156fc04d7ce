package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRates converts money with the rates of a file and with those of an app.
func TestRates(t *testing.T) {
	const table = `{"base":"EUR","date":"2026-11-25","source":"ECB","rates":{"USD":1.25}}`
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/rates":
			fmt.Fprintln(w, table)
		case "/long":
			fmt.Fprint(w, strings.Repeat(" ", maxRatesBytes+1))
		default:
			http.NotFound(w, r)
		}
	}))
	defer app.Close()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ place, want, err string }{
		{app.URL + "/rates", "80 EUR\n", ""},
		{file("rates.json", table), "80 EUR\n", ""},
		{"", "", "there are no exchange rates here\n    100 USD in EUR\n               ^~~\nhint: give them by --rates"},
		{app.URL + "/nothing", "", "404 Not Found"},
		{app.URL + "/long", "", "more than 64 KiB"},
		{"http://127.0.0.1:9/rates", "", "read exchange rates: "},
		{filepath.Join(folder, "absent"), "", "no such file"},
		{file("text", "1.25"), "", "cannot unmarshal"},
		{file("empty", "{}"), "", "has no exchange rates of the euro"},
	} {
		var out strings.Builder
		command := evalCommand{Expressions: []string{"100 USD in EUR"}, Precision: 15, Rates: c.place}
		err := command.run(t.Context(), strings.NewReader(""), &out)
		if out.String() != c.want || (err != nil) != (c.err != "") ||
			err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("--rates %s: %q and error %v, want %q and %q", c.place, out.String(), err, c.want, c.err)
		}
	}
}

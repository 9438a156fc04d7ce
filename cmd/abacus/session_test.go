package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abacus/test/harness"
)

func TestEval(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rate")
	if err := os.WriteFile(file, []byte("# a year\nr = 5%\ngrow(x) = x + x*r\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("a = 5\na/0\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		eval evalCommand
		in   string
		out  string
		err  string
	}{
		{"an expression", evalCommand{Expressions: []string{"2+3*4"}}, "", "14\n", ""},
		{"names carry over", evalCommand{Expressions: []string{"a = 2", "f(x) = x^a", "f(5)", "ans + 1"}}, "", "25\n26\n", ""},
		{"a file first", evalCommand{Files: []string{file}, Expressions: []string{"grow(100)"}}, "", "105\n", ""},
		{"standard input", evalCommand{}, "a = 1\n(a +\n 1)", "2\n", ""},
		{"standard input by name", evalCommand{Expressions: []string{"a = 3", "-", "a"}}, "a = a + 1", "4\n", ""},
		{"precision", evalCommand{Expressions: []string{"0.1 + 0.2"}, Precision: 17}, "", "0.30000000000000004\n", ""},
		{"a plot", evalCommand{Expressions: []string{"3", "plot(1, größe = 0, 2)", "ans"}}, "", "3\n" + constantPlot() + "\n3\n", ""},
		{"an error ends it", evalCommand{Expressions: []string{"1", "1/0", "2"}}, "", "1\n", "1:2: division by zero\n    1/0\n     ^"},
		{"an error in a file", evalCommand{Files: []string{broken}}, "", "", broken + ":2:2: division by zero\n    a/0\n     ^"},
		{"an error in standard input", evalCommand{}, "2 +", "", "-:1:4: expected a number or a name after `+`, but found the end of the input\n    2 +\n       ^"},
		{"no such file", evalCommand{Files: []string{file, "absent"}}, "", "", "open absent: no such file or directory"},
		{"precision 18", evalCommand{Expressions: []string{"1"}, Precision: 18}, "", "", "the precision is 18: it is from 1 to 17 digits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.eval.Precision == 0 {
				c.eval.Precision = 15
			}
			var out strings.Builder
			err := c.eval.run(t.Context(), strings.NewReader(c.in), &out)
			if out.String() != c.out {
				t.Errorf("printed %q, want %q", out.String(), c.out)
			}
			if got := text(err); got != c.err {
				t.Errorf("error %q, want %q", got, c.err)
			}
		})
	}
}

func TestProtectMinus(t *testing.T) {
	for _, c := range []struct{ given, want string }{
		{"", ""},
		{"up -f -2", "up -f -2"},
		{"eval 1 -2+3 4", "eval 1 -- -2+3 4"},
		{"eval --precision 3 -.5 -1", "eval --precision 3 -- -.5 -1"},
		{"eval -(1) -f", "eval -- -(1) -f"},
		{"eval -f file -", "eval -f file -"},
		{"eval -- -1", "eval -- -1"},
	} {
		if got := protectMinus(strings.Fields(c.given)); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%q becomes %q, want %q", c.given, got, c.want)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// dialog is a transcript: typed lines follow `> ` or, as continuation lines, `. `; all other lines
// are output.
const dialog = `> 2+3*4
14
> a = 5
5
> f(x, y) = (x
. + y) / a
f(x, y) = (x + y)/a
> f(10,
.   20)  # twenty
6
> 1/2pi
1/(2*pi) = 0.159154943091895
> way = 5 km
5 km
> way + 300 m
5.3 km
> 255 in hex
0xFF
> ans * 0
0
> names
a = 5
f(x, y) = (x + y)/a
way = 5 km
> clear way
> help f
f(x, y) = (x + y)/a
> help mod
a mod b
  remainder with the sign of b: -7 mod 3 is 2
> help nothing
nothing is named nothing: ` + "`help`" + ` lists what there is
> clear f
> f(1, 2)
1:1: unknown function ` + "`f`" + `
    f(1, 2)
    ^
hint: define it first: f(x) = ...
> clear f
there is no variable or function f: ` + "`names`" + ` lists them
> clear
> names
> sqrt(-1)
1:1: the square root of a negative number is not real
    sqrt(-1)
    ^~~~~~~~
> quit
> 1`

// split separates what is typed in a dialog from what is printed.
func split(dialog string) (lines, printed string) {
	for line := range strings.Lines(dialog) {
		if typed, ok := strings.CutPrefix(line, prompt); ok {
			lines += typed
		} else if typed, ok := strings.CutPrefix(line, continuationPrompt); ok {
			lines += typed
		} else {
			printed += line
		}
	}
	return lines, printed
}

func TestReplLocal(t *testing.T) {
	lines, want := split(dialog)
	var out strings.Builder
	r := repl{session: newLocalSession(15), precision: 15, out: &out, errors: &out}
	if err := r.run(t.Context(), newPipe(strings.NewReader(lines))); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
}

// TestReplRemote has the same dialog with a running app and finds it in the history.
func TestReplRemote(t *testing.T) {
	running := harness.Start(t, harness.Options{})
	s, err := newRemoteSession(running.URL+"/", "", 15)
	if err != nil {
		t.Fatal(err)
	}
	lines, want := split(dialog)
	var out strings.Builder
	r := repl{session: s, precision: 15, out: &out, errors: &out}
	if err := r.run(t.Context(), newPipe(strings.NewReader(lines))); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
	history, err := s.send(t.Context(), "GET", "/history", nil, "")
	if err != nil || !strings.Contains(string(history), `"expression":"1/2pi"`) {
		t.Errorf("history %s, %v", history, err)
	}

	again, err := newRemoteSession(running.URL, s.token, 3)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := again.evaluate(t.Context(), "b = ans + 2/3"); err != nil || a.display != "0.667" {
		t.Errorf("%+v, %v in the same session", a, err)
	}
	if a, err := again.evaluate(t.Context(), "plot(b*x, x = 0, 1)"); err != nil || !strings.Contains(a.display, " 0.7 │") {
		t.Errorf("%+v, %v for a plot", a, err)
	}
	if bindings, err := s.bindings(t.Context()); err != nil || len(bindings) != 1 || bindings[0].Name != "b" {
		t.Errorf("the first session has %v, %v", bindings, err)
	}
}

func TestRemoteErrors(t *testing.T) {
	running := harness.Start(t, harness.Options{})
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for _, c := range []struct{ server, token, want string }{
		{"localhost:3000", "", `the server "localhost:3000" is not a URL: write one such as http://127.0.0.1:3000`},
		{other.URL, "", other.URL + " answers 404 Not Found: is it Abacus?"},
		{running.URL, "unknown", "there is no session with this token, or it was erased"},
		{"http://127.0.0.1:1", "", "the server does not answer: "},
	} {
		s, err := newRemoteSession(c.server, c.token, 15)
		if err == nil {
			_, err = s.evaluate(t.Context(), "1")
		}
		if !strings.HasPrefix(text(err), c.want) {
			t.Errorf("%s: error %v, want %s", c.server, err, c.want)
		}
	}
}

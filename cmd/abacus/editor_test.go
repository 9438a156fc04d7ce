package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ergochat/readline"
)

// fakeTerminal sends keys to an editor and receives what the editor writes.
type fakeTerminal struct {
	keys chan string
}

// Write answers the query for the cursor's position (DSR of ECMA-48) and discards the rest.
func (t fakeTerminal) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("\x1b[6n")) {
		t.keys <- "\x1b[1;1R"
	}
	return len(b), nil
}

// typeKeys returns an editor that reads these keys.
func typeKeys(t *testing.T, history string, words func() []string, keys ...string) *editor {
	in, out := io.Pipe()
	terminal := fakeTerminal{make(chan string, 1000)}
	e, err := configure(&readline.Config{
		HistoryFile:        history,
		Stdin:              in,
		Stdout:             terminal,
		Stderr:             terminal,
		FuncIsTerminal:     func() bool { return true },
		FuncMakeRaw:        func() error { return nil },
		FuncExitRaw:        func() error { return nil },
		FuncGetSize:        func() (int, int) { return 80, 24 },
		FuncOnWidthChanged: func(func()) {},
	}, words)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close(); e.close() })
	go func() {
		for text := range terminal.keys {
			io.WriteString(out, text)
		}
	}()
	for _, key := range keys {
		terminal.keys <- key
	}
	return e
}

const (
	ctrlC     = "\x03"
	ctrlD     = "\x04"
	tab       = "\t"
	enter     = "\r"
	up        = "\x1b[A"
	left      = "\x1b[D"
	backspace = "\x7f"
)

// TestEditor types, corrects, completes and recalls.
func TestEditor(t *testing.T) {
	history := filepath.Join(t.TempDir(), "history")
	var out strings.Builder
	r := repl{session: newLocalSession(15), precision: 15, out: &out, errors: &out}
	words := func() []string { return r.completions(t.Context()) }
	err := r.run(t.Context(), typeKeys(t, history, words,
		"2+4", left, backspace, "*", enter, // 2*4
		"width = 7", enter,
		"wid", tab, "^2", enter,
		up, up, backspace, "8", enter, // width = 8
		"fact", ctrlC, "med", tab, "1,", enter, "3)", enter,
		ctrlD))
	if err != nil {
		t.Fatal(err)
	}
	if want := "8\n7\n49\n8\n2\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	kept, err := os.ReadFile(history)
	if want := "2*4\nwidth = 7\nwidth^2\nwidth = 8\nmedian(1, 3)\n"; err != nil || string(kept) != want {
		t.Errorf("the history has %q, %v, want %q", kept, err, want)
	}

	out.Reset()
	if err := r.run(t.Context(), typeKeys(t, history, words, up, enter, "quit", enter)); err != nil {
		t.Fatal(err)
	}
	if out.String() != "2\n" {
		t.Errorf("the last entry of the first run gives %q", out.String())
	}
}

func TestCompleter(t *testing.T) {
	c := completer(func() []string { return []string{"sin(", "sinh(", "größe", "x"} })
	for _, test := range []struct {
		line   string
		want   []string
		length int
	}{
		{"si", []string{"n(", "nh("}, 2},
		{"2*grö", []string{"ße"}, 3},
		{"x", nil, 1},
		{"2*", nil, 0},
		{"sin(", nil, 0},
	} {
		line := []rune(test.line)
		endings, length := c.Do(line, len(line))
		var got []string
		for _, ending := range endings {
			got = append(got, string(ending))
		}
		if !slices.Equal(got, test.want) || length != test.length {
			t.Errorf("%q: %q after %d, want %q after %d", test.line, got, length, test.want, test.length)
		}
	}
}

func TestHistoryFile(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	info, err := os.Stat(historyFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the history file is %v, %v", info, err)
	}
	t.Setenv("XDG_CONFIG_HOME", "/dev/null")
	if file := historyFile(); file != "" {
		t.Errorf("a history in /dev/null: %s", file)
	}
}

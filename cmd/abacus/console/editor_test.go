package console

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

// terminal is what an editor reads from and writes to.
type terminal struct {
	sent chan string
}

// Write answers the question where the cursor is (DSR of ECMA-48), and shows nothing.
func (t terminal) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("\x1b[6n")) {
		t.sent <- "\x1b[1;1R"
	}
	return len(b), nil
}

// keyboard gives keys to an editor.
func keyboard(t *testing.T, history string, words func() []string, keys ...string) *editor {
	in, wire := io.Pipe()
	terminal := terminal{make(chan string, 1000)}
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
	t.Cleanup(func() { wire.Close(); e.close() })
	go func() {
		for text := range terminal.sent {
			io.WriteString(wire, text)
		}
	}()
	for _, key := range keys {
		terminal.sent <- key
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
	l := loop{session: newLocal(15), precision: 15, out: &out, problems: &out}
	words := func() []string { return l.words(t.Context()) }
	err := l.run(t.Context(), keyboard(t, history, words,
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
	if err := l.run(t.Context(), keyboard(t, history, words, up, enter, "quit", enter)); err != nil {
		t.Fatal(err)
	}
	if out.String() != "2\n" {
		t.Errorf("the last entry of before gives %q", out.String())
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
		t.Errorf("the history is %v, %v", info, err)
	}
	t.Setenv("XDG_CONFIG_HOME", "/dev/null")
	if file := historyFile(); file != "" {
		t.Errorf("a history in /dev/null: %s", file)
	}
}
